/** Bypasses as the register is told of them, with keys that stay the same from read to read. Pure. */
import type { Instant } from "../../kernel/time.ts";
import type { Bypass, ProviderSubject } from "../port.ts";
import { type Account, controlEvidence } from "./map.ts";
import type { Link } from "./values.ts";

/** Parts of a key are joined with `:`; policy keys and identifiers have none in them, a reference comes last. */
export const bypassKey = {
  member: (policy: string, group: string, subject: string) => `member:${policy}:${group}:${subject}`,
  via: (policy: string, link: string, subject: string) => `via:${policy}:${link}:${subject}`,
  primary: (policy: string, group: string, subject: string) => `primary:${policy}:${group}:${subject}`,
  requirement: (subject: string, ref?: string) => (ref === undefined ? `requirement:${subject}` : `requirement:${subject}:${ref}`),
  notRequired: (subject: string) => `notRequired:${subject}`,
  neverExpires: (subject: string) => `neverExpires:${subject}`,
  hiddenReset: (subject: string) => `hiddenReset:${subject}`,
  weaker: (subject: string, settings: string) => `weaker:${subject}:${settings}`,
} as const;

export type KeyKind = keyof typeof bypassKey;

/** The kind of a key and its parts; undefined when it was not made here. */
export function readKey(key: string): { readonly kind: KeyKind; readonly parts: readonly string[] } | undefined {
  const [kind = "", ...parts] = key.split(":");
  return Object.hasOwn(bypassKey, kind) ? { kind: kind as KeyKind, parts } : undefined;
}

export function requirementCleared(account: Account, policy: string, ref?: string): Bypass {
  return {
    key: bypassKey.requirement(account.subject.key, ref),
    form: "requirement_cleared",
    policy,
    subject: account.subject,
    object: account.dn,
    critical: account.privileged,
    evidence: { ...controlEvidence(account), missing: "SMARTCARD_REQUIRED (0x40000)" },
    ...(ref !== undefined && { grantRef: ref }),
  };
}

export function passwordNotRequired(account: Account): Bypass {
  return {
    key: bypassKey.notRequired(account.subject.key),
    form: "password_not_required",
    subject: account.subject,
    object: account.dn,
    critical: true,
    evidence: { ...controlEvidence(account), set: "PASSWD_NOTREQD (0x20)" },
  };
}

export function passwordNeverExpires(account: Account): Bypass {
  return {
    key: bypassKey.neverExpires(account.subject.key),
    form: "password_never_expires",
    subject: account.subject,
    object: account.dn,
    critical: account.privileged,
    evidence: { ...controlEvidence(account), set: "DONT_EXPIRE_PASSWORD (0x10000)" },
  };
}

export function passwordResetBehind(account: Account, policy: string | undefined, setAt: Instant): Bypass {
  return {
    key: bypassKey.hiddenReset(account.subject.key),
    form: "password_reset_behind_requirement",
    ...(policy !== undefined && { policy }),
    subject: account.subject,
    object: account.dn,
    critical: true,
    evidence: { ...controlEvidence(account), "unicodePwd written": setAt },
    since: setAt,
  };
}

export function weakerPasswordPolicy(account: Account, settings: Link, weaker: Readonly<Record<string, string>>): Bypass {
  return {
    key: bypassKey.weaker(account.subject.key, settings.key),
    form: "weaker_password_policy",
    subject: account.subject,
    object: settings.dn,
    critical: account.privileged,
    evidence: weaker,
  };
}

interface Membership {
  readonly key: string;
  readonly policy: string;
  readonly subject: ProviderSubject;
  /** The group the subject is a member of, or the one it is in through others. */
  readonly object: string;
  readonly evidence: Readonly<Record<string, string>>;
  readonly privileged: boolean;
  readonly grantRef?: string;
}

export function groupMember({ privileged, ...membership }: Membership): Bypass {
  return { ...membership, form: "governed_group_member", critical: privileged };
}
