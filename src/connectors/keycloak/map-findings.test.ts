import { expect, test } from "vitest";

import { type ClientFacts, findingsIn, type RealmFacts } from "./map-findings.ts";
import { type Flow, missingFlow, type Requirement, type Step } from "./map-flow.ts";

const step = (requirement: Requirement, provider: string, config: Record<string, string> = {}): Step => ({
  kind: "authenticator",
  requirement,
  provider,
  config,
});
const flow = (alias: string, ...steps: Step[]): Flow => ({ alias, steps });
const strict = flow("strict", step("REQUIRED", "auth-username-form"), step("REQUIRED", "webauthn-authenticator-passwordless"));
const client = (more: Partial<ClientFacts>): ClientFacts => ({
  clientId: "wiki",
  enabled: true,
  directGrants: false,
  browserFlow: undefined,
  directGrantFlow: undefined,
  ...more,
});

function found(more: Partial<RealmFacts>) {
  const { bypasses, unknown } = findingsIn(
    {
      realm: "acme",
      browserFlow: strict,
      directGrantFlow: strict,
      resetFlow: undefined,
      clients: [],
      roleExists: () => true,
      requiredActions: [{ alias: "webauthn-register-passwordless", enabled: true }],
      ...more,
    },
    [],
  );
  return { bypasses: bypasses.map(({ form, subject }) => `${form} ${subject.name}`), unknown };
}

const manyWays = flow(
  "labyrinth",
  ...Array.from({ length: 20 }, (_, n): Step => ({
    kind: "flow",
    requirement: "CONDITIONAL",
    flow: flow(`turn ${n}`, step("REQUIRED", "conditional-acme"), step("REQUIRED", `acme-${n}`)),
  })),
);

test("a realm that asks everybody for a passkey everywhere has no way around it", () => {
  expect(found({ clients: [client({ browserFlow: strict, directGrants: true })], resetFlow: strict })).toEqual({
    bypasses: [],
    unknown: [],
  });
});

test.each([
  ["has too many ways to be told apart", manyWays],
  ["asks for what nobody knows", flow("custom", step("REQUIRED", "acme-face"))],
  ["is bound and not there", missingFlow("gone")],
])("a flow that %s is told as not known, wherever it is used", (_, strange) => {
  expect(found({ browserFlow: strange }).unknown).toHaveLength(1);
  expect(found({ resetFlow: strange }).unknown).toHaveLength(1);
  expect(found({ clients: [client({ browserFlow: strange })] }).unknown.join()).toMatch(/^wiki: /);
  const grants = found({ clients: [client({ directGrants: true, directGrantFlow: strange })] });
  expect(grants.bypasses.length + grants.unknown.length).toBe(1);
});

test("who is let through by a role in an application's own flow is told, and so is a role there that does not exist", () => {
  const condition = (negate: string) => step("REQUIRED", "conditional-user-role", { condUserRole: "exempt", negate });
  const own = flow(
    "wiki",
    step("REQUIRED", "auth-username-form"),
    {
      kind: "flow",
      requirement: "CONDITIONAL",
      flow: flow("a", condition("true"), step("REQUIRED", "webauthn-authenticator-passwordless")),
    },
    { kind: "flow", requirement: "CONDITIONAL", flow: flow("b", condition("false"), step("REQUIRED", "auth-password-form")) },
  );
  expect(found({ clients: [client({ browserFlow: own })] }).bypasses).toEqual(["ungoverned_exemption exempt"]);
  expect(found({ clients: [client({ browserFlow: own })], roleExists: () => false }).bypasses).toContain("dangling_condition exempt");
});

test.each([
  ["a password", [step("REQUIRED", "auth-password-form")], true],
  ["a certificate", [step("REQUIRED", "auth-x509-client-username-form")], false],
])("%s before a security key that is registered on the spot", (_, before, isOpen) => {
  const vault = flow("vault", step("REQUIRED", "auth-username-form"), ...before, step("REQUIRED", "webauthn-authenticator"));
  const requiredActions = [{ alias: "webauthn-register", enabled: true }];
  const expected = isOpen ? ["enrolment_open whoever has no security key yet"] : [];
  expect(found({ browserFlow: vault, requiredActions }).bypasses).toEqual(expected);
  expect(found({ clients: [client({ browserFlow: vault })], requiredActions }).bypasses).toEqual(expected);
  const offered = [{ alias: "webauthn-register-passwordless", enabled: true }];
  expect(found({ browserFlow: vault, requiredActions: offered }).bypasses).toEqual([]);
  expect(found({ browserFlow: vault, requiredActions: [...offered, { alias: "webauthn-register", enabled: false }] }).bypasses).toEqual([]);
});

test("a second factor that may be left out is told as that, and not as enrolment", () => {
  const second = flow("second", step("REQUIRED", "conditional-user-configured"), step("REQUIRED", "webauthn-authenticator"));
  const optional = flow("optional", step("REQUIRED", "auth-username-password-form"), {
    kind: "flow",
    requirement: "CONDITIONAL",
    flow: second,
  });
  expect(found({ browserFlow: optional, requiredActions: [{ alias: "webauthn-register", enabled: true }] }).bypasses).toEqual([
    "condition_exempt everyone in acme",
  ]);
});

test.each([
  ["a condition that nobody knows", [step("REQUIRED", "ip-range")], "condition_exempt everyone in acme"],
  ["no condition", [], "policy_not_enforced everyone in acme"],
])("a passkey demanded below %s", (_, condition, expected) => {
  const out = flow("out", ...condition, step("REQUIRED", "webauthn-authenticator-passwordless"));
  const browserFlow = flow("office", step("REQUIRED", "auth-username-form"), { kind: "flow", requirement: "CONDITIONAL", flow: out });
  expect(new Set(found({ browserFlow }).bypasses)).toEqual(new Set([expected]));
});

const when = (alias: string, ...steps: Step[]): Step => ({ kind: "flow", requirement: "CONDITIONAL", flow: flow(alias, ...steps) });
const inRole = (role: string, negate = false) => step("REQUIRED", "conditional-user-role", { condUserRole: role, negate: String(negate) });
const passkey = step("REQUIRED", "webauthn-authenticator-passwordless");

test("what two roles let in with together, or a role and an attribute, is told once, and of no part of it", () => {
  const browserFlow = flow(
    "several",
    step("REQUIRED", "auth-username-password-form"),
    when("a", inRole("a", true), passkey),
    when("b", inRole("b", true), passkey),
    when(
      "c",
      step("REQUIRED", "conditional-user-attribute", { attribute_name: "c", attribute_expected_value: "no", not: "true" }),
      passkey,
    ),
    when("d", inRole("d", true), step("REQUIRED", "auth-otp-form")),
  );
  const { bypasses, unknown } = found({ browserFlow });
  expect(bypasses).toEqual([
    "ungoverned_exemption whoever has the role a and the role b and c = no",
    "ungoverned_exemption whoever has the role a and the role b and the role d and c = no",
  ]);
  expect(unknown).toEqual([]);
  const [, , , , last] = browserFlow.steps;
  const two = { ...browserFlow, steps: [...browserFlow.steps.slice(0, 3), last!] };
  expect(found({ browserFlow: two }).bypasses).toHaveLength(2);
});

test("a role that lets in with what nobody knows is told as not known", () => {
  const browserFlow = flow(
    "sms",
    step("REQUIRED", "auth-username-form"),
    when("strict", inRole("exempt", true), passkey),
    when("weak", inRole("exempt"), step("REQUIRED", "acme-sms")),
  );
  expect(found({ browserFlow })).toEqual({
    bypasses: [],
    unknown: [expect.stringMatching(/^exempt: The flow sms lets .* custom:acme-sms/)],
  });
});

test("more roles than can be tried together are told as not known, each alone all the same", () => {
  const roles = Array.from({ length: 9 }, (_, n) => `role-${n}`);
  const browserFlow = flow(
    "many",
    step("REQUIRED", "auth-username-form"),
    passkey,
    ...roles.map((role) => when(`of ${role}`, inRole(role), step("REQUIRED", "auth-otp-form"))),
  );
  expect(found({ browserFlow })).toEqual({ bypasses: [], unknown: [expect.stringMatching(/more than can be tried together/)] });
  const alone = {
    ...browserFlow,
    steps: [browserFlow.steps[0]!, when("all", inRole("role-8", true), passkey), ...browserFlow.steps.slice(2)],
  };
  expect(found({ browserFlow: alone }).bypasses).toContain("ungoverned_exemption role-8");
});
