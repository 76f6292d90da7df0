/** What a person may try on an exception now, for showing only: the decision itself asks again and has the last word. Pure. */
import { isOtherLayer, TAKEN_OVER_IN } from "./decide-care.ts";
import type { ExceptionState, StateName } from "./exception.ts";
import { findVersion } from "./exception.ts";
import { type CategoryPolicy, HELP_DESK, SUSPENDERS } from "./policy.ts";
import { openApproval } from "./projection.ts";
import { generalRolesFor, seatsOfRoles } from "./seats.ts";

export interface ActionView {
  readonly action: string;
  readonly allowed: boolean;
  readonly why?: string;
}

interface Person {
  readonly id: string;
  readonly roles: readonly string[];
  /** A delegate or deputy: may do what the requester may, and decide as little. */
  readonly actsForRequester: boolean;
}

type Owning = Pick<CategoryPolicy, "ownerRolesAllowed" | "ownerRolesForbidden">;

const ENDED: readonly StateName[] = ["rejected", "withdrawn", "closed", "revoking", "verifying", "revoke_failed"];

export function actionsFor(state: ExceptionState, person: Person, policy: Owning): ActionView[] {
  return [
    editing(state, person),
    voting(state, person),
    withdrawing(state, person),
    extending(state, person),
    revoking(state, person),
    suspending(state, person),
    takingOver(state, person, policy),
  ];
}

const may = (action: string, why: string | undefined): ActionView =>
  why === undefined ? { action, allowed: true } : { action, allowed: false, why };

function isAnswerable(state: ExceptionState, person: Person): boolean {
  return state.dossier.requester === person.id || state.dossier.owner === person.id || person.actsForRequester;
}

function editing(state: ExceptionState, person: Person): ActionView {
  if (state.state !== "draft" && state.state !== "in_approval")
    return may("edit", "Only a draft or a request under decision can be edited.");
  return may("edit", isAnswerable(state, person) ? undefined : "Only the requester, whoever acts for them, and the owner edit it.");
}

function voting(state: ExceptionState, person: Person): ActionView {
  const approval = openApproval(state);
  if (approval === undefined) return may("vote", "Nothing is under decision.");
  if (person.roles.includes("help_desk")) return may("vote", "The help desk never decides.");
  if (state.dossier.requester === person.id) return may("vote", "Nobody decides on their own request.");
  if (person.actsForRequester) return may("vote", "Whoever acts for the requester does not decide.");
  const votes = findVersion(state.dossier, approval.version)?.votes ?? [];
  return may("vote", votes.some((vote) => vote.person === person.id) ? "You have voted on this version." : undefined);
}

function withdrawing(state: ExceptionState, person: Person): ActionView {
  const open = state.state === "draft" || state.state === "in_approval" || state.state === "approved";
  if (!open) return may("withdraw", "Only a request that is not granted yet can be withdrawn.");
  return may("withdraw", isAnswerable(state, person) ? undefined : "Only the requester, whoever acts for them, and the owner withdraw it.");
}

function extending(state: ExceptionState, person: Person): ActionView {
  if (state.state !== "active") return may("extend", "Only an active exception can be extended.");
  if (state.pending !== null) return may("extend", "A change or extension is already under decision.");
  return may(
    "extend",
    isAnswerable(state, person) ? undefined : "Only the requester, whoever acts for them, and the owner propose an extension.",
  );
}

function revoking(state: ExceptionState, person: Person): ActionView {
  if (ENDED.includes(state.state) || state.state === "draft" || state.state === "in_approval")
    return may("revoke", "There is nothing in force to end.");
  const allowed = isAnswerable(state, person) || person.roles.some((role) => SUSPENDERS.includes(role));
  return may("revoke", allowed ? undefined : "Only those answerable or governing may end it.");
}

function suspending(state: ExceptionState, person: Person): ActionView {
  if (state.state !== "active" && state.state !== "activating") return may("suspend", "Only an active exception can be suspended.");
  return may("suspend", person.roles.some((role) => SUSPENDERS.includes(role)) ? undefined : "Only IAM or governance may suspend.");
}

function takingOver(state: ExceptionState, person: Person, policy: Owning): ActionView {
  return may("takeOver", whyNotTakeOver(state, person, policy));
}

function whyNotTakeOver(state: ExceptionState, { id, roles }: Person, policy: Owning): string | undefined {
  if (!TAKEN_OVER_IN.includes(state.state)) return "Only what is approved and not over yet can be taken over.";
  if (state.dossier.owner === id) return "You answer for it already.";
  if (roles.includes(HELP_DESK)) return "The help desk may not own an exception.";
  if (!mayOwn(roles, policy)) return `An owner holds one of: ${generalRolesFor(policy.ownerRolesAllowed).join(", ").replaceAll("_", " ")}.`;
  return isOtherLayer(state.dossier, id) ? "You implement it or approved it: you cannot also own it." : undefined;
}

function mayOwn(roles: readonly string[], { ownerRolesAllowed, ownerRolesForbidden }: Owning): boolean {
  const seats = seatsOfRoles(roles);
  if (seats.some((seat) => ownerRolesForbidden.includes(seat))) return false;
  // Whose manager somebody is, no role tells: that is left to the decision.
  return ownerRolesAllowed.some((seat) => seat === "manager" || seats.includes(seat));
}
