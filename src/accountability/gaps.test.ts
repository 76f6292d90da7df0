import { describe, expect, test } from "vitest";

import { instant, type Instant } from "../kernel/time.ts";
import type { PersonId } from "../people/person.ts";
import type { TeamId } from "../people/team.ts";
import { approvalStanding, type Crew, type Seated, type Somebody } from "./approval.ts";
import { closerOf, type GapFacts, journeyGaps } from "./gaps.ts";
import type { Journey } from "./journey.ts";
import type { Shift } from "./shifts.ts";

const per = (name: string) => `per_${name}` as PersonId;
const NOW = instant("2026-03-02T09:00:00Z");
const LATER = instant("2026-03-16T09:00:00Z");

const PERSONS: Readonly<Record<string, Somebody>> = Object.fromEntries(
  [
    { id: per("ada"), displayName: "Ada", active: true, roles: ["application_owner"] as const },
    { id: per("eva"), displayName: "Eva", active: true, roles: ["security_architecture"] as const },
    { id: per("gone"), displayName: "Gordon", active: false, roles: [] },
    { id: per("rolf"), displayName: "Rolf", active: true, roles: [] },
  ].map((person) => [person.id, person]),
);
const TEAMS: Readonly<Record<string, Crew>> = {
  tea_full: { id: "tea_full", name: "Identity", isDissolved: false, lead: per("gone"), members: [per("gone"), per("ada")] },
  tea_empty: { id: "tea_empty", name: "Portal", isDissolved: false, lead: per("gone"), members: [per("gone")] },
  tea_over: { id: "tea_over", name: "Former", isDissolved: true, lead: per("ada"), members: [per("ada")] },
};
const seated: Seated = { person: (id) => PERSONS[id], team: (id) => TEAMS[id] };
const person = (name: string) => ({ kind: "person", id: per(name) }) as const;
const team = (name: string) => ({ kind: "team", id: `tea_${name}` as TeamId }) as const;

const journey: Journey = {
  id: "jrn_1" as Journey["id"],
  population: "human",
  about: { kind: "application", key: "payroll" },
  deviceClass: null,
  model: { statement: "A passkey.", by: per("rolf"), at: NOW },
  businessOwner: person("ada"),
  approver: per("eva"),
  maintainer: team("full"),
  rota: "rta_1" as Journey["rota"],
  platformOwner: person("rolf"),
  operationOwner: person("ada"),
  status: "active",
  approval: { by: per("eva"), at: NOW, assertion: "sha256:1", contentHash: "sha256:c", operation: null },
};
const shift = (persons: readonly PersonId[], more: Partial<Shift> = {}): Shift => ({
  from: NOW,
  until: LATER,
  by: "rotation",
  persons,
  strangers: [],
  why: null,
  ...more,
});
const gaps = (more: Partial<Journey> = {}, facts: Partial<GapFacts> = {}) =>
  journeyGaps(
    { ...journey, ...more },
    { seated, standing: { state: "approved" }, isAboutThere: true, shifts: [shift([per("ada")])], ...facts },
  ).map(({ kind, seat, statement }) => `${seat} ${kind}: ${statement}`);

describe("what is missing around a journey", () => {
  test("is nothing where each seat has somebody who is here, alone or in a team", () => expect(gaps()).toEqual([]));

  test.each<[string, Partial<Journey>, string]>([
    ["nobody", { businessOwner: null }, "businessOwner unowned: Nobody is named as business owner."],
    ["who left", { platformOwner: person("gone") }, "platformOwner departed: Its platform owner, Gordon, has left."],
    ["a team of who left", { maintainer: team("empty") }, "maintainer emptyTeam: The team that is its maintainer, Portal, has nobody."],
    [
      "a team that is no more",
      { operationOwner: team("over") },
      "operationOwner emptyTeam: The team that is its operation owner, Former, has nobody.",
    ],
    ["nobody to approve", { approver: null }, "approver unowned: Nobody is named as approver of the access model."],
    ["an approver who left", { approver: per("gone") }, "approver departed: Its approver of the access model, Gordon, has left."],
  ])("is a seat with %s", (_, more, expected) => expect(gaps(more)).toEqual([expected]));

  test("is a rota, or somebody of it who is here, within the fortnight; what holds now is said to hold now", () => {
    expect(gaps({}, { shifts: null })).toEqual(["onPoint noRota: No rota says who is on point when it fails."]);
    const later = "2026-03-09T09:00:00.000Z" as Instant;
    const hole = [shift([per("ada")], { until: later }), shift([], { by: "nobody", from: later })];
    expect(gaps({}, { shifts: hole })).toEqual([`onPoint nobodyOnPoint: From ${later} on nobody is on point.`]);
    expect(gaps({}, { shifts: [shift([per("gone")])] })).toEqual([
      "onPoint nobodyOnPoint: Now only Gordon would be, who is not here, on point.",
    ]);
    expect(gaps({}, { shifts: [shift([], { by: "feed", strangers: ["eve@elsewhere.org"] })] })[0]).toMatch(
      /Now only eve@elsewhere.org would be/,
    );
    expect(gaps({}, { shifts: [shift([], { by: "unknown", why: "It answered 404." })] })).toEqual([
      "onPoint onPointUnknown: Who is on point now is not known. It answered 404.",
    ]);
  });

  test("is what it leads to; and nothing at all around one that is retired", () => {
    expect(gaps({}, { isAboutThere: false })).toHaveLength(1);
    expect(gaps({ status: "retired", businessOwner: null }, { shifts: null, isAboutThere: false })).toEqual([]);
  });

  test("is closed by the first who is here and answers for it", () => {
    expect(closerOf(journey, seated)).toBe(per("ada"));
    expect(closerOf({ ...journey, businessOwner: person("gone"), operationOwner: null }, seated)).toBe(per("rolf"));
    const nobody = { ...journey, businessOwner: null, operationOwner: null, platformOwner: person("gone"), maintainer: null };
    expect(closerOf(nobody, seated)).toBeNull();
  });
});

const standing = (more: Partial<Journey>, hash = "sha256:c") => approvalStanding({ ...journey, ...more }, hash, seated);
const by = (name: string) => ({ approval: { ...journey.approval!, by: per(name) } });

describe("an approval", () => {
  test("counts while the content is the one signed and its approver is here, decides, and does not maintain it", () => {
    expect(standing({})).toEqual({ state: "approved" });
    expect(standing({ approval: null })).toEqual({ state: "missing" });
    expect(standing({}, "sha256:other")).toEqual({ state: "void", by: ["content"] });
    expect(standing(by("gone"))).toEqual({ state: "void", by: ["approverLeft", "approverMaintains"] });
    expect(standing(by("rolf"))).toEqual({ state: "void", by: ["approverRole"] });
    expect(standing(by("ada"))).toEqual({ state: "void", by: ["approverMaintains"] });
  });
});
