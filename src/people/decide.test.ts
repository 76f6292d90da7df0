import { describe, expect, test } from "vitest";

import { instant } from "../kernel/time.ts";
import { decide, type PersonFacts } from "./decide.ts";
import { evolve } from "./evolve.ts";
import { type Account, factsBetween, isAvailable, type NewPerson, type Person, type PersonCommand, type PersonId } from "./person.ts";
import type { Role } from "./role.ts";

const now = instant("2026-03-02T09:00:00Z");
const ADA = "per_ada" as PersonId;
const BOB = "per_bob" as PersonId;

const account = (more: Partial<Account> = {}): Account => ({
  connection: "con_1",
  key: "guid-1",
  enabled: true,
  secondary: false,
  ...more,
});
const newPerson = (more: Partial<NewPerson> = {}): NewPerson => ({
  id: ADA,
  key: null,
  displayName: "Ada Example",
  email: null,
  unit: null,
  manager: null,
  deputy: null,
  roles: [],
  leave: [],
  source: "api",
  accounts: [],
  ...more,
});
const person = (more: Partial<NewPerson> = {}): Person => evolve(undefined, { type: "personAdded", data: newPerson(more) });
const facts = (more: Partial<PersonFacts> = {}): PersonFacts => ({
  actor: { id: BOB, roles: ["administrator"] },
  known: new Set([ADA, BOB]),
  reportingLine: [],
  otherAdministrators: 1,
  ...more,
});
const codes = (state: Person | undefined, command: PersonCommand, given = facts()) => {
  const decision = decide(state, command, now, given);
  return decision.accepted ? decision.events.map((event) => event.type) : decision.reasons.map((reason) => `${reason.code} ${reason.at}`);
};
const change = (fields: Extract<PersonCommand, { type: "change" }>["fields"]): PersonCommand => ({ type: "change", fields });
const roles = (...wanted: Role[]) => change({ roles: wanted });
const apply = (state: Person, command: PersonCommand) => {
  const decision = decide(state, command, now, facts());
  if (!decision.accepted) throw new Error("declined");
  return decision.events.reduce(evolve, state);
};

const disable = (more: Partial<Account> = {}): PersonCommand => ({
  type: "recordAccount",
  account: account({ enabled: false, ...more }),
});

describe("changing a person", () => {
  test("gives one event for each field that differs, and none for the same", () => {
    const before = person({ unit: "Finance", roles: ["iam"] });
    expect(codes(before, change({ unit: "Finance", roles: ["iam"], displayName: "Ada B. Example" }))).toEqual(["displayNameChanged"]);
    expect(codes(before, change({ unit: null, manager: BOB }))).toEqual(["unitChanged", "managerChanged"]);
    expect(apply(before, change({ unit: null, manager: BOB }))).toEqual({ ...before, unit: null, manager: BOB });
  });

  test("is refused with every reason at once", () => {
    const wanted = change({ manager: "per_x" as PersonId, deputy: ADA, roles: ["help_desk", "iam"], key: "ada" });
    expect(codes(person({ key: "a" }), wanted)).toEqual([
      "people.keyFixed /key",
      "people.personUnknown /manager",
      "people.deputyIsSelf /deputy",
      "people.helpDeskCombined /roles",
    ]);
  });

  test("a reporting line never goes in a circle, however long", () => {
    expect(codes(person(), change({ manager: ADA }))).toEqual(["people.managerCycle /manager"]);
    const long = facts({ reportingLine: [BOB, "per_c" as PersonId, ADA] });
    expect(codes(person(), change({ manager: BOB }), long)).toEqual(["people.managerCycle /manager"]);
  });

  test("a leave ends after it begins", () => {
    const leave = [
      { from: now, until: instant("2026-03-03T00:00:00Z") },
      { from: now, until: now },
    ];
    expect(codes(person(), change({ leave }))).toEqual(["people.leaveUnordered /leave/1"]);
  });
});

describe("roles", () => {
  test("the help desk holds nothing that decides, but may administrate and audit", () => {
    expect(codes(person(), roles("help_desk", "auditor"))).toEqual(["rolesChanged"]);
    expect(codes(person(), roles("help_desk", "security_governance"))).toEqual(["people.helpDeskCombined /roles"]);
    expect(codes(undefined, { type: "add", person: newPerson({ roles: ["help_desk", "application_owner"] }) })).toEqual([
      "people.helpDeskCombined /roles",
    ]);
  });

  test("nobody changes their own, not even an administrator", () => {
    const own = facts({ actor: { id: ADA, roles: ["administrator"] } });
    expect(codes(person(), roles("iam"), own)).toEqual(["people.ownRoles /roles"]);
    expect(codes(person(), change({ unit: "Finance" }), own)).toEqual(["unitChanged"]);
  });

  test("only an administrator makes or unmakes one; a rule may", () => {
    const byIam = facts({ actor: { id: BOB, roles: ["iam"] } });
    expect(codes(person(), roles("administrator"), byIam)).toEqual(["people.administratorOnly /roles"]);
    expect(codes(person({ roles: ["administrator"] }), roles(), byIam)).toEqual(["people.administratorOnly /roles"]);
    expect(codes(person({ roles: ["administrator"] }), roles("administrator", "iam"), byIam)).toEqual(["rolesChanged"]);
    expect(codes(person(), roles("administrator"), facts({ actor: null }))).toEqual(["rolesChanged"]);
  });

  test("somebody remains administrator, by whichever way one would go", () => {
    const last = facts({ otherAdministrators: 0 });
    const admin = person({ roles: ["administrator"] });
    expect(codes(admin, roles("iam"), last)).toEqual(["people.lastAdministrator /roles"]);
    expect(codes(admin, { type: "leave", saidBy: "api", reason: "moved" }, last)).toEqual(["people.lastAdministrator /active"]);
    expect(codes(person({ roles: ["iam"] }), { type: "leave", saidBy: "api", reason: "moved" }, last)).toEqual(["personLeft"]);
  });
});

describe("being there", () => {
  test("who has a disabled account they live by has left; a disabled account beside it says nothing", () => {
    expect(apply(person({ accounts: [account()] }), disable()).active).toBe(false);
    expect(apply(person({ accounts: [account()] }), disable({ key: "guid-adm", secondary: true })).active).toBe(true);
    expect(apply(person({ accounts: [account(), account({ connection: "con_2" })] }), disable()).active).toBe(false);
  });

  test("comes back with the account", () => {
    const gone = apply(person({ accounts: [account()] }), disable());
    const back = apply(gone, { type: "recordAccount", account: account() });
    expect(back.active).toBe(true);
    expect(factsBetween(gone, back)).toEqual([{ person: ADA, what: "returned" }]);
  });

  test("what a directory said is not taken back here", () => {
    const gone = apply(person({ accounts: [account()] }), disable());
    expect(codes(gone, { type: "return", saidBy: "api" })).toEqual(["people.accountDisabled /active"]);
  });

  test("stays tied to them by whoever said so first: an import finds it, and makes no proof of what somebody linked", () => {
    const byImport = facts({ actor: null });
    const record = (state: Person, given: PersonFacts, more: Partial<Account> = {}) => {
      const decision = decide(state, { type: "recordAccount", account: account(more) }, now, given);
      return decision.accepted ? decision.events.reduce<Person>(evolve, state).accounts[0]?.byHand : decision.reasons;
    };
    const linked = apply(person(), { type: "recordAccount", account: account() });
    expect(linked.accounts[0]?.byHand).toBe(true);
    expect(record(linked, byImport, { enabled: false })).toBe(true);
    expect(record(person(), byImport)).toBeUndefined();
    expect(record(person({ accounts: [account()] }), facts(), { secondary: true })).toBeUndefined();
    const added = (given: PersonFacts) => decide(undefined, { type: "add", person: newPerson({ accounts: [account()] }) }, now, given);
    expect(added(facts())).toMatchObject({ events: [{ data: { accounts: [{ byHand: true }] } }] });
    expect(added(byImport)).toMatchObject({ events: [{ data: { accounts: [account()] } }] });
  });

  test("is an administrator's by word of administrators only, and of the directory", () => {
    const iam = facts({ actor: { id: BOB, roles: ["iam"] } });
    const link: PersonCommand = { type: "recordAccount", account: account() };
    const admin = person({ roles: ["administrator"] });
    expect(codes(admin, link, iam)).toEqual(["people.administratorOnly /key"]);
    expect(codes(person({ roles: ["administrator"], accounts: [account()] }), link, iam)).toEqual([]);
    for (const given of [facts(), facts({ actor: null })]) expect(codes(admin, link, given)).toEqual(["accountRecorded"]);
    expect(codes(person({ roles: ["iam"] }), link, iam)).toEqual(["accountRecorded"]);
  });

  test("who left by word of a person stays away though the account is enabled", () => {
    const gone = apply(person({ accounts: [account()] }), { type: "leave", saidBy: "api", reason: "left" });
    expect(apply(gone, { type: "recordAccount", account: account() }).active).toBe(false);
    expect(apply(gone, { type: "return", saidBy: "api" }).active).toBe(true);
  });

  test("said twice is said once", () => {
    const gone = apply(person(), { type: "leave", saidBy: "api", reason: "left" });
    expect(codes(gone, { type: "leave", saidBy: "yaml", reason: "again" })).toEqual([]);
    expect(codes(person(), { type: "return", saidBy: "api" })).toEqual([]);
    expect(codes(person({ accounts: [account()] }), { type: "recordAccount", account: account() })).toEqual([]);
  });

  test("leave takes availability from its first instant until just before its last", () => {
    const away = person({ leave: [{ from: instant("2026-03-02T09:00:00Z"), until: instant("2026-03-03T09:00:00Z") }] });
    expect(isAvailable(away, instant("2026-03-02T08:59:59.999Z"))).toBe(true);
    expect(isAvailable(away, now)).toBe(false);
    expect(isAvailable(away, instant("2026-03-03T08:59:59.999Z"))).toBe(false);
    expect(isAvailable(away, instant("2026-03-03T09:00:00Z"))).toBe(true);
  });
});

test("what others act on is told: leaving, roles, manager and unit, and nothing else", () => {
  const before = person({ accounts: [account()] });
  const after = { ...before, active: false, roles: ["iam"] as const, manager: BOB, unit: "Finance", email: "a@a.example" };
  expect(factsBetween(before, after).map(({ what }) => what)).toEqual(["left", "rolesChanged", "managerChanged", "unitChanged"]);
  expect(factsBetween(undefined, before)).toEqual([]);
});

test("no event comes before the first", () => {
  expect(() => evolve(undefined, { type: "personReturned", data: { at: now, saidBy: "api" } })).toThrow("before personAdded");
});
