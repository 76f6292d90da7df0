/** Facts of the domain that do not change while a connection lives, read once, and those that follow from the configuration. */
import type { LdapEntry } from "../ldap/entry.ts";
import { ProviderFault } from "../port.ts";
import type { Directory } from "./client.ts";
import type { ActiveDirectorySettings, AttributePolicy } from "./config.ts";
import type { Account } from "./map.ts";
import { DOMAIN_ATTRIBUTES } from "./password-policy.ts";
import type { Instant } from "../../kernel/time.ts";
import { sidText } from "./values.ts";

export interface Domain {
  readonly serverName: string;
  readonly headDn: string;
  readonly configurationDn: string;
  readonly settingsContainerDn: string;
  /** This directory is Samba: its observed behaviour may be relied on where Windows is not known to do the same. */
  readonly isSamba: boolean;
  /** SID of the account the connection signed in with. */
  readonly ownSid: string;
  /** Memberships can carry their own end (the privileged access management feature of the forest is on). */
  readonly hasExpiringLinks: boolean;
}

/** What every part of the connector works with. */
export interface Context {
  readonly settings: ActiveDirectorySettings;
  readonly directory: Directory;
  readonly domain: () => Promise<Domain>;
  readonly now: () => Instant;
}

const ROOT_ATTRIBUTES = ["defaultNamingContext", "configurationNamingContext", "dnsHostName", "vendorName", "tokenGroups"];

/** Identifier of the privileged access management feature, [MS-ADTS] 3.1.1.9.2, as a filter writes bytes. */
const EXPIRING_LINKS_FEATURE = "\\73\\e8\\43\\ec\\ce\\cc\\40\\46\\b4\\ab\\07\\ff\\e4\\ab\\5b\\cd";

export async function readDomain(directory: Directory): Promise<Domain> {
  const root = await directory.ldap.find("", ROOT_ATTRIBUTES);
  const headDn = root?.text("defaultNamingContext");
  const configurationDn = root?.text("configurationNamingContext");
  const token = root?.bytes("tokenGroups")[0];
  if (root === undefined || headDn === undefined || configurationDn === undefined) {
    throw new ProviderFault("fault", "The server names no domain: it is no domain controller.");
  }
  return {
    serverName: root.text("dnsHostName") ?? "domain controller",
    headDn,
    configurationDn,
    settingsContainerDn: `CN=Password Settings Container,CN=System,${headDn}`,
    isSamba: root.text("vendorName")?.startsWith("Samba") === true,
    ownSid: token === undefined ? "" : sidText(token),
    hasExpiringLinks: await hasExpiringLinks(directory, configurationDn),
  };
}

async function hasExpiringLinks(directory: Directory, configurationDn: string): Promise<boolean> {
  const base = `CN=Optional Features,CN=Directory Service,CN=Windows NT,CN=Services,${configurationDn}`;
  const filter = `(&(msDS-OptionalFeatureGUID=${EXPIRING_LINKS_FEATURE})(msDS-EnabledFeatureBL=*))`;
  for await (const _ of directory.ldap.search(base, { filter, attributes: ["1.1"] })) return true;
  return false;
}

/** The head of the domain: its password rules, read anew each time. */
export async function readHead({ directory, domain }: Context): Promise<LdapEntry> {
  const { headDn } = await domain();
  const head = await directory.ldap.find(headDn, DOMAIN_ATTRIBUTES);
  if (head === undefined) throw new ProviderFault("denied", `${headDn} cannot be read.`);
  return head;
}

/** The domain changes random passwords of smart-card accounts by itself; then a later password says nothing about people. */
export function rollsPasswords(head: LdapEntry): boolean {
  return head.text("msDS-ExpirePasswordsOnSmartCardOnlyAccounts") === "TRUE";
}

export function attributePolicy(settings: ActiveDirectorySettings): AttributePolicy | undefined {
  return settings.policies.find((policy) => policy.shape === "attribute");
}

/** The filter of those who must have a smart card. A group that is gone is a fault: nobody having to would look like all being well. */
export async function mustHaveFilter({ directory, settings }: Context): Promise<string> {
  const { mustHaveSmartcard } = settings;
  if (mustHaveSmartcard === undefined) return "(!(objectClass=*))";
  if (mustHaveSmartcard.startsWith("(")) return mustHaveSmartcard;
  const group = await loadGroup(directory, mustHaveSmartcard, "whose members must have a smart card");
  return directory.filterWithin(await directory.groupsWithin(group));
}

/** A group the configuration names; throws when it is not there. */
export async function loadGroup(directory: Directory, dn: string, role: string): Promise<Account> {
  const found = await directory.accountByDn(dn);
  if (found === undefined) throw new ProviderFault("fault", `The group ${dn}, ${role}, does not exist or cannot be read.`);
  return found.account;
}
