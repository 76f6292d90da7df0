/** What OpenLDAP's entries mean: subjects, Postern's own groups, locked passwords and weaker password policies. */
import { instantOfEpochMs, parseInstant, epochMs, type Instant } from "../../kernel/time.ts";
import type { LdapEntry } from "../ldap/entry.ts";
import type { ProviderSubject } from "../port.ts";

/** A password locked with this value stays locked until somebody takes the value away (slapo-ppolicy). */
export const LOCKED = "000001010000Z";

export const SUBJECT_ATTRIBUTES: readonly string[] = ["objectClass", "entryUUID", "uid", "cn", "mail"];
export const PASSWORD_ATTRIBUTES: readonly string[] = ["pwdAccountLockedTime", "pwdStartTime", "pwdEndTime", "pwdPolicySubentry"];
export const GROUP_ATTRIBUTES: readonly string[] = [
  "objectClass",
  "entryUUID",
  "cn",
  "member",
  "uniqueMember",
  "description",
  "entryCSN",
  "modifyTimestamp",
  "modifiersName",
];
export const POLICY_ATTRIBUTES: readonly string[] = [
  "pwdLockout",
  "pwdMinLength",
  "pwdMaxFailure",
  "pwdMaxAge",
  "pwdCheckQuality",
  "pwdInHistory",
  "pwdMustChange",
];

const GROUP_CLASSES = ["groupofnames", "groupofuniquenames", "groupofurls", "posixgroup"];
const PERSON_CLASSES = ["person", "organizationalperson", "inetorgperson"];

/** Reads `20261121063028Z`, with or without a fraction of a second. */
export function instantOfGeneralizedTime(text: string | undefined): Instant | undefined {
  const parts = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(?:\.(\d{1,9}))?Z$/.exec(text ?? "");
  if (parts === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction = "0"] = parts;
  return parseInstant(`${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction}Z`);
}

/** Whole seconds, rounded down: an end is never written later than it is. */
export function generalizedTimeOf(at: Instant): string {
  return `${at.slice(0, 19).replaceAll(/[-:T]/g, "")}Z`;
}

export function hasClass(entry: LdapEntry, ...names: readonly string[]): boolean {
  return entry.texts("objectClass").some((name) => names.includes(name.toLowerCase()));
}

export function subjectOf(entry: LdapEntry): ProviderSubject {
  const key = entry.text("entryUUID") ?? keyOfMissing(entry.dn);
  if (hasClass(entry, ...GROUP_CLASSES)) return { kind: "group", key, name: entry.text("cn") ?? entry.dn };
  const name = entry.text("uid") ?? entry.text("cn") ?? entry.dn;
  if (hasClass(entry, ...PERSON_CLASSES)) return { kind: "user", key, name };
  return { kind: hasClass(entry, "device") ? "device" : "service", key, name };
}

/** A name that leads nowhere: whoever gets it next is let through. */
export function missingSubject(dn: string): ProviderSubject {
  return { kind: "user", key: keyOfMissing(dn), name: dn };
}

export function keyOfMissing(dn: string): string {
  return `dn:${dn.toLowerCase()}`;
}

/** A group that lets its members past a policy, or, for a policy on the entry itself, remembers for whom we opened it. */
export interface ExemptionGroup {
  readonly dn: string;
  /** Changes with every change of the entry. */
  readonly csn: string;
  /** The exception it was made for, when it bears our mark. */
  readonly ref: string | undefined;
  readonly members: readonly string[];
  readonly memberAttribute: "member" | "uniqueMember";
  /** By subject key: until when we let the subject in. */
  readonly notes: ReadonlyMap<string, Instant>;
  readonly isDynamic: boolean;
  readonly modifiedAt: Instant | undefined;
  readonly modifiedBy: string | undefined;
}

const MARK = "Postern grant ";

export function markOf(ref: string): string {
  return `${MARK}${ref}`;
}

export function noteOf(subjectKey: string, until: Instant): string {
  return `${notePrefix(subjectKey)}${until}`;
}

export function notePrefix(subjectKey: string): string {
  return `subject ${subjectKey} until `;
}

export function exemptionGroupOf(entry: LdapEntry): ExemptionGroup {
  const descriptions = entry.texts("description");
  const memberAttribute = hasClass(entry, "groupofuniquenames") ? "uniqueMember" : "member";
  return {
    dn: entry.dn,
    csn: entry.text("entryCSN") ?? "",
    ref: descriptions.find((text) => text.startsWith(MARK))?.slice(MARK.length),
    members: entry.texts(memberAttribute),
    memberAttribute,
    notes: new Map(descriptions.flatMap(readNote)),
    isDynamic: hasClass(entry, "dynamicobject"),
    modifiedAt: instantOfGeneralizedTime(entry.text("modifyTimestamp")),
    modifiedBy: entry.text("modifiersName"),
  };
}

function readNote(text: string): readonly (readonly [string, Instant])[] {
  const [, key, until] = /^subject (\S+) until (\S+)$/.exec(text) ?? [];
  const end = until === undefined ? undefined : parseInstant(until);
  return key === undefined || end === undefined ? [] : [[key, end]];
}

/** The latest of some instants. */
export function lastOf(instants: Iterable<Instant>): Instant | undefined {
  return [...instants].sort().at(-1);
}

export interface PasswordState {
  readonly isLocked: boolean;
  readonly startsAt: Instant | undefined;
  readonly endsAt: Instant | undefined;
  /** As written, to compare with before changing them. */
  readonly lockedText: string | undefined;
  readonly endText: string | undefined;
  readonly policyDn: string | undefined;
}

export function passwordStateOf(entry: LdapEntry): PasswordState {
  const lockedText = entry.text("pwdAccountLockedTime");
  const endText = entry.text("pwdEndTime");
  return {
    isLocked: lockedText === LOCKED,
    startsAt: instantOfGeneralizedTime(entry.text("pwdStartTime")),
    endsAt: instantOfGeneralizedTime(endText),
    lockedText,
    endText,
    policyDn: entry.text("pwdPolicySubentry"),
  };
}

export interface PasswordPolicy {
  readonly dn: string;
  readonly lockout: boolean;
  readonly mustChange: boolean;
  readonly numbers: Readonly<Record<(typeof NUMBERS)[number], number>>;
}

const NUMBERS = ["pwdMinLength", "pwdMaxFailure", "pwdMaxAge", "pwdCheckQuality", "pwdInHistory"] as const;
/** Where 0 means without limit, so that it is the weakest value and not the strongest. */
const UNLIMITED_AT_ZERO: ReadonlySet<string> = new Set(["pwdMaxFailure", "pwdMaxAge"]);

export function passwordPolicyOf(entry: LdapEntry): PasswordPolicy {
  const number = (name: string) => Number(entry.text(name) ?? 0);
  return {
    dn: entry.dn,
    lockout: entry.text("pwdLockout") === "TRUE",
    mustChange: entry.text("pwdMustChange") === "TRUE",
    numbers: Object.fromEntries(NUMBERS.map((name) => [name, number(name)])) as PasswordPolicy["numbers"],
  };
}

/** Where a policy asks for less than the default one: attribute and values. Empty when it is at least as strong. */
export function weaknessesOf(policy: PasswordPolicy, standard: PasswordPolicy): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of NUMBERS) {
    const [here, there] = [policy.numbers[name], standard.numbers[name]];
    const isWeaker = UNLIMITED_AT_ZERO.has(name) ? limitOf(here) > limitOf(there) : here < there;
    if (isWeaker) found[name] = `${here} instead of ${there}`;
  }
  if (standard.lockout && !policy.lockout) found["pwdLockout"] = "FALSE instead of TRUE";
  if (standard.mustChange && !policy.mustChange) found["pwdMustChange"] = "FALSE instead of TRUE";
  return found;
}

function limitOf(value: number): number {
  return value === 0 ? Number.POSITIVE_INFINITY : value;
}

/**
 * Whether a password lets its owner in, as slapd 2.5 decides (tried on a real one): without a policy nothing is enforced, the end
 * and the begin are whenever there is one, and the lock only where the policy has pwdLockout TRUE.
 */
export function isPasswordUsable(
  state: PasswordState,
  policy: PasswordPolicy | undefined,
  hasPassword: boolean | undefined,
  now: Instant,
): boolean {
  if (hasPassword === false) return false;
  if (policy === undefined) return true;
  if (state.endsAt !== undefined && state.endsAt <= now) return false;
  if (state.startsAt !== undefined && now < state.startsAt) return false;
  return !(state.isLocked && policy.lockout);
}

/** Whole seconds until an instant, rounded down. */
export function secondsUntil(end: Instant, now: Instant): number {
  return Math.floor((epochMs(end) - epochMs(now)) / 1000);
}

export function afterSeconds(now: Instant, seconds: number): Instant {
  return instantOfEpochMs(epochMs(now) + Math.floor(seconds * 1000));
}

/** Keys of bypasses: the same bypass has the same key at every reading. */
export const bypassKey = {
  member: (policy: string, groupDn: string, subjectKey: string) => `member:${policy}:${groupDn.toLowerCase()}:${subjectKey}`,
  password: (policy: string, subjectKey: string, ref?: string) => `password:${policy}:${subjectKey}${ref === undefined ? "" : `:${ref}`}`,
  passwordPolicy: (policyDn: string, subjectKey: string) => `pwdpolicy:${policyDn.toLowerCase()}:${subjectKey}`,
};

/** What one entry of the accesslog says about an attribute: `member:+ uid=…`. */
export interface LoggedModification {
  readonly attribute: string;
  readonly operation: "+" | "-" | "=" | "#";
  /** Undefined where the operation is about the attribute as a whole. */
  readonly value: string | undefined;
}

export function modificationOf(text: string): LoggedModification | undefined {
  const [, attribute, operation, value] = /^([^:]+):([-+=#]) ?(.*)$/s.exec(text) ?? [];
  if (attribute === undefined) return undefined;
  return {
    attribute: attribute.toLowerCase(),
    operation: operation as LoggedModification["operation"],
    value: value === "" ? undefined : value,
  };
}
