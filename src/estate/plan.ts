/**
 * What bringing people and estate in line with a file means: the events of everything that changes, or everything that stands
 * against it. Pure: the file and all that is known go in. The order of items in the file makes no difference.
 */
import type { Refusal } from "../kernel/problem.ts";
import type { Person, PersonId } from "../people/person.ts";
import { UNNAMED } from "./estate.ts";
import { planEstate, planOrganisation, planTeams } from "./plan-items.ts";
import { planModel } from "./plan-model.ts";
import { planWays } from "./plan-ways.ts";
import { holdersOf, matchPersons, planPeople } from "./plan-people.ts";
import { type At, noteKeysTwice, type Planning, type PlanRequest, type Step } from "./planning.ts";

export type Steps = ReturnType<typeof planEstate> &
  ReturnType<typeof planModel> &
  ReturnType<typeof planWays> & {
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
  const after = peopleAfter(request, people);
  const estate = planEstate(planning, after);
  const { known } = request;
  const applications = left(known.applications, estate.applications);
  const teams = planTeams(planning);
  const model = planModel(planning, { people: after, applications });
  const ways = planWays(planning, {
    people: after,
    teams: left(known.teams, teams),
    applications,
    operations: left(known.operations, model.operations),
    deviceClasses: left(known.deviceClasses, estate.deviceClasses),
  });
  const steps = { organisation: planOrganisation(planning), people, teams, ...estate, ...model, ...ways };
  return { steps, faults: planning.faults };
}

/** What was known, and over it what the file makes of it: of one key the last counts. */
function left<State extends { readonly key: string }>(
  known: readonly At<State>[],
  steps: readonly Step<State, unknown>[],
): readonly State[] {
  return [...new Map([...known.map(({ state }) => state), ...steps.map(({ after }) => after)].map((state) => [state.key, state])).values()];
}

function personIdsOf({ known }: PlanRequest, matched: ReturnType<typeof matchPersons>): ReadonlyMap<string, PersonId> {
  const ids = new Map<string, PersonId>();
  // By id only what is put together here refers to them: no key of a file looks like one.
  for (const { state } of known.persons) {
    ids.set(state.id, state.id);
    if (state.key !== null) ids.set(state.key, state.id);
  }
  for (const [key, match] of matched) ids.set(key, typeof match === "string" ? match : match.state.id);
  return ids;
}

function peopleAfter({ known }: PlanRequest, steps: readonly Step<Person, unknown>[]): ReadonlyMap<PersonId, Person> {
  return new Map([...known.persons.map(({ state }) => state), ...steps.map(({ after }) => after)].map((person) => [person.id, person]));
}
