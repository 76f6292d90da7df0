/** What OpenLDAP does beside the contract: the traps of its password policies, its own expiry, its log, its limits. */
import { beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";

import { createLdapClient } from "../../src/connectors/ldap/client.ts";
import { createOpenLdapConnector } from "../../src/connectors/openldap/connector.ts";
import type { Bypass, Connector, GrantOrder, ProviderSignIn, ProviderSubject } from "../../src/connectors/port.ts";
import { addDuration, type Duration, duration } from "../../src/kernel/time.ts";
import { LOCKED, machineNow, openPlants, type Plants, settingsFor } from "../support/slapd-plants.ts";
import { type Slapd, slapdMissing, type SlapdOptions, startSlapd } from "../support/slapd.ts";

const missing = slapdMissing();
let shared: Setting;
let refs = 0;

interface Setting {
  readonly slapd: Slapd;
  readonly plants: Plants;
  readonly connector: Connector;
  readonly open: (more?: Record<string, unknown>) => Connector;
}

async function begin(options?: SlapdOptions): Promise<Setting & { close(): Promise<void> }> {
  const slapd = await startSlapd(options);
  const plants = openPlants(slapd);
  const open = (more: Record<string, unknown> = {}) => createOpenLdapConnector(settingsFor(slapd, more), { now: machineNow });
  const connector = open();
  const close = async () => {
    await connector.close();
    await plants.close();
    await slapd.close();
  };
  return { slapd, plants, connector, open, close };
}

/** A server of the test's own. */
async function beginHere(options?: SlapdOptions): Promise<Setting> {
  const setting = await begin(options);
  onTestFinished(() => setting.close());
  return setting;
}

function orderFor(policy: string, subject: ProviderSubject, term: Duration = duration("PT1H")): GrantOrder {
  refs += 1;
  const now = machineNow();
  return { ref: `EXC-2026-${refs}`, policy, subject, validFrom: now, validUntil: addDuration(now, term) };
}

async function bypassesOf(connector: Connector, subject?: ProviderSubject): Promise<Bypass[]> {
  const found: Bypass[] = [];
  for await (const bypass of connector.discover()) if (subject === undefined || bypass.subject.key === subject.key) found.push(bypass);
  return found;
}

async function until(what: () => Promise<boolean>): Promise<void> {
  while (!(await what())) await new Promise((resolve) => setTimeout(resolve, 100));
}

beforeEach((context) => {
  if (missing !== undefined) context.skip(missing);
});
beforeAll(async () => {
  if (missing !== undefined) return;
  const setting = await begin();
  shared = setting;
  return () => setting.close();
});

describe("an exemption group", () => {
  test("dies by its own TTL while no connector is running, and the application's own question is answered no", async () => {
    const { plants, slapd, open } = shared;
    const person = await plants.person("ttl");
    const connector = open();
    const order = orderFor("vpn", person.subject, duration("PT4S"));
    const outcome = await connector.grant(order);
    expect(outcome).toMatchObject({ outcome: "applied", object: `cn=${order.ref},${slapd.layout.vpnExemptionsDn}` });
    expect(outcome.outcome === "applied" && outcome.nativeExpiry! <= order.validUntil).toBe(true);
    const exempt = async () => (await plants.all(slapd.layout.vpnExemptionsDn, `(member=${person.dn})`)).length > 0;
    expect(await exempt()).toBe(true);
    await connector.close();
    await until(async () => !(await exempt()));
    // slapd reckons in whole seconds, and so do we: never later than the order, at most two seconds sooner.
    expect(machineNow() >= addDuration(order.validFrom, duration("PT2S"))).toBe(true);
    const later = open();
    onTestFinished(() => later.close());
    expect(await later.read(order)).toMatchObject({ configured: false, effective: false });
    expect(await later.revoke(order)).toEqual({ outcome: "already_absent" });
  });

  test("lives exactly as long as its order when the order is moved, and never loses a member to a repeated grant", async () => {
    const { plants, slapd, connector } = shared;
    const person = await plants.person("moved");
    const order = orderFor("vpn", person.subject, duration("P30D"));
    const ttl = async () =>
      Number((await plants.all(`cn=${order.ref},${slapd.layout.vpnExemptionsDn}`, "(objectClass=*)"))[0]!.text("entryTtl"));
    await connector.grant(order);
    expect(Math.abs((await ttl()) - 30 * 86_400)).toBeLessThan(30);
    await connector.grant({ ...order, validUntil: addDuration(order.validFrom, duration("P2D")) });
    expect(Math.abs((await ttl()) - 2 * 86_400)).toBeLessThan(30);
    await connector.grant({ ...order, validUntil: addDuration(order.validFrom, duration("P60D")) });
    expect(Math.abs((await ttl()) - 60 * 86_400)).toBeLessThan(30);
    expect(await connector.revoke(order)).toEqual({ outcome: "removed" });
  });

  test("is refused for a term the server does not allow, and leaves nothing that would die early", async () => {
    const { plants, slapd, connector } = await beginHere({ maxTtl: 86_400 });
    const person = await plants.person("long");
    const order = orderFor("vpn", person.subject, duration("P2D"));
    expect(await connector.grant(order)).toMatchObject({
      outcome: "not_supported",
      reason: expect.stringContaining("dds-max-ttl") as string,
    });
    expect(await plants.all(slapd.layout.vpnExemptionsDn, "(objectClass=groupOfNames)")).toEqual([]);
    const short = { ...order, validUntil: addDuration(order.validFrom, duration("PT1H")) };
    expect((await connector.grant(short)).outcome).toBe("applied");
    expect((await connector.grant(order)).outcome).toBe("not_supported");
    expect(await connector.read(short)).toMatchObject({ configured: true, effective: true });
    const { permissions } = await connector.health();
    expect(permissions.filter(({ held }) => held === false).map(({ name }) => name)).toEqual([expect.stringContaining("dds-max-ttl")]);
  });

  test("has no end of its own where the server has no dds overlay, and the connector says so", async () => {
    const { plants, open, slapd } = await beginHere({ dds: false });
    const [vpn] = settingsFor(slapd).policies;
    const connector = open({ policies: [vpn] });
    onTestFinished(() => connector.close());
    expect((await connector.capabilities()).nativeExpiry).toBe(false);
    const order = orderFor("vpn", (await plants.person("static")).subject);
    const outcome = await connector.grant(order);
    expect(outcome).toMatchObject({ outcome: "applied" });
    expect("nativeExpiry" in outcome).toBe(false);
    expect(await connector.revoke(order)).toEqual({ outcome: "removed" });
  });

  test("keeps whoever was put into it by hand when ours is taken out, as a bypass that nobody answers for", async () => {
    const { plants, slapd, connector } = shared;
    const [ours, theirs] = [await plants.person("ours"), await plants.person("theirs")];
    const order = orderFor("vpn", ours.subject);
    await connector.grant(order);
    await plants.putIn(`cn=${order.ref},${slapd.layout.vpnExemptionsDn}`, theirs.dn);
    expect(await connector.revoke(order)).toEqual({ outcome: "removed" });
    expect(await connector.read(order)).toMatchObject({ configured: false, effective: false });
    const [bypass] = await bypassesOf(connector, theirs.subject);
    expect(bypass).toMatchObject({ form: "governed_group_member", policy: "vpn" });
    expect(bypass?.grantRef).toBeUndefined();
    expect(await connector.remove(bypass!)).toEqual({ outcome: "removed" });
    expect(await plants.all(`cn=${order.ref},${slapd.layout.vpnExemptionsDn}`, "(objectClass=*)")).toEqual([]);
  });

  test("follows a person who is renamed", async () => {
    const { plants, slapd, connector } = shared;
    const person = await plants.person("before");
    const order = orderFor("vpn", person.subject);
    await connector.grant(order);
    const { Client } = await import("ldapts");
    const client = new Client({ url: slapd.ldapsUrl, tlsOptions: { ca: slapd.caPem } });
    onTestFinished(() => client.unbind());
    await client.bind(slapd.admin.dn, slapd.admin.password);
    await client.modifyDN(person.dn, "uid=after");
    expect(await connector.read(order)).toMatchObject({ configured: true, effective: true, otherWays: [] });
    expect((await bypassesOf(connector, person.subject))[0]).toMatchObject({ grantRef: order.ref, subject: { name: "after" } });
    expect(await connector.revoke(order)).toEqual({ outcome: "removed" });
  });

  test("that is not ours is never deleted: its last member stays, with the reason", async () => {
    const { plants, slapd, connector } = await beginHere();
    const person = await plants.person("last");
    await plants.group("vpn-passwords-allowed", [person.dn]);
    const [bypass] = await bypassesOf(connector, person.subject);
    expect(await connector.remove(bypass!)).toMatchObject({
      outcome: "not_supported",
      reason: expect.stringContaining("last member") as string,
    });
    expect(await plants.all(slapd.layout.oldExemptionGroupDn, "(objectClass=*)", ["cn"])).toHaveLength(1);
  });

  test("lets through whoever is in a group in it only where the application looks through groups", async () => {
    const { plants, slapd, connector, open } = await beginHere();
    const person = await plants.person("inside");
    const team = await plants.group("team", [person.dn]);
    const group = (await connector.findSubject("team"))!;
    const order = orderFor("vpn", group);
    expect((await connector.grant(order)).outcome).toBe("applied");
    expect(await connector.read(orderFor("vpn", person.subject))).toMatchObject({
      configured: false,
      effective: true,
      otherWays: [{ grantRef: order.ref }],
    });
    const [{ resolvesNestedGroups: _, ...flat }] = settingsFor(slapd).policies as never as [Record<string, unknown>];
    const other = open({ policies: [flat] });
    onTestFinished(() => other.close());
    expect(await other.read(orderFor("vpn", person.subject))).toMatchObject({ effective: false });
    expect(await other.refusesSubject("vpn", group)).toMatch(/does not look through groups/);
    expect(team).toContain("cn=team");
  });
});

describe("a password", () => {
  test("opens the door only while it is granted, ends by itself, and the certificate opens it all the time", async () => {
    const { plants, open } = shared;
    const person = await plants.person("both");
    const connector = open();
    const doors = async () => ({ password: await plants.passwordWorks(person.dn), certificate: await plants.certificateWorks(person.dn) });
    expect(await doors()).toEqual({ password: false, certificate: true });
    const order = orderFor("password", person.subject, duration("PT3S"));
    expect(await connector.grant(order)).toMatchObject({ outcome: "applied" });
    expect(await doors()).toEqual({ password: true, certificate: true });
    await connector.close();
    await until(async () => !(await plants.passwordWorks(person.dn)));
    expect(machineNow() >= addDuration(order.validFrom, duration("PT2S"))).toBe(true);
    expect(await doors()).toEqual({ password: false, certificate: true });
    const later = open();
    onTestFinished(() => later.close());
    expect(await later.read(order)).toMatchObject({ configured: true, effective: false });
    expect(await later.revoke(order)).toEqual({ outcome: "removed" });
    expect((await plants.all(person.dn, "(objectClass=*)"))[0]!.text("pwdAccountLockedTime")).toBe(LOCKED);
  });

  test("stays locked when somebody locked it during one of two exceptions and the other ends", async () => {
    const { plants, connector } = shared;
    const person = await plants.person("locked-between");
    const [first, second] = [orderFor("password", person.subject), orderFor("password", person.subject)];
    await connector.grant(first);
    await connector.grant(second);
    await plants.set(person.dn, "pwdAccountLockedTime", LOCKED);
    await connector.revoke(first);
    expect(await plants.passwordWorks(person.dn)).toBe(false);
    expect(await connector.read(second)).toMatchObject({ configured: false, effective: false });
    await connector.revoke(second);
  });

  test("is not granted to whoever has none, or is not asked to do without", async () => {
    const { plants, connector } = shared;
    const none = await plants.person("no-password");
    await plants.set(none.dn, "userPassword");
    expect(await connector.grant(orderFor("password", none.subject))).toMatchObject({
      outcome: "not_supported",
      reason: expect.stringContaining("no password") as string,
    });
    expect(await bypassesOf(connector, none.subject)).toEqual([]);
    const free = await plants.person("free", { open: true, employeeType: "contractor" });
    expect(await connector.refusesSubject("password", free.subject)).toMatch(/does not ask/);
    expect(await bypassesOf(connector, free.subject)).toEqual([]);
  });

  test("that is locked but works all the same, because no policy enforces the lock, is found as critical", async () => {
    const { plants, slapd, connector } = await beginHere();
    const person = await plants.person("lock-without-effect");
    const order = orderFor("password", person.subject);
    expect(await bypassesOf(connector, person.subject)).toEqual([]);
    for (const unenforced of [
      async () => plants.set(slapd.layout.defaultPolicyDn, "pwdLockout", "FALSE"),
      async () => plants.set(slapd.layout.defaultPolicyDn, "pwdLockout"),
    ]) {
      await unenforced();
      expect(await plants.passwordWorks(person.dn)).toBe(true);
      expect(await bypassesOf(connector, person.subject)).toMatchObject([{ form: "password_usable", critical: true }]);
      expect(await connector.read(order)).toMatchObject({ configured: false, effective: true });
      await plants.set(slapd.layout.defaultPolicyDn, "pwdLockout", "TRUE");
      expect(await bypassesOf(connector, person.subject)).toEqual([]);
    }
    await plants.set(person.dn, "pwdPolicySubentry", `cn=gone,ou=policies,${slapd.layout.baseDn}`);
    expect(await plants.passwordWorks(person.dn)).toBe(true);
    expect(await bypassesOf(connector, person.subject)).toMatchObject([
      { form: "password_usable", critical: true },
      { form: "weaker_password_policy", critical: true },
    ]);
  });
});

describe("what the account may not see", () => {
  test("is never taken for nothing to see: without the right to search the lock, discovery is denied", async () => {
    const { plants, open } = shared;
    const blind = await plants.person("blind", { open: true, employeeType: "service" });
    const connector = open({ bindDn: blind.dn, secret: blind.password });
    onTestFinished(() => connector.close());
    await expect(bypassesOf(connector)).rejects.toMatchObject({
      kind: "denied",
      message: expect.stringContaining("pwdAccountLockedTime") as string,
    });
  });

  test("is never taken for nothing to see: a size limit of the server breaks a reading off loudly", async () => {
    const { plants, open } = await beginHere();
    const limited = await plants.person("limited", { open: true, employeeType: "service" });
    for (let n = 0; n < 520; n++) await plants.person(`many-${n}`);
    const connector = open({ bindDn: limited.dn, secret: limited.password, pageSize: 100 });
    onTestFinished(() => connector.close());
    const reading = (async () => {
      let count = 0;
      for await (const _ of connector.people()) count += 1;
      return count;
    })();
    await expect(reading).rejects.toMatchObject({ name: "ProviderFault", message: expect.stringContaining("result code 4") as string });
  });
});

describe("the way to the server", () => {
  test("may be StartTLS, and a certificate instead of a password", async () => {
    const { plants, slapd, open } = shared;
    const { certificatePem, keyPem } = slapd.certificateFor(slapd.service.dn);
    const person = await plants.person("by-certificate");
    const connector = open({ url: slapd.url, startTls: true, certificatePem, secret: keyPem });
    onTestFinished(() => connector.close());
    expect((await connector.health()).words).toContain(slapd.service.dn);
    const order = orderFor("vpn", person.subject);
    expect((await connector.grant(order)).outcome).toBe("applied");
    expect(await connector.revoke(order)).toEqual({ outcome: "removed" });
  });

  test("is refused when the server's certificate is not trusted, before any secret is sent", async () => {
    const { slapd, open } = shared;
    for (const url of [{ url: slapd.ldapsUrl }, { url: slapd.url, startTls: true }]) {
      const connector = open({ ...url, caPem: undefined });
      onTestFinished(() => connector.close());
      const { reachable, words } = await connector.health();
      expect(reachable).toBe(false);
      expect(words).toMatch(/not trusted/);
    }
  });

  test("keeps paged searches apart: two at once, on one client, each give everything", async () => {
    const { plants, slapd } = shared;
    for (let n = 0; n < 25; n++) await plants.person(`paged-${n}`);
    const { ldapsUrl: url, caPem, service } = slapd;
    const client = createLdapClient({ url, caPem, bindDn: service.dn, secret: service.password });
    onTestFinished(() => client.close());
    const search = () => client.search(slapd.layout.peopleDn, { filter: "(uid=paged-*)", attributes: ["uid"], pageSize: 2 });
    const [one, two] = [search(), search()];
    const counts = [0, 0];
    for (let left = 2; left > 0;) {
      left = 2;
      for (const [i, reading] of [one, two].entries()) {
        if ((await reading.next()).done === true) left -= 1;
        else counts[i]! += 1;
      }
    }
    expect(counts).toEqual([25, 25]);
  });
});

describe("the log", () => {
  test("says who deleted a group, though not whom it let through: slapd keeps no old entries unless told to", async () => {
    const { plants, slapd, connector } = shared;
    const person = await plants.person("log");
    const order = orderFor("vpn", person.subject);
    await connector.grant(order);
    let cursor: string | undefined;
    for (let more = true; more;) ({ cursor, more } = await connector.changes(cursor));
    await plants.remove(`cn=${order.ref},${slapd.layout.vpnExemptionsDn}`);
    const { items } = await connector.changes(cursor);
    expect(items).toMatchObject([{ action: "deleted", by: slapd.admin.dn, ours: false }]);
  });

  test("gives sign-ins by password once each, and goes on after them", async () => {
    const { plants, connector } = shared;
    const person = await plants.person("signing-in", { open: true, employeeType: "contractor" });
    let cursor: string | undefined;
    for (let more = true; more;) ({ cursor, more } = await connector.signIns(cursor));
    await plants.passwordWorks(person.dn);
    await plants.passwordWorks(person.dn);
    const seen: ProviderSignIn[] = [];
    const readOn = async () => {
      const page = await connector.signIns(cursor);
      seen.push(...page.items.filter(({ subject }) => subject === person.dn));
      ({ cursor } = page);
    };
    // The answer to a sign-in may come before its line in the log.
    await until(async () => {
      await readOn();
      return seen.length >= 2;
    });
    expect(seen).toMatchObject([
      { succeeded: true, method: "password" },
      { succeeded: true, method: "password" },
    ]);
    await readOn();
    expect(seen).toHaveLength(2);
  });
});
