/** Whether the directory can be reached and lets us do what we have to. Rights are found by trying what does no harm. */
import { epochMs, type Instant } from "../../kernel/time.ts";
import { RESULT } from "../ldap/client.ts";
import { coverageOf, type Health, type Permission, ProviderFault } from "../port.ts";
import { type Context, hasExpiry, maySearch, whoAmI } from "./directory.ts";
import { findAnyone } from "./discover.ts";
import { REFRESH, refreshRequest, taking } from "./groups.ts";
import { instantOfGeneralizedTime } from "./map.ts";
import { permissionsOf } from "./permissions.ts";

/** It is no group and exempts nobody. Added and taken away again at once. */
const PROBE = "cn=postern-permission-check";
const SECONDS_PER_YEAR = 31_536_000;
/** No entry has this value: taking it away changes nothing, and is refused to whoever may not write. */
const NEVER = "19000101000000Z";

export async function health(context: Context): Promise<Health> {
  try {
    const ourselves = await whoAmI(context);
    const probes = await probeGroups(context);
    const permissions = [
      ...(await readingPermissions(context)),
      ...probes.flatMap(({ permissions: some }) => some),
      ...longTerms(context, probes),
      ...(await passwordPermissions(context)),
    ];
    const skew = probes.find(({ clockSkewMs }) => clockSkewMs !== undefined)?.clockSkewMs;
    return {
      reachable: true,
      words: `OpenLDAP at ${context.settings.url}, signed in as ${ourselves}`,
      permissions,
      ...(skew !== undefined && { clockSkewMs: skew }),
      coverage: [await coverageOf("exemption places", placesOf(context))],
    };
  } catch (error) {
    if (!(error instanceof ProviderFault)) throw error;
    return { reachable: false, words: error.message, permissions: [] };
  }
}

/** slapd answers that there is none also where the account may not see it. */
function placesOf({ settings, ldap }: Context) {
  const dns = settings.policies.flatMap((policy) => [policy.exemptionsBase, ...(policy.shape === "group" ? policy.exemptionGroups : [])]);
  return new Map(dns.map((dn) => [dn, () => ldap.find(dn, ["1.1"])]));
}

async function readingPermissions(context: Context): Promise<readonly Permission[]> {
  const { settings } = context;
  const { readPeople, readLog } = permissionsOf(settings);
  const someone = await findAnyone(context, settings.peopleBase ?? settings.baseDn);
  const held = someone === undefined ? undefined : await maySearch(context, someone, "entryUUID");
  const people = withHeld(readPeople, held ?? false);
  if (settings.accesslogBase === undefined) return [people];
  return [people, withHeld(readLog, (await context.ldap.find(settings.accesslogBase, ["1.1"])) !== undefined)];
}

interface Probed {
  readonly permissions: readonly Permission[];
  readonly clockSkewMs?: number | undefined;
  /** Whether an entry may live for a year; undefined where entries have no end of their own, or it could not be tried. */
  readonly livesLong?: boolean | undefined;
}

function longTerms({ settings }: Context, probes: readonly Probed[]): readonly Permission[] {
  const tried = probes.flatMap(({ livesLong }) => livesLong ?? []);
  return tried.length === 0 ? [] : [withHeld(permissionsOf(settings).longTerms, !tried.includes(false))];
}

async function probeGroups(context: Context): Promise<readonly Probed[]> {
  const { writeGroups, setEnds } = permissionsOf(context.settings);
  const probed: Probed[] = [];
  for (const { base, permission } of writeGroups) {
    const end = setEnds.find((one) => one.base === base);
    const { mayWrite, mayExpire, livesLong, clockSkewMs } = await probe(
      context,
      base,
      end !== undefined && (await hasExpiry(context, base)),
    );
    const written = withHeld(permission, mayWrite);
    probed.push({ permissions: end === undefined ? [written] : [written, withHeld(end.permission, mayExpire)], clockSkewMs, livesLong });
  }
  return probed;
}

/** slapd checks an assertion before the right to add, so only a real add tells. */
async function probe(context: Context, base: string, canExpire: boolean) {
  const { ldap, now } = context;
  const dn = `${PROBE},${base}`;
  const objectClass = ["organizationalRole", ...(canExpire ? ["dynamicObject"] : [])];
  const { code } = await ldap.add(dn, { objectClass });
  if (code !== RESULT.success && code !== RESULT.entryAlreadyExists) return { mayWrite: code !== RESULT.insufficientAccess && undefined };
  const created = instantOfGeneralizedTime((await ldap.find(dn, ["createTimestamp"]))?.text("createTimestamp"));
  const refreshed = canExpire ? (await ldap.extended(REFRESH, refreshRequest(dn, SECONDS_PER_YEAR))).code : undefined;
  const removed = await ldap.remove(dn);
  return {
    mayWrite: removed.code !== RESULT.insufficientAccess,
    mayExpire: refreshed === undefined ? undefined : refreshed !== RESULT.insufficientAccess,
    livesLong: refreshed === RESULT.success ? true : refreshed === RESULT.sizeLimitExceeded ? false : undefined,
    clockSkewMs: code === RESULT.success ? skewOf(created, now()) : undefined,
  };
}

/** The server tells whole seconds: less than one is nothing. */
function skewOf(theirs: Instant | undefined, ours: Instant): number | undefined {
  if (theirs === undefined) return undefined;
  const difference = epochMs(theirs) - epochMs(ours);
  return Math.abs(difference) < 1000 ? 0 : difference;
}

async function passwordPermissions(context: Context): Promise<readonly Permission[]> {
  const { settings, ldap } = context;
  const { passwords } = permissionsOf(settings);
  if (passwords === undefined) return [];
  const someone = await findAnyone(context, settings.peopleBase ?? settings.baseDn);
  if (someone === undefined) return Object.values(passwords);
  const mayWrite = async (attribute: string) => (await ldap.modify(someone, [taking(attribute, NEVER)])).code !== RESULT.insufficientAccess;
  return [
    withHeld(passwords.lock, await mayWrite("pwdAccountLockedTime")),
    withHeld(passwords.end, await mayWrite("pwdEndTime")),
    withHeld(passwords.presence, await maySearch(context, someone, "userPassword")),
  ];
}

function withHeld(permission: Permission, held: boolean | undefined): Permission {
  return { ...permission, ...(held !== undefined && { held }) };
}
