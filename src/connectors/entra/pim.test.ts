/** PIM is the second lock: whatever becomes of it, an exception begins and ends on its day. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { membersOf } from "../../../test/support/graph/memberships.ts";
import { Refusal } from "../../../test/support/graph/tenant.ts";
import { addDuration, duration } from "../../kernel/time.ts";
import { openTenant, type SmallTenant } from "./small-tenant.suite.ts";

let small: SmallTenant;

beforeEach(async () => {
  small = await openTenant({ settleMs: 2000 });
});
afterEach(() => small.close());

const DOWN: readonly [number, string][] = [
  [502, "BadGateway"],
  [503, "ServiceUnavailable"],
  [504, "GatewayTimeout"],
  [500, "InternalServerError"],
  [404, "UnknownError"],
];

describe("the end of an exception", () => {
  it.each(DOWN)("comes though PIM answers %i, to this process or to one just started", async (status, code) => {
    const { tenant, governed } = small;
    const restarted = small.open();
    for (const [index, connector] of [small.connector, restarted].entries()) {
      delete tenant.pim.down;
      const order = small.orderFor(small.person(`kim-${index}`));
      const outcome = await small.connector.grant(order);
      expect(outcome).toHaveProperty("nativeExpiry");
      tenant.pim.down = new Refusal(status, code, "Not now.");
      expect(await connector.revoke(order)).toEqual({ outcome: "removed" });
      expect(membersOf(tenant, governed[0]!.poolId)).toEqual(new Set());
      expect(membersOf(tenant, outcome.outcome === "applied" ? outcome.object : "")).toEqual(new Set());
      expect(await connector.read(order)).toMatchObject({ configured: false, effective: false });
    }
    await restarted.close();
  });
});

describe("the beginning of an exception", () => {
  it("waits for PIM to hear of a group made a moment ago", async () => {
    small.tenant.pim.ordersUnknown = 2;
    const order = small.orderFor(small.person("kim"));
    expect(await small.connector.grant(order)).toMatchObject({ outcome: "applied", nativeExpiry: order.validUntil });
  });

  const refusals: readonly [string, Refusal][] = [
    ["does not hear of the group in time", new Refusal(400, "SubjectNotFound", "The subject is not found.")],
    ["knows of no such thing", new Refusal(404, "ResourceNotFound", "The resource is not found.")],
    ["finds an order invalid", new Refusal(400, "InvalidRoleAssignmentRequest", "The role assignment request is invalid.")],
    ["has a policy against it", new Refusal(400, "RoleAssignmentRequestPolicyValidationFailed", 'Failed: ["MfaRule"]')],
    ["has no licence any more", new Refusal(403, "AccessDenied", "The tenant needs a Microsoft Entra ID Governance licence.")],
  ];

  it.each(refusals)("comes without an end of Entra ID's own where PIM %s, and PIM is asked anew the next time", async (_, refusal) => {
    const { connector, tenant } = small;
    expect(await connector.grant(small.orderFor(small.person("before")))).toHaveProperty("nativeExpiry");
    tenant.pim.refuses.set("adminAssign", refusal);
    const order = small.orderFor(small.person("kim"), "PT4H", "EXC-2026-0002");
    const outcome = await connector.grant(order);
    expect(outcome.outcome).toBe("applied");
    expect(outcome).not.toHaveProperty("nativeExpiry");
    expect(await connector.read(order)).toMatchObject({ configured: true, effective: true });
    tenant.hasPim = false;
    expect((await connector.capabilities()).nativeExpiry).toBe(false);
  });
});

async function granted(minutesBefore: number) {
  const { clock, connector } = small;
  const order = small.orderFor(small.person("kim"));
  await connector.grant(order);
  clock.set(addDuration(clock.now(), duration(`PT${minutesBefore}M`)));
  return { order, longer: { ...order, validUntil: addDuration(clock.now(), duration("P300D")) } };
}

describe("an exception made longer than PIM allows", () => {
  it("is not ended by PIM on the old date", async () => {
    const { order, longer } = await granted(10);
    small.tenant.pim.removalsWait = 3;
    const outcome = await small.connector.grant(longer);
    expect(outcome.outcome).toBe("applied");
    expect(outcome).not.toHaveProperty("nativeExpiry");
    small.clock.set(addDuration(order.validUntil, duration("PT1H")));
    expect(await small.connector.read(longer)).toMatchObject({ configured: true, effective: true });
  });

  it("is said to end on the old date, where PIM will not give it up", async () => {
    const { order, longer } = await granted(1);
    expect(await small.connector.grant(longer)).toMatchObject({ outcome: "applied", nativeExpiry: order.validUntil });
    small.clock.set(addDuration(order.validUntil, duration("PT1H")));
    expect(await small.connector.read(longer)).toMatchObject({ configured: false });
  });
});
