/** A team: people who answer for something together, and one of them who leads. */
import { type Decision, unless } from "../kernel/decision.ts";
import { type FieldChanged, fieldChanges } from "../kernel/field-change.ts";
import type { Id } from "../kernel/id.ts";
import type { PersonId } from "./person.ts";
import { refuseIf } from "./refusals.ts";

export type TeamId = Id<"team">;

export interface TeamFields {
  readonly name: string;
  /** Sorted; each once. */
  readonly members: readonly PersonId[];
  readonly lead: PersonId | null;
  readonly status: "active" | "dissolved";
}

export interface Team extends TeamFields {
  readonly id: TeamId;
  /** Slug; unique, never changes. */
  readonly key: string;
}

export type TeamEvent = { readonly type: "teamAdded"; readonly data: Team } | FieldChanged<TeamFields>;

export function evolveTeam(state: Team | undefined, event: TeamEvent): Team {
  if (event.type === "teamAdded") return event.data;
  if (state === undefined) throw new RangeError(`${event.type} before teamAdded`);
  switch (event.type) {
    case "nameChanged":
    case "membersChanged":
    case "leadChanged":
    case "statusChanged":
      return { ...state, ...event.data };
  }
}

/** Decides what a team shall be; `known` are the persons named that exist. */
export function decideTeam(state: Team | undefined, wanted: Team, known: ReadonlySet<PersonId>): Decision<TeamEvent> {
  const lead = wanted.lead !== null && !known.has(wanted.lead);
  const reasons = [
    ...wanted.members.flatMap((member, i) =>
      refuseIf(!known.has(member), "people.personUnknown", `There is no person ${member}.`, `/members/${i}`),
    ),
    ...refuseIf(lead, "people.personUnknown", `There is no person ${wanted.lead}.`, "/lead"),
  ];
  const { name, members, status } = wanted;
  return unless<TeamEvent>(reasons, () =>
    state === undefined
      ? [{ type: "teamAdded", data: wanted }]
      : fieldChanges<TeamFields>(state, { name, members, lead: wanted.lead, status }),
  );
}
