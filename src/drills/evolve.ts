import { isFieldChange } from "../kernel/field-change.ts";
import type { Drill, DrillEvent, Run, Running, Started } from "./drill.ts";
import type { DrillPlan, PlanEvent, PlanFields } from "./plan.ts";

const FIELDS: Readonly<Record<keyof PlanFields, true>> = {
  name: true,
  owner: true,
  everyDays: true,
  targets: true,
  fails: true,
  probes: true,
  unattended: true,
};

export function evolvePlan(plan: DrillPlan | undefined, event: PlanEvent): DrillPlan {
  if (event.type === "drillPlanned") return { ...event.data, status: "active" };
  if (plan?.status !== "active") throw new RangeError(`${event.type} of a plan that is not active`);
  if (isFieldChange<PlanFields>(event, FIELDS)) return { ...plan, ...event.data };
  if (event.type !== "drillPlanRetired") throw new RangeError("no event of a plan");
  return { ...plan, status: "retired", retired: event.data };
}

export function evolveDrill(drill: Drill | undefined, event: DrillEvent): Drill {
  if (event.type === "drillScheduled") return { ...event.data, state: "scheduled" };
  if (drill === undefined) throw new RangeError(`${event.type} before drillScheduled`);
  if (event.type === "drillOverdue") {
    return { ...waiting(drill, event, "scheduled"), state: "overdue", overdueSince: event.data.dueAt };
  }
  if (event.type === "drillStarted") {
    return { ...waiting(drill, event, "scheduled", "overdue"), state: "running", run: begin(event.data, drill.state === "overdue") };
  }
  if (event.type === "drillSkipped") {
    return { ...waiting(drill, event, "scheduled", "overdue"), state: "skipped", skipped: event.data };
  }
  return evolveRunning(drill, event);
}

type RunningEvent = Exclude<DrillEvent, { readonly type: "drillScheduled" | "drillOverdue" | "drillStarted" | "drillSkipped" }>;

function evolveRunning(drill: Drill, event: RunningEvent): Drill {
  if (drill.state !== "running") throw new RangeError(`${event.type} of a drill that is ${drill.state}`);
  if (event.type === "drillFinished" || event.type === "drillConcluded") return { ...drill, state: "finished", finished: event.data };
  if (event.type === "drillAborted") return { ...drill, state: "aborted", aborted: event.data };
  return { ...drill, run: grown(drill, event) };
}

function grown(
  { run }: Running,
  event: Exclude<RunningEvent, { readonly type: "drillFinished" | "drillConcluded" | "drillAborted" }>,
): Run {
  switch (event.type) {
    case "drillStepDone":
      return { ...run, done: [...run.done, event.data] };
    case "drillProbeAsked":
      return { ...run, asked: [...run.asked, event.data] };
    case "drillProbed":
      return { ...run, probed: [...run.probed, event.data] };
    case "drillJudged":
      return { ...run, judged: [...run.judged, event.data] };
    case "drillNoted":
      return { ...run, notes: [...run.notes, event.data] };
    case "drillEvidenceAdded":
      return { ...run, files: [...run.files, event.data] };
    case "drillJoined": {
      const { as, person } = event.data;
      return as === "observer"
        ? { ...run, observers: [...run.observers, person] }
        : { ...run, participants: [...run.participants, person] };
    }
  }
}

function begin({ by, at, sheet, participants, observers }: Started, wasOverdue: boolean): Run {
  const nothing = { done: [], asked: [], probed: [], judged: [], notes: [], files: [] };
  return { sheet, startedBy: by, startedAt: at, wasOverdue, participants, observers, ...nothing };
}

/** What is kept of one that was not held yet. */
function waiting({ id, plan, dueAt, scheduledAt, state }: Drill, { type }: DrillEvent, ...from: readonly Drill["state"][]) {
  if (!from.includes(state)) throw new RangeError(`${type} of a drill that is ${state}`);
  return { id, plan, dueAt, scheduledAt };
}
