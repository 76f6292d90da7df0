import { describe, expect, test } from "vitest";

import { instant } from "../../kernel/time.ts";
import { createEntry, type LdapEntry } from "../ldap/entry.ts";
import { bypassKey, readKey } from "./bypass-of.ts";
import { nameOfOwnGroup } from "./client.ts";
import { accountOf, canSignIn, type OwnGroup, ownGroupNotes, readOwnGroup, refusalOfGroup, subjectNote } from "./map.ts";
import { rulesOfDomain, rulesOfSettings, weaknesses } from "./password-policy.ts";

const encoder = new TextEncoder();
const GUID = Uint8Array.from({ length: 16 }, (_, n) => n);
const KEY = "03020100-0504-0706-0809-0a0b0c0d0e0f";

function entry(values: Record<string, string | readonly string[]>, dn = "CN=x,DC=corp,DC=test"): LdapEntry {
  const attributes = Object.entries(values).map(([type, value]) => ({
    type,
    parsedBuffers: [value].flat().map((text) => encoder.encode(text)),
  }));
  return createEntry({ name: dn, attributes: [{ type: "objectGUID", parsedBuffers: [GUID] }, ...attributes] });
}

describe("an account", () => {
  test("is told apart by what it is, and keeps its key whatever it is called", () => {
    const kindOf = (values: Record<string, string | readonly string[]>) => accountOf(entry(values))?.subject.kind;
    expect(kindOf({ objectClass: ["top", "person", "user"] })).toBe("user");
    expect(kindOf({ objectClass: ["top", "user"], servicePrincipalName: "http/x" })).toBe("service");
    expect(kindOf({ objectClass: ["top", "user", "computer"] })).toBe("device");
    expect(kindOf({ objectClass: ["top", "user", "computer", "msDS-GroupManagedServiceAccount"] })).toBe("service");
    expect(kindOf({ objectClass: ["top", "group"] })).toBe("group");
    expect(accountOf(entry({ objectClass: "user", sAMAccountName: "ann" }))?.subject).toEqual({ kind: "user", key: KEY, name: "ann" });
  });

  test("lets nobody sign in once it is disabled or from the instant it expires", () => {
    const now = instant("2026-11-21T12:00:00Z");
    const of = (values: Record<string, string>) => canSignIn(accountOf(entry({ objectClass: "user", ...values }))!, now);
    expect(of({ userAccountControl: "512", accountExpires: "0" })).toBe(true);
    expect(of({ userAccountControl: "514" })).toBe(false);
    expect(of({ userAccountControl: "512", accountExpires: "134397360000000000" })).toBe(false);
    expect(of({ userAccountControl: "512", accountExpires: "134397360000010000" })).toBe(true);
  });
});

function read(values: Record<string, string | readonly string[]>): OwnGroup | undefined {
  return readOwnGroup(entry({ objectClass: "group", ...values }), nameOfOwnGroup);
}

describe("a group of ours", () => {
  const notes = [...ownGroupNotes("vpn", "EXC-2026-0001"), subjectNote(KEY, instant("2026-12-01T00:00:00Z"))];
  const name = nameOfOwnGroup("vpn", "EXC-2026-0001");

  test("is recognised by a name that fits its notes, and says whom we put in and until when", () => {
    expect(read({ sAMAccountName: name, extensionName: notes })).toMatchObject({
      policy: "vpn",
      ref: "EXC-2026-0001",
      subjects: new Map([[KEY, "2026-12-01T00:00:00.000Z"]]),
    });
    expect(name).toMatch(/^ptn-[a-z2-7]{16}$/);
  });

  test("is not recognised when notes are changed, missing or copied to another group", () => {
    expect(read({ sAMAccountName: name, extensionName: ownGroupNotes("vpn", "EXC-2026-0002") })).toBeUndefined();
    expect(read({ sAMAccountName: name, extensionName: ownGroupNotes("smartcard", "EXC-2026-0001") })).toBeUndefined();
    expect(read({ sAMAccountName: name })).toBeUndefined();
    expect(read({ sAMAccountName: "ptn-aaaaaaaaaaaaaaaa", extensionName: notes })).toBeUndefined();
  });

  test("has a name of its own for every policy and exception", () => {
    const names = ["vpn", "adfs"].flatMap((policy) => Array.from({ length: 500 }, (_, n) => nameOfOwnGroup(policy, `EXC-2026-${n}`)));
    expect(new Set(names).size).toBe(1000);
  });

  test("without an end that can be read notes nobody", () => {
    expect(
      read({ sAMAccountName: name, extensionName: [...ownGroupNotes("vpn", "EXC-2026-0001"), `postern:subject=${KEY}:until=soon`] })
        ?.subjects.size,
    ).toBe(0);
  });
});

test("a plain group of people is not refused; one nested, mail-enabled, synced, dynamic, built-in or of another scope is", () => {
  const facts = { hasNestedGroups: false, exemptionGroupDn: "CN=exempt" };
  const plain = { objectClass: "group", groupType: "-2147483646" };
  const refused = (values: Record<string, string | readonly string[]>, more: Partial<typeof facts> = {}) =>
    refusalOfGroup(entry({ ...plain, ...values }), { ...facts, ...more }) !== undefined;
  expect(refused({})).toBe(false);
  expect([
    refused({ objectClass: ["group", "dynamicObject"] }),
    refused({ groupType: "2" }),
    refused({ groupType: "-2147483640" }),
    refused({ groupType: "-2147483644" }),
    refused({ proxyAddresses: "SMTP:x@corp.test" }),
    refused({ msExchRecipientDisplayType: "1" }),
    refused({ adminDescription: "Group_1" }),
    refused({ isCriticalSystemObject: "TRUE" }),
    refused({}, { hasNestedGroups: true }),
    refused({}, { exemptionGroupDn: "cn=X,dc=corp,dc=test" }),
  ]).toEqual(Array(10).fill(true));
});

test("every bypass key says what it is of, also when the reference has colons in it", () => {
  expect(readKey(bypassKey.member("vpn", "g", "s"))).toEqual({ kind: "member", parts: ["vpn", "g", "s"] });
  expect(bypassKey.requirement("s", "A:1")).not.toBe(bypassKey.requirement("s", "A:2"));
  expect(readKey("toString:x")).toBeUndefined();
  expect(readKey("nothing")).toBeUndefined();
});

describe("password settings", () => {
  const domain = { minPwdLength: "12", pwdHistoryLength: "24", pwdProperties: "1", maxPwdAge: "-36288000000000", lockoutThreshold: "5" };
  const lockout = { lockoutDuration: "-18000000000", lockOutObservationWindow: "-18000000000" };
  const same = {
    "msDS-MinimumPasswordLength": "12",
    "msDS-PasswordHistoryLength": "24",
    "msDS-PasswordComplexityEnabled": "TRUE",
    "msDS-PasswordReversibleEncryptionEnabled": "FALSE",
    "msDS-MaximumPasswordAge": "-36288000000000",
    "msDS-LockoutThreshold": "5",
    "msDS-LockoutDuration": "-18000000000",
    "msDS-LockoutObservationWindow": "-18000000000",
  };
  const weaker = (settings: Record<string, string>, head: Record<string, string> = {}) =>
    Object.keys(weaknesses(rulesOfSettings(entry({ ...same, ...settings })), rulesOfDomain(entry({ ...domain, ...lockout, ...head }))));

  test("equal to or stronger than the domain's are not weaker", () => {
    expect(weaker({})).toEqual([]);
    const stronger = {
      "msDS-MinimumPasswordLength": "20",
      "msDS-MaximumPasswordAge": "-864000000000",
      "msDS-LockoutThreshold": "3",
      "msDS-LockoutDuration": "0",
    };
    expect(weaker(stronger)).toEqual([]);
    expect(
      weaker(
        { "msDS-MaximumPasswordAge": "0", "msDS-LockoutThreshold": "0" },
        { maxPwdAge: "-9223372036854775808", lockoutThreshold: "0" },
      ),
    ).toEqual([]);
  });

  test("are weaker in exactly what they ask less of", () => {
    const cases: Record<string, string> = {
      "msDS-MinimumPasswordLength": "11",
      "msDS-PasswordHistoryLength": "0",
      "msDS-PasswordComplexityEnabled": "FALSE",
      "msDS-PasswordReversibleEncryptionEnabled": "TRUE",
      "msDS-MaximumPasswordAge": "-9223372036854775808",
      "msDS-LockoutThreshold": "0",
      "msDS-LockoutDuration": "-600000000",
      "msDS-LockoutObservationWindow": "-600000000",
    };
    for (const [name, value] of Object.entries(cases)) expect(weaker({ [name]: value })).toEqual([name]);
  });
});
