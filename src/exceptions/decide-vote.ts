/** Votes: approvals fill seats until the plan is met; a rejection or a request for changes needs one voice and a reason. */
import { accept, unless } from "../kernel/decision.ts";
import { addDuration, durationOfMs } from "../kernel/time.ts";
import type { VoteCommand } from "./commands.ts";
import { draftOf } from "./content.ts";
import { endRequest } from "./decide-end.ts";
import { assertionReasons, type Deciding, declineFor, type Outcome, personReasons, wrongState } from "./deciding.ts";
import type { ExceptionEvent } from "./events.ts";
import { evolve } from "./evolve.ts";
import { type ExceptionState, findVersion, grantedUntil } from "./exception.ts";
import { actingPerson } from "./facts.ts";
import { grantOf } from "./issue-grant.ts";
import { currentStage, planMet, standingApprovals } from "./plan.ts";
import { refuse, refuseIf } from "./refusals.ts";
import type { Approval, PersonId, Vote } from "./version.ts";
import {
  type Ballot,
  type Cast,
  findDelegation,
  isIndependent,
  objectingRole,
  type Seat,
  seatFor,
  voteReasons,
  whyDiscounted,
} from "./vote-rules.ts";

type Of<T extends VoteCommand["type"]> = Extract<VoteCommand, { type: T }>;

/** What is under decision: the head version, or the one pending beside the grant in force. */
export function underDecision(state: ExceptionState): Approval | undefined {
  if (state.state === "in_approval") return state.approval;
  return state.state === "active" ? (state.pending ?? undefined) : undefined;
}

function ballotOf(state: ExceptionState, deciding: Deciding): Ballot | undefined {
  const approval = underDecision(state);
  const version = approval && findVersion(state.dossier, approval.version);
  return approval && version && { dossier: state.dossier, approval, version, deciding };
}

const OPEN = ["in_approval", "active"] as const;

export function approve(state: ExceptionState, command: Of<"approve">, deciding: Deciding): Outcome {
  const ballot = ballotOf(state, deciding);
  if (ballot === undefined) return wrongState(state, OPEN);
  const seat = seatFor(ballot, command);
  const reasons = [...voteReasons(ballot, command), ...("seat" in seat ? [] : seat), ...endReasons(ballot)];
  if (reasons.length > 0 || !("seat" in seat)) return declineFor(reasons);
  const cast = deciding.stamp("VoteCast", { vote: voteOf(ballot, command, "approve", command.reason, seat) });
  return accept(cast, ...tally(evolve(state, cast), ballot));
}

/** What was asked for has to be still possible: an approval after the end would be an approval of nothing. */
function endReasons({ version, dossier, deciding: { now } }: Ballot): ReturnType<typeof refuseIf> {
  const granted = grantedUntil(dossier);
  const over = version.content.requestedUntil <= now || (version.purpose !== "initial" && (granted === undefined || granted <= now));
  return refuseIf(over, "exceptions.endPassed", "The end has passed. It takes a new request.");
}

function voteOf(ballot: Ballot, cast: Cast, decision: Vote["decision"], reason: string, { seat, heldRole }: Seat): Vote {
  const { approval, deciding } = ballot;
  const person = actingPerson(deciding.facts) as PersonId;
  const { onBehalfOf } = cast;
  const delegation = onBehalfOf === null ? null : (findDelegation(ballot, person, onBehalfOf, deciding.now)?.id ?? null);
  return {
    version: approval.version,
    contentHash: approval.contentHash,
    person,
    onBehalfOf,
    delegation,
    decision,
    stage: approval.stage,
    seat,
    heldRole,
    reason,
    assertion: deciding.facts.assertion ?? "",
    at: deciding.now,
    discounted: null,
  };
}

/** Looks at every standing vote again, then says whether the plan is met, and if not, which stage is open. */
function tally(voted: ExceptionState, before: Ballot): readonly ExceptionEvent[] {
  const { deciding, approval } = before;
  const cast = ballotOf(voted, deciding);
  if (cast === undefined) return [];
  const discounted = standingApprovals(cast.version).flatMap((vote) => {
    const why = whyDiscounted(cast, vote);
    return why === undefined ? [] : [deciding.stamp("VoteDiscounted", { version: vote.version, person: vote.person, why })];
  });
  const counted = discounted.reduce<ExceptionState>(evolve, voted);
  const ballot = ballotOf(counted, deciding);
  if (ballot === undefined) return discounted;
  const votes = standingApprovals(ballot.version);
  if (planMet(approval.plan, votes) && isIndependent(ballot, votes)) return [...discounted, ...grantOf(counted, ballot.version, deciding)];
  const stage = Math.min(currentStage(approval.plan, votes), approval.plan.stages.length - 1);
  if (stage === approval.stage) return discounted;
  return [...discounted, stageOpened(approval, stage, deciding)];
}

function stageOpened(approval: Approval, stage: number, { now, stamp }: Deciding): ExceptionEvent {
  const answerBy = addDuration(now, approval.plan.stages[stage]?.answerWithin ?? durationOfMs(0));
  return stamp("StageOpened", { version: approval.version, stage, answerBy });
}

export function reject(state: ExceptionState, command: Of<"reject">, deciding: Deciding): Outcome {
  if (state.state === "approved") return rejectApproved(state, command, deciding);
  return object(state, command, "reject", deciding, (ballot, voted) => {
    const { reason } = command;
    const { stamp } = deciding;
    if (voted.state === "active") return [stamp("PendingEnded", { version: ballot.version.n, fate: "rejected", reason })];
    return endRequest(voted, { cause: "rejected", reason }, deciding);
  });
}

export function requestChanges(state: ExceptionState, command: Of<"requestChanges">, deciding: Deciding): Outcome {
  return object(state, command, "request_changes", deciding, (ballot, voted) => {
    const { reason } = command;
    const { stamp } = deciding;
    const fate = "changes_requested" as const;
    if (voted.state === "active") return [stamp("PendingEnded", { version: ballot.version.n, fate, reason })];
    return [stamp("ReturnedToDraft", { n: ballot.version.n + 1, content: draftOf(ballot.version.content), fate, reason })];
  });
}

/** A vote against needs no seat, only a role the plan asks, and a reason. */
function object(
  state: ExceptionState,
  command: Of<"reject"> | Of<"requestChanges">,
  decision: Vote["decision"],
  deciding: Deciding,
  then: (ballot: Ballot, voted: ExceptionState) => readonly ExceptionEvent[],
): Outcome {
  const ballot = ballotOf(state, deciding);
  if (ballot === undefined) return wrongState(state, OPEN);
  const cast = { ...command, seat: null };
  const role = objectingRole(deciding.facts, ballot.approval.plan);
  const reasons = [
    ...voteReasons(ballot, cast),
    ...refuseIf(role === undefined, "exceptions.roleNotHeld", "You hold no role that this plan asks."),
    ...reasonReasons(command.reason),
  ];
  if (reasons.length > 0 || role === undefined) return declineFor(reasons);
  const vote = voteOf(ballot, cast, decision, command.reason, { seat: role, heldRole: role });
  const event = deciding.stamp("VoteCast", { vote });
  return accept(event, ...then(ballot, evolve(state, event)));
}

function reasonReasons(reason: string): ReturnType<typeof refuseIf> {
  return refuseIf(reason.trim() === "", "exceptions.reasonNeeded", "Say why: whoever asked has to know what to do.", "/reason");
}

/** Between approval and start there is no open ballot; those the plan asked may still stop it, on the version they read. */
function rejectApproved(state: ExceptionState, command: Of<"reject">, deciding: Deciding): Outcome {
  const { facts } = deciding;
  const version = findVersion(state.dossier, command.version);
  const granted = state.dossier.grants.at(-1)?.version;
  const role = objectingRole(facts, facts.policy.approvalPlan);
  const stale = version === undefined || version.n !== granted || version.contentHash !== command.contentHash;
  const reasons = [
    ...personReasons(facts),
    ...assertionReasons(facts),
    ...(stale ? [refuse("exceptions.contentChanged", "That is not the version that was approved.")] : []),
    ...refuseIf(role === undefined, "exceptions.roleNotHeld", "You hold no role that this plan asks."),
    ...reasonReasons(command.reason),
  ];
  return unless(reasons, () => endRequest(state, { cause: "rejected", reason: command.reason }, deciding));
}
