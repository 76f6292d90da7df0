import { chmodSync, chownSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

import { describe, expect, onTestFinished, test } from "vitest";

import { instant } from "../../kernel/time.ts";
import { manualClock } from "../../platform/clock.ts";
import { collect } from "../contract-harness.suite.ts";
import { describeConnectorContract } from "../contract.suite.ts";
import type { BypassForm, Connector, GrantOrder, ProviderChange } from "../port.ts";
import { exampleConfig } from "./config.ts";
import { createExampleDirectory } from "./connector.ts";
import { exampleFile, START, startExample } from "./harness.suite.ts";

const POLICIES = ["smartcard", "vpn", "admin-portal"];
const NOBODY = 65_534;
const NOON = instant("2026-11-21T12:00:00Z");

describeConnectorContract("the example directory", {
  policies: POLICIES,
  missing: undefined,
  beyond: ["there is no network on the way to the provider", "the provider knows no rights", "the provider needs no secret"],
  start: startExample,
});

function begin() {
  const { path, clear } = exampleFile();
  onTestFinished(clear);
  const clock = manualClock(START);
  const open = () => createExampleDirectory({ path, now: () => clock.now() });
  return { path, clock, open, connector: open() };
}

/** The superuser may write everywhere: such a test goes on as nobody, to whom these belong from then on. */
function loseSuperuser(paths: readonly string[]): void {
  if (process.getuid?.() !== 0) return;
  for (const path of paths) chownSync(path, NOBODY, NOBODY);
  process.seteuid!(NOBODY);
  onTestFinished(() => process.seteuid!(0));
}

async function orderFor(connector: Connector, policy: string, name: string, ref = "EXC-2026-0001"): Promise<GrantOrder> {
  const subject = await connector.findSubject(name);
  if (subject === undefined) throw new Error(`there is no ${name}`);
  return { ref, policy, subject, validFrom: START, validUntil: NOON };
}

async function allChanges(connector: Connector): Promise<readonly ProviderChange[]> {
  const items: ProviderChange[] = [];
  for (let page = await connector.changes(undefined); ; page = await connector.changes(page.cursor)) {
    items.push(...page.items);
    if (!page.more) return items;
  }
}

describe("the example directory", () => {
  test("holds people of several units with managers among them, and a bypass of every form", async () => {
    const { connector } = begin();
    const people = await collect(connector.people());
    const keys = new Set(people.map(({ subject }) => subject.key));
    const chiefs = people.filter(({ managerKey }) => managerKey === undefined);
    expect(people.length).toBeGreaterThan(50);
    expect(keys.size).toBe(people.length);
    expect(chiefs.map(({ subject }) => subject.name)).toEqual(["helena.brandt"]);
    for (const { managerKey = "person-helena.brandt", email } of people) {
      expect(keys).toContain(managerKey);
      expect(email).toMatch(/@brightwater\.example$/);
    }
    const forms = new Set((await collect(connector.discover())).map(({ form }) => form));
    expect([...forms].sort()).toEqual(EVERY_FORM);
  });

  test("is the same directory wherever it is begun", async () => {
    const [one, two] = [begin(), begin()];
    expect(await collect(one.connector.discover())).toEqual(await collect(two.connector.discover()));
    expect(await collect(one.connector.people())).toEqual(await collect(two.connector.people()));
  });

  test("finds a subject by account name, mail, full name and group name, in any case", async () => {
    const { connector } = begin();
    for (const name of ["amara.osei", "Amara.Osei@brightwater.example", "amara osei", " Amara Osei "]) {
      expect(await connector.findSubject(name)).toEqual({ kind: "user", key: "person-amara.osei", name: "amara.osei" });
    }
    expect(await connector.findSubject("Crew-North")).toMatchObject({ kind: "group", name: "crew-north" });
    expect(await connector.findSubject("svc-payroll")).toMatchObject({ kind: "service" });
  });

  test.each(POLICIES)("lets a grant on %s end by itself, to the millisecond, with nobody there to revoke it", async (policy) => {
    const { connector, clock, open } = begin();
    const order = await orderFor(connector, policy, "sunita.rao");
    expect(await connector.grant(order)).toMatchObject({ outcome: "applied", nativeExpiry: NOON });
    clock.set(instant("2026-11-21T11:59:59.999Z"));
    expect(await connector.read(order)).toMatchObject({ configured: true, effective: true });
    clock.set(NOON);
    const later = open();
    expect(await later.read(order)).toMatchObject({ configured: false, effective: false, residualUntil: "2026-11-21T13:00:00.000Z" });
    expect((await collect(later.discover())).map(({ grantRef }) => grantRef)).not.toContain(order.ref);
    expect((await allChanges(later)).at(-1)).toMatchObject({ at: NOON, action: "removed", by: "expiry", ours: true });
    expect(await later.revoke(order)).toEqual({ outcome: "already_absent" });
    clock.set(instant("2026-11-21T13:00:00Z"));
    expect(await later.read(order)).not.toHaveProperty("residualUntil");
  });

  test("lets nobody through before the beginning of a grant", async () => {
    const { connector, clock } = begin();
    const order = { ...(await orderFor(connector, "vpn", "sunita.rao")), validFrom: instant("2026-11-21T10:00:00Z") };
    await connector.grant(order);
    expect(await connector.read(order)).toMatchObject({ configured: true, effective: false });
    clock.set(order.validFrom);
    expect(await connector.read(order)).toMatchObject({ configured: true, effective: true });
  });

  test("changes nothing when a grant is repeated, and keeps its beginning when its end is moved", async () => {
    const { connector, clock, path } = begin();
    const order = await orderFor(connector, "vpn", "sunita.rao");
    await connector.grant(order);
    const once = readFileSync(path, "utf8");
    clock.set(instant("2026-11-21T09:00:00Z"));
    await connector.grant(order);
    expect(readFileSync(path, "utf8")).toBe(once);
    await connector.grant({ ...order, validUntil: instant("2026-11-21T10:00:00Z") });
    const moved = (await collect(connector.discover())).find(({ grantRef }) => grantRef === order.ref);
    expect(moved).toMatchObject({ since: START, evidence: { until: "2026-11-21T10:00:00.000Z" } });
    expect((await allChanges(connector)).at(-1)).toMatchObject({ action: "modified", ours: true });
  });

  test("says that a person is let through by the exception of their group", async () => {
    const { connector } = begin();
    await connector.grant(await orderFor(connector, "vpn", "crew-south"));
    const read = await connector.read(await orderFor(connector, "vpn", "liam.byrne", "EXC-2026-0002"));
    expect(read).toMatchObject({ configured: false, effective: true, otherWays: [{ grantRef: "EXC-2026-0001" }] });
  });

  test("loses no change that two connectors make at the same time", async () => {
    const { connector, open } = begin();
    const others = [open(), open()];
    const names = ["noor.rahman", "emeka.obi", "hugo.lambert", "judith.stern", "ming.zhao", "arjun.patel"];
    const orders = await Promise.all(names.map((name, i) => orderFor(connector, "vpn", name, `EXC-2026-00${i + 10}`)));
    await Promise.all(orders.map((order, i) => (others[i % 3] ?? connector).grant(order)));
    const refs = (await collect(connector.discover())).flatMap(({ grantRef }) => grantRef ?? []);
    expect(refs.sort()).toEqual(orders.map(({ ref }) => ref));
  });

  test("goes through its change log page by page without loss or repetition, and begins anew with a new file", async () => {
    const { connector, clock, path, open } = begin();
    const before = await allChanges(connector);
    const order = await orderFor(connector, "vpn", "sunita.rao");
    for (let round = 0; round < 60; round += 1) {
      await connector.grant(order);
      await connector.revoke(order);
    }
    const all = await allChanges(open());
    expect(all.length).toBe(before.length + 120);
    expect(all.slice(before.length).map(({ action }) => action)).toEqual(Array.from({ length: 60 }, () => ["added", "removed"]).flat());
    const { cursor } = await connector.changes(undefined);
    await expect(connector.changes("yesterday")).rejects.toMatchObject({ kind: "fault" });
    clock.set(NOON);
    writeFileSync(path, readFileSync(path, "utf8").replace(`"madeAt": "${START}"`, `"madeAt": "${NOON}"`));
    expect((await connector.changes(cursor)).items).toEqual(all.slice(0, 50));
  });

  test("says what is wrong with a damaged file, gives nothing of it and does not write over it", async () => {
    const { connector, path } = begin();
    const order = await orderFor(connector, "vpn", "sunita.rao");
    const whole = readFileSync(path, "utf8");
    for (const damaged of [whole.slice(0, -20), whole.replace('"openings"', '"opening"'), whole.replace(`"since": "`, `"since": "x`)]) {
      writeFileSync(path, damaged);
      await expect(collect(connector.discover())).rejects.toMatchObject({ name: "ProviderFault", kind: "fault" });
      await expect(connector.grant(order)).rejects.toMatchObject({ kind: "fault" });
      expect(await connector.health()).toMatchObject({ reachable: false, words: expect.stringContaining("damaged") as string });
      expect(readFileSync(path, "utf8")).toBe(damaged);
    }
  });

  test("says denied, and which permission is missing, where it may read but not write", async () => {
    const { connector, path } = begin();
    const order = await orderFor(connector, "vpn", "sunita.rao");
    expect((await connector.health()).permissions).toMatchObject([{ held: true }]);
    loseSuperuser([dirname(dirname(path)), dirname(path), path]);
    chmodSync(dirname(path), 0o500);
    onTestFinished(() => chmodSync(dirname(path), 0o700));
    await expect(connector.grant(order)).rejects.toMatchObject({ name: "ProviderFault", kind: "denied" });
    expect(await connector.read(order)).toMatchObject({ configured: false, effective: false });
    // access(2) asks on behalf of the real user, who stays the superuser here.
    const held = process.getuid?.() === 0;
    expect(await connector.health()).toMatchObject({ reachable: true, permissions: [{ held }] });
  });

  test("keeps a subject's key when the subject is renamed, and forgets the openings of one who is gone", async () => {
    const { connector, path } = begin();
    const order = await orderFor(connector, "vpn", "sunita.rao");
    await connector.grant(order);
    const text = readFileSync(path, "utf8");
    writeFileSync(path, text.replace('"name": "sunita.rao"', '"name": "sunita.wells"'));
    expect(await connector.read(order)).toMatchObject({ configured: true });
    expect(await connector.findSubject("sunita.wells")).toMatchObject({ key: order.subject.key });
    writeFileSync(path, text.replace('"key": "person-sunita.rao"', '"key": "person-somebody.else"'));
    expect(await connector.read(order)).toMatchObject({ configured: false, effective: false, evidence: { subject: "sunita.rao is gone" } });
  });

  test("asks for no configuration, and takes none", () => {
    expect(exampleConfig.safeParse({}).success).toBe(true);
    expect(exampleConfig.safeParse({ path: "/etc" }).success).toBe(false);
  });

  test("says in its file what it is and how to be rid of it", async () => {
    const { connector, path } = begin();
    await connector.findSubject("nobody");
    const { about } = JSON.parse(readFileSync(path, "utf8")) as { about: string };
    expect(about).toMatch(/fictional.*Remove the connection.*delete this file/);
  });
});

const EVERY_FORM = [
  "governed_group_member",
  "password_never_expires",
  "password_not_required",
  "password_reset_behind_requirement",
  "password_usable",
  "requirement_cleared",
  "ungoverned_exemption",
  "weaker_password_policy",
] satisfies BypassForm[];
