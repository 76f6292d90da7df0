/** What a probe saw, as passed, failed or unknown. What could not be asked is never passed, and never failed either. */
import type { Judgement } from "../../connectors/certificates/evaluate.ts";
import type { Attempt } from "../../connectors/canary/map.ts";
import { addDuration, durationOfMs, type Instant } from "../../kernel/time.ts";
import type { ProbeOutcome } from "../probe.ts";

export interface Verdict {
  readonly outcome: ProbeOutcome;
  readonly saw: string;
}

export const unknown = (saw: string): Verdict => ({ outcome: "unknown", saw });
const passed = (saw: string): Verdict => ({ outcome: "passed", saw });
const failed = (saw: string): Verdict => ({ outcome: "failed", saw });

export function certificateVerdict(title: string, { faults, daysLeft }: Judgement): Verdict {
  const left = daysLeft === null ? "Nothing in it says when it ends." : `${daysLeft} days are left.`;
  return faults.length > 0
    ? failed(`${title}: ${faults.map(({ words }) => words).join(" ")} ${left}`)
    : passed(`${title} is good. ${left}`);
}

/** `workedAt`: when this very secret last let the account in. A no without a reason proves nothing of a secret that never worked. */
export function identityVerdict(expected: "can" | "cannot", attempt: Attempt, workedAt: Instant | null): Verdict {
  if (attempt.answer === "none") return unknown(attempt.words);
  if (attempt.answer === "let_in")
    return expected === "can" ? passed(attempt.words) : failed(`${attempt.words} It was expected to be refused.`);
  if (expected === "can") return failed(attempt.words);
  if (attempt.because !== "unsaid") return passed(attempt.words);
  if (workedAt === null) return unknown(`${attempt.words} This secret was never seen to work, so that it may as well be wrong.`);
  return passed(`${attempt.words} The same secret was let in on ${workedAt.slice(0, 10)}.`);
}

/** One relying party, as it was found. */
export interface PartySeen {
  readonly party: string;
  /** What it did with something good of the same kind, or with this before it was revoked; undefined where nothing was shown. */
  readonly before: Attempt | undefined;
  /** What it does with what was revoked. */
  readonly after: Attempt;
  /** Whether what was revoked was ever seen to be taken, before it was: by any of those who rely on it. */
  readonly wasGood: boolean;
}

export function revocationVerdict(seen: readonly PartySeen[]): Verdict {
  const each = seen.map((one) => ({ ...partyVerdict(one), party: one.party }));
  const { outcome } = worstOf(each);
  if (outcome === "passed") return passed(`Refused by all ${each.length}: ${each.map(({ party }) => party).join(", ")}.`);
  return { outcome, saw: each.map(({ party, saw }) => `${party}: ${saw}`).join(" ") };
}

function partyVerdict({ before, after, wasGood }: PartySeen): Verdict {
  if (after.answer === "let_in") return failed("It takes what was revoked.");
  if (after.answer === "none") return unknown(after.words);
  if (after.because === "account") return passed("It refuses what was revoked.");
  if (before?.answer !== "let_in")
    return unknown(`${after.words} Nothing shows that it takes anything at all${before === undefined ? "" : `: ${before.words}`}`);
  if (!wasGood) return unknown(`${after.words} What was revoked was never seen to be taken anywhere, so that it may never have been good.`);
  return passed("It refuses what was revoked.");
}

/** What several amount to: all of them have to have passed, and what failed is told before what is unknown. */
export function worstOf(verdicts: readonly Verdict[]): Verdict {
  const found = (["failed", "unknown"] as const).map((outcome) => verdicts.find((each) => each.outcome === outcome));
  return found.find((each) => each !== undefined) ?? verdicts.at(-1) ?? unknown("Nothing was tried.");
}

/** The end of one synthetic exception, as the provider itself was read. */
export interface DeathSeen {
  readonly ref: string;
  readonly until: Instant;
  /** When it was seen to let its subject in, in its life; null where nobody looked, or it did not. */
  readonly aliveAt: Instant | null;
  /** Until when it was last seen to let its subject in after its end; null where it was not. */
  readonly lingeredUntil: Instant | null;
  /** When it was first seen to be gone after its end; null while it was not. */
  readonly goneAt: Instant | null;
  /** It was ended before its time: by somebody, or by a rule. */
  readonly endedEarly: boolean;
}

/** Of all that ended since the drill before: one that did not die is not made good by the next that did. */
export function deathsVerdict(deaths: readonly DeathSeen[], graceMinutes: number, now: Instant): Verdict {
  return worstOf(deaths.map((death) => deathVerdict(death, graceMinutes, now)));
}

function deathVerdict({ ref, until, aliveAt, lingeredUntil, goneAt, endedEarly }: DeathSeen, graceMinutes: number, now: Instant): Verdict {
  if (now < until) return unknown(`${ref} has not ended yet.`);
  const deadline = addDuration(until, durationOfMs(graceMinutes * 60_000));
  if (lingeredUntil !== null && lingeredUntil > deadline)
    return failed(`${ref} ended at ${until}, and the provider still let its subject in at ${lingeredUntil}.`);
  if (goneAt === null)
    return unknown(
      `${ref} ended at ${until}; the provider could not be read since${now < deadline ? ", and its time of grace is not over" : ""}.`,
    );
  if (goneAt > deadline) return unknown(`${ref} ended at ${until}; the provider was first read at ${goneAt}, after the time of grace.`);
  if (endedEarly) return unknown(`${ref} was ended before its time, or came back after it: whether it dies by itself is not known.`);
  if (aliveAt === null) return unknown(`${ref} is gone, but was never seen in its life: nothing shows that it was ever there.`);
  return passed(`${ref} let its subject in at ${aliveAt}, ended at ${until}, and was gone from the provider at ${goneAt}.`);
}
