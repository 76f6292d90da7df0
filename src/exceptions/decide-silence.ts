/** What follows when nobody votes: the next holder is asked, then governance, then it lapses. Silence never approves. */
import { accept } from "../kernel/decision.ts";
import { addDuration, durationOfMs, type Instant } from "../kernel/time.ts";
import type { ClockCommand } from "./commands.ts";
import { endRequest } from "./decide-end.ts";
import { underDecision } from "./decide-vote.ts";
import { type Deciding, NO_CHANGE, type Outcome } from "./deciding.ts";
import type { ExceptionEvent } from "./events.ts";
import type { ExceptionState } from "./exception.ts";
import { GOVERNANCE } from "./policy.ts";
import { lapsedReductionReview } from "./review-record.ts";
import type { Approval, Silence } from "./version.ts";

const NEXT: Readonly<Record<Silence, Silence | "lapse">> = { holders: "next_holder", next_holder: "governance", governance: "lapse" };

/** Nobody answered in time: the next holder is asked, then governance, then it lapses. Idempotent. */
export function lapseAnswer(state: ExceptionState, command: Extract<ClockCommand, { type: "lapseAnswer" }>, deciding: Deciding): Outcome {
  if (state.state === "draft") return lapseDraft(state, deciding);
  const approval = underDecision(state);
  if (approval === undefined || approval.answerBy > deciding.now) return NO_CHANGE;
  const stage = approval.plan.stages[approval.stage];
  const next = NEXT[approval.silence];
  if (stage === undefined || next === "lapse" || (next === "governance" && stage.ifSilent === "lapse")) {
    return accept(...lapse(state, approval, deciding));
  }
  return accept(...askNext(approval, next, command.dueAt, deciding));
}

function askNext(approval: Approval, silence: Silence, dueAt: Instant, { now, stamp }: Deciding): readonly ExceptionEvent[] {
  const stage = approval.plan.stages[approval.stage];
  const answerBy = addDuration(now, stage?.answerWithin ?? durationOfMs(0));
  const assignees = silence === "governance" ? [GOVERNANCE] : (stage?.roles ?? []);
  const key = `silent_approval:${approval.version}:${approval.stage}:${approval.stageOpenedAt}:${silence}`;
  const raised = { key, cause: "silent_approval", level: silence, assignees, dueAt, raisedAt: now, acknowledged: null } as const;
  return [stamp("SilenceNoted", { version: approval.version, silence, answerBy }), stamp("EscalationRaised", { escalation: raised })];
}

function lapse(state: ExceptionState, approval: Approval, deciding: Deciding): readonly ExceptionEvent[] {
  const reason = "Nobody answered in time. Silence never approves.";
  if (state.state === "in_approval") return endRequest(state, { cause: "silence", reason }, deciding);
  const ended = deciding.stamp("PendingEnded", { version: approval.version, fate: "withdrawn", reason });
  return approval.purpose === "reduction" ? [ended, lapsedReductionReview(state.dossier, approval, deciding)] : [ended];
}

function lapseDraft(state: ExceptionState, deciding: Deciding): Outcome {
  if (state.dossier.origin.kind === "inherited" || addDuration(state.since, deciding.facts.policy.draftIdleFor) > deciding.now)
    return NO_CHANGE;
  return accept(...endRequest(state, { cause: "idle", reason: "Left as a draft for too long." }, deciding));
}
