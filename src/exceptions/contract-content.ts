/** The content of a version on the wire: what a person fills in, and what a vote is bound to. */
import { z } from "zod";

import { durationText, instantText, line, prose } from "../kernel/contract.ts";
import { parseZone } from "../kernel/time.ts";
import { REASON_CLASSES, RESOURCE_KINDS, RISKS, SUBJECT_KINDS } from "./version.ts";

export { REASON_CLASSES, RISKS } from "./version.ts";

const id = z.string().max(60);

export const subjectContent = z.strictObject({
  kind: z.enum(SUBJECT_KINDS),
  key: z.string().min(1).max(300),
  name: z.string().max(300),
  connection: id,
  person: id.nullable().default(null),
});

const hours = z.strictObject({
  days: z.array(z.number().int().min(1).max(7)).max(7),
  fromMinute: z.number().int().min(0).max(1440),
  untilMinute: z.number().int().min(0).max(1440),
  zone: z.string().refine((text) => parseZone(text) !== undefined, "an IANA time zone, for example Europe/Zurich"),
});

const conditions = z.strictObject({
  networks: z.array(line(100)).max(50).nullable().default(null),
  deviceClasses: z.array(line(100)).max(50).nullable().default(null),
  hours: hours.nullable().default(null),
});

export const scopeRequest = z.strictObject({
  subject: subjectContent,
  resource: z.strictObject({ kind: z.enum(RESOURCE_KINDS), id: z.string().min(1).max(300) }),
  conditions: conditions.default({ networks: null, deviceClasses: null, hours: null }),
  ceiling: z.number().int().min(1).max(1_000_000).default(1),
});

const compensatingControl = z.strictObject({
  statement: prose(1000),
  test: z.enum(["manual", "probe"]),
  lastTestedAt: instantText.nullable().default(null),
  result: z.enum(["passed", "failed"]).nullable().default(null),
  freshFor: durationText,
});

const exitPlan = z.strictObject({
  what: z.string().trim().max(2000),
  milestones: z
    .array(z.strictObject({ what: z.string().trim().max(300), by: instantText.nullable() }))
    .max(50)
    .default([]),
  remediationRef: line(200).nullable().default(null),
  owner: id.nullable(),
});

const accountability = z.strictObject({
  businessOwner: id.nullable(),
  deputy: id.nullable().default(null),
  implementer: id.nullable(),
  onCall: line(200).nullable().default(null),
});

const weakenedControl = z.strictObject({ connection: id, policy: z.string().max(100), lostMethod: z.string().trim().max(200) });

/** What a person has filled in so far; holes are null, and within what is begun an empty text. */
export const draftContent = z.strictObject({
  title: z.string().trim().max(200).default(""),
  justification: z.string().trim().max(4000).default(""),
  reasonClass: z.enum(REASON_CLASSES).nullable().default(null),
  weakenedControl: weakenedControl.nullable().default(null),
  fallbackMethodAllowed: line(200).nullable().default(null),
  fallbackDependencies: z.array(line(200)).max(50).default([]),
  scope: z.array(scopeRequest).max(100).default([]),
  compensatingControls: z.array(compensatingControl).max(20).default([]),
  inherentRisk: z.enum(RISKS).nullable().default(null),
  residualRisk: z.enum(RISKS).nullable().default(null),
  requestedFrom: instantText,
  requestedUntil: instantText.nullable().default(null),
  exitPlan: exitPlan.nullable().default(null),
  accountability: accountability.nullable().default(null),
  vendorContract: z
    .strictObject({ vendor: id, contract: z.string().trim().max(200) })
    .nullable()
    .default(null),
  evidence: z
    .array(z.strictObject({ title: line(200), digest: z.string().regex(/^sha256:[0-9a-f]{64}$/) }))
    .max(50)
    .default([]),
  designIssue: id.nullable().default(null),
  riskAcceptance: id.nullable().default(null),
});

/** Content as it is shown: a draft or a frozen version (whose scope carries the headcount that was approved). */
export const contentView = draftContent.extend({
  requestedUntil: z.string().nullable(),
  requestedFrom: z.string(),
  scope: z.array(scopeRequest.extend({ headcountAtApproval: z.number().int().optional() })),
});
export type ContentView = z.output<typeof contentView>;
