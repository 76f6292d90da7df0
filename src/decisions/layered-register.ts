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
  const isMasked = (exception: string, depth: number): boolean => layers.slice(0, depth).some((newer) => newer.holds(exception));
  const isPersonMasked = (id: string, depth: number): boolean => layers.slice(0, depth).some((newer) => newer.holdsPerson(id));

  function* unmasked(rowsIn: (layer: Layer) => Iterable<GrantRow>): Iterable<GrantRow> {
    for (const [depth, layer] of layers.entries()) for (const row of rowsIn(layer)) if (!isMasked(row.exception, depth)) yield row;
  }
  const rowsOf = (key: SubjectKey) => unmasked((layer) => layer.rows(key));

  function* candidates(kind: SubjectKind, id: string): Iterable<Candidate> {
    for (const [depth, layer] of layers.entries()) {
      for (const each of layer.candidates(kind, id)) if (each.person === undefined || !isPersonMasked(each.person.id, depth)) yield each;
    }
  }

  const isGone = (key: SubjectKey): boolean =>
    [...rowsOf(key)].some(({ person }) => {
      if (person === null) return false;
      const holder = layers.find((layer) => layer.holdsPerson(person));
      return holder?.person(person)?.active === false;
    });

  function findSubject(type: string, id: string, connection?: string): KnownSubject | undefined {
    const kind = Object.hasOwn(KINDS, type) ? KINDS[type] : undefined;
    if (kind === undefined || id === "") return undefined;
    const wanted = connection === undefined ? undefined : (connections.get(connection) ?? connection);
    return oneOf(
      [...candidates(kind, id)].flatMap((each) => narrowed(each, wanted)),
      (key) => ![...rowsOf(key)].length,
      isGone,
    );
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

  function* rowsOnResource(keys: readonly SubjectKey[], resource: GrantRow["resource"] | { kind: string; id: string }) {
    for (const key of keys) {
      for (const row of rowsOf(key)) if (row.resource.id === resource.id && row.resource.kind === resource.kind) yield row;
    }
  }
}

function narrowed(candidate: Candidate, connection: string | undefined): readonly Candidate[] {
  if (connection === undefined) return [candidate];
  const keys = candidate.keys.filter((key) => key.connection === connection);
  return keys.length === 0 ? [] : [{ ...candidate, keys }];
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
