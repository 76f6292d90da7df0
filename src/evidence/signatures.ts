/**
 * What was signed with a passkey in an exception's life, and what exactly must have been signed for it to count. Which entries those
 * are, and over what, is said once, by the modules that make them: what verifies a pack demands what verifies the log.
 */
import type { OneEvent } from "../exceptions/events.ts";
import { evolve as evolveException } from "../exceptions/evolve.ts";
import type { ExceptionState } from "../exceptions/exception.ts";
import { refuseUnapproved, signedDecision } from "../exceptions/signing.ts";
import { evolveRisk } from "../governance/evolve.ts";
import type { RiskAcceptance } from "../governance/risk-acceptance.ts";
import { signedAcceptance } from "../governance/signing.ts";
import type { JournalEntry } from "../journal/entry.ts";
import type { Hash, SignedDecision as Demanded } from "../journal/signed-decision.ts";
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
  /** What in the entry contradicts those before it; then it says nothing that could have been signed. */
  readonly contradiction?: string;
}

export interface Placed {
  readonly leaf: number;
  readonly entry: JournalEntry;
}

/** What these kinds of subject say of their entries, as their modules publish it. */
interface Signing {
  evolve(before: unknown, entry: JournalEntry): unknown;
  decision(before: unknown, entry: JournalEntry, hash: Hash): Demanded | undefined;
  words(entry: JournalEntry): string;
}

const SIGNING: Readonly<Record<string, Signing>> = {
  exception: {
    evolve: (before, entry) => evolveException(before as ExceptionState | undefined, eventOf(entry)),
    decision: (before, entry, hash) => signedDecision(before as ExceptionState | undefined, entry, hash),
    words: wordsOf,
  },
  riskAcceptance: {
    evolve: (before, { type, data }) => evolveRisk(before as RiskAcceptance | undefined, { type, data } as never),
    decision: (before, entry, hash) => signedAcceptance(before as RiskAcceptance | undefined, entry, hash),
    words: ({ subject }) => `accepted the risk ${subject}`,
  },
};

/** Every decision in these entries that rests on a signature, in their order. */
export function signedDecisions(placed: readonly Placed[], hash: Hash): readonly SignedDecision[] {
  return inTurn(placed, (before, each, next) => {
    const signing = SIGNING[each.entry.kind]!;
    const { id: entry, subject, actor } = each.entry;
    const place = { entry, leaf: each.leaf, words: signing.words(each.entry) };
    try {
      const made = signing.decision(before, each.entry, hash);
      if (made === undefined) return [];
      const { assertion: digest, action, person, contentHash } = made;
      return [
        { ...place, digest, action, subject, person, contentHash: typeof contentHash === "string" ? contentHash : contentHash(next!) },
      ];
    } catch (error) {
      const contradiction = error instanceof Error ? error.message : "unknown error";
      return [{ ...place, digest: "", action: "", subject, person: actor.id, contentHash: "", contradiction }];
    }
  });
}

/** Approvals are signed by nobody: those that do not follow from the votes before them, and why. */
export function unfoundedApprovals(placed: readonly Placed[]): readonly (Placed & { readonly why: string })[] {
  return inTurn(placed, (before, each) => {
    try {
      if (each.entry.kind === "exception") refuseUnapproved(before as ExceptionState | undefined, each.entry);
      return [];
    } catch (error) {
      return [{ ...each, why: error instanceof Error ? error.message : "unknown error" }];
    }
  });
}

/** Looks at each entry with the state before it and its subject's next entry. */
function inTurn<T>(placed: readonly Placed[], look: (before: unknown, each: Placed, next: JournalEntry | undefined) => readonly T[]): T[] {
  const states = new Map<string, unknown>();
  return placed.flatMap((each, i) => {
    const { kind, subject } = each.entry;
    const signing = SIGNING[kind];
    if (signing === undefined) return [];
    const before = states.get(subject);
    const found = look(before, each, placed.slice(i + 1).find(({ entry }) => entry.subject === subject)?.entry);
    states.set(subject, attempt(() => signing.evolve(before, each.entry)) ?? before);
    return found;
  });
}

/** An entry that moves nothing is found by its fold; here what follows it is still looked at. */
function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}

function wordsOf(entry: JournalEntry): string {
  const event = eventOf(entry);
  if (event.type === "VoteCast") return votedWords(event);
  if (event.type === "ReviewDecided") return `reviewed: ${event.decision.verdict} (${event.review})`;
  return event.type === "OwnerTookOver" ? "answers for it from then on" : event.type;
}

function votedWords({ vote }: OneEvent<"VoteCast">): string {
  const { decision, seat, version, onBehalfOf } = vote;
  const verb = { approve: "approved", reject: "rejected", request_changes: "asked for changes of" }[decision];
  return `${verb} version ${version} as ${seat}${onBehalfOf === null ? "" : `, in the place of ${onBehalfOf}`}`;
}
