import { describe, expect, test } from "vitest";

import type { Id } from "../kernel/id.ts";
import type { PlainDate } from "../kernel/time.ts";
import type { PersonId } from "../people/person.ts";
import { type Answerable, decideApplication, decideDeviceClass, decideVendor } from "./decide.ts";
import { type Application, applicationFacts, type DeviceClass, deviceClassFacts, type Vendor, vendorFacts } from "./estate.ts";
import { evolveApplication, evolveVendor } from "./evolve.ts";

const ADA = "per_ada" as PersonId;
const BOB = "per_bob" as PersonId;
const people: Answerable = new Map([
  [ADA, { active: true, roles: ["application_owner"] }],
  [BOB, { active: true, roles: [] }],
  ["per_gone" as PersonId, { active: false, roles: [] }],
  ["per_desk" as PersonId, { active: true, roles: ["help_desk"] }],
]);
const application: Application = {
  id: "app_1" as Id<"application">,
  key: "pay",
  name: "Payroll",
  owner: ADA,
  tier: 2,
  provider: null,
  supportsPasskeys: false,
  status: "active",
};
const device: DeviceClass = { id: "dev_1" as Id<"deviceClass">, key: "pc", name: "PC", lead: ADA, status: "active" };
const contract = (ref: string, endsOn: string) => ({ ref, endsOn: endsOn as PlainDate });
const vendor: Vendor = { id: "ven_1" as Id<"vendor">, key: "vv", name: "V", manager: ADA, contracts: [contract("A", "2027-01-01")] };

const outcome = (decision: ReturnType<typeof decideApplication | typeof decideDeviceClass | typeof decideVendor>) =>
  decision.accepted ? decision.events.map(({ type }) => type) : decision.reasons.map(({ code, at }) => `${code} ${at}`);

describe("who answers for something", () => {
  test.each([
    ["per_nobody", "estate.personUnknown"],
    ["per_gone", "estate.personNotActive"],
    ["per_desk", "estate.helpDeskMayNotOwn"],
  ])("is never %s: %s", (id, code) => {
    const person = id as PersonId;
    expect(outcome(decideApplication(undefined, { ...application, owner: person }, people))).toEqual([`${code} /owner`]);
    expect(outcome(decideDeviceClass(device, { ...device, lead: person }, people))).toEqual([`${code} /lead`]);
    expect(outcome(decideVendor(vendor, { ...vendor, manager: person }, people))).toEqual([`${code} /manager`]);
  });

  test("may have left since: other changes are not refused for it", () => {
    const gone = { ...application, owner: "per_gone" as PersonId };
    expect(outcome(decideApplication(gone, { ...gone, tier: 1 }, people))).toEqual(["tierChanged"]);
  });
});

test("an application changes field by field, and folds to what was wanted", () => {
  const wanted: Application = { ...application, owner: BOB, provider: { connection: "corp", policy: null }, status: "migrated" };
  const decision = decideApplication(application, wanted, people);
  expect(outcome(decision)).toEqual(["ownerChanged", "providerChanged", "statusChanged"]);
  expect(decision.accepted && decision.events.reduce(evolveApplication, application)).toEqual(wanted);
  expect(outcome(decideApplication(wanted, wanted, people))).toEqual([]);
});

test("contracts are each listed once, and their order makes no difference", () => {
  const [a, b] = [contract("A", "2027-01-01"), contract("B", "2028-01-01")];
  expect(outcome(decideVendor(vendor, { ...vendor, contracts: [b, a, contract("B", "2029-01-01")] }, people))).toEqual([
    "estate.contractTwice /contracts/2",
  ]);
  const both = decideVendor(vendor, { ...vendor, contracts: [b, a] }, people);
  const after = both.accepted ? both.events.reduce(evolveVendor, vendor) : vendor;
  expect(after.contracts).toEqual([a, b]);
  expect(outcome(decideVendor(after, { ...vendor, contracts: [b, a] }, people))).toEqual([]);
});

test("what wakes exceptions is told, and only that", () => {
  const told = (more: Partial<Application>) => applicationFacts(application, { ...application, ...more }).map(({ what }) => what);
  expect(told({ name: "Pay" })).toEqual([]);
  expect(told({ owner: BOB, tier: 1, supportsPasskeys: true, status: "retired" })).toEqual([
    "ownerChanged",
    "tierRaised",
    "passkeysSupported",
    "retired",
  ]);
  expect(told({ tier: 3 })).toEqual([]);
  expect(deviceClassFacts(device, { ...device, lead: BOB, status: "retired" }).map(({ what }) => what)).toEqual(["leadChanged", "retired"]);
  expect(vendorFacts(vendor, { ...vendor, contracts: [contract("A", "2026-06-30")] }).map(({ what }) => what)).toEqual([
    "contractsChanged",
  ]);
  expect(applicationFacts(undefined, application)).toEqual([]);
});

test("an entry of another kind does not fold", () => {
  expect(() => evolveApplication(application, { type: "leadChanged", data: {} } as never)).toThrow("no event of this");
  expect(() => evolveApplication(undefined, { type: "tierChanged", data: { tier: 1 } })).toThrow("before applicationAdded");
});
