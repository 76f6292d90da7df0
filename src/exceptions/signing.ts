/** What a passkey signs of an exception, and where its entries say the same again: `postern verify` compares the two. */
import type { JournalEntry } from "../journal/entry.ts";
import type { Hash, SignedDecision } from "../journal/signed-decision.ts";
import { canonicalText } from "../kernel/canonical.ts";
import { contentHash, draftOf } from "./content.ts";
import type { ExceptionEvent } from "./events.ts";
import { type ExceptionState, findVersion, type ReviewDecision, type ReviewVerdict, versionInEffect } from "./exception.ts";
import { planMet, standingApprovals } from "./plan.ts";
import type { CategoryPolicy } from "./policy.ts";
import { openApproval } from "./projection.ts";
import type { DraftContent, VoteDecision, Vote } from "./version.ts";

const VOTE_ACTIONS = { approve: "exceptions.approve", reject: "exceptions.reject", request_changes: "exceptions.requestChanges" } as const;

/** What a passkey signs for a vote; its content is the hash of the version voted on. */
export const voteAction = (decision: VoteDecision) => VOTE_ACTIONS[decision];

/** What a passkey signs for a review; its content is {@link reviewText}, hashed. */
export const reviewAction = (verdict: ReviewVerdict) => `exceptions.${verdict}` as const;

/** What a passkey signs to answer for an exception; its content is the hash of the version in effect. */
export const TAKE_OVER_ACTION = "exceptions.takeOver";

/** What a passkey signs to begin a use of a standing exception; its content is {@link textOfUse}, hashed. */
export const BEGIN_USE_ACTION = "exceptions.beginUse";

/** Canonical JSON of a use: `version` is the hash of the version that is used. */
export function textOfUse(version: string, { until, reason }: { readonly until: string; readonly reason: string }): string {
  return canonicalText({ version, until, reason });
}

/** What a passkey signs for a policy, with the category's key as its subject and the policy's hash as its content. */
export const EDIT_CATEGORY_ACTION = "exceptions.editCategory";

/** Canonical JSON of an answer to a review. `content` is what a reduction leaves, and null otherwise. */
export function reviewText(
  review: string,
  { verdict, sentence }: Pick<ReviewDecision, "verdict" | "sentence">,
  content: DraftContent | null,
) {
  return canonicalText({ review, verdict, sentence, content });
}

/** The decision that an entry of an exception records, of those that people sign. */
export function signedDecision(before: ExceptionState | undefined, entry: JournalEntry, hash: Hash): SignedDecision | undefined {
  const { subject } = entry;
  const event = eventOf(entry);
  if (event.type === "VoteCast") {
    const { assertion, person, decision } = event.vote;
    return { assertion, person, action: voteAction(decision), subject, contentHash: votedOn(before, event.vote, subject, hash) };
  }
  if (event.type === "ReviewDecided") {
    const { assertion, by, verdict } = event.decision;
    return { assertion, person: by, action: reviewAction(verdict), subject, contentHash: answered(event, hash) };
  }
  if (event.type === "OwnerTookOver") {
    const { assertion, owner } = event;
    return { assertion, person: owner, action: TAKE_OVER_ACTION, subject, contentHash: takenOver(before, subject, hash) };
  }
  if (event.type === "UseBegun") {
    const { assertion, begunBy } = event;
    return {
      assertion,
      person: begunBy,
      action: BEGIN_USE_ACTION,
      subject,
      contentHash: hash(textOfUse(usedVersion(before, event), event)),
    };
  }
  return undefined;
}

/** The decision that the edit of a category's policy is. */
export function signedPolicy({ data, actor }: JournalEntry, hash: Hash): SignedDecision {
  const { policy, assertion } = data as { policy: CategoryPolicy; assertion: string };
  return { assertion, person: actor.id, action: EDIT_CATEGORY_ACTION, subject: policy.key, contentHash: hash(canonicalText(policy)) };
}

/** Throws where an approval does not follow from the votes before it: they are signed, it is not. */
export function refuseUnapproved(before: ExceptionState | undefined, entry: JournalEntry): void {
  const event = eventOf(entry);
  if (event.type !== "VersionApproved") return;
  const approval = before && openApproval(before);
  const version = before && findVersion(before.dossier, event.version);
  const isMet = approval?.version === event.version && version !== undefined && planMet(approval.plan, standingApprovals(version));
  if (!isMet) throw new RangeError("the votes before it do not meet the plan");
}

function eventOf({ type, data }: JournalEntry): ExceptionEvent {
  return { type, ...(data as object) } as ExceptionEvent;
}

function votedOn(before: ExceptionState | undefined, vote: Vote, subject: string, hash: Hash): string {
  const version = before && findVersion(before.dossier, vote.version);
  if (version === undefined) throw new RangeError(`there is no version ${vote.version} to vote on`);
  const found = contentHash(subject as never, version.n, version.content, hash);
  if (vote.contentHash !== found) throw new RangeError(`it is on ${vote.contentHash}, but version ${version.n} is ${found}`);
  return found;
}

function takenOver(before: ExceptionState | undefined, subject: string, hash: Hash): string {
  const version = before && versionInEffect(before.dossier);
  if (version === undefined) throw new RangeError("there is no version to answer for");
  return contentHash(subject as never, version.n, version.content, hash);
}

function usedVersion(before: ExceptionState | undefined, { grant }: Extract<ExceptionEvent, { type: "UseBegun" }>): string {
  const version = before && versionInEffect(before.dossier);
  if (version === undefined || version.contentHash !== grant.contentHash) throw new RangeError("it is of no version that is used");
  return version.contentHash;
}

/** A reduction's content is in the entry that puts it forward. */
function answered({ review, decision }: Extract<ExceptionEvent, { type: "ReviewDecided" }>, hash: Hash): SignedDecision["contentHash"] {
  if (decision.verdict !== "reduce") return hash(reviewText(review, decision, null));
  return (next) => {
    const event = eventOf(next);
    if (event.type !== "VersionSubmitted") throw new RangeError("a reduction is put forward at once");
    return hash(reviewText(review, decision, draftOf(event.version.content)));
  };
}
