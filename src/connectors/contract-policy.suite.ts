import { expect } from "vitest";

import { addDuration, duration, type Instant } from "../kernel/time.ts";
import type { Kit } from "./contract-harness.suite.ts";
import type { Connector } from "./port.ts";

/** One order: granted, read back, taken away. */
export function testGrants(kit: Kit, policy: string): void {
  const { foundFor, it, orderFor } = kit;

  it("grants once however often it is told to, and reads back what it did", async (harness) => {
    const order = await orderFor(policy);
    const before = await harness.connector.read(order);
    expect(before).toMatchObject({ configured: false, effective: false, otherWays: [] });
    const outcomes = await Promise.all([harness.connector.grant(order), harness.connector.grant(order)]);
    outcomes.push(await harness.connector.grant(order));
    for (const outcome of outcomes) expect(outcome.outcome).toBe("applied");
    expect(await harness.connector.read(order)).toMatchObject({ configured: true, effective: true, otherWays: [] });
    const seen = await foundFor(order.subject);
    expect(seen).toMatchObject([{ policy, grantRef: order.ref, subject: { key: order.subject.key } }]);
    expect(await harness.connector.revoke(order)).toEqual({ outcome: "removed" });
    expect(await harness.connector.read(order)).toMatchObject({ configured: false, effective: false, otherWays: [] });
    expect(await foundFor(order.subject)).toEqual([]);
  });

  it("says already absent only of what is", async (harness) => {
    const order = await orderFor(policy);
    expect(await harness.connector.revoke(order)).toEqual({ outcome: "already_absent" });
    await harness.connector.grant(order);
    expect(await harness.connector.revoke(order)).toEqual({ outcome: "removed" });
    expect(await harness.connector.revoke(order)).toEqual({ outcome: "already_absent" });
    expect((await harness.connector.read(order)).configured).toBe(false);
  });

  it("never lets the provider's own expiry be later than the end of the grant", async (harness, beyond) => {
    const { nativeExpiry } = await harness.connector.capabilities();
    const order = await orderFor(policy);
    const outcome = await harness.connector.grant(order);
    expect(outcome.outcome).toBe("applied");
    const expiry: Instant | undefined = outcome.outcome === "applied" ? outcome.nativeExpiry : undefined;
    await harness.connector.revoke(order);
    if (expiry !== undefined) {
      expect(nativeExpiry).toBe(true);
      expect(expiry > order.validFrom && expiry <= order.validUntil).toBe(true);
    } else beyond(`${policy} has no expiry of the provider's own here`);
  });

  it("follows an end that was moved nearer or further", async (harness) => {
    const order = await orderFor(policy);
    await harness.connector.grant(order);
    for (const hours of ["PT1H", "PT9H"]) {
      const moved = { ...order, validUntil: addDuration(order.validFrom, duration(hours)) };
      const outcome = await harness.connector.grant(moved);
      expect(outcome.outcome).toBe("applied");
      const expiry = outcome.outcome === "applied" ? outcome.nativeExpiry : undefined;
      if (expiry !== undefined) expect(expiry <= moved.validUntil).toBe(true);
      expect(await harness.connector.read(moved)).toMatchObject({ configured: true, effective: true });
    }
    expect(await harness.connector.revoke(order)).toEqual({ outcome: "removed" });
  });

  it("does not open for an order that arrives after its end", async (harness) => {
    const order = await orderFor(policy);
    const late = { ...order, validUntil: order.validFrom };
    expect((await harness.connector.grant(late)).outcome).toBe("not_supported");
    expect(await harness.connector.read(order)).toMatchObject({ configured: false, effective: false });
  });
}

/** Several ways through the same gate. */
export function testOverlaps(kit: Kit, policy: string): void {
  const { foundFor, it, orderFor } = kit;

  it("ends one exception without ending another's, and names the other", async (harness) => {
    const first = await orderFor(policy);
    const second = await orderFor(policy, first.subject);
    await harness.connector.grant(first);
    await harness.connector.grant(second);
    expect((await harness.connector.read(first)).otherWays).toMatchObject([{ grantRef: second.ref }]);
    expect(await harness.connector.revoke(first)).toEqual({ outcome: "removed" });
    expect(await harness.connector.read(first)).toMatchObject({
      configured: false,
      effective: true,
      otherWays: [{ grantRef: second.ref }],
    });
    expect(await harness.connector.read(second)).toMatchObject({ configured: true, effective: true, otherWays: [] });
    await harness.connector.revoke(second);
    expect(await harness.connector.read(second)).toMatchObject({ configured: false, effective: false, otherWays: [] });
  });

  it("ends an exception for one subject without ending it for the others it covers", async (harness) => {
    const first = await orderFor(policy);
    const second = { ...first, subject: await harness.freshPerson() };
    await harness.connector.grant(first);
    await harness.connector.grant(second);
    expect(await harness.connector.revoke(first)).toEqual({ outcome: "removed" });
    expect(await harness.connector.read(first)).toMatchObject({ configured: false, effective: false });
    expect(await harness.connector.read(second)).toMatchObject({ configured: true, effective: true });
    expect(await harness.connector.revoke(second)).toEqual({ outcome: "removed" });
    expect(await foundFor(second.subject)).toEqual([]);
  });

  it("shows a bypass made by hand as nobody's, names it as another way, and removes it", async (harness) => {
    const order = await orderFor(policy);
    await harness.bypassByHand(policy, order.subject);
    const [bypass, ...more] = await foundFor(order.subject);
    expect(more).toEqual([]);
    expect(bypass).toMatchObject({ policy, subject: { key: order.subject.key } });
    expect(bypass?.grantRef).toBeUndefined();
    const read = await harness.connector.read(order);
    expect(read).toMatchObject({ configured: false, effective: true });
    expect(read.otherWays.map(({ key }) => key)).toEqual([bypass!.key]);
    expect(read.otherWays[0]?.grantRef).toBeUndefined();
    expect(await harness.connector.remove(bypass!)).toEqual({ outcome: "removed" });
    expect(await harness.connector.remove(bypass!)).toEqual({ outcome: "already_absent" });
    expect(await foundFor(order.subject)).toEqual([]);
    expect(await harness.connector.read(order)).toMatchObject({ configured: false, effective: false, otherWays: [] });
  });
}

/** Administrators, and instances of ours, that work on the same objects. */
export function testOthersAtWork(kit: Kit, policy: string): void {
  const { foundFor, it, orderFor } = kit;

  it("is not misled when its grant was undone by hand, or its subject is gone", async (harness) => {
    const order = await orderFor(policy);
    await harness.connector.grant(order);
    await harness.undoByHand(order);
    expect((await harness.connector.read(order)).configured).toBe(false);
    await harness.connector.grant(order);
    expect(await harness.connector.read(order)).toMatchObject({ configured: true, effective: true });
    await harness.deletePerson(order.subject);
    const read = await harness.connector.read(order);
    expect(read.effective).not.toBe(true);
    expect((await harness.connector.revoke(order)).outcome).not.toBe("not_supported");
    expect((await harness.connector.read(order)).configured).toBe(false);
    expect((await harness.connector.grant(order)).outcome).toBe("not_supported");
    expect(await foundFor(order.subject)).toEqual([]);
  });

  it("tells changes made behind its back from its own, with who made them, and resumes after a restart", async (harness) => {
    const { changes } = await harness.connector.capabilities();
    const start = await toTheEnd(harness.connector, undefined);
    if (!changes) {
      expect(start.items).toEqual([]);
      return;
    }
    const order = await orderFor(policy);
    const afterPerson = await toTheEnd(harness.connector, start.cursor);
    await harness.connector.grant(order);
    const own = await until(harness.connector, afterPerson.cursor, (items) => items.length > 0);
    expect(own.items.every(({ ours }) => ours)).toBe(true);
    const other = await harness.freshPerson();
    await harness.bypassByHand(policy, other);
    const again = harness.reopen();
    const theirs = await until(again, own.cursor, (items) => items.some(({ subject, ours }) => !ours && subject?.key === other.key));
    expect(theirs.items.filter(({ ours }) => !ours).map(({ by }) => by)).toContain(harness.administrator);
    expect((await toTheEnd(again, theirs.cursor)).items).toEqual([]);
    const repeated = await toTheEnd(again, own.cursor);
    expect(repeated.items).toEqual(theirs.items);
    for (const bypass of await foundFor(other)) await again.remove(bypass);
    await again.revoke(order);
    await again.close();
  });

  it("goes on where another instance stopped", async (harness) => {
    const order = await orderFor(policy);
    await harness.connector.grant(order);
    const again = harness.reopen();
    expect((await again.grant(order)).outcome).toBe("applied");
    expect(await again.read(order)).toMatchObject({ configured: true, effective: true });
    expect(await again.revoke(order)).toEqual({ outcome: "removed" });
    await again.close();
    expect(await harness.connector.revoke(order)).toEqual({ outcome: "already_absent" });
  });
}

type Changes = Awaited<ReturnType<Connector["changes"]>>;

/** Reads pages until there is nothing more now. */
async function toTheEnd(connector: Connector, cursor: string | undefined): Promise<Changes> {
  const items = [];
  for (let page = await connector.changes(cursor); ; page = await connector.changes(page.cursor)) {
    items.push(...page.items);
    if (!page.more) return { ...page, items };
  }
}

/** Reads again until the log shows what was waited for: logs may lag behind. Gives up by the test's own time limit. */
async function until(connector: Connector, cursor: string, there: (items: Changes["items"]) => boolean): Promise<Changes> {
  for (;;) {
    const read = await toTheEnd(connector, cursor);
    if (there(read.items)) return read;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
