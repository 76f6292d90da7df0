/** What events about people, assets and controls do to an exception. The same event told ten times does one thing. */
import { accept, unless } from "../kernel/decision.ts";
import type { Instant } from "../kernel/time.ts";
import type { ReviewCommand } from "./commands.ts";
import { staleControls } from "./controls.ts";
import { beginRevocation, beginSuspension, endRequest, isBeforeGrant, isHeld } from "./decide-end.ts";
import { answersFor, type Deciding, holdsAnyRole, isAsker, NO_CHANGE, NOT_YOURS, type Outcome } from "./deciding.ts";
import type { ExceptionEvent } from "./events.ts";
import { evolve } from "./evolve.ts";
import { type ExceptionState, grantedUntil, openReviews, versionInEffect } from "./exception.ts";
import { actingPerson } from "./facts.ts";
import { cutsFrom } from "./issue-grant.ts";
import { ordersAt } from "./orders.ts";
import { type CategoryPolicy, GOVERNANCE } from "./policy.ts";
import { refuseIf } from "./refusals.ts";
import { newReview } from "./review-record.ts";
import { answerDueAt, DEFAULT_TRIGGERS, describeRule, type Trigger, type TriggerKind, type TriggerRule } from "./triggers.ts";

type Of<T extends ReviewCommand["type"]> = Extract<ReviewCommand, { type: T }>;

export function triggerRule(policy: CategoryPolicy, kind: TriggerKind): TriggerRule {
  return policy.triggers[kind] ?? DEFAULT_TRIGGERS[kind];
}

export function applyTrigger(state: ExceptionState, command: Of<"applyTrigger">, deciding: Deciding): Outcome {
  const { trigger } = command;
  if (state.dossier.triggers.some((one) => one.dedupeKey === trigger.dedupeKey)) return NO_CHANGE;
  if (!isHeld(state) && !isBeforeGrant(state)) return NO_CHANGE;
  const { now, stamp, facts } = deciding;
  const { kind, source, dedupeKey, words } = trigger;
  const rule = triggerRule(facts.policy, kind);
  const applied = stamp("TriggerApplied", { trigger: { kind, source, dedupeKey, at: now, action: describeRule(rule) }, words });
  return accept(...follow(state, [applied], stepsOf(rule, trigger, deciding)));
}

type Step = (state: ExceptionState) => readonly ExceptionEvent[];

/** Each step sees what the ones before it made of the state. */
function follow(state: ExceptionState, first: readonly ExceptionEvent[], steps: readonly Step[]): readonly ExceptionEvent[] {
  const events = [...first];
  let current = first.reduce<ExceptionState>(evolve, state);
  for (const step of steps) {
    const next = step(current);
    events.push(...next);
    current = next.reduce<ExceptionState>(evolve, current);
  }
  return events;
}

function stepsOf(rule: TriggerRule, trigger: Trigger, deciding: Deciding): readonly Step[] {
  return [
    () => mark(trigger, deciding),
    () => (rule.incident || trigger.kind === "repeat_limit_reached" ? raise(trigger, deciding) : []),
    (state) => (rule.cut && trigger.until !== null ? shorten(state, trigger.until, trigger.words, deciding) : []),
    (state) => (rule.review === null ? [] : review(state, rule, trigger, deciding)),
    (state) => (rule.end === null ? [] : end(state, rule.end, trigger, deciding)),
  ];
}

function mark(trigger: Trigger, { stamp }: Deciding): readonly ExceptionEvent[] {
  if (trigger.kind === "owner_invalid") return [stamp("OwnerFoundInvalid", { why: trigger.words })];
  return trigger.kind === "policy_orphaned" ? [stamp("PolicyOrphaned", { why: trigger.words })] : [];
}

function raise(trigger: Trigger, { now, stamp }: Deciding): readonly ExceptionEvent[] {
  const cause = trigger.kind === "repeat_limit_reached" ? "repeat" : "incident";
  const assignees = cause === "repeat" ? ["application_owner", GOVERNANCE] : [GOVERNANCE, "iam_on_call"];
  const key = `${cause}:${trigger.dedupeKey}`;
  return [
    stamp("EscalationRaised", { escalation: { key, cause, level: cause, assignees, dueAt: now, raisedAt: now, acknowledged: null } }),
  ];
}

/** An end may come sooner, never later. What was approved stays readable beside it. */
function shorten(state: ExceptionState, until: Instant, why: string, { now, stamp }: Deciding): readonly ExceptionEvent[] {
  const end = grantedUntil(state.dossier);
  if (end === undefined || end <= until) return [];
  const cuts = cutsFrom(state.dossier, until > now ? until : now, why);
  const bare = stamp("GrantsCut", { cuts, orders: [] });
  // What is suspended stays ordered away; a shorter end is told to the provider only where it holds something.
  if (state.state !== "active" && state.state !== "activating") return [bare];
  const orders = ordersAt(evolve(state, bare).dossier, now).filter((order) => order.desired === "present");
  return [stamp("GrantsCut", { cuts, orders })];
}

function review(state: ExceptionState, rule: TriggerRule, trigger: Trigger, { now, facts, stamp }: Deciding): readonly ExceptionEvent[] {
  const action = rule.review;
  if (action === null || !isHeld(state)) return [];
  // Another event of the kind joins the review that is open: ten events, one question.
  const joined = openReviews(state.dossier).some((one) => one.dedupeKey.startsWith(`${trigger.kind}:`));
  if (joined) return [];
  const details = {
    kind: action.kind,
    dedupeKey: `${trigger.kind}:${trigger.dedupeKey}`,
    cause: trigger.words,
    proposal: action.proposal,
    dueAt: answerDueAt(action.within, now, facts.zone),
    ifMissed: action.ifMissed ?? facts.policy.noResponse,
  };
  return [stamp("ReviewOpened", { review: newReview(state.dossier, facts.policy, details, now) })];
}

function end(state: ExceptionState, how: "revoke" | "suspend", trigger: Trigger, deciding: Deciding): readonly ExceptionEvent[] {
  const { words } = trigger;
  if (isBeforeGrant(state)) return how === "revoke" ? endRequest(state, { cause: "trigger", reason: words }, deciding) : [];
  if (how === "revoke") return beginRevocation(state, { cause: "trigger", rightEndedAt: deciding.now, words }, deciding);
  return state.state === "active" || state.state === "activating" ? beginSuspension(state, words, deciding.now, deciding) : [];
}

/** A pass settles the question whether the control is stale; a failure switches the bypass off that it was to guard. */
export function recordControlTest(state: ExceptionState, command: Of<"recordControlTest">, deciding: Deciding): Outcome {
  const { facts, now, stamp } = deciding;
  const { control, result, evidence } = command;
  const version = versionInEffect(state.dossier);
  const exists = version?.content.compensatingControls[control] !== undefined;
  const reasons = [
    ...refuseIf(!mayTest(state, deciding), "exceptions.notYours", NOT_YOURS),
    ...refuseIf(
      !exists || command.testedAt > now,
      "exceptions.fieldMissing",
      "Name a control of the version in effect, tested by now.",
      "/control",
    ),
  ];
  return unless(reasons, () => {
    const at = command.testedAt;
    const tested = stamp("ControlTested", { test: { control, version: version?.n ?? 0, at, result, evidence } });
    if (result === "passed") return [tested, ...settleStale(evolve(state, tested), deciding)];
    const words = `Compensating control ${control + 1} failed its test.`;
    const dedupeKey = `control_failed:${version?.n}:${control}:${at}`;
    const failed: Trigger = { kind: "control_failed", source: facts.actor.id, dedupeKey, words, until: null };
    const outcome = applyTrigger(evolve(state, tested), { type: "applyTrigger", trigger: failed, dueAt: null }, deciding);
    return [tested, ...(outcome.accepted ? outcome.events : [])];
  });
}

function mayTest(state: ExceptionState, { facts }: Deciding): boolean {
  const person = actingPerson(facts);
  if (person === undefined) return true;
  const { reviewerRoles, implementerRoles } = facts.policy;
  const part = answersFor(state.dossier, person) || holdsAnyRole(facts, person, [...reviewerRoles, ...implementerRoles, GOVERNANCE]);
  // Whoever wants the bypass does not attest to what guards it.
  return part && !isAsker(state.dossier, facts, person);
}

/** One review asks about all stale controls; it is settled when none is left. */
function settleStale(state: ExceptionState, { facts, now, stamp }: Deciding): readonly ExceptionEvent[] {
  if (staleControls(state.dossier, facts.policy, now).length > 0) return [];
  return openReviews(state.dossier)
    .filter((one) => one.dedupeKey.startsWith("control_stale:"))
    .map((one) => stamp("ReviewSettled", { review: one.id, why: "The controls passed their tests." }));
}
