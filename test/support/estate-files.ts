/** Estate files that are right: references go to persons of the file, managers to those named before, so there is no circle. */
import * as fc from "fast-check";

type Item = Readonly<Record<string, unknown>>;
export type GeneratedFile = Readonly<Record<string, readonly Item[]>>;

const person = fc.record({
  name: fc.stringMatching(/^[A-Za-zäöü][A-Za-z äöü]{0,10}[a-z]$/),
  unit: fc.option(fc.constantFrom("Finance", "Security")),
  roles: fc.subarray(["iam", "endpoint", "executive", "auditor"]),
  up: fc.option(fc.nat()),
  beside: fc.option(fc.nat()),
  active: fc.option(fc.boolean()),
  away: fc.option(fc.constantFrom("2026-07-01", "2026-12-24")),
});
type Drawn = typeof person extends fc.Arbitrary<infer T> ? T : never;

const keyOf = (i: number) => `person-${i}`;

function personItem({ up, beside, active, away, ...rest }: Drawn, i: number, count: number): Item {
  return {
    key: keyOf(i),
    ...rest,
    manager: up === null || i === 0 ? null : keyOf(up % i),
    deputy: beside === null || count < 2 ? null : keyOf((i + 1 + (beside % (count - 1))) % count),
    leave: away === null ? [] : [{ from: away, until: "2026-12-31" }],
    ...(active !== null && { active }),
  };
}

function section(key: string, item: fc.Arbitrary<Item>): fc.Arbitrary<readonly Item[]> {
  return fc.array(item, { maxLength: 3 }).map((items) => items.map((each, i) => ({ key: `${key}-${i}`, ...each })));
}

const contracts = fc.uniqueArray(fc.record({ ref: fc.constantFrom("A", "B", "C"), endsOn: fc.constantFrom("2027-01-01", "2028-02-29") }), {
  selector: ({ ref }) => ref,
});

/** Components that need only earlier ones, what takes them together, and an operation over them. */
const model = fc.array(fc.record({ any: fc.boolean(), needs: fc.array(fc.nat(), { maxLength: 3 }) }), { maxLength: 5 }).map((drawn) => {
  const keys = drawn.map((_, i) => `part-${i}`);
  const components: Item[] = drawn.map(({ any, needs }, i) => {
    const list = i === 0 ? [] : needs.map((n) => keys[n % i]!);
    const requires = list.length === 0 ? null : { [any ? "any" : "all"]: list };
    return { key: keys[i]!, name: `Part ${i}`, kind: "external", layer: "provider", requires };
  });
  const path = { key: "way", name: "Way in", population: "human", role: "primary", needs: { any: keys } };
  return keys.length === 0
    ? {}
    : {
        components,
        commonCauses: [{ key: "cause", name: "Cause", kind: "region", members: [...keys] }],
        operations: [{ key: "operation", name: "Operation", criticality: 1, paths: [path] }],
      };
});

const organisations: fc.Arbitrary<GeneratedFile> = fc.array(person, { minLength: 1, maxLength: 8 }).chain((persons) => {
  const keys = persons.map((_, i) => keyOf(i));
  const people = fc.constant(persons.map((each, i) => personItem(each, i, persons.length)));
  const lead = fc.option(fc.constantFrom(...keys));
  const teams = section("team", fc.record({ name: fc.constant("Team"), lead, members: fc.subarray(keys) }));
  const there = keys.filter((_, i) => persons[i]?.active !== false);
  if (there.length === 0) return fc.record({ people, teams });
  const owner = fc.constantFrom(...there);
  return fc.record({
    people,
    teams,
    applications: section("app", fc.record({ name: fc.constant("App"), owner, tier: fc.constantFrom(1, 2, 3, 4) })),
    deviceClasses: section("class", fc.record({ name: fc.constant("Class"), lead: owner })),
    vendors: section("vendor", fc.record({ name: fc.constant("Vendor"), manager: owner, contracts })),
  });
});

const populations = fc.subarray(["human", "privileged", "machine", "third-party"]);

/** A rota, and ways into the first application by it. */
function waysOf({ applications = [] }: GeneratedFile, served: readonly string[]): GeneratedFile {
  const [application] = applications;
  if (application === undefined) return {};
  const owner = application["owner"];
  const rotation = { people: [owner], startsOn: "2026-03-02", handoverAt: "08:00", everyDays: 7 };
  const seats = { businessOwner: owner, maintainer: owner, rota: "rota" };
  return {
    rotas: [{ key: "rota", name: "Rota", owner, rotation }],
    journeys: served.map((population) => ({
      population,
      about: { application: application["key"] },
      statement: `A passkey for ${population}.`,
      ...seats,
    })),
  };
}

export const estateFiles: fc.Arbitrary<GeneratedFile> = fc
  .tuple(organisations, model, populations)
  .map(([organisation, parts, served]) => ({ ...organisation, ...parts, ...waysOf(organisation, served) }));

/** The same file with its sections, the items of each list and the fields of each item in another order. */
export function shuffled(file: GeneratedFile, random: Iterator<number>): GeneratedFile {
  const mixed = <T>(list: readonly T[]): T[] =>
    list
      .map((each) => ({ each, at: random.next().value as number }))
      .sort((a, b) => a.at - b.at)
      .map(({ each }) => each);
  const inside = (item: Item): Item =>
    Object.fromEntries(mixed(Object.entries(item)).map(([key, value]) => [key, Array.isArray(value) ? mixed<unknown>(value) : value]));
  return Object.fromEntries(mixed(Object.entries(file)).map(([name, items]) => [name, mixed(items).map(inside)]));
}
