/** Plans and drills as the API shows them. */
import { z } from "zod";

import { probeSpec } from "./contract-probe.ts";
import { DRILL_STATES, PARTS } from "./drill.ts";
import { MARKS, SHOWN, SUBJECT_KINDS, TIMES } from "./exercise.ts";
import { PLAN_STATUSES } from "./plan.ts";
import { PROBE_KINDS, PROBE_OUTCOMES } from "./probe.ts";

export { MARKS, TIMES };

const tier = z.number().int();
const somebody = z.strictObject({ id: z.string(), name: z.string() });
const minutesOrNone = z.number().int().nullable();
export const targetsView = z.strictObject({ detect: minutesOrNone, decide: minutesOrNone, access: minutesOrNone, restore: minutesOrNone });
const subjectView = z.strictObject({ kind: z.enum(SUBJECT_KINDS), key: z.string() });
const stepView = z.strictObject({ text: z.string(), marks: z.enum(MARKS).nullable() });
const plannedProbe = z.strictObject({ key: z.string(), name: z.string(), spec: probeSpec });

export const exerciseView = z.strictObject({
  key: z.string(),
  name: z.string(),
  hypothesis: z.string(),
  blastRadius: z.string(),
  abort: z.string(),
  steps: z.array(stepView),
  criteria: z.array(z.string()),
  /** A plan holds a probe of at least one of these kinds. */
  probes: z.array(z.enum(PROBE_KINDS)),
  everyDays: z.array(z.number().int()),
  observers: z.number().int(),
  about: z.array(z.enum(SUBJECT_KINDS)),
  targets: targetsView,
  /** What one that passed says of the estate: somebody got in by the path; what it lets fail really failed. */
  shows: z.array(z.enum(SHOWN)),
  /** Whether a plan of it may be unattended. */
  byItself: z.boolean(),
});

/** A drill in a list. */
export const drillRow = z.strictObject({
  id: z.string(),
  plan: z.string(),
  state: z.enum(DRILL_STATES),
  dueAt: z.string(),
  /** By the clock, at the moment of the answer. */
  isOverdue: z.boolean(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  outcome: z.enum(["passed", "failed"]).nullable(),
});

export const planView = z.strictObject({
  id: z.string(),
  status: z.enum(PLAN_STATUSES),
  name: z.string(),
  exercise: z.string(),
  exerciseName: z.string(),
  subject: subjectView,
  tier,
  owner: somebody,
  everyDays: z.number().int(),
  targets: targetsView,
  fails: z.array(z.string()),
  probes: z.array(plannedProbe),
  /** Postern begins, judges and ends it; a person may still begin one in its place. */
  unattended: z.boolean(),
  /** The one to come, or that runs. */
  open: drillRow.nullable(),
  last: drillRow.nullable(),
  /** Why the control has failed, where it has. */
  failed: z.strictObject({ why: z.enum(["overdue", "failed", "aborted", "skipped"]), since: z.string() }).nullable(),
});
export type PlanView = z.output<typeof planView>;

const marked = z.strictObject({ by: somebody, at: z.string() });
const evidenceView = z.strictObject({ name: z.string(), digest: z.string(), bytes: z.number().int() });
const fault = z.discriminatedUnion("of", [
  z.strictObject({ of: z.literal("step"), step: z.number().int() }),
  z.strictObject({ of: z.literal("probe"), probe: z.string(), outcome: z.enum(PROBE_OUTCOMES) }),
  z.strictObject({ of: z.literal("criterion"), criterion: z.number().int(), is: z.enum(["notMet", "unknown"]) }),
  z.strictObject({ of: z.literal("time"), time: z.enum(TIMES), is: z.enum(["missed", "unknown"]) }),
]);
export type FaultView = z.output<typeof fault>;

const probeView = z.strictObject({
  ...plannedProbe.shape,
  /** Asked for, and not answered. */
  isRunning: z.boolean(),
  tries: z.number().int(),
  result: z
    .strictObject({
      outcome: z.enum(PROBE_OUTCOMES),
      saw: z.string(),
      startedAt: z.string(),
      endedAt: z.string(),
      evidence: z.array(evidenceView),
    })
    .nullable(),
});
export type ProbeView = z.output<typeof probeView>;

export const drillView = z.strictObject({
  ...drillRow.shape,
  name: z.string(),
  exercise: z.string(),
  subject: subjectView,
  tier,
  owner: somebody,
  hypothesis: z.string(),
  blastRadius: z.string(),
  abort: z.string(),
  fails: z.array(z.string()),
  targets: targetsView,
  leastObservers: z.number().int(),
  /** Postern holds it by itself. */
  unattended: z.boolean(),
  wasOverdue: z.boolean(),
  steps: z.array(z.strictObject({ ...stepView.shape, done: marked.nullable() })),
  criteria: z.array(z.strictObject({ text: z.string(), met: z.boolean().nullable() })),
  probes: z.array(probeView),
  participants: z.array(somebody),
  observers: z.array(somebody),
  notes: z.array(z.strictObject({ text: z.string(), ...marked.shape })),
  files: z.array(z.strictObject({ ...evidenceView.shape, ...marked.shape })),
  /** Milliseconds from the failure, and what it amounts to as it stands; null while it was not begun. */
  amounts: z
    .strictObject({
      outcome: z.enum(["passed", "failed"]),
      faults: z.array(fault),
      times: z.strictObject({
        detect: minutesOrNone,
        decide: minutesOrNone,
        access: minutesOrNone,
        restore: minutesOrNone,
      }),
    })
    .nullable(),
  /** When the failure began, where it did. */
  failedAt: z.string().nullable(),
  /** Of everything on the sheet: what an observer signs. Null where there is nothing to sign. */
  contentHash: z.string().nullable(),
  ended: z
    .strictObject({ by: somebody.nullable(), at: z.string(), reason: z.string().nullable(), assertion: z.string().nullable() })
    .nullable(),
  /** What the caller may do with it. */
  may: z.strictObject({ begin: z.boolean(), write: z.boolean(), judge: z.boolean() }),
});
export type DrillView = z.output<typeof drillView>;

export const part = z.enum(PARTS);
