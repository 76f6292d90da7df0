/** Others in the register that one should know of before asking: the same need, and what could be widened instead. Pure. */
import type { Instant } from "../kernel/time.ts";
import type { ExceptionState } from "./exception.ts";
import { isInForce } from "./in-force.ts";
import { shownContent } from "./projection.ts";
import { fingerprintsOf, normalise } from "./repeats.ts";
import type { DraftContent } from "./version.ts";

/** `same`: the very need. `elsewhere`: the same subject and resource in the same policy, under another category. */
export type Likeness = "same" | "elsewhere";

interface Asked {
  readonly category: string;
  readonly content: DraftContent;
}

export function likenessOf(asked: Asked, other: ExceptionState): Likeness | undefined {
  const theirs = shownContent(other);
  if (theirs === undefined) return undefined;
  const mine = fingerprintsOf(asked.category, asked.content);
  const prints = fingerprintsOf(other.dossier.category, theirs);
  if (prints.some((print) => mine.some(({ same }) => same === print.same))) return "same";
  const isForThis = prints.some((print) => mine.some(({ subject, resource }) => subject === print.subject && resource === print.resource));
  return isForThis && weakened(theirs) === weakened(asked.content) ? "elsewhere" : undefined;
}

function weakened({ weakenedControl }: DraftContent): string {
  return weakenedControl === null ? "" : normalise(`${weakenedControl.connection} ${weakenedControl.policy}`);
}

/** True for an exception in force that a change could add the subjects to: same category, policy and resource, nothing pending. */
export function couldTakeIn(asked: Asked, other: ExceptionState, now: Instant): boolean {
  const theirs = shownContent(other);
  if (theirs === undefined || other.state !== "active" || other.pending !== null || !isInForce(other, now)) return false;
  if (other.dossier.category !== asked.category || weakened(theirs) !== weakened(asked.content)) return false;
  const resources = new Set(fingerprintsOf(asked.category, asked.content).map(({ resource }) => resource));
  return fingerprintsOf(asked.category, theirs).some(({ resource }) => resources.has(resource));
}

/** Why there is nothing any more, in the words it ended with; null while it lives. */
export function whyOver(state: ExceptionState): string | null {
  if (state.state === "rejected" || state.state === "withdrawn") return state.reason;
  if (state.state === "closed") return state.dossier.endings.at(-1)?.words ?? "";
  return null;
}
