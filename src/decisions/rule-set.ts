/** A deployment's own rules, compiled: what rules/ makes of a file, and all that a decision knows of it. */
import type { PropertyRead } from "./kept.ts";
import type { Entity, Question } from "./question.ts";
import type { Obligation } from "./verdict.ts";

/**
 * What the first rule that fits says. `needs_exception`: denied, unless the register holds one. `none`: no rule fits; where the action
 * is one of the register's, it may still permit.
 */
export interface RuleVerdict {
  readonly effect: "permit" | "deny" | "needs_exception" | "none";
  readonly rule?: string;
  readonly words?: string;
  readonly obligations: readonly Obligation[];
}

export interface RuleSet {
  readonly name: string;
  /** `sha256:` and hex of what it was compiled from. */
  readonly digest: string;
  /** Whether exceptions of the register can permit this action. */
  asksRegister(action: string): boolean;
  /** `nowMs`: milliseconds since 1970, for rules that hold at hours of the week. */
  decide(question: Question, nowMs: number): RuleVerdict;
  /** What it names, for searches: in the order of the file. */
  readonly subjects: readonly Entity[];
  readonly resources: readonly Entity[];
  readonly actions: readonly string[];
  /** Properties that its rules look at: what a log has to keep of a question, so that it can be asked again. */
  readonly reads: readonly PropertyRead[];
}
