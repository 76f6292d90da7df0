/** Plants people, groups and every form of bypass in the test domain, as its administrator would, without any of our own code. */
import { Attribute, Change, Client } from "ldapts";

import type { Samba } from "./samba.ts";

/** Where a test stands: names must be new within the domain. */
export type Plants = Awaited<ReturnType<typeof openPlants>>;

export interface Planted {
  readonly name: string;
  readonly dn: string;
  /** objectGUID, as the connector writes keys. */
  readonly key: string;
  readonly password: string;
}

const PASSWORD = "Planted-Pass-1!";
const NORMAL = 512;
export const BIT = { disabled: 0x2, passwordNotRequired: 0x20, neverExpires: 0x1_0000, smartcard: 0x4_0000 } as const;

export async function openPlants(samba: Samba) {
  const { layout } = samba;
  const client = new Client({ url: samba.url, tlsOptions: { ca: samba.caPem, host: samba.host }, timeout: 20_000 });
  await client.bind(samba.admin.dn, samba.admin.password);

  async function add(dn: string, attributes: Record<string, string | string[]>): Promise<string> {
    await client.add(dn, attributes);
    return keyOf(dn);
  }

  async function keyOf(dn: string): Promise<string> {
    const { searchEntries } = await client.search(dn, {
      scope: "base",
      attributes: ["objectGUID"],
      explicitBufferAttributes: ["objectGUID"],
    });
    const bytes = searchEntries[0]!["objectGUID"] as Buffer;
    const part = (from: number, to: number, little: boolean) => {
      const piece = bytes.subarray(from, to);
      return (little ? Buffer.from(piece.toReversed()) : piece).toString("hex");
    };
    return [part(0, 4, true), part(4, 6, true), part(6, 8, true), part(8, 10, false), part(10, 16, false)].join("-");
  }

  async function change(dn: string, operation: "add" | "delete" | "replace", type: string, values: string[]): Promise<void> {
    await client.modify(dn, new Change({ operation, modification: new Attribute({ type, values }) }));
  }

  async function setPassword(dn: string, password: string): Promise<void> {
    const modification = new Attribute({ type: "unicodePwd" });
    modification.values = [Buffer.from(`"${password}"`, "utf16le")];
    await client.modify(dn, new Change({ operation: "replace", modification }));
  }

  async function read(dn: string, ...attributes: string[]): Promise<Record<string, string[]>> {
    const { searchEntries } = await client.search(dn, { scope: "base", attributes });
    return Object.fromEntries(Object.entries(searchEntries[0] ?? {}).map(([name, value]) => [name, [value].flat().map(String)]));
  }

  async function control(dn: string): Promise<number> {
    return Number((await read(dn, "userAccountControl"))["userAccountControl"]![0]);
  }

  const setControl = (dn: string, value: number) => change(dn, "replace", "userAccountControl", [String(value)]);

  /** A person, by default one who must have a smart card and has to use it. */
  async function person(
    name: string,
    options: { bits?: number; mustHave?: boolean; extra?: Record<string, string> } = {},
  ): Promise<Planted> {
    const dn = `CN=${name},${layout.staffOu}`;
    await client.add(dn, {
      objectClass: "user",
      sAMAccountName: name,
      userPrincipalName: `${name}@corp.test`,
      userAccountControl: String(NORMAL | BIT.disabled),
      ...options.extra,
    });
    await setPassword(dn, PASSWORD);
    await setControl(dn, NORMAL | (options.bits ?? BIT.smartcard));
    if (options.mustHave !== false) await change(layout.mustHaveSmartcard, "add", "member", [dn]);
    return { name, dn, key: await keyOf(dn), password: PASSWORD };
  }

  async function group(name: string, members: readonly { dn: string }[] = [], extra: Record<string, string> = {}): Promise<Planted> {
    const dn = `CN=${name},${layout.staffOu}`;
    const member = members.map((one) => one.dn);
    const attributes = {
      objectClass: "group",
      sAMAccountName: name,
      groupType: "-2147483646",
      ...(member.length > 0 && { member }),
      ...extra,
    };
    return { name, dn, key: await add(dn, attributes), password: "" };
  }

  /** Whether a password signs in by LDAP, and what the server said otherwise. */
  async function signsIn(name: string, password: string): Promise<true | string> {
    const attempt = new Client({ url: samba.url, tlsOptions: { ca: samba.caPem, host: samba.host }, timeout: 20_000 });
    try {
      await attempt.bind(`${name}@corp.test`, password);
      return true;
    } catch (error) {
      return /data (\w+)/.exec((error as Error).message)?.[1] ?? (error as Error).message;
    } finally {
      await attempt.unbind();
    }
  }

  async function settings(
    name: string,
    appliesTo: readonly { dn: string }[],
    rules: { length: number; complex: string; precedence: number },
  ) {
    await client.add(`CN=${name},CN=Password Settings Container,CN=System,${samba.baseDn}`, {
      objectClass: "msDS-PasswordSettings",
      "msDS-PasswordSettingsPrecedence": String(rules.precedence),
      "msDS-PasswordReversibleEncryptionEnabled": "FALSE",
      "msDS-PasswordHistoryLength": "24",
      "msDS-PasswordComplexityEnabled": rules.complex,
      "msDS-MinimumPasswordLength": String(rules.length),
      "msDS-MinimumPasswordAge": "-864000000000",
      "msDS-MaximumPasswordAge": "-36288000000000",
      "msDS-LockoutThreshold": "0",
      "msDS-LockoutObservationWindow": "-18000000000",
      "msDS-LockoutDuration": "-18000000000",
      "msDS-PSOAppliesTo": appliesTo.map((one) => one.dn),
    });
  }

  /** Last number of an object's SID, as primaryGroupID refers to it. */
  async function ridOf(dn: string): Promise<string> {
    const { searchEntries } = await client.search(dn, {
      scope: "base",
      attributes: ["objectSid"],
      explicitBufferAttributes: ["objectSid"],
    });
    const sid = searchEntries[0]!["objectSid"] as Buffer;
    return String(sid.readUInt32LE(sid.length - 4));
  }

  return {
    client,
    ridOf,
    add,
    change,
    keyOf,
    read,
    control,
    setControl,
    setPassword,
    person,
    group,
    signsIn,
    putIn: (groupDn: string, dn: string) => change(groupDn, "add", "member", [dn]),
    takeOut: (groupDn: string, dn: string) => change(groupDn, "delete", "member", [dn]),

    requirementCleared: (name: string) => person(name, { bits: 0 }),
    passwordNotRequired: (name: string) => person(name, { bits: BIT.smartcard | BIT.passwordNotRequired }),
    passwordNeverExpires: (name: string) => person(name, { bits: BIT.smartcard | BIT.neverExpires }),

    /** The bit is set, and a second later somebody sets a password: it works by LDAP although the bit is on. */
    async passwordResetBehind(name: string): Promise<Planted> {
      const planted = await person(name);
      await nextSecond();
      await setPassword(planted.dn, PASSWORD);
      return planted;
    },

    /** Password settings with a shorter length and no complexity, applied to people or groups. */
    weakerSettings: (name: string, appliesTo: readonly { dn: string }[]) =>
      settings(name, appliesTo, { length: 4, complex: "FALSE", precedence: 10 }),
    /** Stronger than the domain's, and winning over the weaker ones. */
    strongSettings: (name: string, appliesTo: readonly { dn: string }[]) =>
      settings(name, appliesTo, { length: 20, complex: "TRUE", precedence: 5 }),

    /** After the directory was down. */
    async reconnect(): Promise<void> {
      await client.unbind();
      await client.bind(samba.admin.dn, samba.admin.password);
    },

    close: () => client.unbind(),
  };
}

/** Active Directory keeps the time of a write in whole seconds: waits until the next one has begun. */
export function nextSecond(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1010 - (Date.now() % 1000)));
}
