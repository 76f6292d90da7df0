import type { z } from "zod";

import type { Instant } from "../kernel/time.ts";
import { exerciseOf } from "./catalogue.ts";
import type { drillRow, drillView, planView, ProbeView } from "./contract-views.ts";
import { type Acting, governs } from "./decide-plan.ts";
import { isAwaited, maySign, mayWrite, sheetOf } from "./decide.ts";
import { type Drill, endedAt, isOverdueAt, type Run, type Sheet } from "./drill.ts";
import { foundMet, judge, lastResult, markedAt } from "./judge.ts";
import type { DrillPlan } from "./plan.ts";
import { failedControl } from "./results.ts";

/** What people are called, by id. */
export type Names = ReadonlyMap<string, string>;

const NOTHING: Omit<Run, "sheet" | "startedBy" | "startedAt"> = {
  wasOverdue: false,
  participants: [],
  observers: [],
  done: [],
  asked: [],
  probed: [],
  judged: [],
  notes: [],
  files: [],
};

const runOf = (drill: Drill): Run | undefined => ("run" in drill ? drill.run : undefined);

export function viewOfRow(drill: Drill, now: Instant): z.input<typeof drillRow> {
  const { id, plan, state, dueAt } = drill;
  return {
    id,
    plan,
    state,
    dueAt,
    isOverdue: isOverdueAt(drill, now),
    startedAt: runOf(drill)?.startedAt ?? null,
    endedAt: endedAt(drill),
    outcome: drill.state === "finished" ? drill.finished.outcome : null,
  };
}

export interface PlanShown {
  readonly plan: DrillPlan;
  readonly open: Drill | undefined;
  readonly last: Drill | undefined;
}

export function viewOfPlan({ plan, open, last }: PlanShown, names: Names, now: Instant): z.input<typeof planView> {
  const { id, status, name, exercise, subject, tier, owner, everyDays, targets, fails, probes, unattended } = plan;
  const row = (drill: Drill | undefined) => (drill === undefined ? null : viewOfRow(drill, now));
  const more = { exerciseName: exerciseOf(exercise).name, owner: { id: owner, name: names.get(owner) ?? owner } };
  const shown = {
    id,
    status,
    name,
    exercise,
    subject,
    tier,
    everyDays,
    targets,
    fails: [...fails],
    probes: probesShown(probes),
    unattended,
    ...more,
  };
  return { ...shown, open: row(open), last: row(last), failed: failedControl(plan, open, last, now) ?? null };
}

/** Whoever is named on a drill's view. */
export function namedBy(drill: Drill, plan: DrillPlan): readonly string[] {
  const run = runOf(drill);
  const lines = [...(run?.done ?? []), ...(run?.notes ?? []), ...(run?.files ?? [])].map(({ by }) => by);
  return [
    plan.owner,
    ...(run === undefined ? [] : [run.sheet.owner, ...run.participants, ...run.observers, ...lines]),
    endOf(drill)?.by ?? plan.owner,
  ];
}

export function viewOfDrill(
  drill: Drill,
  plan: DrillPlan,
  names: Names,
  { by, roles, at }: Acting,
  contentHash: string,
): z.input<typeof drillView> {
  const run = runOf(drill);
  const sheet = run?.sheet ?? sheetOf(plan, plan.unattended);
  const lines = run ?? NOTHING;
  const who = (id: string) => ({ id, name: names.get(id) ?? id });
  const ended = endOf(drill);
  const isRunning = drill.state === "running";
  return {
    ...viewOfRow(drill, at),
    ...headOf(sheet, who),
    wasOverdue: lines.wasOverdue,
    steps: sheet.steps.map((each, step) => {
      const done = lines.done.find((one) => one.step === step);
      return { ...each, done: done === undefined ? null : { by: who(done.by), at: done.at } };
    }),
    criteria: sheet.criteria.map((text, i) => ({ text, met: foundMet(lines, i) ?? null })),
    probes: probesOf(sheet, lines, isRunning),
    participants: lines.participants.map(who),
    observers: lines.observers.map(who),
    notes: lines.notes.map(({ text, by: writer, at: written }) => ({ text, by: who(writer), at: written })),
    files: lines.files.map(({ file, by: adder, at: added }) => ({ ...file, by: who(adder), at: added })),
    amounts: amountsOf(run),
    failedAt: (run && markedAt(run, "failed")) ?? null,
    contentHash: isRunning ? contentHash : null,
    ended: ended === undefined ? null : { ...ended, by: ended.by === null ? null : who(ended.by) },
    may: mayOf(drill, plan, { by, roles }),
  };
}

function mayOf(drill: Drill, { owner }: DrillPlan, { by, roles }: Pick<Acting, "by" | "roles">): z.input<typeof drillView>["may"] {
  const isWaiting = drill.state === "scheduled" || drill.state === "overdue";
  const isRunning = drill.state === "running";
  return {
    begin: isWaiting && (by === owner || governs(roles)),
    write: isRunning && !drill.run.sheet.unattended && mayWrite(drill, { by, roles }),
    judge: isRunning && maySign(drill, by),
  };
}

function headOf(sheet: Sheet, who: (id: string) => { id: string; name: string }) {
  const { name, exercise, subject, tier, owner, hypothesis, blastRadius, abort, fails, targets, observers, unattended } = sheet;
  return {
    name,
    exercise,
    subject,
    tier,
    owner: who(owner),
    hypothesis,
    blastRadius,
    abort,
    fails: [...fails],
    targets,
    leastObservers: observers,
    unattended,
  };
}

function amountsOf(run: Run | undefined): z.input<typeof drillView>["amounts"] {
  if (run === undefined) return null;
  const { outcome, faults, times } = judge(run);
  return { outcome, faults: [...faults], times };
}

function probesOf(sheet: Sheet, run: Omit<Run, "sheet" | "startedBy" | "startedAt">, isRunning: boolean): ProbeView[] {
  return probesShown(sheet.probes).map((probe) => {
    const result = lastResult(run, probe.key);
    return {
      ...probe,
      isRunning: isRunning && isAwaited(run, probe.key),
      tries: run.probed.filter((each) => each.probe === probe.key).length,
      result: result === undefined ? null : { ...result, evidence: [...result.evidence] },
    };
  });
}

/** Lists as a contract has them: its own. */
function probesShown(probes: DrillPlan["probes"]): Omit<ProbeView, "isRunning" | "tries" | "result">[] {
  return probes.map(({ key, name, spec }) => ({
    key,
    name,
    spec: spec.kind === "revocation" ? { ...spec, relyingParties: [...spec.relyingParties] } : spec,
  }));
}

function endOf(drill: Drill): { by: string | null; at: Instant; reason: string | null; assertion: string | null } | undefined {
  switch (drill.state) {
    case "finished":
      return {
        by: drill.finished.by,
        at: drill.finished.at,
        reason: null,
        assertion: "assertion" in drill.finished ? drill.finished.assertion : null,
      };
    case "aborted":
      return { ...drill.aborted, assertion: null };
    case "skipped":
      return { ...drill.skipped, assertion: null };
    case "scheduled":
    case "overdue":
    case "running":
      return undefined;
  }
}
