/** Logs of a busy tenant: each line is read once, or again for a short time only, and what was read is never lost. */
import { afterEach, describe, expect, it } from "vitest";

import { addMember } from "../../../test/support/graph/memberships.ts";
import { audit } from "../../../test/support/graph/tenant.ts";
import { addDuration, duration } from "../../kernel/time.ts";
import type { Page } from "../port.ts";
import { openTenant, type SmallTenant } from "./small-tenant.suite.ts";

const BY_HAND = { user: { id: "1", userPrincipalName: "admin@postern.test" } };
let small: SmallTenant;

afterEach(() => small.close());

/** Of other objects than the governed ones. */
function makeNoise(lines: number, every = "PT0S"): void {
  const { clock, tenant } = small;
  for (let n = 0; n < lines; n++) {
    clock.set(addDuration(clock.now(), duration(every)));
    audit(tenant, BY_HAND, "Update group", [{ id: "payroll", type: "Group", displayName: "payroll" }]);
  }
}

function putIn(name: string): void {
  addMember(small.tenant, small.governed[0]!.poolId, small.person(name).key, BY_HAND);
}

const changes = (cursor: string | undefined) => small.connector.changes(cursor);

/** How many requests for a log it took. */
async function requestsOf(log: string, work: () => Promise<unknown>): Promise<number> {
  const before = small.graph.requests.length;
  await work();
  return small.graph.requests.slice(before).filter(({ path }) => path.endsWith(log)).length;
}

async function all<T>(read: (cursor: string | undefined) => Promise<Page<T>>, cursor?: string): Promise<Page<T>> {
  const items: T[] = [];
  for (let page = await read(cursor); ; page = await read(page.cursor)) {
    items.push(...page.items);
    if (!page.more) return { ...page, items };
  }
}

describe("the audit log of a tenant in which little that is governed changes", () => {
  it("is not read again from the last line that mattered", async () => {
    small = await openTenant();
    makeNoise(60, "PT10M");
    const { cursor, items } = await all(changes);
    expect(items).toEqual([]);
    expect(cursor).not.toBe("");
    // Two hours of lines in pages of three.
    expect(await requestsOf("directoryAudits", () => all(changes, cursor))).toBeLessThanOrEqual(5);
  });

  it("is read in stretches, each of which is kept, by one request a page", async () => {
    small = await openTenant({ pageSize: 999 }, { pageSize: 999 });
    putIn("early");
    makeNoise(5000);
    putIn("late");
    const first = await small.connector.changes(undefined);
    expect(first.more).toBe(true);
    expect(first.items).toHaveLength(1);
    const restarted = small.open();
    let rest: readonly unknown[] = [];
    const requests = await requestsOf("directoryAudits", async () => {
      ({ items: rest } = await all((cursor) => restarted.changes(cursor), first.cursor));
    });
    expect(rest).toMatchObject([{ subject: { name: "late@postern.test" } }]);
    expect(requests).toBe(3);
    await restarted.close();
  });

  it("is taken up again without losing or repeating a line, where Graph has forgotten the page", async () => {
    small = await openTenant({ pageSize: 999 }, { pageSize: 999 });
    putIn("early");
    makeNoise(3500);
    putIn("late");
    const { cursor } = await small.connector.changes(undefined);
    const forgotten = cursor.replace(/skiptoken=[0-9a-f-]+/, "skiptoken=forgotten");
    expect(forgotten).not.toBe(cursor);
    expect((await all(changes, forgotten)).items).toMatchObject([{ subject: { name: "late@postern.test" } }]);
  });

  it("still gives a line that appears an hour late", async () => {
    small = await openTenant();
    const { clock, tenant } = small;
    putIn("late");
    const [late] = tenant.audits.splice(-1);
    clock.set(addDuration(clock.now(), duration("PT1H")));
    makeNoise(1);
    const { cursor } = await all(changes);
    tenant.audits.unshift(late!);
    const { items, cursor: after } = await all(changes, cursor);
    expect(items).toMatchObject([{ subject: { name: "late@postern.test" } }]);
    expect((await all(changes, after)).items).toEqual([]);
  });
});

it("reads many sign-ins of a quarter of an hour once, by one request a page", async () => {
  small = await openTenant({ pageSize: 100 }, { pageSize: 100 });
  for (let n = 0; n < 2000; n++)
    small.tenant.signIns.push({ id: `s-${n}`, createdDateTime: small.clock.now(), userId: "u", status: { errorCode: 0 } });
  let given: readonly { readonly id: string }[] = [];
  const requests = await requestsOf("signIns", async () => {
    ({ items: given } = await all((cursor) => small.connector.signIns(cursor)));
  });
  expect(new Set(given.map(({ id }) => id)).size).toBe(2000);
  expect(given).toHaveLength(2000);
  expect(requests).toBe(20);
});
