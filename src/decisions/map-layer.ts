/** A layer in maps: what changed lately. Each person and exception is put in whole, in place of what it was. */
import type { GrantRow } from "./grant-row.ts";
import { hashText } from "./half-sip.ts";
import type { Candidate, Layer, PlacedKey } from "./layer.ts";
import { type AccountRow, fold, type PersonRow } from "./person-row.ts";
import type { SubjectKey } from "./register.ts";
import { textOfKey } from "./text-of-key.ts";

export interface MapLayer extends Layer {
  readonly exceptions: ReadonlyMap<string, readonly GrantRow[]>;
  readonly persons: ReadonlyMap<string, PersonRow>;
  putException(id: string, rows: readonly GrantRow[]): void;
  putPerson(person: PersonRow): void;
  /** Rows of all exceptions in it. */
  size(): number;
}

const NOTHING: readonly never[] = [];

/** Several values a key, taken out one by one. */
function createIndex<Key, Value>() {
  const index = new Map<Key, Set<Value>>();
  return {
    index,
    get: (key: Key): Iterable<Value> => index.get(key) ?? NOTHING,
    add(key: Key, value: Value): void {
      const found = index.get(key);
      if (found === undefined) index.set(key, new Set([value]));
      else found.add(value);
    },
    remove(key: Key, value: Value): void {
      const found = index.get(key);
      found?.delete(value);
      if (found?.size === 0) index.delete(key);
    },
  };
}

/** `hashKey`: as the layer below hashes {@link textOfKey}, so that its keys are looked for here without being unpacked. */
export function createMapLayer(hashKey: (text: string) => number = (text) => hashText(text, 0, 0)): MapLayer {
  const exceptions = new Map<string, readonly GrantRow[]>();
  const persons = new Map<string, PersonRow>();
  const byKey = createIndex<number, GrantRow>();
  const byResource = createIndex<string, GrantRow>();
  const bySubjectName = createIndex<string, GrantRow>();
  const byName = createIndex<string, PersonRow>();
  let size = 0;

  const each = (row: GrantRow, does: "add" | "remove"): void => {
    byKey[does](hashKey(textOfKey(row.subject)), row);
    byResource[does](textOfResource(row.resource), row);
    bySubjectName[does](`${row.subject.kind}:${row.subject.key}`, row);
  };
  function* rowsOf(key: SubjectKey): Iterable<GrantRow> {
    if (byKey.index.size === 0) return;
    const hash = (key as Partial<PlacedKey>).hash ?? hashKey(textOfKey(key));
    for (const row of byKey.get(hash)) if (isSame(row.subject, key)) yield row;
  }

  return {
    exceptions,
    persons,
    size: () => size,
    putException(id, rows) {
      const before = exceptions.get(id) ?? [];
      for (const row of before) each(row, "remove");
      exceptions.set(id, rows);
      for (const row of rows) each(row, "add");
      size += rows.length - before.length;
    },
    putPerson(person) {
      const before = persons.get(person.id);
      if (before !== undefined) for (const name of namesOf(before)) byName.remove(name, before);
      persons.set(person.id, person);
      for (const name of namesOf(person)) byName.add(name, person);
    },
    findCandidates(kind, name, into) {
      // Most of the time nothing changed since all was packed, and putting together what to look for is most of the work.
      if (exceptions.size + persons.size === 0) return;
      if (kind === "user") for (const person of byName.get(fold(name))) addCandidates(person, name, into);
      let last: SubjectKey | undefined;
      for (const { subject } of bySubjectName.get(`${kind}:${name}`)) {
        // Most often all rows of a name are of one key: told once, it is nothing to compare.
        if (last === undefined || !isSame(last, subject)) into.push({ person: null, keys: [subject], enabled: true });
        last = subject;
      }
    },
    isActive: (person) => persons.get(person)?.active,
    rowsOf,
    findRows(key, resource, into) {
      for (const row of rowsOf(key)) if (row.resource.id === resource.id && row.resource.kind === resource.kind) into.push(row);
    },
    rowsOn: (resource) => byResource.get(textOfResource(resource)),
  };
}

function isSame(a: SubjectKey, b: SubjectKey): boolean {
  return a.key === b.key && a.connection === b.connection && a.kind === b.kind;
}

function textOfResource({ kind, id }: GrantRow["resource"]): string {
  return `${kind.length}:${kind}${id}`;
}

/** Folded: which of them have to be written exactly so is looked at when one is asked for. */
function namesOf({ id, slug, mail, accounts }: PersonRow): ReadonlySet<string> {
  const names = [id, slug, mail, ...accounts.flatMap(({ key, login }) => [key, login])];
  return new Set(names.filter((name) => name !== "").map(fold));
}

function addCandidates(person: PersonRow, name: string, into: Candidate[]): void {
  const isOwnName = name === person.id || name === person.slug || (person.mail !== "" && fold(name) === fold(person.mail));
  if (isOwnName)
    into.push({ person, keys: person.accounts.filter(({ enabled, secondary }) => enabled && !secondary).map(keyOf), enabled: true });
  for (const account of person.accounts) {
    const isName = name === account.key || (account.login !== "" && fold(name) === fold(account.login));
    if (isName) into.push({ person, keys: [keyOf(account)], enabled: account.enabled });
  }
}

function keyOf({ connection, key }: AccountRow): SubjectKey {
  return { connection, kind: "user", key };
}
