import { describe, expect, test } from "vitest";

import type { Id } from "../kernel/id.ts";
import { instant } from "../kernel/time.ts";
import { evolve } from "../people/evolve.ts";
import type { NewPerson, Person, PersonId } from "../people/person.ts";
import type { Role } from "../people/role.ts";
import { manualClock } from "../platform/clock.ts";
import { randomIds } from "../platform/ids.ts";
import { inOrder } from "../platform/located-yaml.ts";
import { readEstateFile } from "./load-file.ts";
import { planFile } from "./plan.ts";
import { type Plan, planWords } from "./plan-words.ts";
import { type Known, NOTHING_KNOWN } from "./planning.ts";

const now = instant("2026-03-02T09:00:00Z");
const ids = randomIds(manualClock(now));
const CHIEF = "per_chief" as PersonId;

const person = (id: string, more: Partial<NewPerson> = {}): { version: number; state: Person } => ({
  version: 1,
  state: evolve(undefined, {
    type: "personAdded",
    data: {
      id: id as PersonId,
      key: null,
      displayName: id,
      email: null,
      unit: null,
      manager: null,
      deputy: null,
      roles: [],
      leave: [],
      source: "yaml",
      accounts: [],
      ...more,
    },
  }),
});
const known = (more: Partial<Known> = {}): Known => ({
  ...NOTHING_KNOWN,
  persons: [person(CHIEF, { roles: ["administrator"], source: "invitation" })],
  connections: new Map([["corp", "con_1"]]),
  ...more,
});
const plan = (text: string, given = known(), roles: readonly string[] = ["administrator"]) => {
  const reading = readEstateFile(text);
  if (!reading.ok) throw new Error(JSON.stringify(reading.faults));
  const { file, placeOf } = reading.read;
  return { file, ...planFile({ file, placeOf, known: given, actor: { id: CHIEF, roles }, now, ids, feedOf: () => undefined }) };
};
const faultsOf = (text: string, given?: Known, roles?: readonly string[]) =>
  inOrder(plan(text, given, roles).faults).map(({ at, code }) => `${at} ${code}`);
const words = (text: string, given = known()): Plan => {
  const { steps, faults, file } = plan(text, given);
  expect(faults).toEqual([]);
  return planWords(steps, given, file, true);
};

const account = (key: string) => ({ connection: "con_1", key, enabled: true, secondary: false });
const ada = (rest = "") => `  - { key: ada, name: Ada${rest} }\n`;
const bob = (rest = "") => `  - { key: bob, name: Bob${rest} }\n`;

describe("what contradicts itself or the rest is refused where the file says it", () => {
  test.each<[string, string, readonly string[]]>([
    ["two persons with a key", `people:\n${ada()}${ada()}`, ["estate.yaml:3:12 estate.keyTwice"]],
    [
      "two vendors with a key",
      "people: [{key: ada, name: A}]\nvendors:\n  - {key: vv, name: V, manager: ada}\n  - {key: vv, name: W, manager: ada}",
      ["estate.yaml:4:11 estate.keyTwice"],
    ],
    ["a manager who is not there", `people:\n${ada(", manager: bob")}`, ["estate.yaml:2:37 estate.referenceDangling"]],
    ["a deputy who is not there", `people:\n${ada(", deputy: bob")}`, ["estate.yaml:2:36 estate.referenceDangling"]],
    [
      "members who are not there",
      "teams:\n  - key: ops\n    name: Ops\n    members:\n      - xi\n      - yo",
      ["estate.yaml:5:9 estate.referenceDangling", "estate.yaml:6:9 estate.referenceDangling"],
    ],
    [
      "an owner who is not there",
      "applications:\n  - key: pay\n    name: Pay\n    tier: 1\n    owner: nobody",
      ["estate.yaml:5:12 estate.referenceDangling"],
    ],
    [
      "a lead and a manager who are not there",
      "deviceClasses: [{key: pc, name: PC, lead: xx}]\nvendors: [{key: vv, name: V, manager: yy}]",
      ["estate.yaml:1:43 estate.referenceDangling", "estate.yaml:2:39 estate.referenceDangling"],
    ],
    [
      "a connection that is not there",
      `people:\n${ada(", accounts: [{connection: lab, key: g1}]")}`,
      ["estate.yaml:2:52 estate.referenceDangling"],
    ],
    ["one who manages themselves", `people:\n${ada(", manager: ada")}`, ["estate.yaml:2:37 people.managerCycle"]],
    [
      "two who manage each other",
      `people:\n${ada(", manager: bob")}${bob(", manager: ada")}`,
      ["estate.yaml:2:37 people.managerCycle", "estate.yaml:3:37 people.managerCycle"],
    ],
    ["one's own deputy", `people:\n${ada(", deputy: ada")}`, ["estate.yaml:2:36 people.deputyIsSelf"]],
    [
      "the help desk with a role that decides",
      `people:\n${ada(", roles: [help_desk, iam]")}`,
      ["estate.yaml:2:35 people.helpDeskCombined"],
    ],
    [
      "the help desk as an owner",
      `people:\n${ada(", roles: [help_desk]")}applications: [{key: pay, name: Pay, tier: 1, owner: ada}]`,
      ["estate.yaml:3:54 estate.helpDeskMayNotOwn"],
    ],
    [
      "an owner the file says has left",
      `people:\n${ada(", active: false")}applications: [{key: pay, name: Pay, tier: 1, owner: ada}]`,
      ["estate.yaml:3:54 estate.personNotActive"],
    ],
    [
      "a leave that ends before it begins",
      `people:\n${ada(", leave: [{from: 2027-03-02, until: 2027-03-01}]")}`,
      ["estate.yaml:2:36 people.leaveUnordered"],
    ],
    [
      "a contract listed twice",
      `people:\n${ada()}vendors: [{key: vv, name: V, manager: ada, contracts: [{ref: A, endsOn: 2027-01-01}, {ref: A, endsOn: 2028-01-01}]}]`,
      ["estate.yaml:3:86 estate.contractTwice"],
    ],
    [
      "one account for two persons",
      `people:\n${ada(", accounts: [{connection: corp, key: g1}]")}${bob(", accounts: [{connection: corp, key: g1}]")}`,
      ["estate.yaml:3:63 estate.accountTwice"],
    ],
  ])("%s", (_, text, expected) => {
    expect(faultsOf(text)).toEqual(expected);
  });

  test("an account that is somebody else's", () => {
    const holder = person("per_h", { key: "holder", accounts: [account("g1")] });
    const text = `people:\n${ada(", accounts: [{connection: corp, key: g1}]")}`;
    expect(faultsOf(text, known({ persons: [holder] }))).toEqual(["estate.yaml:2:63 estate.accountElsewhere"]);
  });

  test("two accounts of one person for two persons", () => {
    const holder = person("per_h", { accounts: [account("g1"), account("g2")] });
    const text = `people:\n${ada(", accounts: [{connection: corp, key: g1}]")}${bob(", accounts: [{connection: corp, key: g2}]")}`;
    expect(faultsOf(text, known({ persons: [holder] }))).toEqual(["estate.yaml:3:38 estate.accountTwice"]);
  });

  test("a circle through somebody the file does not name", () => {
    const persons = [person("per_a", { key: "ada" }), person("per_m", { key: "middle", manager: "per_a" as PersonId })];
    expect(faultsOf(`people:\n${ada(", manager: middle")}`, known({ persons }))).toEqual(["estate.yaml:2:37 people.managerCycle"]);
  });

  test("a circle the file itself resolves is none", () => {
    const persons = [person("per_a", { key: "ada" }), person("per_b", { key: "bob", manager: "per_a" as PersonId })];
    expect(faultsOf(`people:\n${ada(", manager: bob")}${bob()}`, known({ persons }))).toEqual([]);
  });

  test("a role for whoever applies it, the administrator role from whoever is none, and the last administrator", () => {
    const admin = (key: string, roles: readonly Role[]) => person(CHIEF, { key, roles });
    expect(faultsOf(`people:\n${ada(", roles: [administrator, iam]")}`, known({ persons: [admin("ada", ["administrator"])] }))).toEqual([
      "estate.yaml:2:35 people.ownRoles",
    ]);
    expect(faultsOf(`people:\n${ada(", roles: [administrator]")}`, known(), ["iam"])).toEqual([
      "estate.yaml:2:35 people.administratorOnly",
    ]);
    const one = person("per_a", { key: "ada", roles: ["administrator"] });
    expect(faultsOf(`people:\n${ada()}`, known({ persons: [one] }))).toEqual(["estate.yaml:2:5 people.lastAdministrator"]);
    expect(faultsOf(`people:\n${ada()}${bob(", roles: [administrator]")}`, known({ persons: [one] }))).toEqual([]);
  });

  test("the return of somebody whose directory says they left", () => {
    const gone = person("per_a", { key: "ada", accounts: [{ ...account("g1"), enabled: false }] });
    expect(faultsOf(`people:\n${ada(", active: true")}`, known({ persons: [gone] }))).toEqual(["estate.yaml:2:36 people.accountDisabled"]);
    expect(faultsOf(`people:\n${ada()}`, known({ persons: [gone] }))).toEqual([]);
  });
});

describe("a plan", () => {
  test("says what comes, what changes from what to what, what stays, and what the file does not mention", () => {
    const persons = [
      person("per_a", { key: "ada", displayName: "Ada", roles: ["iam"] }),
      person("per_b", { key: "bob", displayName: "Bob" }),
    ];
    const given = known({
      persons,
      keyedPersons: [
        { key: "ada", name: "Ada" },
        { key: "cleo", name: "Cleo" },
      ],
      deviceClasses: [
        { version: 1, state: { id: "dev_1" as Id<"deviceClass">, key: "pc", name: "PC", lead: "per_a" as PersonId, status: "active" } },
      ],
    });
    const text = `people:\n${ada(", unit: Security, manager: bob, roles: [auditor, iam]")}${bob()}  - { key: dora, name: Dora }\ndeviceClasses: [{key: pc, name: PC, lead: bob}]`;
    expect(words(text, given)).toEqual({
      dryRun: true,
      created: [{ kind: "person", key: "dora", name: "Dora" }],
      changed: [
        {
          kind: "person",
          key: "ada",
          name: "Ada",
          fields: [
            { field: "unit", before: null, after: "Security" },
            { field: "manager", before: null, after: "bob" },
            { field: "roles", before: "iam", after: "iam, auditor" },
          ],
        },
        { kind: "deviceClass", key: "pc", name: "PC", fields: [{ field: "lead", before: "ada", after: "bob" }] },
      ],
      unchanged: 1,
      leftAlone: [{ kind: "person", key: "cleo", name: "Cleo" }],
    });
  });

  test("a person a directory brought in is taken over by their account, never by their name", () => {
    const imported = person("per_x", {
      displayName: "Ada",
      source: "directory",
      accounts: [{ connection: "con_1", key: "g1", enabled: true, secondary: false }],
    });
    const given = known({ persons: [imported] });
    expect(words(`people:\n${ada()}`, given).created).toHaveLength(1);
    expect(words(`people:\n${ada(", accounts: [{connection: corp, key: g1}]")}`, given).changed).toMatchObject([
      {
        key: "ada",
        fields: [
          { field: "key", before: null, after: "ada" },
          { field: "source", before: "directory", after: "yaml" },
        ],
      },
    ]);
  });

  test("days begin and end in the organisation's zone, as the same file sets it", () => {
    const text = `organisation: {name: X, zone: Europe/Zurich}\npeople:\n${ada(", leave: [{from: 2026-07-01, until: 2026-07-01}]")}`;
    const [step] = plan(text).steps.people;
    expect(step?.after.leave).toEqual([{ from: "2026-06-30T22:00:00.000Z", until: "2026-07-01T22:00:00.000Z" }]);
  });

  test("what answers for something without being changed may have left since", () => {
    const gone = { ...person("per_a", { key: "ada" }).state, active: false };
    const application = {
      id: "app_1" as Id<"application">,
      key: "pay",
      name: "Pay",
      owner: gone.id,
      tier: 1 as const,
      provider: null,
      supportsPasskeys: false,
      status: "active" as const,
    };
    const given = known({ persons: [{ version: 1, state: gone }], applications: [{ version: 1, state: application }] });
    expect(words("applications: [{key: pay, name: Pay, tier: 1, owner: ada}]", given)).toMatchObject({ changed: [], unchanged: 1 });
  });
});
