/** What the example directory's file holds, and what can be read out of it. Pure. */
import { z } from "zod";

import type { Instant } from "../../kernel/time.ts";
import { parseInstant } from "../../kernel/time.ts";
import type { GovernedPolicy, ProviderSubject } from "../port.ts";

export const POLICIES: readonly GovernedPolicy[] = [
  {
    key: "smartcard",
    title: "Smart card at the workstation",
    shape: "attribute",
    demands: "smart card or security key",
    leaves: "password",
  },
  { key: "vpn", title: "VPN", shape: "group", demands: "passkey", leaves: "password" },
  { key: "admin-portal", title: "Administration portal", shape: "group", demands: "security key", leaves: "password and code" },
];

const words = z.string().min(1).max(500);
const key = z.string().min(1).max(200);
const at = z.string().transform((text, context): Instant => {
  const read = parseInstant(text);
  if (read !== undefined) return read;
  context.addIssue({ code: "custom", message: "not an instant" });
  return z.NEVER;
});

const account = z.strictObject({
  /** Never changes, whatever the account is called later. */
  key,
  kind: z.enum(["user", "service", "device"]),
  name: words,
  fullName: words,
  title: words.optional(),
  mail: words.optional(),
  unit: words,
  /** Manager of a person, owner of any other account. */
  managerKey: key.optional(),
  enabled: z.boolean(),
  privileged: z.boolean(),
  /** Whether a smart card is demanded at all. */
  bound: z.boolean(),
});

const group = z.strictObject({
  key,
  name: words,
  kind: z.enum(["plain", "nested", "dynamic", "synced", "mail"]),
  members: z.array(key),
});

const form = z.enum([
  "requirement_cleared",
  "governed_group_member",
  "ungoverned_exemption",
  "password_not_required",
  "password_never_expires",
  "weaker_password_policy",
  "password_reset_behind_requirement",
  "password_usable",
]);

/** A way around strong sign-in. */
const opening = z.strictObject({
  key,
  form,
  policy: key.optional(),
  /** Key of an account or a group. */
  subject: key,
  object: words,
  seen: words,
  by: words,
  since: at,
  /** Set when a grant of ours made it. */
  ref: key.optional(),
  /** Lets nobody through before, nor from this instant on: looked at with every reading, so it ends though nobody acts. */
  from: at.optional(),
  until: at.optional(),
  /** Why it cannot be taken away through this connection. */
  fixed: words.optional(),
});

const change = z.strictObject({
  at,
  object: words,
  action: z.enum(["added", "removed", "modified", "deleted"]),
  policy: key.optional(),
  subject: key.optional(),
  by: words,
  ours: z.boolean(),
});

export const directorySchema = z.strictObject({
  about: z.string(),
  version: z.literal(1),
  madeAt: at,
  accounts: z.array(account),
  groups: z.array(group),
  openings: z.array(opening),
  changes: z.array(change),
});

export type Directory = z.infer<typeof directorySchema>;
export type Account = z.infer<typeof account>;
export type Group = z.infer<typeof group>;
export type Opening = z.infer<typeof opening>;
export type Change = z.infer<typeof change>;

export function policyOf(key: string): GovernedPolicy | undefined {
  return POLICIES.find((policy) => policy.key === key);
}

export function accountOf({ accounts }: Directory, key: string): Account | undefined {
  return accounts.find((account) => account.key === key);
}

export function groupOf({ groups }: Directory, key: string): Group | undefined {
  return groups.find((group) => group.key === key);
}

export function subjectOf(directory: Directory, key: string): ProviderSubject | undefined {
  const account = accountOf(directory, key);
  if (account !== undefined) return { kind: account.kind, key, name: account.name };
  const group = groupOf(directory, key);
  return group && { kind: "group", key, name: group.name };
}

/** Keys of the accounts in a group and in the groups within it, each once, however the groups are tied together. */
export function everyoneIn(directory: Directory, groupKey: string): ReadonlySet<string> {
  const seen = new Set<string>();
  const everyone = new Set<string>();
  const left = [groupKey];
  for (let key = left.pop(); key !== undefined; key = left.pop()) {
    if (seen.has(key)) continue;
    seen.add(key);
    const group = groupOf(directory, key);
    if (group !== undefined) left.push(...group.members);
    else if (accountOf(directory, key) !== undefined) everyone.add(key);
  }
  return everyone;
}

export function isOver({ until }: Opening, now: Instant): boolean {
  return until !== undefined && until <= now;
}

/** The openings that exist now: not over, and of a subject that is still there. */
export function openingsNow(directory: Directory, now: Instant): readonly Opening[] {
  return directory.openings.filter((opening) => !isOver(opening, now) && subjectOf(directory, opening.subject) !== undefined);
}
