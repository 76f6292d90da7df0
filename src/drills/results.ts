/** What drills that were held say about the estate: ways in that were tried, how long repairs take, what was never tried. */
import { addDuration, duration, type Instant } from "../kernel/time.ts";
import { exerciseOf } from "./catalogue.ts";
import { type Drill, type DrillId, endedAt, type Finished, hasPassed, type Sheet } from "./drill.ts";
import type { Shown } from "./exercise.ts";
import type { DrillPlan } from "./plan.ts";

export interface Tried {
  readonly at: Instant;
  readonly drill: DrillId;
}

export interface Repair extends Tried {
  readonly minutes: number;
}

/** What was tried longer ago is as good as not tried. */
export const TRIED_FOR = duration("P365D");

/** A drill that was finished, as far as it says something about the estate. */
export interface Held {
  readonly id: DrillId;
  readonly sheet: Pick<Sheet, "exercise" | "subject" | "fails">;
  readonly finished: Pick<Finished, "at" | "outcome" | "times">;
}

function inOrder(drills: readonly Held[]): readonly Held[] {
  return drills.toSorted((a, b) => (a.finished.at < b.finished.at ? -1 : 1));
}

const isPassed = ({ finished }: Held) => finished.outcome === "passed";
const shows = ({ sheet: { exercise } }: Held, what: Shown) => exerciseOf(exercise).shows.includes(what);

/** When each way in last passed a drill in which somebody got in by it, by `operation/path`. */
export function drilledPaths(drills: readonly Held[]): ReadonlyMap<string, Tried> {
  return new Map(
    inOrder(drills.filter((drill) => isPassed(drill) && shows(drill, "path"))).flatMap(({ id, sheet, finished }) => {
      const { kind, key } = sheet.subject;
      return kind === "path" ? [[key, { at: finished.at, drill: id }] as const] : [];
    }),
  );
}

/** How long the last repair of a component took, where a drill let exactly that one fail and marked when it was back. */
export function measuredRepairs(drills: readonly Held[]): ReadonlyMap<string, Repair> {
  return new Map(
    inOrder(drills.filter((drill) => shows(drill, "failure"))).flatMap(({ id, sheet, finished }) => {
      const { restore } = finished.times;
      const failing = sheet.fails.length === 0 && sheet.subject.kind === "component" ? [sheet.subject.key] : sheet.fails;
      if (restore === null || failing.length !== 1) return [];
      return [[failing[0]!, { minutes: Math.ceil(restore / 60_000), at: finished.at, drill: id }] as const];
    }),
  );
}

/** What each drill that passed of late really let fail together, the newest first. */
export function triedSets(drills: readonly Held[], now: Instant): readonly (Tried & { readonly fails: readonly string[] })[] {
  return inOrder(drills.filter((drill) => isPassed(drill) && shows(drill, "failure") && addDuration(drill.finished.at, TRIED_FOR) >= now))
    .toReversed()
    .flatMap(({ id, sheet, finished }) => (sheet.fails.length === 0 ? [] : [{ at: finished.at, drill: id, fails: sheet.fails }]));
}

/** Of these sets of components, those that no drill that passed of late let fail together. */
export function undrilledSets(drills: readonly Held[], sets: readonly (readonly string[])[], now: Instant): readonly (readonly string[])[] {
  const tried = triedSets(drills, now).map(({ fails }) => new Set(fails));
  return sets.filter((set) => !tried.some((failed) => set.every((key) => failed.has(key))));
}

/** Whether a plan's control has failed at a moment: its last drill did not pass, or one is overdue. Undefined: it has not. */
export function failedControl(
  plan: DrillPlan,
  open: Drill | undefined,
  last: Drill | undefined,
  now: Instant,
): { readonly why: "overdue" | "failed" | "aborted" | "skipped"; readonly since: Instant } | undefined {
  if (plan.status !== "active") return undefined;
  // One that was begun late, and runs, has shown nothing yet.
  const isLate = open !== undefined && (open.state === "running" ? open.run.startedAt >= open.dueAt : now >= open.dueAt);
  if (isLate) return { why: "overdue", since: open.dueAt };
  const ended = last === undefined ? null : endedAt(last);
  if (last === undefined || ended === null || hasPassed(last)) return undefined;
  const why = last.state === "finished" ? "failed" : last.state === "aborted" ? "aborted" : "skipped";
  return { why, since: ended };
}
