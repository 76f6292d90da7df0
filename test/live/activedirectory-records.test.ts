/** What Active Directory tells of changes, sign-ins and itself: on a real domain controller. */
import { renameSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import type { Connector, ProviderChange, ProviderSignIn } from "../../src/connectors/port.ts";
import { kerberosMissing, openKerberos } from "../support/kerberos.ts";
import { machineNow, openWorld, orderFor, settingsFor, type World } from "../support/activedirectory.ts";
import { createActiveDirectoryConnector } from "../../src/connectors/activedirectory/connector.ts";
import { addDuration, duration } from "../../src/kernel/time.ts";
import { BIT } from "../support/samba-plants.ts";
import { sambaMissing } from "../support/samba.ts";

const missing = sambaMissing();
let world: World;
let audited: Connector;

beforeEach((ctx) => {
  if (missing !== undefined) ctx.skip(missing);
});

beforeAll(async () => {
  if (missing !== undefined) return;
  world = await openWorld();
  const { auth, changes, groups } = world.samba.logs;
  audited = world.connect({ auditLogs: { signIns: auth, changes, groups } });
});

afterAll(async () => {
  if (missing === undefined) await world.close();
});

async function allChanges(connector: Connector, from?: string): Promise<{ items: ProviderChange[]; cursor: string }> {
  const items: ProviderChange[] = [];
  for (let page = await connector.changes(from); ; page = await connector.changes(page.cursor)) {
    items.push(...page.items);
    if (!page.more) return { items, cursor: page.cursor };
  }
}

async function allSignIns(connector: Connector, from?: string): Promise<{ items: ProviderSignIn[]; cursor: string }> {
  const items: ProviderSignIn[] = [];
  for (let page = await connector.signIns(from); ; page = await connector.signIns(page.cursor)) {
    items.push(...page.items);
    if (!page.more) return { items, cursor: page.cursor };
  }
}

const brief = ({ action, object, subject, by, ours }: ProviderChange) =>
  `${action} ${object.split(",")[0]} ${subject?.name ?? "-"} by ${by ?? "?"}${ours ? " (us)" : ""}`;

describe("changes, from the audit logs", () => {
  test("each change of what is governed is told with who made it, ours apart, and nothing else is told", async () => {
    const { plants, samba } = world;
    const ann = await plants.person("ann");
    const { cursor } = await allChanges(audited);
    const order = orderFor("vpn", "EXC-2026-0501", ann);
    const { object } = (await audited.grant(order)) as { object: string };
    const group = object.split(",")[0]!;
    await plants.putIn(samba.layout.vpnExempt, ann.dn);
    await plants.takeOut(samba.layout.vpnExempt, ann.dn);
    await plants.change(ann.dn, "replace", "displayName", ["Ann"]);
    await plants.setControl(ann.dn, 512);
    await plants.setPassword(ann.dn, "Changed-Pass-1!");
    await audited.revoke(order);
    expect((await allChanges(audited, cursor)).items.map(brief)).toEqual([
      `added ${group} ann by svc-postern (us)`,
      `added ${group} - by svc-postern (us)`,
      `added CN=VPN-Password-Exempt - by svc-postern (us)`,
      "added CN=VPN-Password-Exempt ann by Administrator",
      "removed CN=VPN-Password-Exempt ann by Administrator",
      "modified CN=ann ann by Administrator",
      "modified CN=ann ann by Administrator",
      "removed CN=VPN-Password-Exempt - by svc-postern (us)",
      `deleted ${group} - by svc-postern (us)`,
    ]);
  });

  test("reading goes on where it stopped, across a log that was rotated away and a restart", async () => {
    const { plants, samba } = world;
    const start = await allChanges(audited);
    const bob = await plants.person("bob");
    await plants.putIn(samba.layout.vpnExempt, bob.dn);
    renameSync(samba.logs.groups, `${samba.logs.groups}.1`);
    await samba.stop();
    await samba.start();
    await plants.reconnect();
    await plants.takeOut(samba.layout.vpnExempt, bob.dn);
    const { auth, changes, groups } = samba.logs;
    const again = world.connect({ auditLogs: { signIns: auth, changes, groups } });
    const after = await allChanges(again, start.cursor);
    expect(after.items.map(brief).filter((text) => text.includes("VPN"))).toEqual([
      "added CN=VPN-Password-Exempt bob by Administrator",
      "removed CN=VPN-Password-Exempt bob by Administrator",
    ]);
    expect((await allChanges(again, after.cursor)).items).toEqual([]);
  });

  test("a log that cannot be read and a cursor nobody gave are faults, never silence", async () => {
    const lost = world.connect({ auditLogs: { changes: "/nonexistent/changes.json", signIns: "/nonexistent/auth.json" } });
    await expect(lost.changes(undefined)).rejects.toMatchObject({
      name: "ProviderFault",
      message: expect.stringContaining("/nonexistent"),
    });
    await expect(lost.signIns(undefined)).rejects.toMatchObject({ name: "ProviderFault" });
    await expect(audited.changes("made up")).rejects.toMatchObject({ name: "ProviderFault" });
  });
});

describe("changes, by change number", () => {
  test("the same changes are told without who made them, from the first call on, and resume", async () => {
    const { plants, samba, connector } = world;
    const eve = await plants.person("eve");
    const first = await connector.changes(undefined);
    expect(first).toMatchObject({ items: [], more: false });
    await plants.putIn(samba.layout.vpnExempt, eve.dn);
    await plants.change(eve.dn, "replace", "displayName", ["Eve"]);
    const second = await allChanges(connector, first.cursor);
    expect(second.items.map(brief)).toEqual(["modified CN=VPN-Password-Exempt VPN-Password-Exempt by ?"]);
    await plants.setControl(eve.dn, 512 | BIT.smartcard | BIT.neverExpires);
    const third = await allChanges(world.connect(), second.cursor);
    expect(third.items.map(brief)).toEqual(["modified CN=eve eve by ?"]);
    expect((await allChanges(connector, third.cursor)).items).toEqual([]);
    await plants.takeOut(samba.layout.vpnExempt, eve.dn);
    await plants.setControl(eve.dn, 512 | BIT.smartcard);
  });

  test("numbers of another server are not taken for this one's: changes since then are told by time", async () => {
    const { plants, connector } = world;
    const first = await connector.changes(undefined);
    const elsewhere = first.cursor.replace(/"invocation":"[^"]+"/, '"invocation":"00000000-0000-0000-0000-000000000000"');
    const fay = await plants.person("fay");
    const { items, cursor } = await allChanges(connector, elsewhere);
    expect(items.map(({ object }) => object)).toContain(fay.dn);
    expect((await connector.changes(cursor)).items).toEqual([]);
  });
});

describe("sign-ins, from the audit log", () => {
  test("a password by LDAP is told with how and whether it worked, once each, and reading resumes", async () => {
    const { plants } = world;
    const start = await allSignIns(audited);
    const gil = await plants.person("gil", { bits: 0 });
    await plants.signsIn("gil", gil.password);
    await plants.signsIn("gil", "wrong");
    const { items, cursor } = await allSignIns(audited, start.cursor);
    const gils = items.filter(({ subject }) => subject === "gil");
    expect(gils.map(({ method, succeeded }) => ({ method, succeeded }))).toEqual([
      { method: "simple bind/TLS", succeeded: true },
      { method: "simple bind/TLS", succeeded: false },
    ]);
    expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
    expect((await allSignIns(audited, cursor)).items.filter(({ subject }) => subject === "gil")).toEqual([]);
    expect(JSON.stringify(items)).not.toContain(gil.password);
  });

  test("Kerberos with a password and with a certificate are told apart", async (ctx) => {
    const lacking = kerberosMissing();
    if (lacking !== undefined) ctx.skip(lacking);
    const { plants, samba } = world;
    const start = await allSignIns(audited);
    const hal = await plants.person("hal", { bits: 0 });
    const ivy = await plants.person("ivy");
    const kerberos = openKerberos(samba);
    kerberos.withPassword("hal", hal.password);
    expect(() => kerberos.withPassword("ivy", ivy.password)).toThrow();
    kerberos.withCertificate("ivy");
    const { items } = await allSignIns(audited, start.cursor);
    const kdc = items.filter(({ raw }) => raw["serviceDescription"] === "Kerberos KDC").filter(({ succeeded }) => succeeded);
    // The client may ask twice with the same password; the server records each.
    const ways = new Set(kdc.map(({ subject, method }) => `${subject}: ${method}`));
    expect([...ways]).toEqual(["hal: ENC-TS Pre-authentication", "ivy: PK-INIT(ietf) Pre-authentication"]);
  });
});

describe("what the directory tells of itself", () => {
  test("health names the server and finds a clock that is wrong", async () => {
    expect(await world.connector.health()).toMatchObject({
      reachable: true,
      words: expect.stringContaining("dc1.corp.test"),
      clockSkewMs: 0,
    });
    const late = createActiveDirectoryConnector(settingsFor(world.samba), { now: () => addDuration(machineNow(), duration("PT5M")) });
    const { clockSkewMs } = await late.health();
    await late.close();
    expect(Math.round(clockSkewMs! / 60_000)).toBe(-5);
  });

  test("a refused sign-in says why in words, and never the secret", async () => {
    const { plants } = world;
    const why = async (name: string, secret: string) => {
      const connector = world.connect({ bindDn: `${name}@corp.test`, secret });
      const { reachable, words } = await connector.health();
      expect(reachable).toBe(false);
      expect(words).not.toContain(secret);
      await expect(connector.findSubject("anybody")).rejects.toMatchObject({ name: "ProviderFault", kind: "denied" });
      return words;
    };
    const jim = await plants.person("jim", { bits: 0 });
    expect(await why("jim", "not-this-one")).toMatch(/wrong password \(52e\)/);
    expect((await world.connect({ secret: "" }).health()).words).toMatch(/no secret/);
    await plants.setControl(jim.dn, 512 | BIT.disabled);
    expect(await why("jim", jim.password)).toMatch(/disabled \(533\)/);
    await plants.setControl(jim.dn, 512);
    await plants.change(jim.dn, "replace", "accountExpires", ["132000000000000000"]);
    expect(await why("jim", jim.password)).toMatch(/expired \(701\)/);
    await plants.change(jim.dn, "replace", "accountExpires", ["0"]);
    await plants.change(jim.dn, "replace", "pwdLastSet", ["0"]);
    expect(await why("jim", jim.password)).toMatch(/must be changed .*\(773\)/);
  });

  test("a certificate of somebody else's authority is not trusted, and a closed port is unreachable", async () => {
    const { samba } = world;
    const faultOf = async (more: Record<string, unknown>) =>
      world
        .connect(more)
        .findSubject("anybody")
        .then(
          () => "none",
          (error: unknown) => (error as { kind: string }).kind,
        );
    expect(await faultOf({ caPem: undefined })).toBe("denied");
    expect(await faultOf({ url: `ldaps://${samba.host}:1` })).toBe("unreachable");
    expect(await faultOf({ url: `ldap://${samba.host}`, startTls: true })).toBe("none");
  });

  test("a group that the configuration names and that is gone is a fault, not an empty answer", async () => {
    const gone = `CN=Gone,${world.samba.layout.staffOu}`;
    const policies = [{ key: "vpn", shape: "group", title: "VPN", exemptionGroupDn: gone }];
    const ask = async (more: Record<string, unknown>) => world.connect(more).discover()[Symbol.asyncIterator]().next();
    await expect(ask({ policies })).rejects.toMatchObject({ kind: "fault", message: expect.stringContaining("CN=Gone") });
    await expect(ask({ mustHaveSmartcard: gone })).rejects.toMatchObject({ kind: "fault", message: expect.stringContaining("CN=Gone") });
  });
});
