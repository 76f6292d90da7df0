/** Whether the directory answers, and which rights the account holds: asked of the directory, never tried by changing something. */
import { msBetween } from "../../kernel/time.ts";
import { coverageOf, type Health, type Permission, ProviderFault } from "../port.ts";
import { type Context, mustHaveFilter, readDomain, readHead, rollsPasswords } from "./domain.ts";
import { instantOfGeneralizedTime, USER_ACCOUNT } from "./values.ts";

/** Every right the connector uses. docs/connectors/activedirectory.md has the commands that give them. */
const RIGHTS = {
  groups: {
    name: "Create and delete groups in the organisational unit of Postern, and write all of their properties",
    why: "One group of our own for each policy and exception",
    without: "Nothing can be granted",
  },
  exemption: (dn: string): Permission => ({
    name: `Write member on ${dn}`,
    why: "Our groups are put into the exemption group, and strangers are taken out",
    without: "Nothing can be granted under this policy, and no unregistered member removed",
  }),
  control: {
    name: "Write userAccountControl on the people who must have a smart card",
    why: "The smart-card requirement is a bit of it",
    without: "The smart-card policy can be neither weakened nor restored",
  },
  expiry: {
    name: "Write accountExpires on the accounts of the expiry filter",
    why: "The directory's own end of an account, a second lock",
    without: "Accounts live on when Postern is down at the end of their exception",
  },
  metadata: {
    name: "Read replPropertyMetaData on people",
    why: "Tells a password set behind the smart-card requirement",
    without: "Hidden password resets stay hidden",
  },
  settings: {
    name: "Read the Password Settings Container and what is in it",
    why: "Password settings weaker than the domain's are a bypass",
    without: "Weaker password settings stay hidden",
  },
} as const;

/** Rights are delegated by organisational unit: a few accounts show a forgotten unit without reading them all. */
const SAMPLE = 20;

/** What is asked for with this configuration. */
export function permissionsNeeded({ settings }: Context): readonly Permission[] {
  const exemptions = settings.policies.flatMap((policy) => (policy.shape === "group" ? [RIGHTS.exemption(policy.exemptionGroupDn)] : []));
  const control = settings.policies.some((policy) => policy.shape === "attribute") ? [RIGHTS.control] : [];
  const expiry = settings.accountExpiryFilter === undefined ? [] : [RIGHTS.expiry];
  return [RIGHTS.groups, ...exemptions, ...control, ...expiry, RIGHTS.metadata, RIGHTS.settings];
}

/** Never throws for a directory that cannot be asked: that is what health is asked for. */
export async function health(context: Context): Promise<Health> {
  try {
    return await examine(context);
  } catch (error) {
    if (!(error instanceof ProviderFault)) throw error;
    return { reachable: false, words: error.message, permissions: permissionsNeeded(context) };
  }
}

async function examine(context: Context): Promise<Health> {
  const { directory, now, settings } = context;
  const asked = now();
  const root = await directory.ldap.find("", ["currentTime", "dnsHostName"]);
  const domain = await readDomain(directory);
  const permissions = await Promise.all(permissionsNeeded(context).map(async (right) => withHeld(right, await holds(context, right))));
  const theirs = instantOfGeneralizedTime(root?.text("currentTime"));
  const rolls = rollsPasswords(await readHead(context));
  const missing = permissions.filter(({ held }) => held === false).length;
  const words = [
    `${domain.serverName} answers for ${settings.baseDn}${domain.isSamba ? " (Samba)" : ""}.`,
    missing === 0 ? "" : `${missing} of ${permissions.length} rights are missing.`,
    rolls ? "The domain renews random passwords by itself, so password resets behind the smart-card requirement cannot be told." : "",
  ];
  return {
    reachable: true,
    words: words.filter((sentence) => sentence !== "").join(" "),
    permissions,
    ...(theirs !== undefined && { clockSkewMs: skewWithinResolution(msBetween(asked, theirs)) }),
    coverage: [await coverageOf("exemption places", placesOf(context))],
  };
}

/** The directory answers that there is none also where the account may not see it. */
function placesOf({ settings, directory }: Context) {
  const dns = settings.policies.flatMap((policy) => (policy.shape === "group" ? [policy.exemptionGroupDn] : []));
  return new Map([settings.groupsOu, ...dns].map((dn) => [dn, () => directory.ldap.find(dn, ["objectGUID"])]));
}

function withHeld(right: Permission, held: boolean | undefined): Permission {
  return held === undefined ? right : { ...right, held };
}

/** The directory tells its time in whole seconds, so less than one is no skew. */
function skewWithinResolution(ms: number): number {
  return ms <= 0 && ms > -1000 ? 0 : ms;
}

/** Whether a right is held; undefined when nothing is there to ask it of. */
async function holds(context: Context, { name }: Permission): Promise<boolean | undefined> {
  const { directory, settings } = context;
  if (name === RIGHTS.groups.name) return allows(context, settings.groupsOu, "allowedChildClassesEffective", "group");
  if (name === RIGHTS.control.name) return onSample(context, await mustHaveFilter(context), "userAccountControl");
  if (name === RIGHTS.expiry.name) return onSample(context, settings.accountExpiryFilter ?? "", "accountExpires");
  if (name === RIGHTS.metadata.name) {
    const sample = await first(directory.accounts(`(sAMAccountType=${USER_ACCOUNT})`, ["objectGUID", "replPropertyMetaData"]));
    return sample === undefined ? undefined : sample[1].bytes("replPropertyMetaData").length > 0;
  }
  if (name === RIGHTS.settings.name) return seesPasswordSettings(context);
  const policy = settings.policies.find((one) => one.shape === "group" && RIGHTS.exemption(one.exemptionGroupDn).name === name);
  return policy?.shape === "group" ? allows(context, policy.exemptionGroupDn, "allowedAttributesEffective", "member") : undefined;
}

/** What may not be read looks like nothing at all, but whoever settings apply to carries the link back to them. */
async function seesPasswordSettings({ directory, domain }: Context): Promise<boolean | undefined> {
  const { settingsContainerDn } = await domain();
  const search = { filter: "(objectClass=msDS-PasswordSettings)", attributes: ["objectGUID"] };
  if ((await first(directory.ldap.search(settingsContainerDn, search))) !== undefined) return true;
  return (await first(directory.accounts("(msDS-PSOApplied=*)"))) === undefined ? undefined : false;
}

/** Asks the directory what this account may do to an object: it works that out from the object's access list. */
async function allows({ directory }: Context, dn: string, attribute: string, wanted: string): Promise<boolean> {
  const entry = await directory.ldap.find(dn, [attribute]);
  return entry?.texts(attribute).some((name) => name.toLowerCase() === wanted.toLowerCase()) ?? false;
}

/** Of some accounts all must allow it. Administrators are left out: the directory itself resets the access lists of theirs. */
async function onSample(context: Context, filter: string, attribute: string): Promise<boolean | undefined> {
  let asked = 0;
  for await (const [account] of context.directory.accounts(`(&(sAMAccountType=${USER_ACCOUNT})(!(adminCount=1))${filter})`)) {
    if (!(await allows(context, account.dn, "allowedAttributesEffective", attribute))) return false;
    asked += 1;
    if (asked === SAMPLE) return true;
  }
  return asked === 0 ? undefined : true;
}

async function first<T>(items: AsyncIterable<T>): Promise<T | undefined> {
  for await (const item of items) return item;
  return undefined;
}
