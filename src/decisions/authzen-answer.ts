/**
 * Answers as AuthZEN has them. `context` says why, by which rule and which exception, what has to be done beside letting through, and
 * what the answer rests on. Put together by hand, because it is all that an answer costs beside deciding it; a test compares every
 * answer with what JSON.stringify makes of the same.
 */
import type { Fault } from "./authzen-read.ts";
import type { Snapshot } from "./snapshot.ts";
import type { GrantTold, Obligation, Verdict } from "./verdict.ts";

/** Text that JSON writes as it is: most of what is ever told. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

export function quote(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}

/** What all answers of one request rest on: the place of the journal, and seconds since the journal was last heard of. */
export function writeSnapshot(snapshot: Snapshot, nowMs: number): string {
  return `"snapshot":{"sequence":${snapshot.register.sequence},"age":${Math.max(0, Math.round(nowMs - snapshot.freshAtMs)) / 1000}}`;
}

/** `more`: members of the context that others add, as JSON with a comma before each. */
export function writeVerdict({ permit, code, words, rule, grant, obligations }: Verdict, snapshot: string, more = ""): string {
  let text = `{"decision":${permit},"context":{"reason":{"code":"${code}","words":${quote(words)}},`;
  if (rule !== undefined) text += `"rule":${quote(rule)},`;
  if (grant !== undefined) text += writeGrant(grant);
  if (obligations.length > 0) text += writeObligations(obligations);
  return `${text}${snapshot}${more}}}`;
}

function writeGrant({ exception, ref, validUntil, owner }: GrantTold): string {
  const who = owner === null ? "null" : quote(owner);
  return `"exception":{"id":${quote(exception)},"ref":${quote(ref)},"validUntil":${quote(validUntil)},"owner":${who}},`;
}

function writeObligations(obligations: readonly Obligation[]): string {
  const [only] = obligations;
  // By far the most exceptions carry this one alone.
  if (obligations.length === 1 && only!.type === "session_length")
    return `"obligations":[{"type":"session_length","seconds":${only!.seconds}}],`;
  return `"obligations":${JSON.stringify(obligations)},`;
}

/** Writes verdicts of one batch. Many say the same there: what said the same as the one before is not written anew. */
export function createWriter(snapshot: string): (verdict: Verdict, more: string) => string {
  let last: Verdict | undefined;
  let text = "";
  return (verdict, more) => {
    if (more !== "") return writeVerdict(verdict, snapshot, more);
    if (last !== undefined && saysTheSame(last, verdict)) return text;
    last = verdict;
    text = writeVerdict(verdict, snapshot);
    return text;
  };
}

function saysTheSame(a: Verdict, b: Verdict): boolean {
  if (a.permit !== b.permit || a.code !== b.code || a.words !== b.words || a.rule !== b.rule) return false;
  return a.grant === b.grant && (a.obligations === b.obligations || (a.obligations.length === 0 && b.obligations.length === 0));
}

/** An item of a batch that could not be read: denied, and what is wrong with it. */
export function writeFaults(faults: readonly Fault[], snapshot: string): string {
  const words = quote(wordsOf(faults));
  const error = `"error":{"status":400,"message":${words}}`;
  return `{"decision":false,"context":{"reason":{"code":"invalid_question","words":${words}},${error},${snapshot}}}`;
}

export function wordsOf(faults: readonly Fault[]): string {
  return `${faults.map(({ at, words }) => `${at === "" ? "it" : at} ${words}`).join("; ")}.`;
}

export function writeBatch(items: readonly string[]): string {
  return `{"evaluations":[${items.join(",")}]}`;
}
