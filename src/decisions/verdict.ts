/** What came of a question, before it is told on the wire. */
import type { Id } from "../kernel/id.ts";
import type { Instant } from "../kernel/time.ts";

/** Why, in one word that a caller may branch on. Stable: a code is never given another meaning. */
export const REASON_CODES = [
  "permitted_by_rule",
  "permitted_by_exception",
  "denied_by_rule",
  "nothing_permits",
  "exception_needed",
  "exception_not_started",
  "exception_ended",
  "exception_suspended",
  "outside_exception_scope",
  "unknown_subject",
  "inactive_subject",
  "snapshot_too_old",
  "invalid_question",
  "out_of_caller_scope",
] as const;
export type ReasonCode = (typeof REASON_CODES)[number];

/** What the asker has to do beside letting through. A caller that cannot fulfil one has to deny. */
export type Obligation =
  | { readonly type: "step_up"; readonly method: string }
  | { readonly type: "restricted_network"; readonly networks: readonly string[] }
  /** At most so many seconds from now; never longer than the exception holds. */
  | { readonly type: "session_length"; readonly seconds: number }
  | { readonly type: "notify"; readonly whom: string };

/** A grant of the register that lets somebody through, as an answer tells it. */
export interface GrantTold {
  readonly exception: Id<"exception">;
  readonly ref: string;
  readonly validUntil: Instant;
  readonly owner: Id<"person"> | null;
}

export interface Verdict {
  readonly permit: boolean;
  readonly code: ReasonCode;
  readonly words: string;
  /** The rule that decided, by its name in the rule set. */
  readonly rule?: string;
  /** The exception that lets through, or the one that nearly would have. */
  readonly grant?: GrantTold;
  readonly obligations: readonly Obligation[];
  /** A denial that an exception could lift: asking for one is worth offering. */
  readonly requestable: boolean;
}
