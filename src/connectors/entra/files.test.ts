import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { SHARED_DATA } from "../../../test/support/shared-data.ts";
import { instant } from "../../kernel/time.ts";
import { type Bypass, type SourceFile, UnreadableFile } from "../port.ts";
import { entraFiles } from "./files.ts";

const collection = join(SHARED_DATA, "entra-ca");
const now = instant("2026-11-21T21:00:00Z");
const RESISTANT = { id: "00000000-0000-0000-0000-000000000004" };

function source(json: unknown, name = "export.json"): SourceFile {
  return { name, text: JSON.stringify(json), json: JSON.parse(JSON.stringify(json)) as unknown };
}

function read(json: unknown) {
  return entraFiles.read(source(json), now);
}

function found(json: unknown): readonly string[] {
  return read(json).bypasses.map(words);
}

function words({ form, subject, critical }: Bypass): string {
  return `${form} ${subject.kind} ${subject.key}${critical ? " critical" : ""}`;
}

function policy(users: object = {}, conditions: object = {}, more: object = {}) {
  return {
    id: "p1",
    displayName: "Strong for all",
    state: "enabled",
    conditions: {
      clientAppTypes: ["all"],
      applications: { includeApplications: ["All"] },
      users: { includeUsers: ["All"], ...users },
      ...conditions,
    },
    grantControls: { operator: "OR", builtInControls: [], authenticationStrength: RESISTANT },
    ...more,
  };
}

const legacyBlocked = policy(
  {},
  { clientAppTypes: ["exchangeActiveSync", "other"] },
  { id: "p0", grantControls: { builtInControls: ["block"] } },
);

test("a tenant that demands it of everybody leaves nothing open", () => {
  expect(found({ value: [policy()] })).toEqual([]);
});

test("everything a policy leaves out is found, each with a key of its own", () => {
  const users = {
    excludeUsers: ["u1", "GuestsOrExternalUsers"],
    excludeGroups: ["g1", "<ExclusionTempGroup>"],
    excludeRoles: ["r1"],
    excludeGuestsOrExternalUsers: {
      guestOrExternalUserTypes: "internalGuest,serviceProvider",
      externalTenants: { membershipKind: "enumerated", members: ["t1"] },
    },
  };
  const conditions = {
    applications: {
      includeApplications: ["All"],
      excludeApplications: ["Office365"],
      applicationFilter: { mode: "exclude", rule: "x -eq 1" },
    },
    locations: { includeLocations: ["All"], excludeLocations: ["AllTrusted"] },
    platforms: { includePlatforms: ["all"], excludePlatforms: ["iOS"] },
    devices: { deviceFilter: { mode: "exclude", rule: "device.isCompliant -eq True" } },
  };
  const { bypasses, unknown } = read(policy(users, conditions));
  expect(bypasses.map(words)).toEqual([
    "ungoverned_exemption user u1",
    "ungoverned_exemption everyone GuestsOrExternalUsers critical",
    "ungoverned_exemption group g1 critical",
    "ungoverned_exemption group <ExclusionTempGroup> critical",
    "ungoverned_exemption role r1 critical",
    "ungoverned_exemption everyone guests:internalGuest critical",
    "ungoverned_exemption everyone guests:serviceProvider critical",
    "application_exempt application Office365 critical",
    "application_exempt everyone application-filter:x -eq 1 critical",
    "condition_exempt everyone location:AllTrusted critical",
    "condition_exempt everyone platform:iOS critical",
    "condition_exempt everyone device:device.isCompliant -eq True critical",
  ]);
  expect(new Set(bypasses.map(({ key }) => key)).size).toBe(bypasses.length);
  expect(bypasses[5]!.evidence).toMatchObject({
    policyId: "p1",
    state: "enabled",
    condition: "excludeGuestsOrExternalUsers",
    tenants: "t1",
  });
  expect(unknown).toContain("What stands for <ExclusionTempGroup> is decided when the template is used.");
  expect(unknown).toContain("Who is in 1 of the groups left out is not in the file.");
});

test("keys and findings are the same however the export writes its names", () => {
  const pascal = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(pascal);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key[0]!.toUpperCase() + key.slice(1), pascal(each)]));
  };
  const camel = policy({ excludeGroups: ["g1"] }, { locations: { includeLocations: ["All"], excludeLocations: ["l1"] } });
  expect(read(pascal(camel)).bypasses).toEqual(read(camel).bypasses);
  expect(read({ conditional_access_policies: [pascal(camel)] }).bypasses).toEqual(read([camel]).bypasses);
});

test.each([
  ["disabled", "policy_not_enforced everyone policy:p1 critical"],
  ["enabledForReportingButNotEnforced", "policy_not_enforced everyone policy:p1 critical"],
])("a policy that is %s is found, and who is left out of it is not critical", (state, finding) => {
  expect(found(policy({ excludeGroups: ["g1"] }, {}, { state }))).toEqual(["ungoverned_exemption group g1", finding]);
});

test("a policy that only shapes sessions is no door", () => {
  expect(found(policy({ excludeGroups: ["g1"] }, {}, { grantControls: null, state: "disabled" }))).toEqual([]);
});

test("a weaker demand is found, unless everybody has to show something better anyway", () => {
  const mfa = policy({}, {}, { id: "p2", grantControls: { operator: "OR", builtInControls: ["mfa"] } });
  expect(found([mfa])).toEqual(["policy_demands_less everyone policy:p2"]);
  expect(found([mfa, policy()])).toEqual([]);
  const own = policy({}, {}, { id: "p3", grantControls: { authenticationStrength: { id: "own" } } });
  expect(found([own])).toContain("policy_demands_less everyone policy:p3 critical");
});

test("a weaker demand that only comes on top when a risk is seen is no door", () => {
  const mfa = { id: "p2", grantControls: { operator: "OR", builtInControls: ["mfa"] } };
  expect(found(policy({}, { signInRiskLevels: ["high"] }, mfa))).toEqual([]);
});

test("what blocks all places but some leaves those out on purpose: found, not critical", () => {
  const locations = { includeLocations: ["All"], excludeLocations: ["l1"] };
  const finding = "condition_exempt everyone location:l1";
  expect(found(policy({}, { locations }, { grantControls: { builtInControls: ["block"] } }))).toEqual([finding]);
  expect(found(policy({}, { locations }))).toEqual([`${finding} critical`]);
});

test("a list of policies that includes nobody in particular leaves everybody open, old protocols too", () => {
  const open = [
    "nobody_included everyone everybody critical",
    "legacy_sign_in everyone everybody critical",
    "legacy_sign_in everyone everybody critical",
  ];
  expect(found({ value: [], "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#identity/conditionalAccess/policies" })).toEqual(
    open,
  );
  expect(found([policy({ includeUsers: [], includeGroups: ["g1"] })])).toEqual(open);
  expect(found([policy({ includeUsers: [], includeGroups: ["g1"] }), legacyBlocked])).toEqual(open.slice(0, 1));
});

test("a first page or a single policy does not say that nobody else is included", () => {
  const page = { value: [policy({ includeUsers: [], includeGroups: ["g1"] })], "@odata.nextLink": "https://graph.microsoft.com/v1.0/next" };
  expect(found(page)).toEqual([]);
  expect(read(page).unknown).toContain("The list goes on elsewhere: the file holds its first page.");
});

test("what is not understood is told, and taken for open", () => {
  const strange = policy({}, { phaseOfTheMoon: { include: ["full"] } });
  const { bypasses, unknown } = read([strange]);
  expect(bypasses.map(words)).toContain("nobody_included everyone everybody critical");
  expect(unknown.join(" ")).toContain("phaseOfTheMoon");
});

test("security defaults that are off are critical only where nothing stands in for them", () => {
  const defaults = { id: "00000000-0000-0000-0000-000000000005", isEnabled: false };
  expect(found({ policies: [policy()], securityDefaults: defaults })).toEqual(["policy_not_enforced everyone everybody"]);
  expect(found({ policies: [], securityDefaults: defaults })).toContain("policy_not_enforced everyone everybody critical");
  const on = { ...defaults, isEnabled: true };
  expect(found({ policies: [], securityDefaults: on })).toEqual(["policy_demands_less everyone everybody"]);
});

test("the privileged are asked one by one, with the roles and groups they have", () => {
  const json = {
    privileged_users: {
      u1: { DisplayName: "Ada", roles: ["Global Administrator"] },
      u2: { DisplayName: "Bo", roles: ["User Administrator"] },
    },
    privileged_roles: [
      { DisplayName: "Global Administrator", RoleTemplateId: "r1" },
      { DisplayName: "User Administrator", RoleTemplateId: "r2" },
    ],
    conditional_access_policies: [policy({ includeUsers: [], includeRoles: ["r2"] }), legacyBlocked],
  };
  expect(found(json)).toContain("nobody_included user u1 critical");
  expect(found(json).join(" ")).not.toContain("user u2");
  const excluded = { ...json, conditional_access_policies: [policy({ excludeUsers: ["u1"], excludeRoles: ["r2"] })] };
  expect(found(excluded)).toContain("ungoverned_exemption user u1 critical");
  expect(read(excluded).accountsBehind({ kind: "role", key: "r2", name: "" })).toEqual(["u2"]);
});

test("what of a privileged person depends on groups nobody told is unknown, not closed", () => {
  const json = {
    privileged_users: { u1: { DisplayName: "Ada", roles: ["r1"] } },
    privileged_roles: [{ DisplayName: "Global Administrator", RoleTemplateId: "r1" }],
    policies: [policy({ excludeGroups: ["g1"] })],
  };
  const words = "Whether a second factor is asked of these privileged people cannot be told: Ada.";
  expect(read(json).unknown).toContain(words);
  expect(read({ ...json, groups: [{ id: "g1", displayName: "x", securityEnabled: true, members: [] }] }).unknown).not.toContain(words);
  const nested = [{ "@odata.type": "#microsoft.graph.group", id: "g2" }];
  expect(read({ ...json, groups: [{ id: "g1", displayName: "x", securityEnabled: true, members: nested }] }).unknown).toContain(words);
  const byRole = { ...json, privileged_roles: [], policies: [policy({ excludeRoles: ["r1"] })] };
  expect(read({ ...byRole, privileged_users: { u1: { DisplayName: "Ada", roles: ["Global Administrator"] } } }).unknown).toContain(words);
});

test("two templates of the same name keep their findings apart", () => {
  const template = { ...policy({ excludeGroups: ["g1"] }), id: undefined };
  const { bypasses } = read([template, template]);
  expect(bypasses).toHaveLength(2);
  expect(new Set(bypasses.map(({ key }) => key)).size).toBe(2);
});

test("weak methods are found with whom they are for, and who is left out of strong ones", () => {
  const methods = {
    policyMigrationState: "migrationInProgress",
    registrationEnforcement: {
      authenticationMethodsRegistrationCampaign: { state: "enabled", excludeTargets: [{ id: "u9", targetType: "user" }] },
    },
    authenticationMethodConfigurations: [
      { id: "Sms", state: "enabled", includeTargets: [{ id: "all_users", targetType: "group" }] },
      { id: "Voice", state: "enabled", includeTargets: [{ id: "g1", targetType: "group" }] },
      { id: "Email", state: "disabled", includeTargets: [{ id: "all_users", targetType: "group" }] },
      { id: "Fido2", state: "enabled", includeTargets: [], excludeTargets: [{ id: "g2", targetType: "group" }] },
      { id: "constructor", state: "enabled", includeTargets: [] },
    ],
  };
  expect(found(methods)).toEqual([
    "weak_method_allowed everyone everybody critical",
    "weak_method_allowed group g1",
    "ungoverned_exemption group g2",
    "weak_method_allowed everyone everybody",
    "enrolment_open user u9",
  ]);
  expect(read(methods).unknown.join(" ")).toMatch(/Older settings.*constructor/);
});

function pass(startDateTime: string) {
  return { id: "t1", startDateTime, lifetimeInMinutes: 60, isUsableOnce: true, temporaryAccessPass: "secret!" };
}

test("a pass counts until it ends, and is never shown", () => {
  const user = { id: "u1", userPrincipalName: "ada@corp.example", displayName: "Ada" };
  const holding = (startDateTime: string) => ({
    users: [{ ...user, authentication: { temporaryAccessPassMethods: [pass(startDateTime)] } }],
  });
  const { bypasses } = read(holding("2026-11-21T20:30:00Z"));
  expect(bypasses.map(words)).toEqual(["temporary_pass user u1"]);
  expect(bypasses[0]).toMatchObject({
    subject: { name: "Ada" },
    evidence: { until: "2026-11-21T21:30:00.000Z" },
    since: "2026-11-21T20:30:00.000Z",
  });
  expect(JSON.stringify(bypasses)).not.toContain("secret!");
  expect(found(holding("2026-11-21T19:59:00Z"))).toEqual([]);
  expect(found(holding("/Date(1795291200000)/"))).toEqual([]);
  expect(found(holding("/Date(1795291260000)/"))).toEqual(["temporary_pass user u1"]);
  expect(found(holding("not a date"))).toEqual(["temporary_pass user u1"]);
});

test("what is behind a group or everybody is told where the file tells it", () => {
  const json = {
    users: [
      { id: "u1", userPrincipalName: "ada@corp.example" },
      { id: "u2", userPrincipalName: "bo@corp.example", accountEnabled: false },
    ],
    groups: [
      { id: "g1", displayName: "Old mail", securityEnabled: true, members: [{ id: "u2" }] },
      { id: "g2", displayName: "Unread", securityEnabled: true },
    ],
    policies: [policy({ excludeGroups: ["g1"] })],
  };
  const { accountsBehind, bypasses, accounts } = read(json);
  expect(bypasses[0]!.subject).toEqual({ kind: "group", key: "g1", name: "Old mail" });
  expect(accountsBehind(bypasses[0]!.subject)).toEqual(["u2"]);
  expect(accountsBehind({ kind: "group", key: "g2", name: "" })).toBeUndefined();
  expect(accountsBehind({ kind: "everyone", key: "everybody", name: "" })).toEqual(["u1"]);
  expect(accounts).toHaveLength(2);
});

test.each([[{}], [[]], [null], ["text"], [{ value: [] }], [{ realm: "acme", users: [{ username: "ada" }] }], [{ state: "enabled" }]])(
  "%j is not taken for a file of Entra ID",
  (json) => {
    expect(entraFiles.recognises(source(json))).toBe(false);
    expect(() => entraFiles.read(source(json), now)).toThrow(UnreadableFile);
  },
);

function filesBelow(folder: string): SourceFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".json"))
    .map(({ parentPath, name }) => {
      const bytes = readFileSync(join(parentPath, name));
      const text = new TextDecoder(bytes[0] === 0xff ? "utf-16le" : "utf-8", { fatal: true }).decode(bytes);
      return { name: join(parentPath, name), text, json: JSON.parse(text) as unknown };
    });
}

/** Counted on their own, without our reading of policies. */
function exclusionsIn(text: string): number {
  const json = JSON.parse(text) as {
    conditions?: { users: Record<string, unknown>; applications: Record<string, unknown> };
    grantControls?: unknown;
  };
  if (json.conditions === undefined || json.grantControls === null) return 0;
  const { users, applications } = json.conditions;
  return [users["excludeUsers"], users["excludeGroups"], users["excludeRoles"], applications["excludeApplications"]]
    .map((list) => (list as unknown[] | undefined)?.length ?? 0)
    .reduce((a, b) => a + b);
}

test.for([
  ["AlexFilipin", 87, 87],
  ["j0eyv", 36, 76],
] as const)("every file of the collection %s is read, with every exclusion in it", ([name, policies, files], ctx) => {
  const folder = join(collection, name);
  if (!existsSync(folder)) ctx.skip(`0 files: ${folder} is not there (set POSTERN_SHARED)`);
  const all = filesBelow(folder);
  const readings = all.map((file) => ({ file, reading: entraFiles.read(file, now) }));
  expect(all.length).toBe(files);
  expect(readings.filter(({ reading }) => reading.title.startsWith("Conditional Access policy")).length).toBe(policies);
  for (const { file, reading } of readings) {
    expect(entraFiles.recognises(file)).toBe(true);
    const left = reading.bypasses.filter(({ form }) => form === "ungoverned_exemption" || form === "application_exempt");
    expect(`${file.name} ${left.length}`).toBe(`${file.name} ${exclusionsIn(file.text)}`);
    expect(new Set(reading.bypasses.map(({ key }) => key)).size).toBe(reading.bypasses.length);
  }
});

test("an export of a whole tenant is read", (ctx) => {
  const file = join(collection, "scubagear/aad-provider-export.json");
  if (!existsSync(file)) ctx.skip(`0 files: ${file} is not there (set POSTERN_SHARED)`);
  const reading = read(JSON.parse(readFileSync(file, "utf8")));
  expect(reading.title).toBe("Entra ID: 7 Conditional Access policies, 12 authentication methods, 3 people");
  const forms = Map.groupBy(reading.bypasses, ({ form }) => form);
  expect(Object.fromEntries([...forms].map(([form, list]) => [form, list.length]))).toEqual({
    ungoverned_exemption: 1,
    policy_demands_less: 1,
    weak_method_allowed: 2,
  });
  expect(reading.unknown).toContain("Whether security defaults are on is not in the file.");
});

const excludedDevices = (rule: unknown) => ({ devices: { deviceFilter: { mode: "exclude", rule } } });

test("a filter whose rule cannot be read is not taken for none", () => {
  for (const strange of [7, null, { value: "x" }])
    expect(read(policy({}, excludedDevices(strange))).unknown.join(), JSON.stringify(strange)).toMatch(
      /parts that Postern does not know \(.*(deviceFilter|rule)/,
    );
  expect(read(policy({}, { devices: { deviceFilter: { mode: null, rule: null } } })).unknown.join()).not.toMatch(/does not know/);
});

test("All is all, however it is written", () => {
  expect(found([policy({ includeUsers: ["all"] })])).toEqual(found([policy()]));
  expect(found([policy({ excludeUsers: ["all"] })])).toEqual(found([policy({ excludeUsers: ["All"] })]));
});

test("lists in lists without end are refused, and no work without end", () => {
  let json: unknown = policy();
  for (let depth = 0; depth < 50_000; depth++) json = [json];
  expect(entraFiles.recognises({ name: "deep.json", text: "", json })).toBe(false);
});
