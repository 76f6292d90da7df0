/** A plan, a drill of it and the people around it, for tests of the rules. */
import type { Acting, Somebody } from "../../src/drills/decide-plan.ts";
import { decideStart } from "../../src/drills/decide.ts";
import type { Drill, DrillEvent, Running } from "../../src/drills/drill.ts";
import { evolveDrill } from "../../src/drills/evolve.ts";
import type { DrillPlan, DrillPlanId } from "../../src/drills/plan.ts";
import type { ProbeOutcome, ProbeResult } from "../../src/drills/probe.ts";
import type { Decision } from "../../src/kernel/decision.ts";
import type { Id } from "../../src/kernel/id.ts";
import { addDuration, duration, type Instant, instant } from "../../src/kernel/time.ts";
import type { PersonId } from "../../src/people/person.ts";
import type { Role } from "../../src/people/role.ts";

export const T0 = instant("2026-03-02T09:00:00Z");
export const per = (name: string) => `per_${name}` as PersonId;
export const minutes = (count: number) => duration(`PT${count}M`);
export const after = (at: Instant, count: number) => addDuration(at, minutes(count));

/** Owner of the plan, two who take part, one who looks on, one who governs, one of the help desk, one who left. */
const ROLES: Readonly<Record<string, readonly Role[]>> = {
  ada: ["application_owner"],
  pia: [],
  pit: [],
  otto: ["auditor"],
  gerda: ["security_governance"],
  hedi: ["help_desk"],
  rolf: [],
};
export const PEOPLE: ReadonlyMap<string, Somebody> = new Map(
  Object.entries(ROLES).map(([name, roles]) => [per(name), { id: per(name), active: name !== "rolf", roles }]),
);
export const acting = (name: string, at: Instant): Acting => ({ by: per(name), roles: ROLES[name] ?? [], at });

/** Of the canary: five steps that mark every moment, two criteria, one probe, every target set. */
export const PLAN: DrillPlan = {
  id: "dpl_1" as DrillPlanId,
  name: "Wages without the provider",
  exercise: "provider-outage-canary",
  subject: { kind: "path", key: "pay-wages/otp" },
  tier: 1,
  owner: per("ada"),
  everyDays: 90,
  targets: { detect: 15, decide: 30, access: 60, restore: 120 },
  fails: ["idp"],
  probes: [{ key: "canary", name: "The canary signs in", spec: { kind: "provider", connection: "main", canary: "canary" } }],
  plannedBy: per("gerda"),
  unattended: false,
  plannedAt: T0,
  status: "active",
};

export const SCHEDULED: Drill = {
  id: "drl_1" as Id<"drill">,
  plan: PLAN.id,
  dueAt: addDuration(T0, duration("P30D")),
  scheduledAt: T0,
  state: "scheduled",
};

export const result = (outcome: ProbeOutcome, at: Instant): ProbeResult => ({
  outcome,
  saw: outcome,
  startedAt: at,
  endedAt: at,
  evidence: [],
});

/** What a decision makes of a drill; the drill as it was where it is declined. */
export function taken(drill: Drill, decision: Decision<DrillEvent>): Drill {
  return decision.accepted ? decision.events.reduce<Drill>(evolveDrill, drill) : drill;
}

export function started(at: Instant = T0): Running {
  const starting = { ...acting("ada", at), participants: [per("pia"), per("pit")], observers: [per("otto")] };
  return taken(SCHEDULED, decideStart(SCHEDULED, starting, { plan: PLAN, people: PEOPLE })) as Running;
}

export const codes = (decision: Decision<unknown>) =>
  decision.accepted ? [] : decision.reasons.map(({ code }) => code.replace("drills.", ""));
