/** A drill that is held again and again: of what, about what, how often, who answers for it, and what it is measured against. */
import type { Tier } from "../estate/estate.ts";
import type { FieldChanged } from "../kernel/field-change.ts";
import type { Id } from "../kernel/id.ts";
import { addDuration, type Duration, durationOfMs, type Instant } from "../kernel/time.ts";
import type { PersonId } from "../people/person.ts";
import type { ExerciseKey } from "./catalogue.ts";
import type { SubjectKind, Targets } from "./exercise.ts";
import type { ProbeSpec } from "./probe.ts";

export type DrillPlanId = Id<"drillPlan">;

/** By key; a path's is its operation's, a slash, and its own. */
export interface Subject {
  readonly kind: SubjectKind;
  readonly key: string;
}

export interface PlannedProbe {
  /** Its own within the plan. */
  readonly key: string;
  readonly name: string;
  readonly spec: ProbeSpec;
}

/** What may be changed of a plan. */
export interface PlanFields {
  readonly name: string;
  readonly owner: PersonId;
  readonly everyDays: number;
  readonly targets: Targets;
  /** Keys of the components that fail together in it: the lock-out set it tries. */
  readonly fails: readonly string[];
  readonly probes: readonly PlannedProbe[];
  /** Postern begins it when it is due, runs its probes, and ends it; nobody is asked to be there. */
  readonly unattended: boolean;
}

export interface NewPlan extends PlanFields {
  readonly id: DrillPlanId;
  readonly exercise: ExerciseKey;
  readonly subject: Subject;
  /** Of the operation it is about, or of the most critical one that hangs on the component. */
  readonly tier: Tier;
  readonly plannedBy: PersonId;
  readonly plannedAt: Instant;
}

interface Retired {
  readonly by: PersonId;
  readonly at: Instant;
  readonly reason: string;
}

export type DrillPlan = NewPlan & ({ readonly status: "active" } | { readonly status: "retired"; readonly retired: Retired });
export const PLAN_STATUSES = ["active", "retired"] as const satisfies readonly DrillPlan["status"][];

export type PlanEvent =
  | { readonly type: "drillPlanned"; readonly data: NewPlan }
  | FieldChanged<PlanFields>
  | { readonly type: "drillPlanRetired"; readonly data: Retired };

const DAY_MS = 86_400_000;
/** What did not pass is tried again within this many days, however rarely it is held otherwise. */
const AGAIN_WITHIN_DAYS = 30;

/** Until when the next one is to be held, after one that ended. */
export function nextDueAt({ everyDays }: Pick<PlanFields, "everyDays">, endedAt: Instant, passed: boolean): Instant {
  return addDuration(endedAt, daysLong(passed ? everyDays : Math.min(everyDays, AGAIN_WITHIN_DAYS)));
}

export function daysLong(days: number): Duration {
  return durationOfMs(days * DAY_MS);
}
