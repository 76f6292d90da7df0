/** The sum of an inventory is of people who get in: not of those whom one policy leaves out and another holds all the same. */
import { describe, expect, test } from "vitest";

import { addMember } from "../../../test/support/graph/memberships.ts";
import { startGraph } from "../../../test/support/graph/server.ts";
import { createGroup, createUser } from "../../../test/support/graph/tenant.ts";
import { inventoryOf } from "../../discovery/inventory.ts";
import { seenIn } from "../../discovery/readings.ts";
import { instant } from "../../kernel/time.ts";
import { collect } from "../contract-harness.suite.ts";
import { createRateLimiter } from "../http/limiter.ts";
import { createEntraConnector } from "./connector.ts";
import { entraFiles } from "./files.ts";
import { leaveOut, prepareTenant } from "./harness.suite.ts";

const NOW = instant("2026-11-21T21:00:00Z");
const RESISTANT = { authenticationStrength: { id: "00000000-0000-0000-0000-000000000004" } };
const MFA = { builtInControls: ["mfa"] };
const BLOCK = { builtInControls: ["block"] };

interface Given {
  readonly id: string;
  readonly users?: object;
  readonly conditions?: object;
  readonly grant?: object;
  readonly state?: string;
}

function policy({ id, users = {}, conditions = {}, grant = MFA, state = "enabled" }: Given) {
  return {
    id,
    displayName: id,
    state,
    conditions: {
      clientAppTypes: ["all"],
      applications: { includeApplications: ["All"] },
      users: { includeUsers: ["All"], ...users },
      ...conditions,
    },
    grantControls: { operator: "OR", ...grant },
  };
}

const strong = (users: object = {}, conditions: object = {}, id = "Strong for all") => policy({ id, users, conditions, grant: RESISTANT });
const mfaBut = (...excludeGroups: string[]) => policy({ id: "MFA", users: { excludeGroups } });
const abroad = (excludeGroups: readonly string[]) =>
  policy({
    id: "Block abroad",
    users: { excludeGroups },
    conditions: { locations: { includeLocations: ["All"], excludeLocations: ["home"] } },
    grant: BLOCK,
  });

const but = (excluded: object) => policy({ id: "MFA", users: excluded });
const group = (id: string, ...members: string[]) => ({
  id,
  displayName: id,
  securityEnabled: true,
  members: members.map((member) => ({ id: member })),
});
const users = ["u1", "u2", "u3", "u4", "u5", "u6"].map((id) => ({ id, userPrincipalName: `${id}@corp.example` }));
const groups = [group("travel", "u1", "u2", "u3", "u4"), group("glass", "u6"), group("empty")];

function told(policies: readonly object[], more: object = { users, groups }) {
  const json: unknown = { policies, securityDefaults: { id: "00000000-0000-0000-0000-000000000005", isEnabled: false }, ...more };
  const reading = entraFiles.read({ name: "export.json", text: "", json }, NOW);
  const { people, atLeast, critical, doors } = inventoryOf(seenIn([{ name: "export.json", reading }]), NOW);
  return { people, atLeast, critical, open: doors.filter(({ opens }) => opens).map(({ place }) => place) };
}

/** Two strong policies that each leave out one by name. */
function naming(first: string, second: string): number {
  return told([strong({ excludeUsers: [first] }), strong({ excludeUsers: [second] }, {}, "Strong too")]).people;
}

const nobody = { people: 0, atLeast: false, critical: 0, open: [] };

describe("where one policy holds everybody to what cannot be phished", () => {
  test.each([
    ["one that is off", policy({ id: "Old MFA", users: { excludeGroups: ["travel"] }, state: "disabled" })],
    ["one that only reports", policy({ id: "Old MFA", users: { excludeGroups: ["travel"] }, state: "enabledForReportingButNotEnforced" })],
    ["one that blocks places", abroad(["travel"])],
    ["one about devices", policy({ id: "Device", users: { excludeGroups: ["travel"] }, grant: { builtInControls: ["compliantDevice"] } })],
    ["a weaker one", mfaBut("travel", "empty", "not in the file")],
    [
      "a weaker one, by application",
      policy({ id: "MFA", conditions: { applications: { includeApplications: ["All"], excludeApplications: ["a1"] } } }),
    ],
    ["one as strong", strong({ excludeGroups: ["travel"], excludeUsers: ["u5", "All"], excludeRoles: ["r1"] }, {}, "Strong too")],
  ])("nobody gets in whom %s leaves out, nor is that critical", (_, other) => {
    expect(told([strong(), other])).toEqual(nobody);
    expect(told([strong(), other], {})).toEqual(nobody);
  });

  test("those get in whom it leaves out itself, and they alone are counted", () => {
    const glass = strong({ excludeGroups: ["glass"] });
    expect(told([glass, mfaBut("travel", "glass"), abroad(["travel"])])).toEqual({
      people: 1,
      atLeast: false,
      critical: 1,
      open: ["Strong for all"],
    });
  });
});

describe("whom two strong policies leave out", () => {
  const two = [strong({ excludeGroups: ["travel"] }), strong({ excludeGroups: ["glass"] }, {}, "Strong too")];

  test("gets in by neither where nobody is left out of both", () => {
    expect(told(two)).toEqual(nobody);
  });

  test("gets in where somebody is, or may be for all that was told", () => {
    const both = [group("travel", "u1", "u6"), group("glass", "u6")];
    expect(told(two, { users, groups: both })).toMatchObject({ people: 2, open: ["Strong for all", "Strong too"] });
    expect(told(two, { users, groups: groups.slice(0, 1) })).toMatchObject({ people: 4, atLeast: true });
    expect(told(two, {})).toMatchObject({ people: 0, atLeast: true, critical: 2 });
    expect(told([two[0]!, strong({ excludeUsers: ["u1"] }, {}, "Strong too")], {}).open).toHaveLength(2);
  });

  test("gets in by name where both name them, and by neither where they are two", () => {
    expect([naming("u1", "u1"), naming("u1", "u2")]).toEqual([1, 0]);
  });
});

test.each([
  ["for some people", { includeUsers: [], includeGroups: ["glass"] }, {}],
  ["for one kind of client", {}, { clientAppTypes: ["browser"] }],
  ["for one place", {}, { locations: { includeLocations: ["l1"] } }],
  ["but from one place", {}, { locations: { includeLocations: ["All"], excludeLocations: ["home"] } }],
  ["but on one platform", {}, { platforms: { includePlatforms: ["all"], excludePlatforms: ["iOS"] } }],
  ["but for one application", {}, { applications: { includeApplications: ["All"], excludeApplications: ["a1"] } }],
  ["at risk", {}, { signInRiskLevels: ["high"] }],
  ["as far as Postern knows it", {}, { phaseOfTheMoon: { include: ["full"] } }],
])("a strong policy %s holds nobody whom another leaves out", (_, people, conditions) => {
  expect(told([strong(people, conditions), mfaBut("travel")]).open).toContain("MFA");
});

test("a strong policy for some holds these for certain whom another leaves out, and no others", () => {
  const admins = strong({ includeUsers: [], includeRoles: ["r1"] }, {}, "Strong for admins");
  expect(told([admins, but({ excludeRoles: ["r1"] })], {}).critical).toBe(0);
  expect(told([admins, but({ excludeRoles: ["r2"] })], {}).critical).toBe(1);
  const travel = strong({ includeUsers: [], includeGroups: ["travel"] }, {}, "Strong for travel");
  expect(told([travel, but({ excludeGroups: ["travel"] })]).critical).toBe(0);
  expect(told([travel, but({ excludeGroups: ["travel"] })], {}).critical).toBe(0);
  expect(told([travel, but({ excludeGroups: ["empty"] })]).critical).toBe(1);
});

test("over a connection, who is in a pool gets in only while no other policy holds everybody", async () => {
  const { tenant, governed, settings, clock } = prepareTenant();
  const graph = await startGraph(tenant);
  const connector = createEntraConnector(settings(graph.port), {
    now: () => clock.now(),
    limiter: createRateLimiter(1000),
    firstPauseMs: 5,
  });
  const by = { user: { id: "1", userPrincipalName: "admin@postern.test" } };
  for (const { id } of [createUser(tenant, "stray"), createGroup(tenant, { displayName: "loose" })])
    addMember(tenant, governed[0]!.poolId, id, by);
  leaveOut(tenant, governed[0]!.policyId, "excludeGroups", createGroup(tenant, { displayName: "travel" }).id);
  const lettingIn = async () => {
    const found = (await collect(connector.discover())).filter(({ form }) => form !== "weak_method_allowed");
    return found.filter(({ opens }) => opens !== false).map(({ form, subject, critical }) => [form, subject.name, critical]);
  };
  const exclusions = [
    ["ungoverned_exemption", "travel", true],
    ["governed_group_member", "stray@postern.test", false],
    ["governed_group_member", "loose", true],
  ];
  expect(new Set(await lettingIn())).toEqual(new Set(exclusions));
  const strict = { ...tenant.policies.get(governed[1]!.policyId)!, id: "5".repeat(8) + "-0000-4000-8000-000000000000" };
  const { conditions } = structuredClone(strict) as unknown as { conditions: { users: object } };
  tenant.policies.set(strict.id, { ...strict, conditions: { ...conditions, users: { ...conditions.users, excludeGroups: [] } } });
  expect(await lettingIn()).toEqual([]);
  await connector.close();
  await graph.stop();
});
