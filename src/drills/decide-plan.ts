import { type Decision, unless } from "../kernel/decision.ts";
import { fieldChanges } from "../kernel/field-change.ts";
import type { Refusal } from "../kernel/problem.ts";
import { addDuration, type Instant } from "../kernel/time.ts";
import type { PersonId } from "../people/person.ts";
import { isHelpDesk, type Role } from "../people/role.ts";
import { exerciseOf, longestCadence } from "./catalogue.ts";
import { MARK_OF, TIMES } from "./exercise.ts";
import { daysLong, type DrillPlan, type NewPlan, type PlanEvent, type PlanFields } from "./plan.ts";
import { refuseIf } from "./refusals.ts";

/** A person as a decision sees them; undefined where nobody of that id is known. */
export type Somebody = { readonly id: PersonId; readonly active: boolean; readonly roles: readonly Role[] } | undefined;

export interface Acting {
  readonly by: PersonId;
  readonly roles: readonly string[];
  readonly at: Instant;
}

const GOVERNORS: readonly Role[] = ["iam", "security_governance"];

/** Who plans drills and sees that they are held, beside each one's owner. */
export function governs(roles: readonly string[]): boolean {
  return GOVERNORS.some((role) => roles.includes(role)) && !roles.includes("help_desk");
}

export interface PlanFacts {
  readonly owner: Somebody;
  readonly subjectKnown: boolean;
  /** Keys in `fails` that no active component has. */
  readonly unknown: readonly string[];
  /** An active plan of the same exercise about the same. */
  readonly other: string | undefined;
}

export function decidePlan(wanted: NewPlan, firstDueAt: Instant, facts: PlanFacts): Decision<PlanEvent> {
  const { subject, plannedAt, everyDays } = wanted;
  const isTooFar = firstDueAt <= plannedAt || firstDueAt > addDuration(plannedAt, daysLong(everyDays));
  const reasons = [
    ...refuseIf(!facts.subjectKnown, "drills.subjectUnknown", `There is no active ${subject.kind} "${subject.key}".`, "/subject"),
    ...refuseIf(
      !exerciseOf(wanted.exercise).about.includes(subject.kind),
      "drills.exerciseUnfit",
      `It is about no ${subject.kind}.`,
      "/exercise",
    ),
    ...refuseIf(isTooFar, "drills.dueOutOfBounds", `The first one is due within ${everyDays} days from now.`, "/firstDueAt"),
    ...refuseIf(facts.other !== undefined, "drills.planOpen", `${facts.other} is the same exercise, about the same.`),
    ...fieldReasons(wanted, wanted, facts),
  ];
  return unless<PlanEvent>(reasons, () => [{ type: "drillPlanned", data: wanted }]);
}

export function decideChange(
  plan: DrillPlan,
  wanted: Partial<PlanFields>,
  acting: Acting,
  facts: Pick<PlanFacts, "owner" | "unknown">,
): Decision<PlanEvent> {
  const reasons = [...mayChange(plan, acting), ...fieldReasons(plan, { ...plan, ...wanted }, facts)];
  return unless<PlanEvent>(reasons, () => fieldChanges<PlanFields>(plan, wanted));
}

export function decideRetire(plan: DrillPlan, acting: Acting, reason: string): Decision<PlanEvent> {
  const { by, at } = acting;
  return unless<PlanEvent>(mayChange(plan, acting), () => [{ type: "drillPlanRetired", data: { by, at, reason } }]);
}

/** Its owner holds drills, but whether and how often is not theirs alone: only who governs takes a control away. */
function mayChange(plan: DrillPlan, { roles }: Acting): readonly Refusal[] {
  return [
    ...refuseIf(plan.status !== "active", "drills.notInThisState", `The plan is ${plan.status}.`),
    ...refuseIf(!governs(roles), "drills.notYours", "Only IAM and governance change what is drilled."),
  ];
}

function fieldReasons(
  { exercise, tier }: Pick<NewPlan, "exercise" | "tier">,
  { everyDays, probes, targets, unattended }: PlanFields,
  { owner, unknown }: Pick<PlanFacts, "owner" | "unknown">,
): readonly Refusal[] {
  const catalogued = exerciseOf(exercise);
  const longest = longestCadence(catalogued, tier);
  const keys = probes.map(({ key }) => key);
  const kinds = catalogued.probes;
  const unmarked = TIMES.filter((time) => targets[time] !== null && !catalogued.steps.some(({ marks }) => marks === MARK_OF[time]));
  return [
    ...refuseIf(
      owner?.active !== true || isHelpDesk(owner.roles),
      "drills.ownerNotAllowed",
      "Name somebody who is here, and not of the help desk.",
      "/owner",
    ),
    ...refuseIf(unknown.length > 0, "drills.failsUnknown", `No active component has the key ${unknown.join(", ")}.`, "/fails"),
    ...refuseIf(everyDays > longest, "drills.cadenceTooLong", `At tier ${tier} it is held every ${longest} days or oftener.`, "/everyDays"),
    ...refuseIf(
      kinds.length > 0 && !probes.some(({ spec }) => kinds.includes(spec.kind)),
      "drills.probeMissing",
      `Add a probe of one of these kinds: ${kinds.join(", ")}.`,
      "/probes",
    ),
    ...refuseIf(
      unattended && !catalogued.byItself,
      "drills.needsPeople",
      "This exercise takes people: Postern cannot hold it alone.",
      "/unattended",
    ),
    ...refuseIf(unmarked.length > 0, "drills.targetUnmarked", `No step of it marks: ${unmarked.join(", ")}.`, "/targets"),
    ...refuseIf(new Set(keys).size < keys.length, "drills.probeNamedTwice", "Give each probe a key of its own.", "/probes"),
  ];
}
