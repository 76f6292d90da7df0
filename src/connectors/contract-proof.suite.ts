import { inspect } from "node:util";

import { expect } from "vitest";

import { addDuration } from "../kernel/time.ts";
import { collect, type Kit } from "./contract-harness.suite.ts";

/** What the provider itself says of one policy, beside what the connector says. */
export function testProof(kit: Kit, policy: string): void {
  const { foundFor, it, orderFor } = kit;

  it("lets in and keeps out as the provider itself sees it", async ({ connector, letsThrough }, beyond) => {
    if (letsThrough === undefined) return beyond("the provider cannot be asked without the connector");
    const order = await orderFor(policy);
    const other = await orderFor(policy);
    expect(await letsThrough(policy, order.subject)).toBe(false);
    await connector.grant(order);
    expect(await letsThrough(policy, order.subject)).toBe(true);
    expect(await letsThrough(policy, other.subject)).toBe(false);
    await connector.revoke(order);
    expect(await letsThrough(policy, order.subject)).toBe(false);
  });

  it("grants once when two instances are told at the same time, and takes away once", async (harness) => {
    const { connector } = harness;
    const order = await orderFor(policy);
    const again = harness.reopen();
    for (const outcome of await Promise.all([connector.grant(order), again.grant(order)])) expect(outcome.outcome).toBe("applied");
    expect(await foundFor(order.subject)).toHaveLength(1);
    const outcomes = await Promise.all([connector.revoke(order), again.revoke(order)]);
    expect(outcomes.map(({ outcome }) => outcome)).not.toContain("not_supported");
    for (const one of [connector, again]) {
      expect(await one.read(order)).toMatchObject({ configured: false, effective: false, otherWays: [] });
    }
    await again.close();
    expect(await foundFor(order.subject)).toEqual([]);
  });

  it("is closed after its end by the provider alone, where the provider has an expiry", async ({
    connector,
    clock,
    expiry,
    letsThrough,
  }, beyond) => {
    const { nativeExpiry } = await connector.capabilities();
    if (!nativeExpiry) return beyond("the connector declares no expiry of the provider's own");
    if (expiry === undefined) return beyond("the provider's time cannot be moved here");
    const order = await orderFor(policy);
    const short = { ...order, validUntil: addDuration(clock.now(), expiry.term) };
    const outcome = await connector.grant(short);
    if (outcome.outcome === "applied" && outcome.nativeExpiry === undefined) {
      await connector.revoke(short);
      return beyond(`${policy} has no expiry of the provider's own here`);
    }
    expect(await connector.read(short)).toMatchObject({ configured: true, effective: true });
    await expiry.pass(short.validUntil);
    expect(await connector.read(short)).toMatchObject({ effective: false });
    if (letsThrough !== undefined) expect(await letsThrough(policy, order.subject)).toBe(false);
    expect(await foundFor(order.subject)).toEqual([]);
    expect((await connector.revoke(short)).outcome).not.toBe("not_supported");
    expect(await connector.read(short)).toMatchObject({ configured: false, effective: false });
  });
}

/** What it says plainly, and what it never says. */
export function testPlainness(kit: Kit): void {
  const { found, it, orderFor, policies } = kit;

  it("says that it does not govern a policy that is not configured, and changes nothing", async ({ connector }) => {
    const order = await orderFor("no-such-policy");
    const before = (await found()).map(({ key }) => key).sort();
    expect(await connector.refusesSubject(order.policy, order.subject)).toContain("no-such-policy");
    for (const outcome of [await connector.grant(order), await connector.revoke(order)]) {
      expect(outcome).toMatchObject({ outcome: "not_supported", reason: expect.stringContaining("no-such-policy") as string });
    }
    expect(await connector.read(order)).toMatchObject({ configured: false, effective: "unknown" });
    expect((await found()).map(({ key }) => key).sort()).toEqual(before);
  });

  it("refuses a cursor it never gave, rather than losing or repeating changes in silence", async ({ connector }, beyond) => {
    const { changes } = await connector.capabilities();
    if (!changes) return beyond("the connector declares no changes");
    await expect(connector.changes("never-given")).rejects.toMatchObject({ name: "ProviderFault", kind: "fault" });
  });

  it("finds a subject by every name a person would type", async ({ connector, typed }, beyond) => {
    if (typed === undefined) return beyond("the provider gives its accounts one name only");
    for (const name of typed.names) expect((await connector.findSubject(name))?.key, name).toBe(typed.key);
  });

  it("says since when a bypass exists only of the past, and calls nothing ours that is not", async ({ clock }) => {
    const now = clock.now();
    for (const { key, since, grantRef, evidence } of await found()) {
      if (since !== undefined) expect(since <= now, key).toBe(true);
      expect(grantRef, key).toBeUndefined();
      expect(Object.keys(evidence).length, key).toBeGreaterThan(0);
    }
  });

  it("never shows a secret in anything it answers", async (harness, beyond) => {
    const { connector, secrets } = harness;
    if (harness.withSecret === undefined) return beyond("the provider needs no secret");
    const order = await orderFor(policies[0]!);
    const answers: unknown[] = [
      await connector.grant(order),
      await connector.read(order),
      await found(),
      await collect(connector.people()),
    ];
    answers.push(await connector.changes(undefined), await connector.signIns(undefined), await connector.endSessions(order.subject));
    answers.push(await connector.health(), await connector.capabilities(), await connector.revoke(order));
    const shown = inspect(answers, { depth: 20, maxArrayLength: 10_000, maxStringLength: 100_000 });
    expect(shown).toContain(order.subject.name);
    for (const secret of secrets) expect(shown).not.toContain(secret);
  });
}
