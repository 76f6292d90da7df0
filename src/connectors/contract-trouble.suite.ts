import { inspect } from "node:util";

import { expect } from "vitest";

import { collect, type Kit } from "./contract-harness.suite.ts";

/** A provider that is down, cut off, silent or unwilling. */
export function testTrouble(kit: Kit): void {
  const { errors, faultOf, found, foundFor, it, orderFor, policies } = kit;

  it("says unreachable while it is down, has done nothing by half, and works again when it is back", async (harness) => {
    for (const policy of policies) {
      const order = await orderFor(policy);
      const { connector } = harness;
      const attempts = [() => connector.grant(order), () => connector.read(order), () => found(), () => connector.revoke(order)];
      await harness.down();
      try {
        for (const work of attempts) {
          expect((await faultOf(work)).kind).toBe("unreachable");
        }
        expect((await harness.connector.health()).reachable).toBe(false);
      } finally {
        await harness.up();
      }
      expect(await harness.connector.read(order)).toMatchObject({ configured: false, effective: false });
      expect((await harness.connector.grant(order)).outcome).toBe("applied");
      expect(await harness.connector.revoke(order)).toEqual({ outcome: "removed" });
    }
  });

  it("breaks off a reading that was cut, rather than giving half of it as the whole", async (harness, beyond) => {
    const { network } = harness;
    if (network === undefined) return beyond("there is no network on the way to the provider");
    const reading = harness.connector.discover()[Symbol.asyncIterator]();
    expect((await reading.next()).done).toBe(false);
    network.cut();
    const rest = async () => {
      while ((await reading.next()).done !== true);
    };
    const fault = await faultOf(() => rest()).finally(() => network.heal());
    expect(fault.kind).toBe("unreachable");
    expect((await found()).length).toBe(harness.planted.length);
  });

  it("says timeout when nothing is answered", async (harness, beyond) => {
    const { network } = harness;
    if (network === undefined) return beyond("there is no network on the way to the provider");
    const order = await orderFor(policies[0]!);
    network.stall();
    try {
      expect((await faultOf(() => harness.connector.read(order))).kind).toBe("timeout");
      expect((await faultOf(() => found())).kind).toBe("timeout");
    } finally {
      network.heal();
    }
    expect((await harness.connector.read(order)).effective).toBe(false);
  });

  it("finishes by repetition a grant and a revocation that were cut off anywhere", async (harness, beyond) => {
    const { network } = harness;
    if (network === undefined) return beyond("there is no network on the way to the provider");
    for (const policy of policies) {
      for (const bytes of [0, 600, 1200, 2400]) {
        const order = await orderFor(policy);
        const steps = [
          { work: () => harness.connector.grant(order), here: true },
          { work: () => harness.connector.revoke(order), here: false },
        ];
        for (const { work, here } of steps) {
          network.cutAfter(bytes);
          await work().catch((error: unknown) => errors.push(error));
          network.heal();
          expect((await work()).outcome).not.toBe("not_supported");
          expect(await foundFor(order.subject)).toHaveLength(here ? 1 : 0);
          expect(await harness.connector.read(order)).toMatchObject({ configured: here, effective: here });
        }
      }
    }
  });

  it("says denied when a permission is missing, and names it", async (harness, beyond) => {
    if (harness.withReadOnlyAccount === undefined) return beyond("the provider knows no rights");
    const limited = harness.withReadOnlyAccount();
    for (const policy of policies) {
      const order = await orderFor(policy);
      expect((await faultOf(() => limited.grant(order))).kind).toBe("denied");
      expect(await harness.connector.read(order)).toMatchObject({ configured: false, effective: false });
    }
    const { reachable, permissions } = await limited.health();
    expect(reachable).toBe(true);
    expect(permissions.some(({ held }) => held === false)).toBe(true);
    await limited.close();
  });

  it("never shows a secret in an error", async (harness, beyond) => {
    if (harness.withSecret === undefined) return beyond("the provider needs no secret");
    const wrong = "wrong-but-still-secret-7c1f";
    const refusedConnector = harness.withSecret(wrong);
    expect((await faultOf(() => collect(refusedConnector.discover()))).kind).toBe("denied");
    const health = await refusedConnector.health();
    expect(health.reachable).toBe(false);
    await refusedConnector.close();
    const shown = inspect([...errors, health], { depth: 20, showHidden: true });
    expect(errors.length).toBeGreaterThan(0);
    for (const secret of [...harness.secrets, wrong]) expect(shown).not.toContain(secret);
  });
}
