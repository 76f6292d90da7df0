import { z } from "zod";

import { assertionBody, endpoint, instantText, line, pageOf, pageQuery, prose } from "../kernel/contract.ts";
import type { PersonId } from "../people/person.ts";
import { EXERCISE_KEYS, type ExerciseKey } from "./catalogue.ts";
import { probeSpec } from "./contract-probe.ts";
import { drillRow, drillView, exerciseView, part, planView } from "./contract-views.ts";
import { DRILL_STATES } from "./drill.ts";
import { SUBJECT_KINDS } from "./exercise.ts";

export { FINISH_ACTION } from "./judge.ts";

const GOVERNORS = ["iam", "security_governance"] as const;
/** Who sees every drill; who takes part, observes or answers for one sees that one. */
export const DRILL_READERS = ["administrator", "iam", "security_governance", "application_owner", "executive", "auditor"] as const;

const id = z.string().max(60);
const idParams = z.strictObject({ id });
const personId = z
  .string()
  .regex(/^per_[0-9a-z_]{1,60}$/, "the id of a person")
  .transform((text) => text as PersonId);
const componentKeys = z.array(z.string().max(100)).max(20);
const sentence = prose(2000);
const everyDays = z.number().int().min(1).max(730);
const place = z.number().int().min(0).max(100);
const minutes = z.number().int().min(1).max(100_000).nullable();
const targets = z.strictObject({ detect: minutes, decide: minutes, access: minutes, restore: minutes });
const probes = z
  .array(
    z.strictObject({
      key: z.string().regex(/^[a-z][a-z0-9-]{0,40}$/, "lower-case letters, digits and dashes"),
      name: line(),
      spec: probeSpec,
    }),
  )
  .max(30);

const fieldRefusals = [
  "drills.ownerNotAllowed",
  "drills.failsUnknown",
  "drills.cadenceTooLong",
  "drills.probeMissing",
  "drills.probeNamedTwice",
  "drills.targetUnmarked",
  "drills.needsPeople",
];
const stopping = ["drills.notFound", "drills.notInThisState", "drills.notOnTheSheet"];
const onSheet = [...stopping, "drills.unattended"];

export const listExercises = endpoint({
  id: "listExercises",
  method: "GET",
  path: "/api/v1/drill-catalogue",
  summary: "What a drill can be of: steps, hypothesis, abort rule, probes, criteria, cadence by tier",
  access: "signedIn",
  reply: z.strictObject({ items: z.array(exerciseView) }),
});

export const listDrillPlans = endpoint({
  id: "listDrillPlans",
  method: "GET",
  path: "/api/v1/drill-plans",
  summary: "Active plans, soonest due first, each with the drill to come and the last that ended",
  access: DRILL_READERS,
  query: z.strictObject(pageQuery),
  reply: pageOf(planView),
});

export const getDrillPlan = endpoint({
  id: "getDrillPlan",
  method: "GET",
  path: "/api/v1/drill-plans/:id",
  summary: "One plan",
  access: DRILL_READERS,
  params: idParams,
  reply: planView,
  refusals: ["drills.notFound"],
});

export const planDrill = endpoint({
  id: "planDrill",
  method: "POST",
  path: "/api/v1/drill-plans",
  summary: "Plan a drill of the catalogue about an operation, one of its paths, or a component",
  access: GOVERNORS,
  body: z.strictObject({
    name: line(),
    exercise: z.enum(EXERCISE_KEYS as [ExerciseKey, ...ExerciseKey[]]),
    subject: z.strictObject({ kind: z.enum(SUBJECT_KINDS), key: z.string().trim().min(1).max(130) }),
    owner: personId,
    everyDays,
    targets,
    /** Keys of the components that fail together: the lock-out set it tries. */
    fails: componentKeys.default([]),
    probes: probes.default([]),
    /** Postern holds it by itself, where the exercise takes nobody. */
    unattended: z.boolean().default(false),
    firstDueAt: instantText,
  }),
  reply: planView,
  status: 201,
  refusals: ["drills.subjectUnknown", "drills.exerciseUnfit", "drills.dueOutOfBounds", "drills.planOpen", ...fieldRefusals],
});

export const changeDrillPlan = endpoint({
  id: "changeDrillPlan",
  method: "PUT",
  path: "/api/v1/drill-plans/:id",
  summary: "Change who answers for a plan, how often it is held, and what it is measured against. A drill that runs stays as it was begun",
  access: GOVERNORS,
  params: idParams,
  body: z.strictObject({
    name: line().optional(),
    owner: personId.optional(),
    everyDays: everyDays.optional(),
    targets: targets.optional(),
    fails: componentKeys.optional(),
    probes: probes.optional(),
    unattended: z.boolean().optional(),
  }),
  reply: planView,
  refusals: ["drills.notFound", "drills.notInThisState", "drills.notYours", ...fieldRefusals],
});

export const retireDrillPlan = endpoint({
  id: "retireDrillPlan",
  method: "POST",
  path: "/api/v1/drill-plans/:id/retire",
  summary: "Hold it no more, and say why",
  access: GOVERNORS,
  params: idParams,
  body: z.strictObject({ reason: sentence }),
  reply: planView,
  refusals: ["drills.notFound", "drills.notInThisState", "drills.notYours"],
});

export const listDrills = endpoint({
  id: "listDrills",
  method: "GET",
  path: "/api/v1/drills",
  summary: "Drills, newest first; filter by plan and state",
  access: DRILL_READERS,
  query: z.strictObject({ ...pageQuery, plan: id.optional(), state: z.enum(DRILL_STATES).optional() }),
  reply: pageOf(drillRow),
});

export const getDrill = endpoint({
  id: "getDrill",
  method: "GET",
  path: "/api/v1/drills/:id",
  summary: "One drill with everything on its sheet, and what it amounts to as it stands; for who reads them all, and who is on the sheet",
  access: "signedIn",
  params: idParams,
  reply: drillView,
  refusals: ["drills.notFound"],
});

const tried = { at: z.string(), drill: z.string() };

export const readDrillResults = endpoint({
  id: "readDrillResults",
  method: "GET",
  path: "/api/v1/drill-results",
  summary: "What drills say about the estate: when each way in last passed one, how long repairs took, which failures were tried together",
  access: DRILL_READERS,
  query: z.strictObject({ operation: z.string().max(61).optional() }),
  reply: z.strictObject({
    /** `operation/path`. */
    paths: z.array(z.strictObject({ path: z.string(), ...tried })),
    repairs: z.array(z.strictObject({ component: z.string(), minutes: z.number().int(), ...tried })),
    /** Of the last 365 days, the newest first. */
    sets: z.array(z.strictObject({ fails: z.array(z.string()), ...tried })),
  }),
});

export const startDrill = endpoint({
  id: "startDrill",
  method: "POST",
  path: "/api/v1/drills/:id/start",
  summary: "Begin a drill, with who takes part and who observes and takes no part",
  access: "signedIn",
  params: idParams,
  body: z.strictObject({ participants: z.array(personId).max(50).default([]), observers: z.array(personId).max(20).default([]) }),
  reply: drillView,
  refusals: [
    "drills.notFound",
    "drills.notInThisState",
    "drills.notYours",
    "drills.personUnknown",
    "drills.observerTakesPart",
    "drills.observerNeeded",
    "drills.participantNeeded",
  ],
});

export const skipDrill = endpoint({
  id: "skipDrill",
  method: "POST",
  path: "/api/v1/drills/:id/skip",
  summary: "Leave a drill out, and say why: the control counts as failed until one passes",
  access: "signedIn",
  params: idParams,
  body: z.strictObject({ reason: sentence }),
  reply: drillView,
  refusals: ["drills.notFound", "drills.notInThisState", "drills.notYours"],
});

export const tickDrillStep = endpoint({
  id: "tickDrillStep",
  method: "POST",
  path: "/api/v1/drills/:id/steps",
  summary: "Say that a step is done, now; steps that mark a moment are what times are measured from",
  access: "signedIn",
  params: idParams,
  body: z.strictObject({ step: place }),
  reply: drillView,
  refusals: [...onSheet, "drills.noSuchLine", "drills.alreadyDone", "drills.clockNotStarted"],
});

export const runDrillProbe = endpoint({
  id: "runDrillProbe",
  method: "POST",
  path: "/api/v1/drills/:id/probes",
  summary: "Have Postern run a probe of the sheet; what it sees is on the sheet when it is known",
  access: "signedIn",
  params: idParams,
  body: z.strictObject({ probe: z.string().max(60) }),
  reply: drillView,
  status: 202,
  refusals: [...onSheet, "drills.noSuchLine", "drills.probeWaits", "drills.sheetFull"],
});

export const judgeDrillCriterion = endpoint({
  id: "judgeDrillCriterion",
  method: "POST",
  path: "/api/v1/drills/:id/criteria",
  summary: "Say as an observer whether a criterion was met",
  access: "signedIn",
  params: idParams,
  body: z.strictObject({ criterion: place, met: z.boolean() }),
  reply: drillView,
  refusals: [...onSheet, "drills.noSuchLine", "drills.onlyObserversJudge", "drills.sheetFull"],
});

export const addDrillNote = endpoint({
  id: "addDrillNote",
  method: "POST",
  path: "/api/v1/drills/:id/notes",
  summary: "Write a note on the sheet",
  access: "signedIn",
  params: idParams,
  body: z.strictObject({ text: sentence }),
  reply: drillView,
  refusals: [...onSheet, "drills.sheetFull"],
});

export const joinDrill = endpoint({
  id: "joinDrill",
  method: "POST",
  path: "/api/v1/drills/:id/people",
  summary: "Put somebody on the sheet who came later: to take part, or to observe",
  access: "signedIn",
  params: idParams,
  body: z.strictObject({ person: personId, as: part }),
  reply: drillView,
  refusals: [...onSheet, "drills.personUnknown", "drills.alreadyDone", "drills.observerTakesPart", "drills.notYours", "drills.sheetFull"],
});

export const addDrillEvidence = endpoint({
  id: "addDrillEvidence",
  method: "POST",
  path: "/api/v1/drills/:id/evidence",
  summary: "Add a file that shows something, of at most 512 KiB; the journal keeps its digest",
  access: "signedIn",
  params: idParams,
  body: z.strictObject({ name: line(120), content: z.base64().max(900_000) }),
  reply: drillView,
  refusals: [...onSheet, "drills.sheetFull", "drills.evidenceTooLarge"],
});

export const getDrillEvidence = endpoint({
  id: "getDrillEvidence",
  method: "GET",
  path: "/api/v1/drills/:id/evidence/:digest",
  summary: "A file that a drill names, as it was added",
  access: "signedIn",
  params: z.strictObject({ id, digest: z.string().max(80) }),
  reply: z.unknown(),
  refusals: ["drills.notFound", "drills.evidenceDamaged"],
});

export const abortDrill = endpoint({
  id: "abortDrill",
  method: "POST",
  path: "/api/v1/drills/:id/abort",
  summary: "Stop at once, and say why: how it would have gone is unknown, and the control counts as failed until one passes",
  access: "signedIn",
  params: idParams,
  body: z.strictObject({ reason: sentence }),
  reply: drillView,
  refusals: stopping,
});

export const finishDrill = endpoint({
  id: "finishDrill",
  method: "POST",
  path: "/api/v1/drills/:id/finish",
  summary:
    "Sign as an observer what was done and seen, bound to the hash read, with a fresh passkey assertion. What is unknown counts as failed",
  access: "signedIn",
  assertion: true,
  params: idParams,
  body: z.strictObject({ assertion: assertionBody }),
  reply: drillView,
  refusals: [...onSheet, "drills.onlyObserversJudge", "drills.personUnknown", "drills.probeWaits", "drills.sheetChanged"],
});
