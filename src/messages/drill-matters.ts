/** What a drill asks of who answers for it, as it stands. */
import { type Drill, endedAt, hasPassed, isOverdueAt } from "../drills/drill.ts";
import type { DrillPlan } from "../drills/plan.ts";
import { GOVERNANCE } from "../exceptions/policy.ts";
import { addDuration, duration, type Instant } from "../kernel/time.ts";
import type { Matter } from "./matter.ts";

/** Told a fortnight before, again in the last days, and when nobody held it: to governance too, and in the end to who leads. */
export const DRILL_SOON = duration("P14D");
const DRILL_VERY_SOON = duration("P3D");
const ESCALATED_AFTER = duration("P14D");

export function mattersOfDrill(
  drill: Drill,
  { owner, status, unattended }: Pick<DrillPlan, "owner" | "status" | "unattended">,
  now: Instant,
): readonly Matter[] {
  const { id, dueAt } = drill;
  if (status !== "active") return [];
  const told = { urgency: "digest", seats: [], persons: [owner], since: null, until: null, path: `/drills/${id}` } as const;
  if (isOverdueAt(drill, now)) {
    const isEscalated = now >= addDuration(dueAt, ESCALATED_AFTER);
    const seats = isEscalated ? ([GOVERNANCE, "ciso"] as const) : ([GOVERNANCE] as const);
    return [{ ...told, key: `${id} ${isEscalated ? "escalated" : "overdue"}`, kind: "drillOverdue", seats }];
  }
  // What takes nobody reminds nobody.
  if (drill.state === "scheduled" && !unattended && addDuration(now, DRILL_SOON) >= dueAt) {
    const phase = addDuration(now, DRILL_VERY_SOON) >= dueAt ? "very soon" : "soon";
    return [{ ...told, key: `${id} ${phase}`, kind: "drill", until: dueAt }];
  }
  const ended = endedAt(drill);
  if (ended === null || hasPassed(drill)) return [];
  return [{ ...told, key: `${id} failed`, kind: "drillFailed", seats: [GOVERNANCE], since: ended }];
}
