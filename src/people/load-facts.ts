/** Loads what a decision on a person needs to know beside the person. */
import type { PersonFacts } from "./decide.ts";
import type { Person, PersonFields, PersonId } from "./person.ts";
import type { PersonStore } from "./store.ts";

/** Longer than any reporting line there is; a longer one is a circle that a directory brought in. */
const LONGEST_LINE = 100;

export interface FactsRequest {
  readonly actor: PersonFacts["actor"];
  /** The person decided on. */
  readonly person: PersonId;
  readonly fields: Partial<PersonFields>;
}

export async function loadFacts(store: PersonStore, { actor, person, fields }: FactsRequest): Promise<PersonFacts> {
  const named = [fields.manager, fields.deputy].filter((id) => id !== undefined && id !== null);
  const known = await store.findAll(named);
  const administrators = await store.withRole("administrator");
  const manager = known.find((each) => each.person.id === fields.manager)?.person;
  return {
    actor,
    known: new Set(known.map((each) => each.person.id)),
    reportingLine: manager === undefined ? [] : await loadReportingLine(store, manager),
    otherAdministrators: administrators.filter((each) => each.person.id !== person).length,
  };
}

/** From a person upwards, that person first; ends where somebody reports to nobody, or where it comes round. */
async function loadReportingLine(store: PersonStore, from: Person): Promise<readonly PersonId[]> {
  const line = [from.id];
  for (let next = from.manager; next !== null && !line.includes(next) && line.length < LONGEST_LINE;) {
    line.push(next);
    next = (await store.find(next))?.person.manager ?? null;
  }
  return line;
}
