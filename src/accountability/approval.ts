/** Whether the access model of a journey is approved now. Nothing is stored when an approval stops counting: it is asked. */
import type { PersonId } from "../people/person.ts";
import { decidingRoles, isHelpDesk, type Role } from "../people/role.ts";
import type { Journey } from "./journey.ts";
import type { Seat } from "./seat.ts";

/** A person as decisions and gaps see them. */
export interface Somebody {
  readonly id: PersonId;
  readonly displayName: string;
  readonly active: boolean;
  readonly roles: readonly Role[];
}

/** A team, as far as it answers: who of it is still there. */
export interface Crew {
  readonly id: string;
  readonly name: string;
  readonly isDissolved: boolean;
  readonly lead: PersonId | null;
  readonly members: readonly PersonId[];
}

/** Everybody and every team that a journey names, as far as they are known. */
export interface Seated {
  readonly person: (id: string) => Somebody | undefined;
  readonly team: (id: string) => Crew | undefined;
}

export const VOIDED_BY = ["content", "approverLeft", "approverRole", "approverMaintains"] as const;
export type VoidedBy = (typeof VOIDED_BY)[number];

export type ApprovalStanding =
  | { readonly state: "missing" }
  | { readonly state: "approved" }
  | { readonly state: "void"; readonly by: readonly VoidedBy[] };

/** `contentHash`: of the model as it stands now, with the operation it rests on. */
export function approvalStanding(journey: Journey, contentHash: string, seated: Seated): ApprovalStanding {
  const { approval, maintainer } = journey;
  if (approval === null) return { state: "missing" };
  const approver = seated.person(approval.by);
  const by: VoidedBy[] = [];
  if (approval.contentHash !== contentHash) by.push("content");
  if (approver?.active !== true) by.push("approverLeft");
  else if (!mayApprove(approver)) by.push("approverRole");
  if (holdersOf(maintainer, seated).includes(approval.by)) by.push("approverMaintains");
  return by.length === 0 ? { state: "approved" } : { state: "void", by };
}

/** Holds a role that decides, and is not of the help desk. */
export function mayApprove({ roles }: Pick<Somebody, "roles">): boolean {
  return decidingRoles(roles).length > 0 && !isHelpDesk(roles);
}

/** The persons a seat stands for: everybody of a team, its lead first. */
export function holdersOf(seat: Seat | null, seated: Seated): readonly PersonId[] {
  if (seat === null) return [];
  if (seat.kind === "person") return [seat.id];
  const team = seated.team(seat.id);
  if (team === undefined || team.isDissolved) return [];
  return [...new Set([...(team.lead === null ? [] : [team.lead]), ...team.members])];
}

/** Of those, who is still here. */
export function present(seat: Seat | null, seated: Seated): readonly PersonId[] {
  return holdersOf(seat, seated).filter((id) => seated.person(id)?.active === true);
}
