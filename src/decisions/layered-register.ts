/** The register as layers over each other, the newest first. */
import type { SubjectKind } from "../exceptions/version.ts";
import type { GrantRow } from "./grant-row.ts";
import { judge } from "./judge.ts";
import type { Candidate, Layer } from "./layer.ts";
import { textOfKey } from "./map-layer.ts";
import type { KnownSubject, Register, SubjectKey } from "./register.ts";

/** Types of subjects in questions, in the register's words. */
const KINDS: Readonly<Record<string, SubjectKind>> = { user: "user", workload: "workload", device: "device" };

export interface Contents {
  readonly sequence: number;
  readonly size: number;
  /** Newest first. */
  readonly layers: readonly Layer[];
  /** By the key people call a connection by. */
  readonly connections: ReadonlyMap<string, string>;
}

export function createRegister({ sequence, size, layers, connections }: Contents): Register {
  function isMasked(exception: string, depth: number): boolean {
    for (let newer = 0; newer < depth; newer++) if (layers[newer]!.holds(exception)) return true;
    return false;
  }

  /** Every decision comes through here, twice: plain loops, because a generator costs more than what it finds. */
  function unmasked(rowsIn: (layer: Layer) => Iterable<GrantRow>): readonly GrantRow[] {
    const rows: GrantRow[] = [];
    for (let depth = 0; depth < layers.length; depth++) {
      for (const row of rowsIn(layers[depth]!)) if (!isMasked(row.exception, depth)) rows.push(row);
    }
    return rows;
  }
  const rowsOf = (key: SubjectKey) => unmasked((layer) => layer.rows(key));

  /** Of those known by exceptions alone, none whose key a candidate before has. */
  function candidates(kind: SubjectKind, id: string): readonly Candidate[] {
    const found: Candidate[] = [];
    for (let depth = 0; depth < layers.length; depth++) {
      for (const each of layers[depth]!.candidates(kind, id)) {
        const isHidden = each.person === undefined ? hasKey(found, each.keys[0]!) : isPersonMasked(each.person.id, depth);
        if (!isHidden) found.push(each);
      }
    }
    return found;
  }

  function isPersonMasked(id: string, depth: number): boolean {
    for (let newer = 0; newer < depth; newer++) if (layers[newer]!.holdsPerson(id)) return true;
    return false;
  }

  function isOfSomebodyGone({ person }: GrantRow): boolean {
    if (person === null) return false;
    const holder = layers.find((layer) => layer.holdsPerson(person));
    return holder?.person(person)?.active === false;
  }

  function findSubject(type: string, id: string, connection?: string): KnownSubject | undefined {
    const kind = Object.hasOwn(KINDS, type) ? KINDS[type] : undefined;
    if (kind === undefined || id === "") return undefined;
    const all = candidates(kind, id);
    const found = connection === undefined ? all : narrowed(all, connections.get(connection) ?? connection);
    if (found.length === 1 && found[0]!.keys.length === 1) return alone(found[0]!);
    return oneOf(
      found,
      (key) => rowsOf(key).length === 0,
      (key) => rowsOf(key).some(isOfSomebodyGone),
    );
  }

  /** As {@link oneOf}, of the one candidate with one key that nearly every name is. */
  function alone({ person, keys, enabled }: Candidate): KnownSubject | undefined {
    const rows = rowsOf(keys[0]!);
    if (person === undefined && rows.length === 0) return undefined;
    if (!enabled) return { keys: [], active: false };
    return { keys, active: person?.active !== false && !rows.some(isOfSomebodyGone) };
  }

  return {
    sequence,
    size,
    findSubject,
    look: (attempt, nowMs) => judge(rowsOnResource(attempt.keys, attempt.resource), attempt, nowMs),
    *subjectsOn(type, resource) {
      const kind = Object.hasOwn(KINDS, type) ? KINDS[type] : undefined;
      const rows = unmasked((layer) => layer.rowsOn(resource));
      const keys = new Set<string>();
      for (const { subject } of rows) if (subject.kind === kind) keys.add(subject.key);
      yield* keys;
    },
    *resourcesOf(keys, kind) {
      const ids = new Set<string>();
      for (const key of keys) for (const { resource } of rowsOf(key)) if (resource.kind === kind) ids.add(resource.id);
      yield* ids;
    },
  };

  function rowsOnResource(keys: readonly SubjectKey[], resource: GrantRow["resource"] | { kind: string; id: string }): readonly GrantRow[] {
    const rows: GrantRow[] = [];
    for (const key of keys) {
      for (const row of rowsOf(key)) if (row.resource.id === resource.id && row.resource.kind === resource.kind) rows.push(row);
    }
    return rows;
  }
}

function hasKey(found: readonly Candidate[], wanted: SubjectKey): boolean {
  return found.some(({ keys }) => keys.some((key) => isSameKey(key, wanted)));
}

function isSameKey(a: SubjectKey, b: SubjectKey): boolean {
  return a.key === b.key && a.kind === b.kind && a.connection === b.connection;
}

function narrowed(found: readonly Candidate[], connection: string): readonly Candidate[] {
  return found.flatMap((candidate) => {
    const keys = candidate.keys.filter((key) => key.connection === connection);
    return keys.length === 0 ? [] : [{ ...candidate, keys }];
  });
}

/** The one that all candidates are; nobody where they are several, since whoever is meant cannot be told. */
function oneOf(
  found: readonly Candidate[],
  isIdle: (key: SubjectKey) => boolean,
  isGone: (key: SubjectKey) => boolean,
): KnownSubject | undefined {
  const people = found.filter(({ person }) => person !== undefined);
  const owned = new Set(people.flatMap(({ keys }) => keys.map(textOfKey)));
  const bare = found.filter(({ person, keys }) => person === undefined && !owned.has(textOfKey(keys[0]!)) && !isIdle(keys[0]!));
  const meant = new Set([...people.map(({ person }) => person!.id), ...bare.map(({ keys }) => textOfKey(keys[0]!))]);
  if (meant.size !== 1) return undefined;
  const all = people.length > 0 ? people : bare.slice(0, 1);
  const on = all.filter(({ enabled }) => enabled);
  const keys = [...new Map(on.flatMap((each) => each.keys).map((key) => [textOfKey(key), key])).values()];
  const isActive = on.length > 0 && all.every(({ person }) => person?.active !== false) && !keys.some(isGone);
  return { keys, active: isActive };
}
