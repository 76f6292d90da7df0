/** Where a question came from, and what takes note of what was answered. */
import type { Question } from "./question.ts";
import type { Verdict } from "./verdict.ts";

/** The same for all questions of one request. */
export interface Asked {
  /** By the name its operator gave it; `anyone` where nobody has to say who they are. */
  readonly caller: string;
  readonly requestId: string | null;
  /** Name of the rule set that was asked. */
  readonly ruleSet: string;
  /** Place of the journal, and age of the snapshot, that answered. */
  readonly sequence: number;
  readonly ageMs: number;
}

/** Whoever answers questions tells it every answer. Costs next to nothing, waits for nothing and never throws. */
export interface DecisionLog {
  record(question: Question, verdict: Verdict, asked: Asked, nowMs: number): void;
  /** A request was answered, however many questions it held. */
  answered(tookMs: number, nowMs: number): void;
}
