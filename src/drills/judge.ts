/** What a run amounts to, as it stands. Nothing that is unknown is good. */
import { canonicalText } from "../kernel/canonical.ts";
import { type Instant, msBetween } from "../kernel/time.ts";
import type { Fault, NewDrill, Outcome, Run, Times } from "./drill.ts";
import { type Mark, MARK_OF, TIMES } from "./exercise.ts";
import type { ProbeOutcome, ProbeResult } from "./probe.ts";

const MINUTE_MS = 60_000;

/** When a moment was marked; undefined while it was not. */
export function markedAt({ sheet, done }: Pick<Run, "sheet" | "done">, mark: Mark): Instant | undefined {
  return done.find(({ step }) => sheet.steps[step]?.marks === mark)?.at;
}

export function timesOf(run: Pick<Run, "sheet" | "done">): Times {
  // A clock that was set back between two ticks has measured nothing.
  const wentBack = run.done.some(({ at }, i) => i > 0 && at < run.done[i - 1]!.at);
  const begun = wentBack ? undefined : markedAt(run, "failed");
  const since = (mark: Mark) => {
    const at = markedAt(run, mark);
    return begun === undefined || at === undefined ? null : msBetween(begun, at);
  };
  return { detect: since(MARK_OF.detect), decide: since(MARK_OF.decide), access: since(MARK_OF.access), restore: since(MARK_OF.restore) };
}

/** The last that a probe gave. It may be tried again while the drill runs; every try is kept, by whatever it came to. */
export function lastResult({ probed }: Pick<Run, "probed">, probe: string): ProbeResult | undefined {
  return probed.findLast((each) => each.probe === probe)?.result;
}

/**
 * Passed only where every step was done, every probe passed, every criterion was found met, and every target was kept. What drills were
 * signed for is computed anew by `postern verify`: another rule is another version (`runText`), and old ones are judged by the old rule.
 */
export function judge(run: Run): Outcome {
  const times = timesOf(run);
  const faults = [...stepFaults(run), ...probeFaults(run), ...criterionFaults(run), ...timeFaults(run, times)];
  return { outcome: faults.length === 0 ? "passed" : "failed", faults, times };
}

function stepFaults({ sheet, done }: Run): readonly Fault[] {
  return sheet.steps.flatMap((_, step) => (done.some((each) => each.step === step) ? [] : [{ of: "step", step } as const]));
}

/** What a probe says of the drill: one that looked before the failure had begun says nothing of it. */
export function outcomeOfProbe(run: Pick<Run, "sheet" | "done" | "probed">, probe: string): ProbeOutcome {
  const result = lastResult(run, probe);
  const begun = markedAt(run, "failed");
  const isOfTheFailure = begun === undefined || (result !== undefined && result.startedAt >= begun);
  return result !== undefined && (isOfTheFailure || result.outcome !== "passed") ? result.outcome : "unknown";
}

function probeFaults(run: Run): readonly Fault[] {
  return run.sheet.probes.flatMap(({ key }) => {
    const outcome = outcomeOfProbe(run, key);
    return outcome === "passed" ? [] : [{ of: "probe", probe: key, outcome } as const];
  });
}

/** What the observers found: each by their own last word, and none over another's. Undefined where nobody judged it. */
export function foundMet({ judged }: Pick<Run, "judged">, criterion: number): boolean | undefined {
  const last = new Map(judged.filter((each) => each.criterion === criterion).map(({ by, met }) => [by, met]));
  return last.size === 0 ? undefined : ![...last.values()].includes(false);
}

function criterionFaults(run: Run): readonly Fault[] {
  return run.sheet.criteria.flatMap((_, criterion) => {
    const met = foundMet(run, criterion);
    return met === true ? [] : [{ of: "criterion", criterion, is: met === false ? "notMet" : "unknown" } as const];
  });
}

function timeFaults({ sheet }: Run, times: Times): readonly Fault[] {
  return TIMES.flatMap((time) => {
    const [target, taken] = [sheet.targets[time], times[time]];
    if (target === null || (taken !== null && taken <= target * MINUTE_MS)) return [];
    return [{ of: "time", time, is: taken === null ? "unknown" : "missed" } as const];
  });
}

/** What an observer signs: everything that was done and seen, and what it amounts to. */
export const FINISH_ACTION = "drills.finish";

export function runText({ id, plan, dueAt }: NewDrill, run: Run): string {
  return canonicalText({ v: "postern-drill-1", id, content: { plan, dueAt, run, ...judge(run) } });
}
