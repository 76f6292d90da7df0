/** The smart-card policy, who can be governed, expiry and rights: on a real domain controller. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { addDuration, durationMs, duration, epochMs } from "../../src/kernel/time.ts";
import { discovered, machineNow, openWorld, orderFor, subjectOf, type World } from "../support/activedirectory.ts";
import { BIT, nextSecond } from "../support/samba-plants.ts";
import { sambaMissing } from "../support/samba.ts";

const missing = sambaMissing();
let world: World;

beforeEach((ctx) => {
  if (missing !== undefined) ctx.skip(missing);
});

beforeAll(async () => {
  if (missing === undefined) world = await openWorld();
});

afterAll(async () => {
  if (missing === undefined) await world.close();
});

describe("an exception to the smart-card requirement", () => {
  test("clears the bit and leaves the password unknown: a reset by the organisation opens the way, and the end closes it", async () => {
    const { plants, connector } = world;
    const ida = await plants.person("ida");
    const order = orderFor("smartcard", "EXC-2026-0101", ida);
    expect(await connector.read(order)).toMatchObject({ configured: false, effective: false });
    expect(await connector.grant(order)).toMatchObject({ outcome: "applied" });
    expect((await plants.control(ida.dn)) & BIT.smartcard).toBe(0);
    expect(await plants.signsIn("ida", ida.password)).toBe("52e");
    await plants.setPassword(ida.dn, "Reset-By-Desk-1!");
    expect(await plants.signsIn("ida", "Reset-By-Desk-1!")).toBe(true);
    expect(await connector.read(order)).toMatchObject({ configured: true, effective: true, otherWays: [] });
    expect(await discovered(connector)).toEqual([expect.objectContaining({ form: "requirement_cleared", grantRef: "EXC-2026-0101" })]);

    expect(await connector.revoke(order)).toEqual({ outcome: "removed" });
    expect(await plants.signsIn("ida", "Reset-By-Desk-1!")).toBe("52e");
    const read = await connector.read(order);
    expect(read).toMatchObject({ configured: false, effective: false, otherWays: [] });
    const ticket = durationMs(duration("PT10H"));
    expect(Math.abs(epochMs(read.residualUntil!) - epochMs(read.readAt) - ticket)).toBeLessThan(60_000);
    expect(await connector.revoke(order)).toEqual({ outcome: "already_absent" });
    expect(await discovered(connector)).toEqual([]);
  });

  test("the end of one exception does not take away what another of the same person still allows", async () => {
    const { plants, connector } = world;
    const joe = await plants.person("joe");
    const [one, two] = [orderFor("smartcard", "EXC-2026-0102", joe), orderFor("smartcard", "EXC-2026-0103", joe)];
    await connector.grant(one);
    await connector.grant(two);
    await connector.revoke(one);
    const read = await connector.read(one);
    expect(read).toMatchObject({ configured: false, effective: true });
    expect(read.otherWays).toEqual([expect.objectContaining({ grantRef: "EXC-2026-0103" })]);
    expect((await discovered(connector)).map(({ key }) => key)).toEqual([read.otherWays[0]!.key]);
    await connector.revoke(two);
    expect((await plants.control(joe.dn)) & BIT.smartcard).toBe(BIT.smartcard);
  });

  test("a removal broken off before the bit was set is finished by the next one", async () => {
    const { plants, connector } = world;
    const kim = await plants.person("kim");
    const order = orderFor("smartcard", "EXC-2026-0104", kim);
    const { object } = (await connector.grant(order)) as { object: string };
    await plants.client.del(object);
    expect(await connector.read(order)).toMatchObject({ configured: false, effective: true });
    expect(await connector.revoke(order)).toEqual({ outcome: "removed" });
    expect(await connector.read(order)).toMatchObject({ configured: false, effective: false });
  });

  test("two writers of the same account lose nothing of each other's", async () => {
    const { plants, connector } = world;
    for (let round = 0; round < 8; round++) {
      const lee = await plants.person(`lee-${round}`, { bits: BIT.smartcard | BIT.neverExpires | BIT.passwordNotRequired });
      const loose = (await discovered(connector)).filter(({ subject }) => subject.key === lee.key);
      expect(loose).toHaveLength(2);
      const order = orderFor("smartcard", `EXC-2026-02${round}`, lee);
      await Promise.all([world.connect().grant(order), ...loose.map((one) => world.connect().remove(one))]);
      expect(await plants.control(lee.dn)).toBe(512);
      await connector.revoke(order);
    }
  });

  test("a password set behind the requirement counts as let through, whatever the bit says", async () => {
    const { plants, connector } = world;
    const mia = await plants.passwordResetBehind("mia");
    const order = orderFor("smartcard", "EXC-2026-0105", mia);
    const read = await connector.read(order);
    expect(read).toMatchObject({ configured: false, effective: true });
    const [hidden] = (await discovered(connector)).filter(({ subject }) => subject.name === "mia");
    expect(read.otherWays.map(({ key }) => key)).toEqual([hidden!.key]);
    await connector.remove(hidden!);
    expect((await connector.read(order)).effective).toBe(false);
  });

  test("sessions cannot be ended, and the connector says until when they may last", async () => {
    const { connector, plants } = world;
    const ended = await connector.endSessions(subjectOf(await plants.person("ned")));
    expect(ended).toMatchObject({ ended: false, residual: { words: expect.stringContaining("PT10H") } });
    expect((await connector.capabilities()).endSessions).toBe(false);
  });
});

describe("who can be governed", () => {
  test("groups whose members are decided elsewhere are refused in words, plain ones are not", async () => {
    const { plants, connector, samba } = world;
    const member = await plants.person("group-member");
    const refused = async (name: string, extra: Record<string, string> = {}, members = [member]) =>
      connector.refusesSubject("vpn", subjectOf(await plants.group(name, members, extra), "group"));
    expect(await refused("plain")).toBeUndefined();
    expect(await refused("mailing", { mail: "mailing@corp.test" })).toMatch(/mail-enabled/);
    expect(await refused("distribution", { groupType: "8" })).toMatch(/distribution/);
    expect(await refused("universal", { groupType: "-2147483640" })).toMatch(/global group/);
    expect(await refused("synced", { adminDescription: "Group_0b5c1a52" })).toMatch(/synced/);
    expect(await refused("nesting", {}, [await plants.group("inside", [member])])).toMatch(/contains groups/);
    expect(await connector.refusesSubject("vpn", (await connector.findSubject("Domain Users"))!)).toMatch(/built-in/);
    const exemption = { kind: "group", name: "exempt", key: await plants.keyOf(samba.layout.vpnExempt) } as const;
    expect(await connector.refusesSubject("vpn", exemption)).toMatch(/exemption group/);
    expect(await connector.refusesSubject("smartcard", subjectOf(await plants.group("anybody"), "group"))).toMatch(/each account/);
  });

  test("people who are gone, disabled, expired or need no smart card are refused in words", async () => {
    const { plants, connector } = world;
    const why = async (policy: string, planted: { name: string; key: string }) =>
      connector.refusesSubject(policy, { kind: "user", key: planted.key, name: planted.name });
    const fine = await plants.person("fine");
    expect(await why("vpn", fine)).toBeUndefined();
    expect(await why("smartcard", fine)).toBeUndefined();
    expect(await why("none", fine)).toMatch(/no policy/);
    expect(await why("vpn", await plants.person("off", { bits: BIT.disabled | BIT.smartcard }))).toMatch(/disabled/);
    expect(await why("vpn", await plants.person("over", { extra: { accountExpires: "132000000000000000" } }))).toMatch(/expired on 2019/);
    expect(await why("smartcard", await plants.person("free", { mustHave: false, bits: 0 }))).toMatch(/need not use a smart card/);
    await plants.client.del(fine.dn);
    expect(await why("vpn", fine)).toMatch(/does not exist/);
  });

  test("a subject is found by any name a person would type, and not when the name fits two", async () => {
    const { plants, connector } = world;
    const olga = await plants.person("olga", { extra: { mail: "olga.o@corp.test", displayName: "Olga O." } });
    const found = { kind: "user", key: olga.key, name: "olga" };
    for (const name of ["olga", "OLGA", "CORP\\olga", "olga@corp.test", "olga.o@corp.test"]) {
      expect(await connector.findSubject(name)).toEqual(found);
    }
    await plants.person("twin-1", { extra: { mail: "twins@corp.test" } });
    await plants.person("twin-2", { extra: { mail: "twins@corp.test" } });
    expect(await connector.findSubject("twins@corp.test")).toBeUndefined();
    expect(await connector.findSubject("*")).toBeUndefined();
    expect(await connector.findSubject("nobody)(cn=*")).toBeUndefined();
  });

  test("people are told with their manager's key and whether they are enabled; system and service accounts are left out", async () => {
    const { plants, connector } = world;
    const boss = await plants.person("boss");
    const pia = await plants.person("pia", { extra: { displayName: "Pia P.", mail: "pia@corp.test", manager: boss.dn } });
    await plants.person("ex-pia", { bits: BIT.disabled });
    await plants.person("svc-print", { extra: { servicePrincipalName: "http/print.corp.test" } });
    const people = new Map<string, unknown>();
    for await (const one of connector.people()) people.set(one.subject.name, one);
    const subject = { kind: "user", key: pia.key, name: "pia" };
    expect(people.get("pia")).toEqual({ subject, displayName: "Pia P.", email: "pia@corp.test", managerKey: boss.key, enabled: true });
    expect(people.get("ex-pia")).toMatchObject({ enabled: false });
    for (const name of ["svc-print", "krbtgt", "Guest", "Administrator"]) expect(people.has(name)).toBe(false);
  });
});

async function expiryOf(dn: string): Promise<bigint> {
  return BigInt((await world.plants.read(dn, "accountExpires"))["accountExpires"]![0]!);
}

/** 100 ns since 1601. */
function ticks(at: string): bigint {
  return (BigInt(Date.parse(at)) + 11_644_473_600_000n) * 10_000n;
}

describe("the directory's own end of an account", () => {
  const vendors = { accountExpiryFilter: "(employeeType=vendor)" };
  const vendor = { extra: { employeeType: "vendor" } };
  test("is set for the accounts of the filter, follows an extension, and is left alone for others", async () => {
    const connector = world.connect(vendors);
    const { plants } = world;
    const vic = await plants.person("vic", vendor);
    const order = orderFor("vpn", "EXC-2026-0301", vic, 10);
    expect(await connector.grant(order)).toMatchObject({ outcome: "applied", nativeExpiry: order.validUntil });
    expect(await expiryOf(vic.dn)).toBe(ticks(order.validUntil));
    const extended = orderFor("vpn", "EXC-2026-0301", vic, 20);
    expect(await connector.grant(extended)).toMatchObject({ nativeExpiry: extended.validUntil });
    expect(await expiryOf(vic.dn)).toBe(ticks(extended.validUntil));
    const employee = await plants.person("employee");
    expect(await connector.grant(orderFor("vpn", "EXC-2026-0302", employee))).not.toHaveProperty("nativeExpiry");
    expect(await expiryOf(employee.dn)).toBe(9_223_372_036_854_775_807n);
    expect((await connector.capabilities()).nativeExpiry).toBe(true);
    expect((await world.connector.capabilities()).nativeExpiry).toBe(false);
  });

  test("an earlier end set by somebody else is kept and told", async () => {
    const { plants } = world;
    const contractEnd = orderFor("vpn", "-", await plants.person("any-vendor"), 5).validUntil;
    const wes = await plants.person("wes", { extra: { ...vendor.extra, accountExpires: String(ticks(contractEnd)) } });
    const outcome = await world.connect(vendors).grant(orderFor("vpn", "EXC-2026-0303", wes, 30));
    expect(outcome).toMatchObject({ outcome: "applied", nativeExpiry: contractEnd });
    expect(await expiryOf(wes.dn)).toBe(ticks(contractEnd));
  });

  test("it closes the account even if nobody acts: the directory refuses the sign-in", async () => {
    const { plants } = world;
    const xia = await plants.person("xia", { ...vendor, bits: 0 });
    expect(await plants.signsIn("xia", xia.password)).toBe(true);
    const order = orderFor("vpn", "EXC-2026-0304", xia);
    await world.connect(vendors).grant({ ...order, validUntil: addDuration(machineNow(), duration("PT1S")) });
    await nextSecond();
    await nextSecond();
    expect(await plants.signsIn("xia", xia.password)).toBe("701");
  });
});

describe("rights", () => {
  test("the account is no administrator, and a right it lacks is named when it is needed", async () => {
    const { plants, connector, samba } = world;
    expect(await plants.read(samba.service.dn, "memberOf", "adminCount")).toMatchObject({ memberOf: [], adminCount: [] });
    const elsewhere = `CN=outside,OU=Services,${samba.baseDn}`;
    await plants.client.add(elsewhere, { objectClass: "user", sAMAccountName: "outside", userAccountControl: "262656" });
    const order = orderFor("smartcard", "EXC-2026-0401", { kind: "user", name: "outside", key: await plants.keyOf(elsewhere) });
    await expect(connector.grant(order)).rejects.toMatchObject({ kind: "denied", message: expect.stringContaining("userAccountControl") });
    expect(await connector.read(order)).toMatchObject({ configured: false, effective: false });
    await connector.revoke(order);
  });

  test("health tells each right as held or not, by asking", async () => {
    const held = async (secretOf: { bindDn: string; secret: string } | undefined) =>
      (await world.connect({ accountExpiryFilter: "(employeeType=vendor)", ...secretOf }).health()).permissions.map((right) => right.held);
    await world.plants.weakerSettings("sample", [await world.plants.person("right-sample")]);
    expect(await held(undefined)).toEqual([true, true, true, true, true, true]);
    const plain = await world.plants.person("plain-user", { bits: 0 });
    expect(await held({ bindDn: "plain-user@corp.test", secret: plain.password })).toEqual([false, false, false, false, true, false]);
  });
});
