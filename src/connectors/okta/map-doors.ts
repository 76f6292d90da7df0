/** Doors of an access policy as bypasses: the same words for what was read live and out of a file. Pure. */
import type { Bypass, BypassForm, BypassSubject } from "../port.ts";
import { type Door, selectorKey } from "./evaluate.ts";
import { bypassKey } from "./map.ts";

export interface PolicyName {
  readonly id: string;
  readonly name: string;
  /** How the connection calls it, where it governs it. */
  readonly key?: string | undefined;
  readonly _embedded?: { readonly resourceType?: string | null | undefined } | null | undefined;
}

/**
 * The one access policy that no application goes by: what it asks is asked of whoever enrols an authenticator, resets a password or
 * unlocks an account. Whoever gets through with less has a strong method of their own a minute later.
 */
export function guardsAccounts({ _embedded: embedded }: Pick<PolicyName, "_embedded">): boolean {
  return embedded?.resourceType === "END_USER_ACCOUNT_MANAGEMENT";
}

/** `subject` is undefined where the rule names somebody who is not there. */
export function bypassOf(policy: PolicyName, door: Door, subject: BypassSubject | undefined): Bypass {
  const { id, name, key } = policy;
  const { rule, who, leftOutOf } = door;
  const limits = [...rule.circumstances, ...rule.unreadable];
  return {
    key: doorKey(id, door),
    form: subject === undefined ? "dangling_condition" : guardsAccounts(policy) ? "enrolment_open" : formOf(door),
    ...(key !== undefined && { policy: key }),
    subject: subject ?? { kind: who.kind, key: who.kind === "everyone" ? "everyone" : who.id, name: `${who.kind} ${selectorKey(who)}` },
    object: `${name} › ${rule.name} (${rule.id})`,
    critical: subject === undefined || rule.demand.resistant === "unknown" || rule.unreadable.length > 0 || isForAll(door),
    evidence: {
      policyId: id,
      priority: String(rule.priority),
      demands: rule.demand.words,
      ...(leftOutOf !== undefined && { leftOutOf }),
      ...(limits.length > 0 && { condition: limits.join("; ") }),
    },
    ...(rule.changed !== undefined && { since: rule.changed }),
  };
}

export function doorKey(policyId: string, { rule, who }: Door): string {
  return bypassKey.rule(policyId, rule.id, selectorKey(who));
}

function isForAll({ who, rule }: Door): boolean {
  return who.kind === "everyone" && rule.circumstances.length === 0;
}

function formOf({ who, rule }: Door): BypassForm {
  if (rule.circumstances.length > 0 || rule.unreadable.length > 0) return "condition_exempt";
  return who.kind === "everyone" ? "policy_demands_less" : "ungoverned_exemption";
}
