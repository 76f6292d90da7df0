/** Authentication flows made at random, as a realm export writes them, and the people who try them. */
import { randomUUID } from "node:crypto";

import { type Arbitrary, array, boolean, constant, constantFrom, letrec, oneof, option, record, sample, tuple } from "fast-check";

import type { ExportedExecution, ExportedFlow } from "../../src/connectors/keycloak/map-flow.ts";

export interface MadeFlows {
  /** One for each application, by its number. */
  readonly tops: readonly string[];
  readonly authenticationFlows: readonly (ExportedFlow & { readonly id: string })[];
  readonly authenticatorConfig: readonly { readonly alias: string; readonly config: Readonly<Record<string, string>> }[];
}

type Requirement = "REQUIRED" | "ALTERNATIVE" | "CONDITIONAL" | "DISABLED";
type Node =
  | { readonly requirement: Requirement; readonly provider: string; readonly config?: Readonly<Record<string, string>> }
  | { readonly requirement: Requirement; readonly steps: readonly Node[] };

const WHO: Node = { requirement: "REQUIRED", provider: "auth-username-form" };
const LET_BY: Node = { requirement: "REQUIRED", provider: "allow-access-authenticator" };

const leafRequirement = constantFrom<Requirement>("REQUIRED", "REQUIRED", "REQUIRED", "ALTERNATIVE", "ALTERNATIVE", "DISABLED");
const flowRequirement = constantFrom<Requirement>(
  "REQUIRED",
  "REQUIRED",
  "ALTERNATIVE",
  "ALTERNATIVE",
  "CONDITIONAL",
  "CONDITIONAL",
  "CONDITIONAL",
  "DISABLED",
);
const bit = boolean().map(String);

const authenticator: Arbitrary<Node> = record({
  requirement: leafRequirement,
  provider: constantFrom(
    "auth-password-form",
    "auth-password-form",
    "auth-otp-form",
    "auth-otp-form",
    "allow-access-authenticator",
    "deny-access-authenticator",
    "webauthn-authenticator-passwordless",
  ),
});

/** To a provider that is there, to one that is switched off, to one that is not there, or to whom the address says. */
const redirector: Arbitrary<Node> = record({
  requirement: leafRequirement,
  provider: constant("identity-provider-redirector"),
  config: constantFrom("partner", "partner", "partner-off", "gone", "").map((defaultProvider) => ({ defaultProvider })),
});

const condition: Arbitrary<Node> = oneof(
  record({
    provider: constant("conditional-user-role"),
    config: record({ condUserRole: constantFrom("a", "a", "b", "b", "shop.v1.buyer", "gone"), negate: bit }),
  }),
  record({
    provider: constant("conditional-user-attribute"),
    config: record({ attribute_name: constantFrom("team", "team", "email"), not: bit, include_group_attributes: bit }).map((config) => ({
      ...config,
      attribute_expected_value: config.attribute_name === "team" ? "red" : "zoe@acme.test",
    })),
  }),
  constant({ provider: "conditional-user-configured" }),
).map((one) => ({ ...one, requirement: "REQUIRED" as const }));

const { body } = letrec<{ node: Node; flow: Node; body: readonly Node[] }>((tie) => ({
  body: array(tie("node"), { minLength: 1, maxLength: 3 }),
  flow: tuple(
    flowRequirement,
    option(condition, { nil: undefined, freq: 4 }),
    option(condition, { nil: undefined, freq: 1 }),
    tie("body"),
  ).map(([requirement, one, two, steps]) => ({
    requirement,
    // A condition in a sub-flow that is not conditional asks nothing: rare, but there.
    steps: [...(requirement === "CONDITIONAL" || two !== undefined ? [one, two] : []).filter((each) => each !== undefined), ...steps],
  })),
  node: oneof(
    { maxDepth: 3 },
    { arbitrary: authenticator, weight: 9 },
    { arbitrary: tie("flow"), weight: 6 },
    { arbitrary: redirector, weight: 1 },
  ),
}));

/** Flows that hang on one condition, flows of any shape, and now and then one where everything comes before the name is known. */
const top: Arbitrary<readonly Node[]> = oneof(
  { arbitrary: tuple(condition, condition).map(hangingOn), weight: 2 },
  { arbitrary: body.map((steps) => [WHO, { requirement: "REQUIRED" as const, steps }]), weight: 5 },
  { arbitrary: body.map((steps) => [{ requirement: "REQUIRED" as const, steps: [LET_BY, ...steps] }, WHO]), weight: 1 },
);

function hangingOn([one, other]: readonly [Node, Node]): readonly Node[] {
  const code: Node = { requirement: "REQUIRED", provider: "auth-otp-form" };
  const password: Node = { requirement: "REQUIRED", provider: "auth-password-form" };
  return [WHO, { requirement: "CONDITIONAL", steps: [one, code] }, { requirement: "CONDITIONAL", steps: [other, password] }];
}

export function randomFlows(count: number, seed: number): MadeFlows {
  const made: Made = { flows: [], configs: [] };
  const tops = sample(top, { numRuns: count, seed }).map((steps, at) => addFlow(made, `flow-${at}`, steps, true));
  return { tops, authenticationFlows: made.flows, authenticatorConfig: made.configs };
}

interface Made {
  readonly flows: (ExportedFlow & { readonly id: string })[];
  readonly configs: { readonly alias: string; readonly config: Readonly<Record<string, string>> }[];
}

function addFlow(made: Made, alias: string, steps: readonly Node[], topLevel: boolean): string {
  const authenticationExecutions = steps.map((step, at): ExportedExecution => {
    const common = { requirement: step.requirement, priority: (at + 1) * 10, userSetupAllowed: false };
    if ("steps" in step) {
      const flowAlias = addFlow(made, `${alias}-${at}`, step.steps, false);
      return { ...common, flowAlias, authenticatorFlow: true };
    }
    if (step.config === undefined) return { ...common, authenticator: step.provider, authenticatorFlow: false };
    const authenticatorConfig = `${alias}-${at}-config`;
    made.configs.push({ alias: authenticatorConfig, config: step.config });
    return { ...common, authenticator: step.provider, authenticatorFlow: false, authenticatorConfig };
  });
  const flow = { id: randomUUID(), alias, providerId: "basic-flow", topLevel, builtIn: false, authenticationExecutions };
  made.flows.push(flow);
  return alias;
}
