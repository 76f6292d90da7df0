import { expect, test } from "vitest";

import { ANY_APPLICATION, applicability, evaluate, ORDINARY, type SignIn } from "./evaluate.ts";
import { policyOf } from "./map-policies.ts";

const RESISTANT = "00000000-0000-0000-0000-000000000004";
const person: SignIn = { user: "u1", groups: new Set(["g1"]), roles: new Set(), guest: "no", ...ORDINARY };

function policy({
  users,
  conditions,
  grant,
  ...rest
}: Record<string, unknown> & { users?: object; conditions?: object; grant?: object } = {}) {
  return policyOf({
    id: "p1",
    displayName: "Strong for all",
    state: "enabled",
    conditions: {
      clientAppTypes: ["all"],
      users: { includeUsers: ["All"], ...users },
      applications: { includeApplications: ["All"] },
      ...conditions,
    },
    grantControls: { operator: "OR", builtInControls: [], authenticationStrength: { id: RESISTANT }, ...grant },
    ...rest,
  });
}

function demanded(policies: ReturnType<typeof policy>[], signIn: Partial<SignIn> = {}) {
  return evaluate({ policies, securityDefaults: false }, { ...person, ...signIn });
}

test("a policy for all demands what it says of everybody", () => {
  const outcome = demanded([policy()]);
  expect(outcome).toMatchObject({ demand: "phishing_resistant", isStrong: true, applying: ["p1"], unknown: [] });
});

test.each([
  ["by name", { excludeUsers: ["U1"] }],
  ["by group", { excludeGroups: ["g1"] }],
  ["with everybody", { excludeUsers: ["All"] }],
])("who is left out %s gets in with nothing", (_, users) => {
  expect(demanded([policy({ users })])).toMatchObject({ demand: "nothing", isStrong: false, applying: [] });
});

test("who is left out by role or as a guest gets in, and others do not", () => {
  const byRole = policy({ users: { excludeRoles: ["r1"] } });
  expect(demanded([byRole], { roles: new Set(["r1"]) }).isStrong).toBe(false);
  expect(demanded([byRole]).isStrong).toBe(true);
  const guests = policy({ users: { excludeGuestsOrExternalUsers: { guestOrExternalUserTypes: "internalGuest,b2bCollaborationGuest" } } });
  expect(demanded([guests], { guest: "b2bCollaborationGuest" }).isStrong).toBe(false);
  expect(demanded([guests], { guest: "serviceProvider" }).isStrong).toBe(true);
});

test("groups nobody read make it unknown, with the reason, and never strong", () => {
  const outcome = demanded([policy({ users: { excludeGroups: ["g9"] } })], { groups: undefined });
  expect(outcome).toMatchObject({ demand: "unknown", isStrong: "unknown", atLeast: "nothing", atMost: "phishing_resistant" });
  expect(outcome.unknown).toEqual(["Policy Strong for all: unknown who is left out."]);
});

test("what is unknown of one policy does not matter where another demands it for certain", () => {
  const unsure = policy({ id: "p2", users: { excludeGroups: ["g9"] } });
  expect(demanded([unsure, policy()], { groups: undefined })).toMatchObject({ demand: "phishing_resistant", isStrong: true, unknown: [] });
});

test("a condition that Postern does not know makes the policy unknown", () => {
  const strange = policy({ conditions: { phaseOfTheMoon: { include: ["full"] } } });
  expect(strange.notUnderstood).toEqual(["phaseOfTheMoon"]);
  expect(demanded([strange])).toMatchObject({ demand: "unknown", isStrong: "unknown" });
});

test("a state that Postern does not know is not taken for enforced", () => {
  expect(demanded([policy({ state: "enabledSomehow" })]).isStrong).toBe("unknown");
});

test.each(["disabled", "enabledForReportingButNotEnforced"])("a policy that is %s demands nothing", (state) => {
  expect(demanded([policy({ state })])).toMatchObject({ demand: "nothing", isStrong: false });
});

test.each([
  [{ builtInControls: ["mfa"], authenticationStrength: null }, "mfa"],
  [{ builtInControls: ["mfa", "compliantDevice"], authenticationStrength: null }, "other"],
  [{ operator: "AND", builtInControls: ["mfa", "compliantDevice"], authenticationStrength: null }, "mfa"],
  [{ builtInControls: ["compliantDevice"] }, "other"],
  [{ operator: "AND", builtInControls: ["compliantDevice"] }, "phishing_resistant"],
  [{ builtInControls: ["block"], authenticationStrength: null }, "block"],
  [{ authenticationStrength: { id: "own", allowedCombinations: ["fido2", "windowsHelloForBusiness"] } }, "phishing_resistant"],
  [{ authenticationStrength: { id: "own", allowedCombinations: ["fido2", "password,sms"] } }, "mfa"],
  [{ authenticationStrength: { id: "own", allowedCombinations: ["fido2", "password"] } }, "nothing"],
  [{ authenticationStrength: { id: "own", allowedCombinations: [] } }, "nothing"],
  [{ authenticationStrength: { id: "own" } }, "unknown"],
  [{ builtInControls: ["somethingNew"], authenticationStrength: null }, "unknown"],
  [{ authenticationStrength: null }, "nothing"],
])("the controls %j demand %s", (grant, demand) => {
  expect(demanded([policy({ grant })]).demand).toBe(demand);
});

test("the strongest of several policies is demanded", () => {
  const mfa = policy({ id: "p2", grant: { builtInControls: ["mfa"], authenticationStrength: null } });
  expect(demanded([mfa, policy()])).toMatchObject({ demand: "phishing_resistant", applying: ["p2", "p1"] });
});

test.each([
  ["applications", { applications: { includeApplications: ["a1"] } }, { application: "a1" }, { application: ANY_APPLICATION }],
  ["applications left out", { applications: { includeApplications: ["All"], excludeApplications: ["a1"] } }, {}, { application: "a1" }],
  ["clients", { clientAppTypes: ["browser"] }, {}, { clientApp: "mobileAppsAndDesktopClients" }],
  ["platforms", { platforms: { includePlatforms: ["all"], excludePlatforms: ["iOS"] } }, {}, { platform: "ios" }],
  [
    "locations",
    { locations: { includeLocations: ["All"], excludeLocations: ["AllTrusted"] } },
    {},
    { locations: new Set(["l1", "AllTrusted"]) },
  ],
  ["risks", { signInRiskLevels: ["high"] }, { risks: { ...ORDINARY.risks!, signIn: "high" } }, {}],
  ["flows", { authenticationFlows: { transferMethods: "deviceCodeFlow,authenticationTransfer" } }, { transfer: "deviceCodeFlow" }, {}],
])("%s decide whether a policy holds", (_, conditions, inside, outside) => {
  const narrowed = policy({ conditions });
  expect(applicability(narrowed, { ...person, ...inside }).applies).toBe(true);
  expect(applicability(narrowed, { ...person, ...outside })).toMatchObject({ applies: false, why: [expect.any(String)] });
});

test("whether an application belongs to a suite is unknown", () => {
  const suite = policy({ conditions: { applications: { includeApplications: ["Office365"] } } });
  expect(demanded([suite], { application: "00000003-0000-0ff1-ce00-000000000000" }).isStrong).toBe("unknown");
  expect(demanded([suite], { application: "Office365" }).isStrong).toBe(true);
});

function filter(mode: string, rule: string) {
  return policy({ conditions: { devices: { deviceFilter: { mode, rule } } } });
}

test("a device nobody knows is not let past by a filter for managed ones", () => {
  expect(demanded([filter("exclude", "device.isCompliant -eq True")]).isStrong).toBe(true);
  expect(demanded([filter("exclude", "device.isCompliant -eq True")], { device: undefined }).isStrong).toBe("unknown");
  expect(demanded([filter("exclude", 'device.displayName -ne "x"')]).isStrong).toBe("unknown");
  expect(demanded([filter("include", "device.isCompliant -eq True")]).isStrong).toBe(false);
});

test("old protocols are shut out by whatever they cannot show", () => {
  const mfa = policy({ grant: { builtInControls: ["mfa"], authenticationStrength: null } });
  expect(demanded([mfa], { clientApp: "other" }).demand).toBe("block");
});

test("security defaults are never strong, and only count where no policy is enforced", () => {
  expect(evaluate({ policies: [], securityDefaults: true }, person)).toMatchObject({ demand: "unknown", isStrong: false });
  expect(evaluate({ policies: [policy()], securityDefaults: undefined }, person).demand).toBe("phishing_resistant");
});

test("an export in PascalCase means the same", () => {
  const exported = policyOf({
    Id: "p1",
    DisplayName: "Strong for all",
    State: "enabled",
    Conditions: {
      ClientAppTypes: ["all"],
      Users: { IncludeUsers: "All", ExcludeGroups: [] },
      Applications: { IncludeApplications: ["All"], "IncludeApplications@odata.type": "#Collection(String)" },
      Locations: null,
    },
    GrantControls: { Operator: "OR", BuiltInControls: [], AuthenticationStrength: { Id: RESISTANT } },
  });
  expect(exported).toEqual({ ...policy(), grant: expect.anything() as unknown });
  expect(demanded([exported]).isStrong).toBe(true);
});
