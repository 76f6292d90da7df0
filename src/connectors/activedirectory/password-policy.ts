/** Whether a password-settings object asks less than the domain. Pure. */
import type { LdapEntry } from "../ldap/entry.ts";

interface PasswordRules {
  readonly minLength: bigint;
  readonly history: bigint;
  readonly complexity: boolean;
  readonly reversible: boolean;
  /** In 100 ns; undefined for never. */
  readonly maxAge: bigint | undefined;
  /** Wrong passwords before the account locks; 0 for never. */
  readonly lockoutThreshold: bigint;
  readonly lockoutDuration: bigint | undefined;
  readonly lockoutWindow: bigint | undefined;
}

export const DOMAIN_ATTRIBUTES = [
  "minPwdLength",
  "pwdHistoryLength",
  "pwdProperties",
  "maxPwdAge",
  "lockoutThreshold",
  "lockoutDuration",
  "lockOutObservationWindow",
  "objectSid",
  "msDS-ExpirePasswordsOnSmartCardOnlyAccounts",
] as const;

export const SETTINGS_ATTRIBUTES = [
  "objectGUID",
  "cn",
  "msDS-PSOAppliesTo",
  "msDS-MinimumPasswordLength",
  "msDS-PasswordHistoryLength",
  "msDS-PasswordComplexityEnabled",
  "msDS-PasswordReversibleEncryptionEnabled",
  "msDS-MaximumPasswordAge",
  "msDS-LockoutThreshold",
  "msDS-LockoutDuration",
  "msDS-LockoutObservationWindow",
] as const;

const COMPLEX = 0x1n;
const REVERSIBLE = 0x10n;
const NEVER = -9_223_372_036_854_775_808n;

function count(entry: LdapEntry, name: string): bigint {
  return BigInt(entry.text(name) ?? "0");
}

/** Ages are kept negative; none and the smallest number both mean never. */
function age(entry: LdapEntry, name: string): bigint | undefined {
  const value = count(entry, name);
  return value === 0n || value === NEVER ? undefined : -value;
}

export function rulesOfDomain(domain: LdapEntry): PasswordRules {
  const properties = count(domain, "pwdProperties");
  return {
    minLength: count(domain, "minPwdLength"),
    history: count(domain, "pwdHistoryLength"),
    complexity: (properties & COMPLEX) !== 0n,
    reversible: (properties & REVERSIBLE) !== 0n,
    maxAge: age(domain, "maxPwdAge"),
    lockoutThreshold: count(domain, "lockoutThreshold"),
    lockoutDuration: age(domain, "lockoutDuration"),
    lockoutWindow: age(domain, "lockOutObservationWindow"),
  };
}

export function rulesOfSettings(settings: LdapEntry): PasswordRules {
  return {
    minLength: count(settings, "msDS-MinimumPasswordLength"),
    history: count(settings, "msDS-PasswordHistoryLength"),
    complexity: settings.text("msDS-PasswordComplexityEnabled") === "TRUE",
    reversible: settings.text("msDS-PasswordReversibleEncryptionEnabled") === "TRUE",
    maxAge: age(settings, "msDS-MaximumPasswordAge"),
    lockoutThreshold: count(settings, "msDS-LockoutThreshold"),
    lockoutDuration: age(settings, "msDS-LockoutDuration"),
    lockoutWindow: age(settings, "msDS-LockoutObservationWindow"),
  };
}

/** What the settings ask less of than the domain does, by attribute; empty when they are not weaker. */
export function weaknesses(settings: PasswordRules, domain: PasswordRules): Readonly<Record<string, string>> {
  const bothLock = settings.lockoutThreshold > 0n && domain.lockoutThreshold > 0n;
  const cases: readonly (readonly [string, boolean, unknown, unknown])[] = [
    ["msDS-MinimumPasswordLength", settings.minLength < domain.minLength, settings.minLength, domain.minLength],
    ["msDS-PasswordHistoryLength", settings.history < domain.history, settings.history, domain.history],
    ["msDS-PasswordComplexityEnabled", domain.complexity && !settings.complexity, false, true],
    ["msDS-PasswordReversibleEncryptionEnabled", settings.reversible && !domain.reversible, true, false],
    ["msDS-MaximumPasswordAge", longer(settings.maxAge, domain.maxAge), days(settings.maxAge), days(domain.maxAge)],
    [
      "msDS-LockoutThreshold",
      domain.lockoutThreshold > 0n && (settings.lockoutThreshold === 0n || settings.lockoutThreshold > domain.lockoutThreshold),
      settings.lockoutThreshold,
      domain.lockoutThreshold,
    ],
    [
      "msDS-LockoutDuration",
      bothLock && longer(domain.lockoutDuration, settings.lockoutDuration),
      minutes(settings.lockoutDuration),
      minutes(domain.lockoutDuration),
    ],
    [
      "msDS-LockoutObservationWindow",
      bothLock && longer(domain.lockoutWindow, settings.lockoutWindow),
      minutes(settings.lockoutWindow),
      minutes(domain.lockoutWindow),
    ],
  ];
  const weaker = cases.filter(([, weak]) => weak);
  return Object.fromEntries(weaker.map(([name, , here, there]) => [name, `${String(here)} (domain: ${String(there)})`]));
}

/** Whether the first length is longer; undefined lasts for ever. */
function longer(a: bigint | undefined, b: bigint | undefined): boolean {
  if (b === undefined) return false;
  return a === undefined || a > b;
}

function days(ticks: bigint | undefined): string {
  return ticks === undefined ? "never" : `${ticks / 864_000_000_000n} d`;
}

function minutes(ticks: bigint | undefined): string {
  return ticks === undefined ? "until an administrator unlocks" : `${ticks / 600_000_000n} min`;
}
