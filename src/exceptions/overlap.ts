/**
 * When an exception ends, what still lets its subjects through: the end of one never ends another's access, and never hides
 * that it lapsed.
 */
import type { Instant } from "../kernel/time.ts";
import type { Binding, ExceptionState, OtherWay } from "./exception.ts";
import { isInForce } from "./in-force.ts";
import type { Subject } from "./version.ts";

export interface StillThrough {
  readonly subject: Subject;
  /** Other exceptions of ours that hold the same policy open for the same subject now. */
  readonly exceptions: readonly string[];
  /** Ways the provider showed at the last read that no exception of ours accounts for. */
  readonly unregistered: readonly OtherWay[];
}

/** For each subject of the exception, what is left once it is off. `others` may hold the exception itself. */
export function overlaps(exception: ExceptionState, others: readonly ExceptionState[], now: Instant): readonly StillThrough[] {
  return exception.dossier.bindings.flatMap((binding) => {
    const exceptions = others
      .filter((other) => other.dossier.id !== exception.dossier.id && letsThrough(other, binding, now))
      .map((other) => other.dossier.ref);
    const unregistered = binding.otherWays.filter((way) => way.grantRef === undefined);
    const read = binding.otherWays.flatMap((way) =>
      way.grantRef === undefined || way.grantRef === exception.dossier.ref ? [] : [way.grantRef],
    );
    const named = [...new Set([...exceptions, ...read])].sort();
    return named.length + unregistered.length === 0 ? [] : [{ subject: binding.subject, exceptions: named, unregistered }];
  });
}

/** Whether another exception is in force that holds the same policy open for the same subject. */
export function letsThrough(other: ExceptionState, binding: Binding, now: Instant): boolean {
  if (!isInForce(other, now)) return false;
  return other.dossier.bindings.some(
    (theirs) =>
      theirs.desired === "present" &&
      theirs.connection === binding.connection &&
      theirs.policy === binding.policy &&
      theirs.subject.kind === binding.subject.kind &&
      theirs.subject.key === binding.subject.key,
  );
}
