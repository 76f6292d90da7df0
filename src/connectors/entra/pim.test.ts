/** PIM is the second lock: whatever becomes of it, an exception begins and ends on its day. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { membersOf } from "../../../test/support/graph/memberships.ts";
import { Refusal } from "../../../test/support/graph/tenant.ts";
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
