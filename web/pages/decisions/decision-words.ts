import type { DecisionView } from "../../../src/decisions/contract-log.ts";
import type { Sign } from "../../parts/tone.ts";

type Code = DecisionView["code"];

/** Why, in a few words; the sentence that came with it says more. */
export const CODE_WORDS: Readonly<Record<Code, string>> = {
  permitted_by_rule: "By a rule",
  permitted_by_exception: "By an exception",
  denied_by_rule: "A rule denies it",
  nothing_permits: "Nothing permits it",
  exception_needed: "No exception for it",
  exception_not_started: "Exception not begun",
  exception_ended: "Exception ended",
  exception_suspended: "Exception suspended",
  outside_exception_scope: "Outside an exception",
  unknown_subject: "Nobody known",
  inactive_subject: "Left, or account off",
  snapshot_too_old: "Register too old",
  invalid_question: "Not readable",
  out_of_caller_scope: "Not the caller's to ask",
};

export const CODES = Object.keys(CODE_WORDS) as Code[];

/** A denial is the quiet case; a way in that is open is what one looks for. */
export function signOfDecision({ permit, code }: Pick<DecisionView, "permit" | "code">): Sign {
  if (!permit) return { word: "Denied", tone: "idle", shape: "shut" };
  return code === "permitted_by_exception"
    ? { word: "Permitted", tone: "open", shape: "solid" }
    : { word: "Permitted", tone: "ok", shape: "solid" };
}

/** Who or what, by the name people know; else as it was asked. */
export function nameOf({ type, id, name }: DecisionView["subject"]): string {
  return name ?? (type === "user" ? id : `${type} ${id}`);
}

const SMALLEST_MS = 0.05;

export function msWords(ms: number | null): string {
  if (ms === null) return "–";
  return ms <= SMALLEST_MS ? `≤ ${SMALLEST_MS} ms` : `${ms} ms`;
}
