import { describe, expect, test } from "vitest";

import type { Bypass, BypassForm, BypassSubject, DirectoryPerson, FileReading } from "../connectors/port.ts";
import { instant } from "../kernel/time.ts";
import { FORMS } from "./forms.ts";
import { inventoryOf } from "./inventory.ts";
import { type NamedReading, seenIn } from "./readings.ts";

const NOW = instant("2026-11-21T12:00:00Z");

const user = (key: string): BypassSubject => ({ kind: "user", key, name: key });
const group = (key: string): BypassSubject => ({ kind: "group", key, name: key });
const EVERYONE: BypassSubject = { kind: "everyone", key: "everyone", name: "everyone" };

function bypass(form: BypassForm, subject: BypassSubject, more: Partial<Bypass> = {}): Bypass {
  return { key: `${form} ${subject.key} ${more.object ?? ""}`, form, subject, object: "CA01", critical: false, evidence: {}, ...more };
}

function account(key: string, more: Partial<DirectoryPerson> = {}): DirectoryPerson {
  return { subject: { kind: "user", key, name: key }, displayName: key, enabled: true, ...more };
}

interface Given {
  readonly kind?: string;
  readonly accounts?: readonly DirectoryPerson[];
  readonly members?: Readonly<Record<string, readonly string[]>>;
  readonly unknown?: readonly string[];
}

function reading(
  name: string,
  bypasses: readonly Bypass[],
  { kind = "entra", accounts, members = {}, unknown = [] }: Given = {},
): NamedReading {
  const accountsBehind: FileReading["accountsBehind"] = (subject) => (subject.kind === "user" ? [subject.key] : members[subject.key]);
  return { name, reading: { kind, title: name, bypasses, accounts, accountsBehind, unknown } };
}

const named = (key: string, email: string) => ({ accounts: [account(key, { email })] });
const of = (key: string) => [bypass("password_usable", user(key))];
const inventory = (...readings: NamedReading[]) => inventoryOf(seenIn(readings), NOW);

/** The doors of two bypasses of a form that weaken one policy at two objects. */
const places = (form: BypassForm) => {
  const two = ["one", "two"].map((object) => bypass(form, user(object), { object, policy: "vpn" }));
  return inventory(reading("a", two)).doors.map(({ place }) => place);
};

describe("an inventory", () => {
  test("counts a person let in by three doors once in the total, and once in each door", () => {
    const found = inventory(
      reading("a.json", [
        bypass("ungoverned_exemption", user("amara"), { object: "CA01" }),
        bypass("ungoverned_exemption", user("amara"), { object: "CA02" }),
        bypass("password_usable", user("amara")),
        bypass("password_usable", user("ben")),
      ]),
    );
    expect(found).toMatchObject({ people: 2, atLeast: false, bypasses: 4 });
    expect(found.doors.map(({ place, people }) => [place, people])).toEqual([
      ["", 2],
      ["CA01", 1],
      ["CA02", 1],
    ]);
  });

  test("takes two files' accounts for one person by mail or by a key that is unique in the world, and by nothing else", () => {
    const id = "11111111-2222-3333-4444-555555555555";
    expect(inventory(reading("a", of("1"), named("1", "A@x.org")), reading("b", of("2"), named("2", "a@X.org"))).people).toBe(1);
    expect(inventory(reading("a", of(id)), reading("b", of(id.toUpperCase()))).people).toBe(1);
    expect(inventory(reading("a", of("admin")), reading("b", of("admin"))).people).toBe(2);
  });

  test("counts the members of a group, also where another file of the same kind names them, and nobody who is disabled", () => {
    const policies = reading("policies.json", [bypass("ungoverned_exemption", group("g1"))]);
    const members = { g1: ["amara", "ben", "cara"] };
    const accounts = [account("amara"), account("ben"), account("cara", { enabled: false })];
    const groups = reading("groups.json", [], { accounts, members });
    expect(inventory(policies, groups).doors[0]).toMatchObject({ people: 2, uncounted: 0 });
    expect(inventory(policies, reading("groups.json", [], { kind: "okta", members })).doors[0]).toMatchObject({ people: 0, uncounted: 1 });
    expect(inventory(policies, reading("groups.json", [], { members: { g1: [] } })).doors[0]).toMatchObject({ uncounted: 1 });
  });

  test("says at least where somebody cannot be counted, and why; it never takes them for nobody", () => {
    const found = inventory(reading("a", [bypass("policy_not_enforced", EVERYONE), bypass("password_usable", user("ben"))]));
    expect(found).toMatchObject({ people: 1, atLeast: true });
    expect(found.unknown.map(({ words }) => words)).toEqual([
      "How many are behind 1 bypass: what was read does not tell.",
      "Since when 2 bypasses are there.",
    ]);
    expect(found.doors[0]).toMatchObject({ form: "policy_not_enforced", uncounted: 1 });
  });

  test("tells how many people there are in all only where every file names its own", () => {
    const accounts = [
      account("amara"),
      account("ben"),
      account("old", { enabled: false }),
      account("ci", { subject: { ...user("ci"), kind: "service" } as never }),
    ];
    expect(inventory(reading("a", [], { accounts })).knownPeople).toBe(2);
    expect(inventory(reading("a", [], { accounts }), reading("b", []))).not.toHaveProperty("knownPeople");
  });

  test("counts machines apart, and nobody behind what only weakens a password", () => {
    const ci: BypassSubject = { kind: "service", key: "ci", name: "ci" };
    const { name, reading: read } = reading("a", [bypass("static_secret", ci), bypass("password_never_expires", user("amara"))]);
    const found = inventory({ name, reading: { ...read, accountsBehind: ({ key }) => [key] } });
    expect(found).toMatchObject({ people: 0, machines: 1, bypasses: 2 });
  });

  test("counts nobody whom others hold all the same, in the sum nor beside those that a door lets in", () => {
    const held = (key: string, object: string) => bypass("ungoverned_exemption", user(key), { object, opens: false });
    const found = inventory(
      reading("a", [
        held("amara", "CA01"),
        held("ben", "CA02"),
        bypass("ungoverned_exemption", user("cara"), { object: "CA02" }),
        held("dan", "CA02"),
      ]),
      reading("b", [bypass("policy_not_enforced", EVERYONE, { opens: false })]),
    );
    expect(found).toMatchObject({ people: 1, atLeast: false, bypasses: 5 });
    expect(found.doors.map(({ place, opens, people }) => [place, opens, people])).toEqual([
      ["CA02", true, 1],
      ["CA01", false, 0],
      ["CA01", false, 1],
    ]);
  });

  test("shows the worst first: critical, then what opens, then what nobody can count, then the most people, the unowned, the oldest", () => {
    const many = (form: BypassForm, object: string, count: number, more: Partial<Bypass> = {}) =>
      Array.from({ length: count }, (_, n) => bypass(form, user(`u${n}`), { object, ...more }));
    const found = inventory(
      reading("a", [
        ...many("password_never_expires", "-", 9),
        ...many("application_exempt", "young", 1, { since: instant("2026-01-02T00:00:00Z"), owner: "Elin" }),
        ...many("application_exempt", "old", 1, { since: instant("2020-01-02T00:00:00Z"), owner: "Elin" }),
        ...many("application_exempt", "unowned", 1, { since: instant("2026-01-02T00:00:00Z") }),
        ...many("application_exempt", "crowd", 5),
        bypass("condition_exempt", EVERYONE, { object: "everyone" }),
        ...many("legacy_sign_in", "critical", 1, { critical: true }),
      ]),
    );
    expect(found.doors.map(({ place }) => place)).toEqual(["critical", "everyone", "crowd", "unowned", "old", "young", ""]);
  });

  test("tells of each door since when at the earliest, and who answers for it", () => {
    const [door] = inventory(
      reading("a", [
        bypass("application_exempt", user("a"), { since: instant("2026-02-01T00:00:00Z"), owner: "Elin" }),
        bypass("application_exempt", user("b"), { since: instant("2025-02-01T00:00:00Z"), owner: "Dario" }),
        bypass("application_exempt", user("c")),
      ]),
    ).doors;
    expect(door).toMatchObject({ since: "2025-02-01T00:00:00.000Z", sinceUnknown: 1, owners: ["Dario", "Elin"], unowned: 1, bypasses: 3 });
  });

  test("takes accounts that are weak in the same way for one door, each application that is left out for one of its own", () => {
    expect(places("requirement_cleared")).toEqual(["vpn"]);
    expect(places("governed_group_member")).toEqual(["vpn"]);
    expect(places("application_exempt")).toEqual(["one", "two"]);
  });
});

test("every form has words for people and a sentence of help", () => {
  for (const [form, { title, help }] of Object.entries(FORMS)) {
    expect(title.length, form).toBeGreaterThan(10);
    expect(title.length, form).toBeLessThanOrEqual(36);
    expect(help, form).toMatch(/^[A-Z].{20,200}\.$/);
  }
});
