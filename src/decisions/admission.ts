/** Whether a request is worked on now, or sent away at once with the time after which it is worth asking again. */
import { refusal, Refused } from "../kernel/problem.ts";
import type { Caller } from "./caller.ts";

/** 429: this caller asks more than it may. 503: all callers together ask more than can be answered soon. */
export interface SentAway {
  readonly status: 429 | 503;
  readonly code: "decisions.tooManyQuestions" | "decisions.overloaded";
  readonly words: string;
  readonly retryAfterSeconds: number;
}

export interface Admission {
  /** Before the body is read, of anybody: whether this process has room at all. */
  overload(): SentAway | undefined;
  /**
   * Once it is known who asks, before the body is read; `bytes` at most will have to be kept. What entered leaves, however it ends. Who
   * asked too much already does not enter.
   */
  enter(caller: Caller, bytes: number): SentAway | undefined;
  leave(caller: Caller, bytes: number): void;
  /** Once it is known how many questions. What is no question, or none that can be read, counts as one. */
  admit(caller: Caller, questions: number): SentAway | undefined;
}

/** Admits everything. */
export const OPEN: Admission = { overload: () => undefined, enter: () => undefined, leave: () => {}, admit: () => undefined };

/** Throws where somebody is sent away. */
export function orRefuse(away: SentAway | undefined): void {
  if (away === undefined) return;
  const { status, code, words, retryAfterSeconds } = away;
  throw new Refused([refusal(code, words, { facts: { retryAfterSeconds } })], status);
}
