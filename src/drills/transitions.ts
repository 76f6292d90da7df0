/** Both state machines as tables. The diagrams of docs/model/drills.md are drawn from them; the folds are held to them. */
import { from, type Transition } from "../kernel/transitions.ts";
import type { DrillEvent, DrillState } from "./drill.ts";
import type { DrillPlan } from "./plan.ts";

export const PLAN_TRANSITIONS: readonly Transition<DrillPlan["status"], "drillPlanned" | "drillPlanRetired">[] = [
  { from: "nothing", event: "drillPlanned", to: "active" },
  { from: "active", event: "drillPlanRetired", to: "retired" },
];

/** What is done and seen while it runs changes no state and is not drawn. */
export const DRILL_TRANSITIONS: readonly Transition<DrillState, DrillEvent["type"]>[] = [
  { from: "nothing", event: "drillScheduled", to: "scheduled" },
  { from: "scheduled", event: "drillOverdue", to: "overdue" },
  ...from<DrillState, DrillEvent["type"]>(["scheduled", "overdue"], "drillStarted", "running"),
  ...from<DrillState, DrillEvent["type"]>(["scheduled", "overdue"], "drillSkipped", "skipped"),
  { from: "running", event: "drillFinished", to: "finished" },
  { from: "running", event: "drillConcluded", to: "finished" },
  { from: "running", event: "drillAborted", to: "aborted" },
];
