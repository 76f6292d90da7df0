/** One answer as the log keeps it. */
import type { Asked } from "./asked.ts";
import type { Keep, KeptQuestion } from "./kept.ts";
import type { Question } from "./question.ts";
import type { Obligation, ReasonCode, Verdict } from "./verdict.ts";

export interface LogEntry {
  readonly atMs: number;
  readonly asked: Asked;
  readonly question: KeptQuestion;
  /** False where the question had to be cut. */
  readonly whole: boolean;
  readonly permit: boolean;
  readonly code: ReasonCode;
  readonly words: string;
  readonly rule: string | null;
  readonly exception: string | null;
  readonly exceptionRef: string | null;
  readonly obligations: readonly Obligation[];
  readonly requestable: boolean;
}

/** `every`: of the answers that may be left out, one of so many is kept. */
export type LogSetting = { readonly kind: "full" } | { readonly kind: "sampled"; readonly every: number } | { readonly kind: "off" };

export function entryOf(question: Question, verdict: Verdict, asked: Asked, keep: Keep, nowMs: number): LogEntry {
  const kept = keep(question);
  return {
    atMs: nowMs,
    asked,
    question: kept.question,
    whole: kept.whole,
    permit: verdict.permit,
    code: verdict.code,
    words: verdict.words,
    rule: verdict.rule ?? null,
    exception: verdict.grant?.exception ?? null,
    exceptionRef: verdict.grant?.ref ?? null,
    obligations: verdict.obligations,
    requestable: verdict.requestable,
  };
}

/** What people look for is never left out: denials, and whoever was let through by an exception. */
export function mayBeLeftOut({ permit, grant }: Verdict): boolean {
  return permit && grant === undefined;
}
