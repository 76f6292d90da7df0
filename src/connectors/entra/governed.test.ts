/** A policy that an exception is about has to hold whoever has none: what keeps it from that is no "closed". */
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { Json } from "../../../test/support/graph/tenant.ts";
import { collect } from "../contract-harness.suite.ts";
import { openTenant, type SmallTenant } from "./small-tenant.suite.ts";

let small: SmallTenant;

beforeEach(async () => {
  small = await openTenant();
});
afterEach(() => small.close());

const strength = (more: Json) => ({ operator: "OR", builtInControls: [], authenticationStrength: { id: "of-our-own", ...more } });
const controls = (...builtInControls: string[]) => ({ operator: "OR", builtInControls });

async function told() {
  const found = await collect(small.connector.discover());
  const { words } = await small.connector.health();
  const own = found.filter(({ policy, critical }) => policy === "everyone" && critical);
  return { findings: own.map(({ form, key }) => [form, key.split(":").at(-1)]), words };
}

describe("a governed policy that demands less than two factors", () => {
  const weak: readonly [string, Json | null, boolean | "unknown"][] = [
    ["nothing: it only shapes sessions", null, true],
    ["a known device alone", controls("compliantDevice"), true],
    ["two factors, or a known device", controls("mfa", "compliantDevice"), true],
    ["what a password is enough for", strength({ allowedCombinations: ["password"] }), true],
    ["a strength that nobody tells", strength({}), "unknown"],
    ["a control of tomorrow", controls("somethingNew"), "unknown"],
  ];

  it.each(weak)("proves nothing closed, and is critical: %s", async (_, grantControls, effective) => {
    small.policy(0)["grantControls"] = grantControls;
    for (const canEvaluate of [true, false]) {
      small.tenant.canEvaluate = canEvaluate;
      const subject = small.person(`anybody-${String(canEvaluate)}`);
      expect(await small.connector.read(small.orderFor(subject))).toMatchObject({ configured: false, effective });
    }
    const { findings, words } = await told();
    expect(findings).toEqual([["policy_demands_less", "grant"]]);
    expect(words).toContain("1 of 2 governed policies");
    expect(words).toMatch(/everyone: [^;]*second factor/);
  });

  it.each([
    ["two factors", controls("mfa")],
    ["a block", controls("block")],
    ["a known device and two factors", { ...controls("mfa", "compliantDevice"), operator: "AND" }],
  ])("is none that demands %s", async (_, grantControls) => {
    small.policy(0)["grantControls"] = grantControls;
    expect(await small.connector.read(small.orderFor(small.person("anybody")))).toMatchObject({ effective: false });
    const { findings, words } = await told();
    expect(findings).toEqual([]);
    expect(words).toContain("2 of 2 governed policies");
  });
});

it("is asked itself for what its strength allows, where an evaluation does not tell", async () => {
  small.tenant.tellsStrengths = false;
  for (const [allowed, effective] of [
    ["fido2", false],
    ["password", true],
  ] as const) {
    small.policy(0)["grantControls"] = strength({ allowedCombinations: [allowed] });
    expect(await small.connector.read(small.orderFor(small.person(allowed)))).toMatchObject({ effective });
  }
});

describe("a governed policy that leaves an ordinary sign-in alone", () => {
  const narrowed: readonly [string, Json][] = [
    ["risks", { userRiskLevels: ["high"] }],
    ["platforms", { platforms: { includePlatforms: ["iOS"], excludePlatforms: [] } }],
    ["applications", { applications: { includeApplications: ["00000002-0000-0000-c000-000000000000"] } }],
    ["authentication flows", { authenticationFlows: { transferMethods: "deviceCodeFlow" } }],
    ["parts: conditionsOfTomorrow", { conditionsOfTomorrow: ["x"] }],
  ];

  it.each(narrowed)("is critical, and named in health: %s", async (what, conditions) => {
    small.policy(0)["conditions"] = { ...(small.policy(0)["conditions"] as Json), ...conditions };
    small.tenant.canEvaluate = false;
    expect((await small.connector.read(small.orderFor(small.person("anybody")))).effective).not.toBe(false);
    const { findings, words } = await told();
    expect(findings).toEqual([["policy_not_enforced", "scope"]]);
    expect(words).toContain(what);
  });

  it("is none that holds for some people only, or in an application that only Microsoft can place", async () => {
    const { applications, users, ...conditions } = small.policy(0)["conditions"] as Record<string, Json>;
    small.policy(0)["conditions"] = {
      ...conditions,
      users: { ...users, includeUsers: [], includeGroups: [small.governed[1]!.poolId] },
      applications: { ...applications, includeApplications: ["Office365"] },
    };
    const { findings, words } = await told();
    expect(findings).toEqual([]);
    expect(words).toContain("2 of 2 governed policies");
  });

  it("is critical when it is off, though another policy demands as much", async () => {
    small.policy(0)["state"] = "disabled";
    expect((await told()).findings).toEqual([["policy_not_enforced", "state"]]);
  });

  it("counts nobody as getting in whom another policy holds, and whoever it held alone", async () => {
    const opens = async () => (await collect(small.connector.discover())).find(({ key }) => key.endsWith(":state"))?.opens;
    small.policy(0)["state"] = "disabled";
    expect(await opens()).toBe(false);
    small.policy(1)["grantControls"] = null;
    expect(await opens()).toBeUndefined();
  });
});
