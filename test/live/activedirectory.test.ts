/** Active Directory as its connector sees and changes it, on a real domain controller. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import type { Bypass } from "../../src/connectors/port.ts";
import { discovered, openWorld, orderFor, subjectOf, type World } from "../support/activedirectory.ts";
import { BIT, nextSecond } from "../support/samba-plants.ts";
import { sambaMissing } from "../support/samba.ts";

const missing = sambaMissing();
let world: World;

beforeEach((ctx) => {
  if (missing !== undefined) ctx.skip(missing);
});

function inFreshDomain(): void {
  beforeAll(async () => {
    if (missing === undefined) world = await openWorld();
  });
  afterAll(async () => {
    if (missing === undefined) await world.close();
  });
}

const brief = ({ form, policy, subject, grantRef }: Bypass) =>
  [form, policy ?? "-", subject.name, ...(grantRef === undefined ? [] : [grantRef])].join(" ");

async function keysFound(pageSize: number): Promise<readonly string[]> {
  return (await discovered(world.connect({ pageSize }))).map(({ key }) => key).sort();
}

describe("what is discovered", () => {
  inFreshDomain();

  test("exactly the planted bypasses are found, each in its form, and nothing else", async () => {
    const { plants, samba, connector } = world;
    const { vpnExempt } = samba.layout;
    await plants.requirementCleared("cleared");
    await plants.passwordNotRequired("not-required");
    await plants.passwordNeverExpires("never-expires");
    await plants.passwordResetBehind("reset-behind");
    const weak = await plants.person("weak-settings");
    const weakInGroup = await plants.person("weak-in-group");
    const overruled = await plants.person("overruled");
    await plants.weakerSettings("weak", [
      weak,
      await plants.group("weak-people", [await plants.group("weak-inner", [weakInGroup]), overruled]),
    ]);
    await plants.putIn(vpnExempt, (await plants.person("direct")).dn);
    const outer = await plants.group("outer", [await plants.group("inner", [await plants.person("nested")])]);
    await plants.putIn(vpnExempt, outer.dn);
    await plants.putIn(vpnExempt, (await plants.group("empty-but-open")).dn);
    const primary = await plants.person("by-primary-group");
    await plants.putIn(vpnExempt, primary.dn);
    await plants.change(primary.dn, "replace", "primaryGroupID", [await plants.ridOf(vpnExempt)]);

    await plants.putIn(vpnExempt, (await plants.person("left-but-member", { bits: BIT.disabled | BIT.smartcard })).dn);
    await plants.person("obeys");
    await plants.person("need-not", { bits: 0, mustHave: false });
    await plants.person("left", { bits: BIT.disabled | BIT.passwordNotRequired | BIT.neverExpires });
    await plants.person("contract-over", { bits: BIT.neverExpires, extra: { accountExpires: "132000000000000000" } });
    await plants.strongSettings("strong", [overruled, await plants.person("strong-settings")]);

    expect((await discovered(connector)).map(brief).sort()).toEqual([
      "governed_group_member vpn by-primary-group",
      "governed_group_member vpn direct",
      "governed_group_member vpn empty-but-open",
      "governed_group_member vpn nested",
      "password_never_expires - never-expires",
      "password_not_required - not-required",
      "password_reset_behind_requirement smartcard reset-behind",
      "requirement_cleared smartcard cleared",
      "weaker_password_policy - weak-in-group",
      "weaker_password_policy - weak-settings",
    ]);
  });

  test("a second read shows the same bypasses under the same keys, page size notwithstanding", async () => {
    const all = await keysFound(1000);
    expect(all).toHaveLength(10);
    expect(await keysFound(1)).toEqual(all);
  });

  test("each key is one bypass, and each names an object that exists", async () => {
    const found = await discovered(world.connector);
    expect(new Set(found.map(({ key }) => key)).size).toBe(found.length);
    for (const { object } of found) expect((await world.plants.read(object, "cn"))["dn"]).toEqual([object]);
  });

  test("what is found can be removed, is seen to be gone, and the rest says why it cannot be", async () => {
    const { connector } = world;
    const outcomes = await Promise.all(
      (await discovered(connector)).map(async (one) => `${brief(one)}: ${(await connector.remove(one)).outcome}`),
    );
    expect(outcomes.sort()).toEqual([
      "governed_group_member vpn by-primary-group: not_supported",
      "governed_group_member vpn direct: removed",
      "governed_group_member vpn empty-but-open: removed",
      "governed_group_member vpn nested: not_supported",
      "password_never_expires - never-expires: removed",
      "password_not_required - not-required: removed",
      "password_reset_behind_requirement smartcard reset-behind: removed",
      "requirement_cleared smartcard cleared: removed",
      "weaker_password_policy - weak-in-group: not_supported",
      "weaker_password_policy - weak-settings: not_supported",
    ]);
    expect((await discovered(connector)).map(brief).sort()).toEqual([
      "governed_group_member vpn by-primary-group",
      "governed_group_member vpn nested",
      "weaker_password_policy - weak-in-group",
      "weaker_password_policy - weak-settings",
    ]);
  });
});

describe("a password set behind the smart-card requirement", () => {
  inFreshDomain();

  test("a person whose bit was just set is not accused, however close to the setting of the password it was", async () => {
    const { plants, connector } = world;
    for (let n = 0; n < 25; n++) await plants.person(`just-set-${n}`);
    const old = await plants.person("set-later");
    await nextSecond();
    await plants.setControl(old.dn, 512);
    await plants.setControl(old.dn, 512 | BIT.smartcard);
    expect(await discovered(connector)).toEqual([]);
  });

  test("it works by LDAP although the bit is on, is found, and no longer works once removed", async () => {
    const { plants, connector } = world;
    const hidden = await plants.passwordResetBehind("hidden");
    expect(await plants.signsIn("hidden", hidden.password)).toBe(true);
    const found = await discovered(connector);
    expect(found).toEqual([
      expect.objectContaining({ form: "password_reset_behind_requirement", critical: true, since: expect.any(String) }),
    ]);
    expect(await connector.remove(found[0]!)).toEqual({ outcome: "removed" });
    expect(await plants.signsIn("hidden", hidden.password)).toBe("52e");
    expect((await plants.control(hidden.dn)) & BIT.smartcard).toBe(BIT.smartcard);
    expect(await discovered(connector)).toEqual([]);
  });

  test("a later change of the same attribute does not cover it up", async () => {
    const { plants, connector } = world;
    const hidden = await plants.passwordResetBehind("covered-up");
    await nextSecond();
    await plants.setControl(hidden.dn, 512 | BIT.smartcard | BIT.neverExpires);
    expect((await discovered(connector)).map(({ form }) => form).sort()).toEqual([
      "password_never_expires",
      "password_reset_behind_requirement",
    ]);
    expect((await connector.read(orderFor("smartcard", "EXC-2026-0999", hidden))).effective).toBe(true);
  });
});

describe("an exception to a policy that spares a group", () => {
  inFreshDomain();

  test("granting twice makes one group of our own, holding the subject, and reads back as configured and effective", async () => {
    const { plants, connector, samba } = world;
    const ann = await plants.person("ann");
    const order = orderFor("vpn", "EXC-2026-0001", ann);
    const first = await connector.grant(order);
    expect(await connector.grant(order)).toEqual(first);
    const object = (first as { object: string }).object;
    expect(object).toMatch(new RegExp(`^CN=ptn-[a-z2-7]{16},${samba.layout.posternOu}$`));
    const group = await plants.read(object, "member", "memberOf", "description");
    expect(group).toMatchObject({ member: [ann.dn], memberOf: [samba.layout.vpnExempt] });
    expect(group["description"]![0]).toContain("EXC-2026-0001");
    expect(await connector.read(order)).toMatchObject({ configured: true, effective: true, otherWays: [] });
    expect((await discovered(connector)).map(brief)).toEqual(["governed_group_member vpn ann EXC-2026-0001"]);
  });

  test("revoking removes the group; again it is already absent; the read-back says until when a ticket may live", async () => {
    const { connector, plants } = world;
    const order = orderFor("vpn", "EXC-2026-0001", {
      kind: "user",
      name: "ann",
      key: await plants.keyOf(`CN=ann,${world.samba.layout.staffOu}`),
    });
    expect(await connector.revoke(order)).toEqual({ outcome: "removed" });
    expect(await connector.revoke(order)).toEqual({ outcome: "already_absent" });
    const read = await connector.read(order);
    expect(read).toMatchObject({ configured: false, effective: false, otherWays: [] });
    expect(read.residualUntil! > read.readAt).toBe(true);
    expect(await discovered(connector)).toEqual([]);
  });

  test("when one of two overlapping exceptions ends, the other still lets the subject through and is named", async () => {
    const { connector, plants } = world;
    const ben = await plants.person("ben");
    const [one, two] = [orderFor("vpn", "EXC-2026-0002", ben), orderFor("vpn", "EXC-2026-0003", ben)];
    await connector.grant(one);
    await connector.grant(two);
    await connector.revoke(one);
    const read = await connector.read(one);
    expect(read).toMatchObject({ configured: false, effective: true });
    expect(read.otherWays).toEqual([expect.objectContaining({ grantRef: "EXC-2026-0003" })]);
    expect(await connector.read(two)).toMatchObject({ configured: true, effective: true, otherWays: [] });
    const keys = (await discovered(connector)).map(({ key }) => key);
    expect(keys).toContain(read.otherWays[0]!.key);
    await connector.revoke(two);
  });

  test("every other way through is named under the key discovery gives it", async () => {
    const { connector, plants, samba } = world;
    const { vpnExempt } = samba.layout;
    const cat = await plants.person("cat");
    const order = orderFor("vpn", "EXC-2026-0004", cat);
    await connector.grant(order);
    await plants.putIn(vpnExempt, cat.dn);
    const outer = await plants.group("cats-outer", [await plants.group("cats", [cat])]);
    await plants.putIn(vpnExempt, outer.dn);
    const other = orderFor("vpn", "EXC-2026-0005", await plants.person("owner-of-0005"));
    const { object } = (await connector.grant(other)) as { object: string };
    await plants.putIn(object, cat.dn);
    const wide = await plants.group("wide", [cat]);
    await connector.grant(orderFor("vpn", "EXC-2026-0006", subjectOf(wide, "group")));

    const { otherWays } = await connector.read(order);
    expect(otherWays.map(({ grantRef }) => grantRef).filter((ref) => ref !== undefined)).toEqual(["EXC-2026-0006"]);
    const known = new Set((await discovered(connector)).map(({ key }) => key));
    expect(otherWays.map(({ key }) => known.has(key))).toEqual([true, true, true, true]);
    await plants.takeOut(vpnExempt, cat.dn);
    await plants.takeOut(vpnExempt, outer.dn);
    for (const [ref, subject] of [
      ["EXC-2026-0006", wide],
      ["EXC-2026-0005", other.subject],
      ["EXC-2026-0004", cat],
    ] as const) {
      await connector.revoke(orderFor("vpn", ref, "kind" in subject ? subject : subjectOf(subject)));
    }
    expect(await connector.read(order)).toMatchObject({ configured: false, effective: false, otherWays: [] });
  });

  test("somebody put by hand into the group of an exception is nobody's, and can be taken out without ending the exception", async () => {
    const { connector, plants } = world;
    const dan = await plants.person("dan");
    const order = orderFor("vpn", "EXC-2026-0007", dan);
    const { object } = (await connector.grant(order)) as { object: string };
    await plants.putIn(object, (await plants.person("stowaway")).dn);
    const found = await discovered(connector);
    expect(found.map(brief).sort()).toEqual(["governed_group_member vpn dan EXC-2026-0007", "governed_group_member vpn stowaway"]);
    expect(await connector.remove(found.find(({ subject }) => subject.name === "stowaway")!)).toEqual({ outcome: "removed" });
    expect(await connector.read(order)).toMatchObject({ configured: true, effective: true });
    await connector.revoke(order);
  });

  test("an exception with two subjects keeps the second when the first is taken away", async () => {
    const { connector, plants } = world;
    const [eve, fay] = [await plants.person("eve"), await plants.person("fay")];
    const [first, second] = [orderFor("vpn", "EXC-2026-0008", eve), orderFor("vpn", "EXC-2026-0008", fay)];
    await connector.grant(first);
    await connector.grant(second);
    expect(await connector.revoke(first)).toEqual({ outcome: "removed" });
    expect(await connector.read(first)).toMatchObject({ configured: false, effective: false });
    expect(await connector.read(second)).toMatchObject({ configured: true, effective: true });
    expect(await connector.revoke(second)).toEqual({ outcome: "removed" });
  });

  test("a half-made grant is completed by a repeat, and half a removal too", async () => {
    const { connector, plants, samba } = world;
    const order = orderFor("vpn", "EXC-2026-0009", await plants.person("gus"));
    const { object } = (await connector.grant(order)) as { object: string };
    await plants.takeOut(samba.layout.vpnExempt, object);
    expect(await connector.read(order)).toMatchObject({ configured: false, effective: false });
    await connector.grant(order);
    expect(await connector.read(order)).toMatchObject({ configured: true, effective: true });
    await plants.takeOut(object, order.subject.name === "gus" ? `CN=gus,${samba.layout.staffOu}` : "");
    expect(await connector.read(order)).toMatchObject({ configured: false, effective: false });
    expect(await connector.revoke(order)).toEqual({ outcome: "removed" });
  });

  test("a subject or group that was deleted, and a group whose notes were changed, do not stop a revocation", async () => {
    const { connector, plants } = world;
    const hal = await plants.person("hal");
    const order = orderFor("vpn", "EXC-2026-0010", hal);
    const { object } = (await connector.grant(order)) as { object: string };
    await plants.change(object, "replace", "extensionName", ["postern:ref=EXC-2026-7777"]);
    expect((await discovered(connector)).map(brief)).toEqual(["governed_group_member vpn hal"]);
    await expect(connector.grant(order)).rejects.toMatchObject({ name: "ProviderFault", kind: "fault" });
    expect(await connector.revoke(order)).toEqual({ outcome: "removed" });
    await connector.grant(order);
    await plants.client.del(hal.dn);
    expect(await connector.read(order)).toMatchObject({ configured: false, effective: false });
    expect(await connector.grant(order)).toMatchObject({ outcome: "not_supported" });
    expect(await connector.revoke(order)).toEqual({ outcome: "removed" });
    expect(await discovered(connector)).toEqual([]);
  });

  test("more members than the directory gives in one answer are all seen", async () => {
    const { connector, plants, samba } = world;
    const names = Array.from({ length: 1203 }, (_, n) => `crowd-${n}`);
    const people: string[] = [];
    for (const name of names) {
      const dn = `CN=${name},${samba.layout.staffOu}`;
      await plants.client.add(dn, { objectClass: "user", sAMAccountName: name, userAccountControl: "262656" });
      people.push(dn);
    }
    await plants.change(samba.layout.vpnExempt, "add", "member", people);
    const found = await discovered(connector);
    expect(found.map(({ subject }) => subject.name).sort()).toEqual(names.sort());
    const group = await plants.group(
      "crowd",
      people.map((dn) => ({ dn })),
    );
    expect(await connector.accountsBehind(subjectOf(group, "group"))).toHaveLength(names.length);
    await plants.change(samba.layout.vpnExempt, "delete", "member", people);
  });
});
