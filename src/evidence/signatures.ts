/** What was signed with a passkey in an exception's life, and what exactly must have been signed for it to count. */
import { draftOf } from "../exceptions/content.ts";
import type { ExceptionEvent, OneEvent } from "../exceptions/events.ts";
import { reviewAction, voteAction } from "../exceptions/signing.ts";
import type { JournalEntry } from "../journal/entry.ts";
import { canonicalText } from "../kernel/canonical.ts";
import { eventOf } from "./pack.ts";

/** A decision that somebody's passkey has to have signed. */
export interface SignedDecision {
  readonly entry: string;
  readonly leaf: number;
  /** Digest of the assertion. */
  readonly digest: string;
  readonly action: string;
  readonly subject: string;
  readonly person: string;
  readonly contentHash: string;
  /** `approved version 2 as network_security` */
  readonly words: string;
}

export interface Placed {
  readonly leaf: number;
  readonly entry: JournalEntry;
}

type Hash = (text: string) => string;

/** Every decision in these entries that rests on a signature, in their order. */
export function signedDecisions(placed: readonly Placed[], hash: Hash): readonly SignedDecision[] {
  const exception = placed.filter(({ entry }) => entry.kind === "exception");
  const inException = exception.flatMap(({ leaf, entry }, i) => {
    const event = eventOf(entry);
    const signed =
      event.type === "VoteCast" ? ofVote(event) : event.type === "ReviewDecided" ? ofReview(event, exception.slice(i), hash) : [];
    return signed.map((each) => ({ ...each, entry: entry.id, leaf, subject: entry.subject }));
  });
  return [...inException, ...placed.flatMap((each) => ofRisk(each, placed, hash))];
}

type Signed = Omit<SignedDecision, "entry" | "leaf" | "subject">;

function ofVote({ vote }: OneEvent<"VoteCast">): Signed[] {
  const { person, decision, assertion, contentHash, seat, version, onBehalfOf } = vote;
  const verb = { approve: "approved", reject: "rejected", request_changes: "asked for changes of" }[decision];
  const behalf = onBehalfOf === null ? "" : `, in the place of ${onBehalfOf}`;
  const words = `${verb} version ${version} as ${seat}${behalf}`;
  return [{ digest: assertion, action: voteAction(decision), person, contentHash, words }];
}

function ofReview({ review, decision }: OneEvent<"ReviewDecided">, after: readonly Placed[], hash: Hash): Signed[] {
  const { verdict, sentence, by, assertion } = decision;
  const content = verdict === "reduce" ? reducedContent(after.map(({ entry }) => eventOf(entry))) : null;
  const contentHash = hash(canonicalText({ review, verdict, sentence, content }));
  const words = `reviewed: ${verdict} (${review})`;
  return [{ digest: assertion, action: reviewAction(verdict), person: by, contentHash, words }];
}

/** What the reviewer left of it: put forward in the same breath, as a version. */
function reducedContent(after: readonly ExceptionEvent[]): unknown {
  const submitted = after.find((event) => event.type === "VersionSubmitted");
  return submitted === undefined ? null : draftOf(submitted.version.content);
}

function ofRisk({ leaf, entry }: Placed, placed: readonly Placed[], hash: Hash): SignedDecision[] {
  if (entry.kind !== "riskAcceptance" || entry.type !== "riskAccepted") return [];
  const { subject } = entry;
  const proposed = placed.find((each) => each.entry.subject === subject && each.entry.type === "riskProposed");
  const { id, contentHash: _, proposedBy: __, proposedAt: ___, ...content } = (proposed?.entry.data ?? {}) as Record<string, unknown>;
  const contentHash = hash(canonicalText({ v: "postern-risk-acceptance-1", id, content }));
  const { by, assertion } = entry.data as { by: string; assertion: string };
  const words = `accepted the risk ${subject}`;
  return [{ entry: entry.id, leaf, digest: assertion, action: "governance.acceptRisk", subject, person: by, contentHash, words }];
}
