/** A layer in maps: what changed lately. Each person and exception is put in whole, in place of what it was. */
import type { GrantRow } from "./grant-row.ts";
import type { Candidate, Layer } from "./layer.ts";
import { type AccountRow, fold, type PersonRow } from "./person-row.ts";
import type { SubjectKey } from "./register.ts";

export interface MapLayer extends Layer {
  readonly exceptions: ReadonlyMap<string, readonly GrantRow[]>;
  readonly persons: ReadonlyMap<string, PersonRow>;
  putException(id: string, rows: readonly GrantRow[]): void;
  putPerson(person: PersonRow): void;
  /** Rows of all exceptions in it. */
  size(): number;
}

/** Two keys are the same where these texts are. */
export function textOfKey({ connection, kind, key }: SubjectKey): string {
  return `${connection.length}:${connection}${kind}:${key}`;
}

const NOTHING: readonly never[] = [];

/** Several values a key, taken out one by one. */
function createIndex<T>() {
  const index = new Map<string, Set<T>>();
  return {
    get: (key: string): Iterable<T> => index.get(key) ?? NOTHING,
    add(key: string, value: T): void {
      const found = index.get(key);
      if (found === undefined) index.set(key, new Set([value]));
      else found.add(value);
    },
    remove(key: string, value: T): void {
      const found = index.get(key);
      found?.delete(value);
      if (found?.size === 0) index.delete(key);
    },
  };
}

export function createMapLayer(): MapLayer {
  const exceptions = new Map<string, readonly GrantRow[]>();
  const persons = new Map<string, PersonRow>();
  const byKey = createIndex<GrantRow>();
  const byResource = createIndex<GrantRow>();
  const bySubjectName = createIndex<GrantRow>();
  const byName = createIndex<PersonRow>();

  let size = 0;

  const places = (row: GrantRow) =>
    [
      [byKey, textOfKey(row.subject)],
      [byResource, textOfResource(row.resource)],
      [bySubjectName, `${row.subject.kind}:${row.subject.key}`],
    ] as const;

  return {
    exceptions,
    persons,
    putException(id, rows) {
      for (const row of exceptions.get(id) ?? []) for (const [index, text] of places(row)) index.remove(text, row);
      size += rows.length - (exceptions.get(id)?.length ?? 0);
      exceptions.set(id, rows);
      for (const row of rows) for (const [index, text] of places(row)) index.add(text, row);
    },
    putPerson(person) {
      const before = persons.get(person.id);
      if (before !== undefined) for (const name of namesOf(before)) byName.remove(name, before);
      persons.set(person.id, person);
      for (const name of namesOf(person)) byName.add(name, person);
    },
    candidates(kind, name) {
      const found: Candidate[] = [];
      if (kind === "user") for (const person of byName.get(fold(name))) found.push(...candidatesOf(person, name));
      for (const { subject } of bySubjectName.get(`${kind}:${name}`)) found.push({ person: undefined, keys: [subject], enabled: true });
      return found;
    },
    size: () => size,
    person: (id) => persons.get(id),
    holds: (exception) => exceptions.has(exception),
    holdsPerson: (id) => persons.has(id),
    rows: (key) => byKey.get(textOfKey(key)),
    rowsOn: (resource) => byResource.get(textOfResource(resource)),
  };
}

function textOfResource({ kind, id }: GrantRow["resource"]): string {
  return `${kind.length}:${kind}${id}`;
}

/** Folded: which of them have to be written exactly so is looked at when one is asked for. */
function namesOf({ id, slug, mail, accounts }: PersonRow): ReadonlySet<string> {
  const names = [id, slug, mail, ...accounts.flatMap(({ key, login }) => [key, login])];
  return new Set(names.filter((name) => name !== "").map(fold));
}

function* candidatesOf(person: PersonRow, name: string): Iterable<Candidate> {
  const isOwnName = name === person.id || name === person.slug || (person.mail !== "" && fold(name) === fold(person.mail));
  if (isOwnName)
    yield { person, keys: person.accounts.filter(({ enabled, secondary }) => enabled && !secondary).map(keyOf), enabled: true };
  for (const account of person.accounts) {
    const isName = name === account.key || (account.login !== "" && fold(name) === fold(account.login));
    if (isName) yield { person, keys: [keyOf(account)], enabled: account.enabled };
  }
}

function keyOf({ connection, key }: AccountRow): SubjectKey {
  return { connection, kind: "user", key };
}
