/** What Entra ID punishes, or keeps from view: each is a trap that somebody fell into. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { addMember, lagFor, membersOf } from "../../../test/support/graph/memberships.ts";
import { PIM } from "../../../test/support/graph/pim.ts";
import { type GraphServer, type GraphSettings, startGraph } from "../../../test/support/graph/server.ts";
import { audit, createGroup, createRole, createUser, type Json } from "../../../test/support/graph/tenant.ts";
import { addDuration, duration } from "../../kernel/time.ts";
import { collect } from "../contract-harness.suite.ts";
import { createRateLimiter } from "../http/limiter.ts";
import type { Connector, GrantOrder, ProviderSubject } from "../port.ts";
import { createEntraConnector } from "./connector.ts";
import { leaveOut, prepareTenant, type Prepared } from "./harness.suite.ts";

const BY_HAND = { user: { id: "1", userPrincipalName: "admin@postern.test" } };

let prepared: Prepared;
let graph: GraphServer;
let connector: Connector;

async function start(given: Record<string, unknown> = {}, server: Partial<GraphSettings> = {}): Promise<void> {
  prepared = prepareTenant();
  graph = await startGraph(prepared.tenant, server);
  connector = open(given);
}

function open(given: Record<string, unknown> = {}): Connector {
  const surroundings = { now: () => prepared.clock.now(), limiter: createRateLimiter(10_000), firstPauseMs: 5 };
  return createEntraConnector(prepared.settings(graph.port, { timeoutMs: 30_000, ...given }), surroundings);
}

beforeEach(() => start());
afterEach(async () => {
  await connector.close();
  await graph.stop();
});

function person(name: string): ProviderSubject {
  const { id, userPrincipalName } = createUser(prepared.tenant, name);
  return { kind: "user", key: id, name: userPrincipalName };
}

function orderFor(subject: ProviderSubject, term = "PT4H"): GrantOrder {
  const now = prepared.clock.now();
  return { ref: "EXC-2026-0001", policy: "everyone", subject, validFrom: now, validUntil: addDuration(now, duration(term)) };
}

describe("nothing but memberships of groups is ever taken away", () => {
  it("sends no DELETE without /$ref, though the application may delete people, and writes no policy", async () => {
    const { tenant, app, governed } = prepared;
    app.roles = [...app.roles, "User.ReadWrite.All", "Directory.ReadWrite.All", "Policy.ReadWrite.ConditionalAccess"];
    const order = orderFor(person("kim"));
    const stray = person("stray");
    const loose = createGroup(tenant, { displayName: "loose" });
    for (const id of [stray.key, loose.id]) addMember(tenant, governed[0]!.poolId, id, BY_HAND);
    const [users, groups] = [tenant.users.size, tenant.groups.size];
    await connector.grant(order);
    await connector.grant({ ...order, ref: "EXC-2026-0002" });
    await connector.revoke(order);
    await connector.revoke(order);
    for (const bypass of await collect(connector.discover())) await connector.remove(bypass);
    const sent = graph.requests.filter(({ method }) => method !== "GET");
    const deleted = sent.filter(({ method }) => method === "DELETE");
    expect(deleted.length).toBeGreaterThan(4);
    for (const { path } of deleted) expect(path).toMatch(/^\/v1\.0\/groups\/[0-9a-f-]{36}\/members\/[0-9a-f-]{36}\/\$ref$/);
    expect(
      sent.filter(({ method, path }) => path.includes("conditionalAccess/policies") || method === "PATCH" || method === "PUT"),
    ).toEqual([]);
    expect([tenant.users.size, tenant.groups.size]).toEqual([users, groups + 2]);
    expect(membersOf(tenant, governed[0]!.poolId)).toEqual(new Set());
  });

  it("takes nobody out of a group that is none of Postern's, whatever the key of a bypass says", async () => {
    const { tenant, governed } = prepared;
    const member = person("member");
    const other = createGroup(tenant, { displayName: "payroll" });
    addMember(tenant, other.id, member.key, BY_HAND);
    const bypass = {
      form: "governed_group_member",
      policy: "everyone",
      subject: member,
      object: other.id,
      critical: false,
      evidence: {},
    } as const;
    expect(await connector.remove({ ...bypass, key: `member:everyone:${other.id}:${member.key}` })).toMatchObject({
      outcome: "not_supported",
    });
    const outward = `member:everyone:${governed[0]!.poolId}:..%2F..%2Fusers%2F${member.key}`;
    await expect(connector.remove({ ...bypass, key: outward })).rejects.toMatchObject({ name: "ProviderFault", kind: "fault" });
    expect(membersOf(tenant, other.id)).toContain(member.key);
    expect(graph.requests.filter(({ method }) => method === "DELETE")).toEqual([]);
  });
});

describe("closed takes both proofs", () => {
  it("does not say removed while Entra ID still shows the grant, nor closed while either proof is old", async () => {
    const order = orderFor(person("slow"));
    await connector.grant(order);
    lagFor(prepared.tenant, 1000);
    await expect(connector.revoke(order)).rejects.toMatchObject({ kind: "timeout" });
    expect(await connector.read(order)).toMatchObject({ configured: true, effective: "unknown" });
    lagFor(prepared.tenant, 0);
    expect(await connector.read(order)).toMatchObject({ configured: false, effective: false });
  });

  it("waits for a change to be shown, as long as it may take", async () => {
    await connector.close();
    connector = open({ settleMs: 10_000 });
    const order = orderFor(person("patient"));
    lagFor(prepared.tenant, 4);
    expect((await connector.grant(order)).outcome).toBe("applied");
    expect(await connector.read(order)).toMatchObject({ configured: true, effective: true });
  });

  it("reads the policy itself where Entra ID may not be asked, and says so", async () => {
    prepared.tenant.canEvaluate = false;
    const order = orderFor(person("by-reading"));
    expect(await connector.read(order)).toMatchObject({
      effective: false,
      evidence: { verdict: expect.stringContaining("as Postern reads") as string },
    });
    await connector.grant(order);
    expect(await connector.read(order)).toMatchObject({ configured: true, effective: true });
    policyOf(0)["conditions"] = { ...(policyOf(0)["conditions"] as Json), signInContextsOfTomorrow: ["x"] };
    expect((await connector.read(orderFor(person("unclear")))).effective).toBe("unknown");
  });

  it.each(["disabled", "enabledForReportingButNotEnforced"])("calls nobody held by a policy that is %s", async (state) => {
    policyOf(0)["state"] = state;
    for (const canEvaluate of [true, false]) {
      prepared.tenant.canEvaluate = canEvaluate;
      expect(await connector.read(orderFor(person(`anybody-${String(canEvaluate)}`)))).toMatchObject({
        configured: false,
        effective: true,
      });
    }
    const found = await collect(connector.discover());
    expect(found.filter(({ form, policy }) => form === "policy_not_enforced" && policy === "everyone")).toHaveLength(1);
  });

  it("calls it unknown when the policy is gone, or in a state nobody knows", async () => {
    policyOf(0)["state"] = "somewhat";
    expect((await connector.read(orderFor(person("one")))).effective).toBe("unknown");
    prepared.tenant.policies.delete(prepared.governed[0]!.policyId);
    expect((await connector.read(orderFor(person("two")))).effective).toBe("unknown");
    expect((await collect(connector.discover())).map(({ key }) => key)).toContain(`policy:${prepared.governed[0]!.policyId}:gone`);
  });

  it("sees who gets through by a group or a role that the policy leaves out, under the keys that discovery gives", async () => {
    const { tenant, governed } = prepared;
    const [grouped, holder] = [person("grouped"), person("holder")];
    const [inner, outer] = [createGroup(tenant, { displayName: "inner" }), createGroup(tenant, { displayName: "outer" })];
    addMember(tenant, inner.id, grouped.key, BY_HAND);
    addMember(tenant, outer.id, inner.id, BY_HAND);
    const template = "62e90394-69f5-4237-9190-012177145e10";
    createRole(tenant, template, "Global Administrator", [holder.key]);
    leaveOut(tenant, governed[0]!.policyId, "excludeGroups", outer.id);
    leaveOut(tenant, governed[0]!.policyId, "excludeRoles", template);
    const keys = (await collect(connector.discover())).map(({ key }) => key);
    for (const subject of [grouped, holder]) {
      const read = await connector.read(orderFor(subject));
      expect(read).toMatchObject({ configured: false, effective: true });
      expect(read.otherWays).toHaveLength(1);
      expect(keys).toContain(read.otherWays[0]!.key);
    }
  });
});

describe("exceptions for groups", () => {
  it("lets a group's people through and holds them again, and names the grant as the way of each", async () => {
    const { tenant } = prepared;
    const { id, displayName } = createGroup(tenant, { displayName: "crew" });
    const member = person("crew-member");
    addMember(tenant, id, member.key, BY_HAND);
    const order = orderFor({ kind: "group", key: id, name: displayName });
    expect((await connector.grant(order)).outcome).toBe("applied");
    expect(await connector.read(order)).toMatchObject({ configured: true, effective: true, otherWays: [] });
    expect(await connector.read({ ...orderFor(member), ref: "EXC-2026-0009" })).toMatchObject({
      configured: false,
      effective: true,
      otherWays: [{ grantRef: order.ref }],
    });
    await connector.revoke(order);
    for (const subject of [order.subject, member]) {
      expect(await connector.read({ ...order, subject })).toMatchObject({ configured: false, effective: false });
    }
    expect(await connector.endSessions(order.subject)).toMatchObject({ ended: true });
    expect(tenant.sessionsRevoked).toEqual([member.key]);
  });
});

describe("what an administrator has to set up", () => {
  it("grants nothing where the policy does not exclude the pool, which would let nobody through", async () => {
    const users = (policyOf(0)["conditions"] as { users: Json }).users;
    users["excludeGroups"] = [];
    const outcome = await connector.grant(orderFor(person("kim")));
    expect(outcome).toMatchObject({ outcome: "not_supported", reason: expect.stringContaining("does not exclude the group") as string });
    expect((await connector.health()).words).toContain("everyone: the policy does not exclude the pool");
    expect((await connector.health()).words).toContain("1 of 2 governed policies");
  });

  it.each([{ isAssignableToRole: true }, { groupTypes: ["DynamicMembership"] }, { onPremisesSyncEnabled: true }, { mailEnabled: true }])(
    "grants nothing through a pool that is no good: %j",
    async (flaw) => {
      const { tenant, governed } = prepared;
      const pool = tenant.groups.get(governed[0]!.poolId)!;
      tenant.groups.set(pool.id, { ...pool, ...flaw });
      expect(await connector.grant(orderFor(person("kim")))).toMatchObject({ outcome: "not_supported" });
    },
  );

  it("ends an exception though PIM is there no more", async () => {
    const order = orderFor(person("kim"));
    expect(await connector.grant(order)).toHaveProperty("nativeExpiry");
    prepared.tenant.hasPim = false;
    expect(await connector.revoke(order)).toEqual({ outcome: "removed" });
    expect(await connector.read(order)).toMatchObject({ configured: false, effective: false });
    const outcome = await connector.grant(order);
    expect(outcome.outcome).toBe("applied");
    expect(outcome).not.toHaveProperty("nativeExpiry");
  });

  it("keeps an exception that is longer than PIM allows, without PIM's end", async () => {
    const outcome = await connector.grant(orderFor(person("long"), "P300D"));
    expect(outcome.outcome).toBe("applied");
    expect(outcome).not.toHaveProperty("nativeExpiry");
  });
});

describe("drift", () => {
  it("tells who changed a governed policy, a pool, a group of ours by PIM, and a group that a policy leaves out, and nothing else", async () => {
    const { tenant, governed } = prepared;
    const order = orderFor(person("kim"));
    const outcome = await connector.grant(order);
    const own = outcome.outcome === "applied" ? outcome.object : "";
    const leftOut = createGroup(tenant, { displayName: "left out" });
    leaveOut(tenant, governed[1]!.policyId, "excludeGroups", leftOut.id);
    const { cursor, items } = await connector.changes(undefined);
    expect(items.length).toBeGreaterThan(0);
    expect(items.every(({ ours }) => ours)).toBe(true);
    const stranger = person("stranger");
    const other = createGroup(tenant, { displayName: "payroll" });
    for (const groupId of [governed[0]!.poolId, leftOut.id, other.id]) addMember(tenant, groupId, stranger.key, BY_HAND);
    addMember(tenant, own, stranger.key, PIM);
    audit(tenant, BY_HAND, "Update conditional access policy", policyTarget(governed[0]!.policyId), "Policy");
    audit(tenant, BY_HAND, "Update conditional access policy", policyTarget("of-somebody-else"), "Policy");
    const { items: news } = await connector.changes(cursor);
    expect(news.map(({ object, action, ours, by }) => [object, action, ours, by])).toEqual([
      ["Exempt from everyone", "added", false, "admin@postern.test"],
      ["left out", "added", false, "admin@postern.test"],
      ["Postern EXC-2026-0001", "added", false, "MS-PIM"],
      ["Require a passkey", "modified", false, "admin@postern.test"],
    ]);
    expect(news.slice(0, 3).map(({ subject }) => subject)).toEqual([stranger, stranger, stranger]);
  });

  it("gives sign-ins without guessing the method, and refused ones as refused", async () => {
    const { tenant } = prepared;
    for (const errorCode of [0, 53003])
      tenant.signIns.push({ id: `s-${errorCode}`, createdDateTime: prepared.clock.now(), userId: "u", status: { errorCode } });
    const { items, cursor } = await connector.signIns(undefined);
    expect(items).toMatchObject([
      { id: "s-0", succeeded: true, method: "unknown" },
      { id: "s-53003", succeeded: false, method: "unknown" },
    ]);
    expect((await connector.signIns(cursor)).items).toEqual([]);
  });
});

it("lists people with their managers, and those who may not sign in as such", async () => {
  const { tenant } = prepared;
  const [kim, boss] = [createUser(tenant, "kim", { mail: "kim@mail.test", accountEnabled: false }), createUser(tenant, "boss")];
  tenant.managers.set(kim.id, boss.id);
  expect(await collect(connector.people())).toEqual([
    {
      subject: { kind: "user", key: kim.id, name: "kim@postern.test" },
      displayName: "kim",
      email: "kim@mail.test",
      managerKey: boss.id,
      enabled: false,
    },
    { subject: { kind: "user", key: boss.id, name: "boss@postern.test" }, displayName: "boss", enabled: true },
  ]);
});

describe("limits and rights", () => {
  it("goes on by itself when Entra ID asks for pauses without saying how long", async () => {
    await connector.close();
    await graph.stop();
    await start({}, { policyCallsRefused: 4 });
    const orders = ["a", "b", "c"].map((name) => orderFor(person(name)));
    const reads = await Promise.all(orders.map((order) => connector.read(order)));
    expect(reads.map(({ effective }) => effective)).toEqual([false, false, false]);
    expect(graph.requests.filter(({ status }) => status === 429)).toHaveLength(4);
  });

  it.each([
    ["User.Read.All", (order: GrantOrder) => connector.read(order)],
    ["GroupMember.ReadWrite.All", (order: GrantOrder) => connector.read(order)],
    ["Group.Create", (order: GrantOrder) => connector.grant(order)],
    ["Policy.Read.All", (order: GrantOrder) => connector.read(order)],
    ["User.RevokeSessions.All", ({ subject }: GrantOrder) => connector.endSessions(subject)],
    ["AuditLog.Read.All", () => connector.changes(undefined)],
  ] as const)("says denied without %s, and health names it", async (name, work) => {
    const { app } = prepared;
    app.roles = app.roles.filter((role) => role !== name);
    await expect(work(orderFor(person("kim")))).rejects.toMatchObject({ name: "ProviderFault", kind: "denied" });
    const { permissions, reachable } = await connector.health();
    expect(reachable).toBe(true);
    expect(permissions.filter(({ held }) => held === false).map((one) => one.name)).toEqual([name]);
  });

  it("does without PIM and without passes where it may not use them, and health says so", async () => {
    const { app } = prepared;
    const optional = ["PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup", "UserAuthenticationMethod.Read.All"];
    app.roles = app.roles.filter((role) => !optional.includes(role));
    const outcome = await connector.grant(orderFor(person("kim")));
    expect(outcome.outcome).toBe("applied");
    expect(outcome).not.toHaveProperty("nativeExpiry");
    await collect(connector.discover());
    const { permissions } = await connector.health();
    expect(permissions.filter(({ held }) => held === false).map(({ name }) => name)).toEqual(optional);
  });

  it("counts which of the governed policies and pools it can read, and names the others", async () => {
    const [, admins] = prepared.governed;
    const of = "governed policies and their pools";
    expect((await connector.health()).coverage).toEqual([{ of, total: 2, readable: 2, unreadable: [] }]);
    prepared.tenant.policies.delete(admins!.policyId);
    const unreadable = ["admins: the policy does not exist"];
    expect((await connector.health()).coverage).toEqual([{ of, total: 2, readable: 1, unreadable }]);
  });

  it("tells how far the clocks are apart, and what the application may do that it should not", async () => {
    await connector.close();
    await graph.stop();
    await start({}, { skewMs: 300_000 });
    prepared.app.roles = [...prepared.app.roles, "User.ReadWrite.All"];
    const { clockSkewMs, words } = await connector.health();
    expect(clockSkewMs).toBe(300_000);
    expect(words).toContain("take User.ReadWrite.All away");
  });
});

function policyOf(index: number): Json {
  return prepared.tenant.policies.get(prepared.governed[index]!.policyId)!;
}

function policyTarget(id: string): readonly Json[] {
  return [{ id, type: "Policy", displayName: "Require a passkey", modifiedProperties: [] }];
}
