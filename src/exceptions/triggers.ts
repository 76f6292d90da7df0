/**
 * What wakes an exception: events about the people, assets and controls it rests on, and what each does by default. A category
 * may override a rule. Where no answer time is documented, five working days are given, the time the documented ones use.
 */
import { addDuration, type Duration, duration, endOfWorkingDay, type Instant, type Zone } from "../kernel/time.ts";
import type { NoResponse } from "./exception.ts";

export const TRIGGER_KINDS = [
  "subject_left",
  "subject_moved",
  "owner_invalid",
  "application_changed",
  "stronger_method_enrolled",
  "risk_raised",
  "vendor_contract_ended",
  "device_not_compliant",
  "device_class_retired",
  "control_failed",
  "control_stale",
  "unused",
  "used_outside_scope",
  "headcount_over_ceiling",
  "policy_orphaned",
  "break_glass_used",
  "one_time_used",
  "repeat_limit_reached",
] as const;
export type TriggerKind = (typeof TRIGGER_KINDS)[number];

export type AnswerTime = { readonly workingDays: number } | { readonly length: Duration };

export interface ReviewAction {
  readonly within: AnswerTime;
  readonly kind: "trigger" | "post_use";
  readonly proposal: "retain" | "reduce" | "revoke" | null;
  /** Null: as the category says. */
  readonly ifMissed: NoResponse | null;
}

/** What to do, all of what is named. `cut` takes the end from the trigger (contract end, term of the new tier). */
export interface TriggerRule {
  readonly end: "revoke" | "suspend" | null;
  readonly incident: boolean;
  readonly cut: boolean;
  readonly review: ReviewAction | null;
}

export interface Trigger {
  readonly kind: TriggerKind;
  /** Where it came from: `scim`, `caep`, `risc`, `import`, `connector`, `signins`, `tick`, `api`. */
  readonly source: string;
  /** The same event told twice has the same key. */
  readonly dedupeKey: string;
  readonly words: string;
  /** For rules that cut: the end the event leaves. */
  readonly until: Instant | null;
}

const NOTHING: TriggerRule = { end: null, incident: false, cut: false, review: null };
const REVOKE: TriggerRule = { ...NOTHING, end: "revoke" };

function reviewWithin(within: AnswerTime, more: Partial<ReviewAction> = {}): TriggerRule {
  return { ...NOTHING, review: { within, kind: "trigger", proposal: null, ifMissed: null, ...more } };
}

const FIVE_WORKING_DAYS: AnswerTime = { workingDays: 5 };

export const DEFAULT_TRIGGERS: Readonly<Record<TriggerKind, TriggerRule>> = {
  subject_left: REVOKE,
  subject_moved: reviewWithin(FIVE_WORKING_DAYS),
  owner_invalid: reviewWithin(FIVE_WORKING_DAYS, { ifMissed: "suspend" }),
  application_changed: reviewWithin({ length: duration("P14D") }, { proposal: "revoke", ifMissed: "revoke" }),
  stronger_method_enrolled: reviewWithin(FIVE_WORKING_DAYS, { proposal: "revoke" }),
  risk_raised: { ...reviewWithin({ length: duration("P3D") }), cut: true },
  vendor_contract_ended: { ...NOTHING, cut: true },
  device_not_compliant: reviewWithin(FIVE_WORKING_DAYS),
  device_class_retired: REVOKE,
  control_failed: { ...NOTHING, end: "suspend" },
  control_stale: reviewWithin({ length: duration("PT48H") }, { ifMissed: "suspend" }),
  unused: reviewWithin(FIVE_WORKING_DAYS, { proposal: "revoke" }),
  used_outside_scope: { ...NOTHING, end: "suspend", incident: true },
  headcount_over_ceiling: reviewWithin(FIVE_WORKING_DAYS, { proposal: "reduce" }),
  policy_orphaned: reviewWithin(FIVE_WORKING_DAYS),
  break_glass_used: { ...reviewWithin({ length: duration("PT72H") }, { kind: "post_use", ifMissed: "escalate" }), incident: true },
  one_time_used: REVOKE,
  repeat_limit_reached: NOTHING,
};

export function answerDueAt(within: AnswerTime, from: Instant, zone: Zone): Instant {
  return "length" in within ? addDuration(from, within.length) : endOfWorkingDay(from, within.workingDays, zone);
}

/** The action in words, as recorded with the trigger. */
export function describeRule(rule: TriggerRule): string {
  const parts = [rule.end, rule.incident ? "incident" : null, rule.cut ? "shorten" : null, rule.review === null ? null : "review"];
  const named = parts.filter((part) => part !== null);
  return named.length === 0 ? "note" : named.join(" + ");
}
