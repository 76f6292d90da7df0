/** The register as layers over each other. What a newer one holds, the older ones hide. */
import type { SubjectKind } from "../exceptions/version.ts";
import type { GrantRow } from "./grant-row.ts";
import { judge } from "./judge.ts";
import type { Candidate, Layer } from "./layer.ts";
import type { KnownSubject, Register, SubjectKey } from "./register.ts";
import { textOfKey } from "./text-of-key.ts";

/** Types of subjects in questions, in the register's words. */
const KINDS: ReadonlyMap<string, SubjectKind> = new Map([
  ["user", "user"],
  ["workload", "workload"],
  ["device", "device"],
]);

export interface Contents {
  readonly sequence: number;
  readonly size: number;
  readonly layers: readonly Layer[];
  /** By the key people call a connection by. */
  readonly connections: ReadonlyMap<string, string>;
}

export function createRegister({ sequence, size, layers, connections }: Contents): Register {
  return {
    sequence,
    size,
    findSubject(type, id, connection) {
      const kind = KINDS.get(type);
      if (kind === undefined || id === "") return undefined;
      const found: Candidate[] = [];
      for (const layer of layers) layer.findCandidates(kind, id, found);
      const [only] = found;
      if (only === undefined) return undefined;
      if (found.length === 1 && connection === undefined) return alone(only, layers);
      const wanted = connection === undefined ? undefined : (connections.get(connection) ?? connection);
      return oneOf(
        found.flatMap((each) => narrowed(each, wanted)),
        layers,
      );
    },
    look(attempt, nowMs) {
      const rows: GrantRow[] = [];
      for (const key of attempt.keys) for (const layer of layers) layer.findRows(key, attempt.resource, rows);
      return judge(rows, attempt, nowMs);
    },
    *subjectsOn(type, resource) {
      const kind = KINDS.get(type);
      yield* distinct(keysOn(layers, resource, kind));
    },
    *resourcesOf(keys, kind) {
      yield* distinct(idsOf(layers, keys, kind));
    },
  };
}

/** Each as it is found: of a million, whoever needs to know only that they are too many goes no further. */
function* distinct(names: Iterable<string>): Iterable<string> {
  const told = new Set<string>();
  for (const name of names) {
    if (told.has(name)) continue;
    told.add(name);
    yield name;
  }
}

function* keysOn(layers: readonly Layer[], resource: GrantRow["resource"], kind: SubjectKind | undefined): Iterable<string> {
  for (const layer of layers) for (const { subject } of layer.rowsOn(resource)) if (subject.kind === kind) yield subject.key;
}

function* idsOf(layers: readonly Layer[], keys: readonly SubjectKey[], kind: string): Iterable<string> {
  for (const key of keys) for (const { resource } of rowsOf(layers, key)) if (resource.kind === kind) yield resource.id;
}

function* rowsOf(layers: readonly Layer[], key: SubjectKey): Iterable<GrantRow> {
  for (const layer of layers) yield* layer.rowsOf(key);
}

function narrowed(candidate: Candidate, connection: string | undefined): readonly Candidate[] {
  if (connection === undefined) return [candidate];
  const keys = candidate.keys.filter((key) => key.connection === connection);
  return keys.length === 0 ? [] : [{ ...candidate, keys }];
}

/** As {@link oneOf}, of the one candidate that nearly every name is. */
function alone({ person, keys, enabled }: Candidate, layers: readonly Layer[]): KnownSubject | undefined {
  if (person !== null) return { keys: enabled ? keys : [], active: enabled && person.active };
  const rows: GrantRow[] = [];
  for (const layer of layers) for (const row of layer.rowsOf(keys[0]!)) rows.push(row);
  return rows.length === 0 ? undefined : { keys, active: !rows.some((row) => isOfSomebodyGone(row, layers)) };
}

/** The one that all candidates are; nobody where they are several, since whoever is meant cannot be told. */
function oneOf(found: readonly Candidate[], layers: readonly Layer[]): KnownSubject | undefined {
  const people = found.filter(({ person }) => person !== null);
  const owned = new Set(people.flatMap(({ keys }) => keys.map(textOfKey)));
  const bare = found.filter(({ person, keys }) => person === null && !owned.has(textOfKey(keys[0]!)) && hasRows(layers, keys[0]!));
  const meant = new Set([...people.map(({ person }) => person!.id), ...bare.map(({ keys }) => textOfKey(keys[0]!))]);
  if (meant.size !== 1) return undefined;
  if (people.length === 0) return alone(bare[0]!, layers);
  const on = people.filter(({ enabled }) => enabled);
  const keys = [...new Map(on.flatMap((each) => each.keys).map((key) => [textOfKey(key), key])).values()];
  return { keys, active: on.length > 0 && people[0]!.person!.active };
}

function hasRows(layers: readonly Layer[], key: SubjectKey): boolean {
  for (const _ of rowsOf(layers, key)) return true;
  return false;
}

/** Whether the one whom an exception takes its subject for has left. */
function isOfSomebodyGone({ person }: GrantRow, layers: readonly Layer[]): boolean {
  if (person === null) return false;
  for (const layer of layers) {
    const isActive = layer.isActive(person);
    if (isActive !== undefined) return !isActive;
  }
  return false;
}
