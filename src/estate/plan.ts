/**
 * What bringing people and estate in line with a file means: the events of everything that changes, or everything that stands
 * against it. Pure: the file and all that is known go in. The order of items in the file makes no difference.
 */
import type { Refusal } from "../kernel/problem.ts";
import type { Person, PersonId } from "../people/person.ts";
import { UNNAMED } from "./estate.ts";
import { SECTIONS } from "./file.ts";
import { planEstate, planOrganisation, planTeams } from "./plan-items.ts";
import { holdersOf, matchPersons, planPeople } from "./plan-people.ts";
import { note, type Planning, type PlanRequest, type Step } from "./planning.ts";

export type Steps = ReturnType<typeof planEstate> & {
  readonly organisation: ReturnType<typeof planOrganisation>;
  readonly people: ReturnType<typeof planPeople>;
  readonly teams: ReturnType<typeof planTeams>;
};

export interface Planned {
  readonly steps: Steps;
  /** When there is any, nothing may be done. */
  readonly faults: readonly Refusal[];
}

export function planFile(request: PlanRequest): Planned {
  const holders = holdersOf(request.known);
  const matched = matchPersons(request, holders);
  const planning: Planning = {
    ...request,
    zone: request.file.organisation?.zone ?? request.known.organisation?.state.zone ?? UNNAMED.zone,
    faults: [],
    personIds: personIdsOf(request, matched),
  };
  noteKeysTwice(planning);
  const people = planPeople(planning, matched, holders);
  const steps = {
    organisation: planOrganisation(planning),
    people,
    teams: planTeams(planning),
    ...planEstate(planning, peopleAfter(request, people)),
  };
  return { steps, faults: planning.faults };
}

function personIdsOf({ known }: PlanRequest, matched: ReturnType<typeof matchPersons>): ReadonlyMap<string, PersonId> {
  const ids = new Map<string, PersonId>();
  for (const { state } of known.persons) if (state.key !== null) ids.set(state.key, state.id);
  for (const [key, match] of matched) ids.set(key, typeof match === "string" ? match : match.state.id);
  return ids;
}

function peopleAfter({ known }: PlanRequest, steps: readonly Step<Person, unknown>[]): ReadonlyMap<PersonId, Person> {
  return new Map([...known.persons.map(({ state }) => state), ...steps.map(({ after }) => after)].map((person) => [person.id, person]));
}

function noteKeysTwice(planning: Planning): void {
  for (const section of SECTIONS) {
    const seen = new Set<string>();
    for (const [i, { key }] of planning.file[section].entries()) {
      if (seen.has(key)) note(planning, "estate.keyTwice", `"${key}" is the key of an item above.`, [section, i, "key"]);
      seen.add(key);
    }
  }
}
