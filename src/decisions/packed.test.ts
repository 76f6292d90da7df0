import { array, assert, boolean, constantFrom, integer, option, property, record, string, uniqueArray } from "fast-check";
import { describe, expect, test } from "vitest";

import type { Conditions } from "../exceptions/version.ts";
import { type GrantRow, STANDS } from "./grant-row.ts";
import { hashText } from "./half-sip.ts";
import { createRegister } from "./layered-register.ts";
import type { Layer } from "./layer.ts";
import { createMapLayer, type MapLayer } from "./map-layer.ts";
import { AT, DOMAIN } from "./packed-format.ts";
import { createPackedLayer, type PackedLayer } from "./packed-layer.ts";
import { aboutPacked, whyNotPacked } from "./packed-table.ts";
import { createWords, isTextAt, textAt } from "./packed-words.ts";
import type { PersonRow } from "./person-row.ts";
import type { Register } from "./register.ts";
import { type Changes, repack } from "./repack.ts";

const SEED = { key0: 0x1234_5678, key1: 0x9abc_def0 };

/** Few, so that they meet; of the kind that break things. */
const NAMES = ["a", "A", "b", "anna@example.org", "ANNA@example.org", "\u0000", "é", "中", "\ud800", "\ufffd", "x".repeat(300), "per_1"];
const CONNECTIONS = ["con_1", "con_2"];
const RESOURCES = [
  { kind: "application", id: "a" },
  { kind: "application", id: "b" },
  { kind: "policy", id: "a" },
] as const;
const name = constantFrom(...NAMES);
const conditions = constantFrom<Conditions[]>(
  { networks: null, deviceClasses: null, hours: null },
  { networks: ["lan", "10.0.0.0/8"], deviceClasses: null, hours: null },
  { networks: null, deviceClasses: ["kiosk"], hours: null },
);

const rowDraft = record({
  kind: constantFrom("user", "group", "workload", "device", "deviceClass"),
  connection: constantFrom(...CONNECTIONS),
  key: name,
  person: option(constantFrom("per_1", "per_2")),
  resource: constantFrom(...RESOURCES),
  method: constantFrom("password", "sms"),
  conditions,
  from: integer({ min: 0, max: 10 }),
  lasts: integer({ min: 1, max: 10 }),
  stand: constantFrom(...STANDS),
});
const exceptionDraft = record({
  id: integer({ min: 1, max: 5 }),
  owner: option(constantFrom("per_1")),
  rows: array(rowDraft, { maxLength: 4 }),
});
const person = record({
  id: constantFrom("per_1", "per_2", "per_3"),
  active: boolean(),
  slug: constantFrom("", "a", "anna"),
  mail: constantFrom("", "Anna@example.org", "b"),
  accounts: uniqueArray(
    record({
      connection: constantFrom(...CONNECTIONS),
      key: name,
      enabled: boolean(),
      secondary: boolean(),
      login: constantFrom("", "A", "b", "é"),
    }),
    { maxLength: 3, selector: ({ connection, key }) => `${connection} ${key}` },
  ),
});

interface World {
  readonly exceptions: readonly (readonly [string, readonly GrantRow[]])[];
  readonly persons: readonly PersonRow[];
}
const world = record({ exceptions: array(exceptionDraft, { maxLength: 6 }), persons: array(person, { maxLength: 4 }) }).map(
  ({ exceptions, persons }): World => ({
    persons,
    exceptions: exceptions.map(({ id, owner, rows }) => [
      `exc_${id}`,
      rows.map(({ kind, connection, key, person: of, resource, method, conditions: under, from, lasts, stand }): GrantRow => ({
        exception: `exc_${id}`,
        ref: `EXC-${id}`,
        owner,
        subject: { kind, connection, key },
        person: of,
        resource,
        method,
        conditions: under,
        from,
        until: from + lasts,
        stand,
        ends: from + lasts,
      })),
    ]),
  }),
);

/** An account is one person's: the database sees to it. */
function withoutShared(persons: readonly PersonRow[]): readonly PersonRow[] {
  const byId = new Map(persons.map((each) => [each.id, each]));
  const taken = new Set<string>();
  return [...byId.values()].map((each) => ({
    ...each,
    accounts: each.accounts.filter(({ connection, key }) => !taken.has(`${connection} ${key}`) && taken.add(`${connection} ${key}`)),
  }));
}

function changesOf({ exceptions, persons }: World): Changes {
  return { exceptions: new Map(exceptions), persons: new Map(withoutShared(persons).map((each) => [each.id, each])) };
}

function put(layer: MapLayer, { exceptions, persons }: Changes, older?: PackedLayer): MapLayer {
  for (const [id, rows] of exceptions) {
    layer.putException(id, rows);
    older?.hideException(id);
  }
  for (const each of persons.values()) {
    layer.putPerson(each);
    older?.hidePerson(each.id);
  }
  return layer;
}

const over = (...layers: Layer[]): Register => createRegister({ sequence: 0, size: 0, layers, connections: new Map([["ad", "con_1"]]) });

/** Everything that can be asked of so small a world. */
function answers(register: Register): readonly unknown[] {
  const names = [...NAMES, "anna", "per_2", "nobody"];
  return ["user", "workload", "device", "group"].flatMap((type) =>
    names
      .flatMap((each) =>
        [undefined, "ad"].map((connection) => {
          const known = register.findSubject(type, each, connection);
          const keys = known?.keys.map(({ kind, key, connection: of }) => `${kind} ${of} ${key}`).sort();
          const looks = RESOURCES.flatMap((resource) =>
            [4, 9].map((now) => {
              const attempt = { resource, method: "password", address: "10.1.1.1", networks: [], deviceClasses: [] };
              return register.look({ ...attempt, keys: known?.keys ?? [{ connection: "con_1", kind: "group", key: each }] }, now);
            }),
          );
          return [type, each, connection, known?.active, keys, looks, [...register.resourcesOf(known?.keys ?? [], "application")].sort()];
        }),
      )
      .concat(RESOURCES.map((resource) => [type, [...register.subjectsOn(type, resource)].sort()])),
  );
}

describe("a packed register", () => {
  test("answers as the same in maps does, alone, below changes, and folded together with them in any order", () => {
    assert(
      property(world, world, world, (first, second, third) => {
        const [one, two, three] = [changesOf(first), changesOf(second), changesOf(third)];
        const all: Changes = {
          exceptions: new Map([...one.exceptions, ...two.exceptions, ...three.exceptions]),
          persons: new Map(
            withoutShared([...one.persons.values(), ...two.persons.values(), ...three.persons.values()]).map((each) => [each.id, each]),
          ),
        };
        const last: Changes = { exceptions: three.exceptions, persons: all.persons };
        const fresh = answers(over(put(createMapLayer(), all)));
        const hash = (text: string): number => hashText(text, SEED.key0 + DOMAIN.key, SEED.key1);

        expect(answers(over(createPackedLayer(repack(undefined, all, SEED, {}))))).toEqual(fresh);

        const base = createPackedLayer(repack(repack(undefined, one, SEED, {}), two, SEED, {}));
        const overlay = put(createMapLayer(hash), last, base);
        expect(answers(over(overlay, base))).toEqual(fresh);
        expect(base.size() + overlay.size()).toBe([...all.exceptions.values()].flat().length);

        const folded = createPackedLayer(repack(base.words, last, { key0: 7, key1: 9 }, { sequence: 3 }));
        expect(answers(over(folded))).toEqual(fresh);
        expect(folded.size()).toBe([...all.exceptions.values()].flat().length);
        expect(aboutPacked(folded.words)).toEqual({ sequence: 3 });
      }),
      { numRuns: 60 },
    );
  });

  test("is read only where its header says what it is", () => {
    const words = repack(undefined, { exceptions: new Map(), persons: new Map() }, SEED, null);
    expect(whyNotPacked(words)).toBeUndefined();
    expect(whyNotPacked(words.subarray(1))).toBe("it is no snapshot");
    expect(whyNotPacked(words.subarray(0, words.length - 1))).toBe("its length is not what it says");
    expect(whyNotPacked(new Uint32Array(3))).toBe("it is no snapshot");
    words[AT.format] = 9;
    expect(whyNotPacked(words)).toMatch(/format is 9/);
  });

  test("keeps any text as it is, and takes no other for it", () => {
    const anything = string({ unit: constantFrom(..."aé中\ud800\udc00\u0000ÿĀ".split("")), maxLength: 9 });
    assert(
      property(anything, anything, (text, other) => {
        const words = createWords(1);
        const at = words.pushText(text);
        expect(textAt(words.view(), at)).toBe(text);
        expect(isTextAt(words.view(), at, other)).toBe(text === other);
      }),
      { numRuns: 2000 },
    );
  });
});
