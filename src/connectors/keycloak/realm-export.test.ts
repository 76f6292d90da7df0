import { describe, expect, test } from "vitest";

import { instant } from "../../kernel/time.ts";
import { type SourceFile, UnreadableFile } from "../port.ts";
import { realmExports } from "./realm-export.ts";

const NOW = instant("2026-06-01T08:00:00Z");

function fileOf(json: unknown): SourceFile {
  return { name: "realm.json", text: JSON.stringify(json), json };
}

const execution = (requirement: string, authenticator: string, more: object = {}) => ({
  requirement,
  authenticator,
  authenticatorFlow: false,
  ...more,
});
const subFlow = (requirement: string, flowAlias: string) => ({ requirement, flowAlias, authenticatorFlow: true });

/** A passkey for everybody but who has the role `exempt`; the staff of the night have it by their group. */
const REALM = {
  realm: "acme",
  keycloakVersion: "26.1.0",
  browserFlow: "passkey",
  resetPasswordAllowed: true,
  resetCredentialsFlow: "reset",
  authenticationFlows: [
    {
      id: "f1",
      alias: "passkey",
      authenticationExecutions: [
        execution("REQUIRED", "auth-username-form", { priority: 1 }),
        { ...subFlow("CONDITIONAL", "strict"), priority: 3 },
        { ...subFlow("CONDITIONAL", "weak"), priority: 2 },
      ],
    },
    {
      id: "f2",
      alias: "strict",
      authenticationExecutions: [
        execution("REQUIRED", "conditional-user-role", { authenticatorConfig: "not exempt" }),
        execution("REQUIRED", "webauthn-authenticator-passwordless"),
      ],
    },
    {
      id: "f3",
      alias: "weak",
      authenticationExecutions: [
        execution("REQUIRED", "conditional-user-role", { authenticatorConfig: "exempt" }),
        execution("REQUIRED", "auth-password-form"),
      ],
    },
    {
      id: "f4",
      alias: "direct grant",
      authenticationExecutions: [
        execution("REQUIRED", "direct-grant-validate-username"),
        execution("REQUIRED", "direct-grant-validate-password"),
      ],
    },
    {
      id: "f5",
      alias: "reset",
      authenticationExecutions: [execution("REQUIRED", "reset-credentials-choose-user"), execution("REQUIRED", "reset-credential-email")],
    },
    { id: "f6", alias: "old", authenticationExecutions: [execution("REQUIRED", "auth-username-password-form")] },
  ],
  authenticatorConfig: [
    { alias: "exempt", config: { condUserRole: "exempt" } },
    { alias: "not exempt", config: { condUserRole: "exempt", negate: "true" } },
  ],
  clients: [
    { clientId: "till", directAccessGrantsEnabled: true },
    { clientId: "wiki", authenticationFlowBindingOverrides: { browser: "f6" } },
    { clientId: "gone", enabled: false, directAccessGrantsEnabled: true },
  ],
  roles: { realm: [{ name: "exempt" }, { name: "night", composites: { realm: ["exempt"] } }] },
  requiredActions: [{ alias: "webauthn-register-passwordless", enabled: true }],
  groups: [{ name: "staff", subGroups: [{ name: "night", realmRoles: ["night"], subGroups: [{ name: "guards" }] }] }],
  users: [
    { id: "u1", username: "ada", realmRoles: ["exempt"] },
    { id: "u2", username: "ben", groups: ["/staff/night/guards"] },
    { id: "u3", username: "cy", groups: ["/staff"] },
    { id: "u4", username: "dee", realmRoles: ["exempt"], enabled: false },
  ],
};

const told = (json: unknown) =>
  realmExports
    .read(fileOf(json), NOW)
    .bypasses.map(({ form, subject }) => `${form} ${subject.name}`)
    .sort();

const keys = (json: unknown) =>
  realmExports
    .read(fileOf(json), NOW)
    .bypasses.map(({ key }) => key)
    .sort();

describe("a realm export", () => {
  test("tells every way around its gate: by role, by application, by mail", () => {
    expect(told(REALM)).toEqual([
      "application_exempt wiki",
      "legacy_sign_in till",
      "recovery_by_mail everyone in acme",
      "ungoverned_exemption exempt",
    ]);
  });

  test("tells whom a role stands for: by themselves, through roles in roles and groups in groups; who is switched off is nobody", () => {
    const { bypasses, accountsBehind, accounts } = realmExports.read(fileOf(REALM), NOW);
    const exempt = bypasses.find(({ form }) => form === "ungoverned_exemption")!;
    expect(accountsBehind(exempt.subject)).toEqual(["u1", "u2"]);
    expect(accounts).toHaveLength(4);
  });

  test("tells whom an attribute stands for: their own, their name and address, those of their groups where asked for; of a pattern nobody knows", () => {
    const groups = [{ name: "staff", attributes: { mfa: ["off"] }, subGroups: [{ name: "night" }] }];
    const users = [
      { id: "u1", username: "anna", email: "Anna@Acme.test", attributes: { mfa: ["off"] } },
      { id: "u2", username: "ben", groups: ["/staff/night"] },
      { id: "u3", username: "cy" },
    ];
    const behind = (config: object, more: object = {}) => {
      const authenticatorConfig = [
        { alias: "exempt", config },
        { alias: "not exempt", config: { ...config, not: "true" } },
      ];
      const text = JSON.stringify({ ...REALM, groups, users, ...more, authenticatorConfig });
      const json = JSON.parse(text.replaceAll("conditional-user-role", "conditional-user-attribute")) as typeof REALM;
      const { bypasses, accountsBehind } = realmExports.read(fileOf(json), NOW);
      const exempt = bypasses.filter(({ form }) => form === "ungoverned_exemption");
      expect(exempt).toHaveLength(1);
      return accountsBehind(exempt[0]!.subject);
    };
    const mfa = { attribute_name: "mfa", attribute_expected_value: "off" };
    expect(behind(mfa)).toEqual(["u1"]);
    expect(behind({ ...mfa, include_group_attributes: "true" })).toEqual(["u1", "u2"]);
    expect(behind({ ...mfa, include_group_attributes: "true" }, { groups: [] })).toBeUndefined();
    expect(behind({ attribute_name: "mfa", attribute_expected_value: "off.*", regex: "true" })).toBeUndefined();
    expect(behind({ attribute_name: "email", attribute_expected_value: "anna@acme.test" })).toEqual(["u1"]);
    expect(behind({ attribute_name: "username", attribute_expected_value: "cy" })).toEqual(["u3"]);
  });

  test("whom a role stands for is not known where somebody is in a group that is not in it", () => {
    const { bypasses, accountsBehind } = realmExports.read(fileOf({ ...REALM, groups: [] }), NOW);
    expect(accountsBehind(bypasses.find(({ form }) => form === "ungoverned_exemption")!.subject)).toBeUndefined();
  });

  test("with the role deleted the demand is off for everybody, which is critical", () => {
    const { bypasses } = realmExports.read(fileOf({ ...REALM, roles: { realm: [] } }), NOW);
    expect(bypasses.filter(({ critical }) => critical).map(({ form, subject }) => `${form} ${subject.name}`)).toEqual([
      "policy_not_enforced everyone in acme",
      "dangling_condition exempt",
    ]);
  });

  test("gives the same findings whatever the version calls its fields, and in whatever order they come", () => {
    const renamed = JSON.parse(
      JSON.stringify(REALM).replaceAll("authenticatorFlow", "autheticatorFlow").replace("26.1.0", "18.0.2"),
    ) as typeof REALM;
    expect(keys({ ...renamed, authenticationFlows: renamed.authenticationFlows.toReversed() })).toEqual(keys(REALM));
  });

  test("says what it does not hold, rather than that there is nothing", () => {
    const { bypasses, unknown } = realmExports.read(fileOf({ realm: "acme", requiredActions: [] }), NOW);
    expect(bypasses).toEqual([]);
    expect(unknown.join(" ")).toMatch(/how people sign in.*applications.*roles.*people/s);
  });

  test("a flow that is not resistant for anybody is told of everybody, however its second factor depends", () => {
    const optional = {
      ...REALM,
      browserFlow: "plain",
      authenticationFlows: [
        {
          alias: "plain",
          authenticationExecutions: [execution("REQUIRED", "auth-username-password-form"), subFlow("CONDITIONAL", "second")],
        },
        {
          alias: "second",
          authenticationExecutions: [execution("REQUIRED", "conditional-user-configured"), execution("REQUIRED", "auth-otp-form")],
        },
      ],
    };
    expect(told(optional)).toContain("policy_demands_less everyone in acme");
  });

  test("exported in parts, its people in files of their own, tells the same as in one file", () => {
    const { users, ...rest } = REALM;
    const parts = [rest, { realm: "acme", users: users.slice(0, 1) }, { realm: "acme", users: users.slice(1) }, { realm: "other", users }];
    const readings = parts.map((part) => realmExports.read(fileOf(part), NOW));
    const joined = readings.map((reading) => reading.joined!(readings.filter((other) => other !== reading)));
    const whole = realmExports.read(fileOf(REALM), NOW);
    expect(joined[0]!.bypasses).toEqual(whole.bypasses);
    expect(joined[0]!.accounts).toEqual(whole.accounts);
    expect(joined[0]!.unknown).toEqual(whole.unknown);
    for (const { subject } of whole.bypasses) expect(joined[0]!.accountsBehind(subject)).toEqual(whole.accountsBehind(subject));
    expect(joined.slice(1, 3).map(({ accounts, unknown, bypasses }) => [accounts, unknown, bypasses])).toEqual([
      [[], [], []],
      [[], [], []],
    ]);
    expect(joined.map(({ toldBy }) => (toldBy === undefined ? -1 : readings.indexOf(toldBy)))).toEqual([-1, 0, 0, -1]);
    // Somebody else's people stay somebody else's, and nothing is known of how they sign in.
    expect(joined[3]!.accounts).toHaveLength(4);
    expect(joined[3]!.unknown.join()).toMatch(/how people sign in/);
  });

  test("counts people of the realm alone, whatever realms of the same role names lie beside it", () => {
    const other = { ...REALM, realm: "other", users: [{ id: "o1", username: "ona", realmRoles: ["exempt"] }] };
    const { bypasses, accountsBehind } = realmExports.read(fileOf([REALM, other]), NOW);
    const behind = bypasses.filter(({ subject }) => subject.kind === "role").map(({ subject }) => accountsBehind(subject));
    expect(behind).toEqual([["u1", "u2"], ["o1"]]);
    const { users: _, ...nameless } = REALM;
    const [role] = realmExports.read(fileOf(nameless), NOW).bypasses.filter(({ subject }) => subject.kind === "role");
    expect(realmExports.read(fileOf(other), NOW).accountsBehind(role!.subject)).toBeUndefined();
  });

  test("takes names that every object has for names like any other", () => {
    const names = ["constructor", "toString", "__proto__", "hasOwnProperty"];
    for (const name of names) {
      const text = JSON.stringify({ ...REALM, users: [{ username: "ona", attributes: { a: ["b"] }, clientRoles: { a: ["b"] } }] });
      const renamed = text.replaceAll("auth-username-form", name).replaceAll("exempt", `${name}.${name}`);
      const client = { clientId: name, directAccessGrantsEnabled: true, authenticationFlowBindingOverrides: { browser: name } };
      const json = JSON.parse(renamed) as typeof REALM;
      const { bypasses, accountsBehind, unknown } = realmExports.read(fileOf({ ...json, clients: [client] }), NOW);
      for (const { subject } of bypasses) accountsBehind(subject);
      expect(unknown.join()).toContain(`custom:${name.replaceAll("_", " ")}`);
    }
    const attribute = { attribute_name: "constructor", attribute_expected_value: "x" };
    const config = [
      { alias: "exempt", config: attribute },
      { alias: "not exempt", config: { ...attribute, not: "true" } },
    ];
    const byAttribute = JSON.stringify({ ...REALM, authenticatorConfig: config }).replaceAll(
      "conditional-user-role",
      "conditional-user-attribute",
    );
    const { bypasses, accountsBehind } = realmExports.read(fileOf(JSON.parse(byAttribute)), NOW);
    expect(bypasses.filter(({ form }) => form === "ungoverned_exemption").map(({ subject }) => accountsBehind(subject))).toEqual([[]]);
  });

  test("tells every identity provider that lets people in, but where a passkey is asked for here afterwards", () => {
    const identityProviders = [
      { alias: "partner" },
      { alias: "off", enabled: false },
      { alias: "to-link", linkOnly: true },
      { alias: "of-machines", types: ["CLIENT_ASSERTION"] },
      { alias: "then-passkey", postBrokerLoginFlowAlias: "strict" },
      { alias: "then-password", postBrokerLoginFlowAlias: "old" },
      { alias: "then-gone", postBrokerLoginFlowAlias: "gone" },
    ];
    const before = told(REALM);
    expect(told({ ...REALM, identityProviders }).filter((words) => !before.includes(words))).toEqual([
      "ungoverned_exemption whoever signs in through partner",
      "ungoverned_exemption whoever signs in through then-gone",
      "ungoverned_exemption whoever signs in through then-password",
    ]);
  });

  test("tells secrets that do not end of the accounts applications have, and whose accounts they are", () => {
    const robot = { clientId: "robot", serviceAccountsEnabled: true, clientAuthenticatorType: "client-secret" };
    const users = [{ id: "s1", username: "service-account-robot", serviceAccountClientId: "robot" }];
    const secretsOf = (client: object, more: object = { users }) =>
      realmExports
        .read(fileOf({ ...REALM, clients: [client], ...more }), NOW)
        .bypasses.filter(({ form }) => form === "static_secret")
        .map(({ subject: { kind, key }, since }) => [kind, key, since]);
    expect(secretsOf(robot)).toEqual([["service", "s1", undefined]]);
    expect(secretsOf(robot, { users: [] })).toEqual([["application", "acme|client:robot", undefined]]);
    expect(secretsOf({ ...robot, clientAuthenticatorType: undefined })).toHaveLength(1);
    const since = { attributes: { "client.secret.creation.time": "1700000000", "client.secret.expiration.time": "0" } };
    expect(secretsOf({ ...robot, ...since })).toEqual([["service", "s1", instant("2023-11-14T22:13:20Z")]]);
    for (const other of [
      { enabled: false },
      { publicClient: true },
      { bearerOnly: true },
      { serviceAccountsEnabled: false },
      { clientAuthenticatorType: "client-jwt" },
      { attributes: { "client.secret.expiration.time": "4102444800" } },
    ])
      expect(secretsOf({ ...robot, ...other })).toEqual([]);
    expect(secretsOf({ ...robot, clientAuthenticatorType: undefined }, { adminPermissionsClient: { clientId: "robot" } })).toEqual([]);
  });

  test("tells who may sign in as anybody where somebody holds that role, by whatever role contains it", () => {
    const client = {
      "realm-management": [
        { name: "impersonation" },
        { name: "realm-admin", composites: { client: { "realm-management": ["impersonation"] } } },
      ],
    };
    const roles = { ...REALM.roles, client };
    const impersonators = (more: object) =>
      realmExports.read(fileOf({ ...REALM, roles, ...more }), NOW).bypasses.filter(({ evidence }) => evidence["heldBy"] !== undefined);
    expect(impersonators({})).toEqual([]);
    const users = [{ id: "u1", username: "ada", clientRoles: { "realm-management": ["realm-admin"] } }];
    expect(impersonators({ users }).map(({ subject, evidence }) => [subject.name, evidence["heldBy"]])).toEqual([
      ["realm-management.impersonation", "realm-management.realm-admin"],
    ]);
    const groups = [{ name: "staff", subGroups: [{ name: "desk", clientRoles: { "realm-management": ["impersonation"] } }] }];
    expect(impersonators({ groups, users: [] })).toHaveLength(1);
  });

  test("tells that anybody may make an account", () => {
    expect(told({ ...REALM, registrationAllowed: true })).toContain("enrolment_open whoever registers in acme");
  });

  test("with none but the accounts of applications in it says that it has not its people", () => {
    const users = [{ id: "s1", username: "service-account-robot", serviceAccountClientId: "robot" }];
    const { bypasses, unknown, accounts, accountsBehind } = realmExports.read(fileOf({ ...REALM, users }), NOW);
    expect(unknown.join()).toMatch(/exported without its people/);
    expect(accounts).toHaveLength(1);
    expect(accountsBehind(bypasses.find(({ subject }) => subject.kind === "role")!.subject)).toBeUndefined();
  });

  test("of people of another directory says that they are not in it", () => {
    expect(realmExports.recognises(fileOf({ realm: "acme", federatedUsers: [{ id: "f:1:ada" }] }))).toBe(true);
    const { unknown } = realmExports.read(fileOf({ ...REALM, federatedUsers: [{ id: "f:1:ada" }] }), NOW);
    expect(unknown.join()).toMatch(/people of another directory/);
  });

  test("a sub-flow that is not in it makes what people are asked for unknown, and a flow that holds itself is no work without end", () => {
    const passkey = execution("REQUIRED", "webauthn-authenticator-passwordless");
    const withFlow = (alias: string, ...more: object[]) => ({
      ...REALM,
      resetPasswordAllowed: false,
      clients: [],
      authenticationFlows: [{ alias: "passkey", authenticationExecutions: [subFlow("ALTERNATIVE", alias)] }, ...more],
    });
    const gone = realmExports.read(fileOf(withFlow("gone")), NOW);
    expect(gone.unknown.join(" ")).toMatch(/the flow gone, which is not there/);
    const round = { alias: "round", authenticationExecutions: [subFlow("REQUIRED", "round"), subFlow("REQUIRED", "round"), passkey] };
    expect(() => realmExports.read(fileOf(withFlow("round", round)), NOW)).not.toThrow();
  });

  test("a demand that hangs on a mail address is not one for everybody", () => {
    const byMail = {
      ...REALM,
      authenticatorConfig: [
        {
          alias: "not exempt",
          config: { attribute_name: "email", attribute_expected_value: ".*@partner[.]example", regex: "true", not: "true" },
        },
        { alias: "exempt", config: { attribute_name: "email", attribute_expected_value: ".*@partner[.]example", regex: "true" } },
      ],
    };
    const text = JSON.stringify(byMail).replaceAll("conditional-user-role", "conditional-user-attribute");
    expect(told(JSON.parse(text))).toContain("condition_exempt everyone in acme");
  });

  test("what is no realm is not recognised, and a broken one is refused with every place", () => {
    for (const json of [undefined, null, [], {}, { realm: "acme" }, { realm: 7, clients: [] }])
      expect(realmExports.recognises(fileOf(json))).toBe(false);
    const broken = { realm: "acme", browserFlow: 7, clients: [{ clientId: true }], users: "none" };
    expect(realmExports.recognises(fileOf(broken))).toBe(true);
    try {
      realmExports.read(fileOf(broken), NOW);
      expect.unreachable();
    } catch (error) {
      expect((error as UnreadableFile).faults.map(({ at }) => at)).toEqual(["/browserFlow", "/clients/0/clientId", "/users"]);
    }
  });
});
