/** What a run amounts to, as it stands. Nothing that is unknown is good. */
import { canonicalText } from "../kernel/canonical.ts";
import { type Instant, msBetween } from "../kernel/time.ts";
import type { Fault, NewDrill, Outcome, Run, Times } from "./drill.ts";
import { type Mark, MARK_OF, TIMES } from "./exercise.ts";
import type { ProbeResult } from "./probe.ts";

const MINUTE_MS = 60_000;

/** When a moment was marked; undefined while it was not. */
export function markedAt({ sheet, done }: Pick<Run, "sheet" | "done">, mark: Mark): Instant | undefined {
  return done.find(({ step }) => sheet.steps[step]?.marks === mark)?.at;
}

export function timesOf(run: Pick<Run, "sheet" | "done">): Times {
  const begun = markedAt(run, "failed");
  const since = (mark: Mark) => {
    const at = markedAt(run, mark);
    return begun === undefined || at === undefined ? null : msBetween(begun, at);
  };
  return { detect: since(MARK_OF.detect), decide: since(MARK_OF.decide), access: since(MARK_OF.access), restore: since(MARK_OF.restore) };
}

/** The last that a probe gave. It may be tried again while the drill runs; every try is kept. */
export function lastResult({ probed }: Pick<Run, "probed">, probe: string): ProbeResult | undefined {
  return probed.findLast((each) => each.probe === probe)?.result;
}

/** Passed only where every step was done, every probe passed, every criterion was found met, and every target was kept. */
export function judge(run: Run): Outcome {
  const times = timesOf(run);
  const faults = [...stepFaults(run), ...probeFaults(run), ...criterionFaults(run), ...timeFaults(run, times)];
  return { outcome: faults.length === 0 ? "passed" : "failed", faults, times };
}

function stepFaults({ sheet, done }: Run): readonly Fault[] {
  return sheet.steps.flatMap((_, step) => (done.some((each) => each.step === step) ? [] : [{ of: "step", step } as const]));
}

function probeFaults(run: Run): readonly Fault[] {
  return run.sheet.probes.flatMap(({ key }) => {
    const outcome = lastResult(run, key)?.outcome ?? "unknown";
    return outcome === "passed" ? [] : [{ of: "probe", probe: key, outcome } as const];
  });
}

function criterionFaults({ sheet, judged }: Run): readonly Fault[] {
  return sheet.criteria.flatMap((_, criterion) => {
    const met = judged.findLast((each) => each.criterion === criterion)?.met;
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
