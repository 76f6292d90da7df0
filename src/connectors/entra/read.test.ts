/** Where Entra ID does not evaluate its policies, Postern reads them: what it was not told it does not take for a no. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { createRole, type Json } from "../../../test/support/graph/tenant.ts";
import { leaveOut } from "./harness.suite.ts";
import { openTenant, type SmallTenant } from "./small-tenant.suite.ts";

let small: SmallTenant;

beforeEach(async () => {
  small = await openTenant();
  small.tenant.canEvaluate = false;
});
afterEach(() => small.close());

const TEMPLATE = "62e90394-69f5-4237-9190-012177145e10";

async function effectiveOf(...[name, more]: Parameters<SmallTenant["person"]>) {
  return (await small.connector.read(small.orderFor(small.person(name, more)))).effective;
}

describe("a policy that leaves out a role", () => {
  it("may not hold whoever has a role, where roles may not be read", async () => {
    const { app, connector, governed, tenant } = small;
    const [holder, other] = [small.person("holder"), small.person("other")];
    createRole(tenant, TEMPLATE, "Global Administrator", [holder.key]);
    leaveOut(tenant, governed[0]!.policyId, "excludeRoles", TEMPLATE);
    expect(await connector.read(small.orderFor(holder))).toMatchObject({ effective: true });
    app.roles = app.roles.filter((name) => name !== "RoleManagement.Read.Directory");
    const restarted = small.open();
    expect(await restarted.read(small.orderFor(holder))).toMatchObject({ effective: "unknown" });
    expect(await restarted.read(small.orderFor(other))).toMatchObject({ effective: false });
    await restarted.close();
  });
});

describe("a policy that leaves out members of other tenants", () => {
  beforeEach(() => {
    const { users } = small.policy(0)["conditions"] as { users: Json };
    const externalTenants = { "@odata.type": "#microsoft.graph.conditionalAccessAllExternalTenants", membershipKind: "all" };
    users["excludeGuestsOrExternalUsers"] = { guestOrExternalUserTypes: "b2bCollaborationMember", externalTenants };
  });

  it.each([
    ["one whose name says so", { userPrincipalName: "kim_other.test#EXT#@postern.test" }],
    ["one who was invited", { creationType: "Invitation" }],
    ["a guest", { userType: "Guest" }],
  ] as const)("may not hold %s", async (_, more) => {
    expect(await effectiveOf("kim", more)).toBe("unknown");
  });

  it("holds who is of this tenant", async () => {
    expect(await effectiveOf("kim")).toBe(false);
  });
});

it("tells in the evidence why Entra ID did not evaluate the policies", async () => {
  const { evidence } = await small.connector.read(small.orderFor(small.person("kim")));
  expect(evidence["verdict"]).toContain("403 AccessDenied");
});
