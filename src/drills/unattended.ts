/** Drills that need no people: begun when they are due, ended when every probe has said what it saw. */
import { addDuration, duration, type Instant, subtractDuration } from "../kernel/time.ts";
import { isAwaited, overdueBy, sheetOf } from "./decide.ts";
import type { Drill, DrillEvent, Running } from "./drill.ts";
import { judge } from "./judge.ts";
import type { DrillPlan } from "./plan.ts";

/** Begun so long before it is due: who was away for an hour is not late by that. */
export const UNATTENDED_LEAD = duration("PT6H");
/** What a probe did not say by then it has not seen: unknown, and so failed. Long enough for one that was cut off to be run again. */
const LONGEST = duration("PT2H");

/** `contentHash`: of the drill as it is now. */
export function decideUnattended(drill: Drill, plan: DrillPlan, now: Instant, contentHash: string): readonly DrillEvent[] {
  if (drill.state === "running") return conclude(drill, now, contentHash);
  const isWaiting = drill.state === "scheduled" || drill.state === "overdue";
  if (!isWaiting || plan.status !== "active" || !plan.unattended || now < subtractDuration(drill.dueAt, UNATTENDED_LEAD)) return [];
  const by = { by: null, at: now } as const;
  return [
    ...overdueBy(drill, now),
    { type: "drillStarted", data: { ...by, sheet: sheetOf(plan, true), participants: [], observers: [] } },
    ...plan.probes.map(({ key }) => ({ type: "drillProbeAsked", data: { ...by, probe: key } }) as const),
  ];
}

function conclude({ run }: Running, now: Instant, contentHash: string): readonly DrillEvent[] {
  if (!run.sheet.unattended) return [];
  const isWaitedFor = run.sheet.probes.some(({ key }) => isAwaited(run, key)) && now < addDuration(run.startedAt, LONGEST);
  return isWaitedFor ? [] : [{ type: "drillConcluded", data: { by: null, at: now, contentHash, ...judge(run) } }];
}
