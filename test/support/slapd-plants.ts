/** What an administrator does in the test directory: makes people and groups, opens ways by hand, and looks at what is there. */
import { Change } from "ldapts";

import { attribute, type AttributeValues, createLdapClient, type LdapClient } from "../../src/connectors/ldap/client.ts";
import type { LdapEntry } from "../../src/connectors/ldap/entry.ts";
import type { OpenLdapSettings } from "../../src/connectors/openldap/config.ts";
import { openLdapConfig } from "../../src/connectors/openldap/config.ts";
import { ProviderFault, type ProviderSubject } from "../../src/connectors/port.ts";
import { type Instant, instantOfEpochMs } from "../../src/kernel/time.ts";
import type { Slapd } from "./slapd.ts";

export const LOCKED = "000001010000Z";
const PASSWORD = "A-password-of-24-letters";

export interface Person {
  readonly dn: string;
  readonly password: string;
  readonly subject: ProviderSubject;
}

export type Plants = ReturnType<typeof openPlants>;

/** Settings of a connector for this server, with two policies: `vpn` by group, `password` on the entry. */
export function settingsFor(slapd: Slapd, more: Record<string, unknown> = {}): OpenLdapSettings {
  const { layout, service, caPem } = slapd;
  const { secret = service.password, ...config } = more;
  const parsed = openLdapConfig.parse({
    url: slapd.ldapsUrl,
    caPem,
    ...(config["certificatePem"] === undefined && { bindDn: service.dn }),
    baseDn: layout.baseDn,
    peopleBase: layout.peopleDn,
    defaultPasswordPolicy: layout.defaultPolicyDn,
    accesslogBase: layout.accesslogDn,
    logsSignIns: true,
    policies: [
      {
        key: "vpn",
        shape: "group",
        title: "VPN",
        exemptionsBase: layout.vpnExemptionsDn,
        exemptionGroups: [layout.oldExemptionGroupDn],
        resolvesNestedGroups: true,
      },
      {
        key: "password",
        shape: "attribute",
        exemptionsBase: layout.passwordExemptionsDn,
        mustBePasswordless: "(employeeType=passwordless)",
      },
    ],
    ...config,
  });
  return { ...parsed, secret: secret as string };
}

export function machineNow(): Instant {
  return instantOfEpochMs(Date.now());
}

export function openPlants(slapd: Slapd) {
  const { layout, admin, caPem } = slapd;
  const client = createLdapClient({ url: slapd.ldapsUrl, caPem, bindDn: admin.dn, secret: admin.password });
  const dnOfPerson = (uid: string) => `uid=${uid},${layout.peopleDn}`;

  async function add(dn: string, values: AttributeValues): Promise<string> {
    expectSuccess(await client.add(dn, values), dn);
    return dn;
  }

  async function subjectAt(dn: string): Promise<ProviderSubject> {
    const entry = (await client.find(dn, ["entryUUID", "uid", "cn", "objectClass"]))!;
    const kind = entry.text("uid") === undefined ? "group" : "user";
    return { kind, key: entry.text("entryUUID")!, name: entry.text("uid") ?? entry.text("cn")! };
  }

  return {
    client,
    subjectAt,

    /** Somebody who must sign in by certificate, and whose password is locked unless `open`. */
    async person(uid: string, { open = false, ...more }: { open?: boolean } & Record<string, string | boolean> = {}): Promise<Person> {
      const dn = await add(dnOfPerson(uid), {
        objectClass: ["inetOrgPerson"],
        uid,
        cn: uid,
        sn: uid,
        mail: `${uid}@postern.test`,
        employeeType: "passwordless",
        userPassword: PASSWORD,
        ...(open ? {} : { pwdAccountLockedTime: LOCKED }),
        ...(more as Record<string, string>),
      });
      return { dn, password: PASSWORD, subject: await subjectAt(dn) };
    },

    group: (cn: string, members: readonly string[], below: string = layout.groupsDn, more: AttributeValues = {}) =>
      add(`cn=${cn},${below}`, { objectClass: "groupOfNames", cn, member: members, ...more }),

    dynamicGroup: (cn: string) =>
      add(`cn=${cn},${layout.groupsDn}`, {
        objectClass: "groupOfURLs",
        cn,
        memberURL: `ldap:///${layout.peopleDn}??sub?(objectClass=person)`,
      }),

    putIn: async (groupDn: string, memberDn: string) =>
      expectSuccess(
        await client.modify(groupDn, [new Change({ operation: "add", modification: attribute("member", [memberDn]) })]),
        groupDn,
      ),

    /** Sets an attribute to one value, or takes it away. */
    set: async (dn: string, name: string, value?: string) =>
      expectSuccess(
        await client.modify(dn, [new Change({ operation: "replace", modification: attribute(name, value === undefined ? [] : [value]) })]),
        dn,
      ),

    remove: async (dn: string) => expectSuccess(await client.remove(dn), dn),

    async dnOf({ key }: ProviderSubject): Promise<string> {
      for await (const { dn } of client.search(layout.baseDn, { filter: `(entryUUID=${key})`, attributes: ["1.1"] })) return dn;
      throw new Error(`no entry ${key}`);
    },

    async all(base: string, filter: string, attributes: readonly string[] = ["*", "+"]): Promise<readonly LdapEntry[]> {
      const found: LdapEntry[] = [];
      for await (const entry of client.search(base, { filter, attributes })) found.push(entry);
      return found;
    },

    /** Whether the password opens the door: a real sign-in. */
    async passwordWorks(dn: string, password = PASSWORD): Promise<boolean> {
      return signsIn({ bindDn: dn, secret: password });
    },

    /** Whether a certificate of the directory's own authority does. */
    async certificateWorks(dn: string): Promise<boolean> {
      const { certificatePem, keyPem } = slapd.certificateFor(dn);
      return signsIn({ bindDn: "", certificatePem, secret: keyPem });
    },

    close: () => client.close(),
  };

  async function signsIn(how: { bindDn: string; secret: string; certificatePem?: string }): Promise<boolean> {
    const own: LdapClient = createLdapClient({ url: slapd.ldapsUrl, caPem, ...how });
    try {
      await own.find("", ["1.1"]);
      return true;
    } catch (error) {
      if (error instanceof ProviderFault && error.kind === "denied") return false;
      throw error;
    } finally {
      await own.close();
    }
  }
}

function expectSuccess({ code, words }: { readonly code: number; readonly words: string }, dn: string): void {
  if (code !== 0) throw new Error(`${dn}: result code ${code} ${words}`);
}
