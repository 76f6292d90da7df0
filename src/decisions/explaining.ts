/** What would be answered to a question at a moment. Pure. */
import { decide } from "./decide.ts";
import type { Question } from "./question.ts";
import type { RuleSet } from "./rule-set.ts";
import type { Snapshot } from "./snapshot.ts";
import type { Verdict } from "./verdict.ts";

/**
 * Decides as of `atMs`. At another moment than now the snapshot is taken to be as fresh then as it is now: asked is what the register, as
 * it is, says of that moment.
 */
export function decideAt(
  question: Question,
  rules: RuleSet,
  snapshot: Snapshot,
  when: { readonly atMs: number; readonly nowMs: number },
): Verdict {
  return decide(question, rules, { ...snapshot, freshAtMs: snapshot.freshAtMs + when.atMs - when.nowMs }, when.atMs);
}
