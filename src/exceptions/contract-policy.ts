/** A category's policy, whole: read, and replaced by its next version. */
import { z } from "zod";

import { assertionBody, durationText, endpoint, line } from "../kernel/contract.ts";
import { STATES } from "./exception.ts";
import { DEMANDS, OPTIONAL_FIELDS } from "./policy.ts";
import { SEATS } from "./seats.ts";
import { TRIGGER_KINDS } from "./triggers.ts";

export { OPTIONAL_FIELDS } from "./policy.ts";
export { SEATS } from "./seats.ts";

const seats = z.array(z.enum(SEATS)).max(20);
const count = z.number().int().min(0).max(1_000_000);
const days = z.number().int().min(0).max(36_525);
const noResponse = z.enum(["revoke", "suspend", "escalate"]);

const stage = z.strictObject({
  order: count,
  roles: seats,
  rule: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("ALL") }),
    z.strictObject({ kind: z.literal("ANY") }),
    z.strictObject({ kind: z.literal("QUORUM"), n: count }),
  ]),
  answerWithin: durationText,
  ifSilent: z.enum(["governance", "lapse"]),
});

const escalations = z.array(z.strictObject({ after: durationText, level: line(40), to: seats })).max(10);

const triggerRule = z.strictObject({
  end: z.enum(["revoke", "suspend"]).nullable(),
  incident: z.boolean(),
  cut: z.boolean(),
  review: z
    .strictObject({
      within: z.union([z.strictObject({ workingDays: days }), z.strictObject({ length: durationText })]),
      kind: z.enum(["trigger", "post_use"]),
      proposal: z.enum(["retain", "reduce", "revoke"]).nullable(),
      ifMissed: noResponse.nullable(),
    })
    .nullable(),
});

/** What a category demands; the rules no policy may relax are checked beyond this shape. */
const policyBody = z.strictObject({
  /** One more than the version that was read. */
  version: count,
  title: line(80),
  ownerRolesAllowed: seats,
  ownerRolesForbidden: seats,
  implementerRoles: seats,
  reviewerRoles: seats,
  approvalPlan: z.strictObject({ stages: z.array(stage).max(10) }),
  renewalLadder: seats,
  maxTerm: durationText,
  maxCumulative: durationText,
  maxRenewals: count,
  endsWithVendorContract: z.boolean(),
  maxPerUse: durationText.nullable(),
  oneUse: z.boolean(),
  reviewEvery: durationText.nullable(),
  reviewAnswerWithin: durationText,
  noResponse,
  blastRadiusGrace: durationText.nullable(),
  remindBefore: z.array(z.strictObject({ daysBefore: days, to: seats })).max(20),
  escalateOverstay: escalations,
  escalateReview: escalations,
  minCompensatingControls: count,
  controlTestMaxAge: durationText,
  headcountCeiling: count,
  requiredFields: z.array(z.enum(OPTIONAL_FIELDS)).max(20),
  triggers: z.partialRecord(z.enum(TRIGGER_KINDS), triggerRule),
  bulkReviewAllowed: z.boolean(),
  repeatLimits: z.strictObject({ same: count, resource: count, subject: count, split: count }),
  activateWithin: durationText,
  answerFromProviderWithin: durationText,
  draftIdleFor: durationText,
});

export const policyView = policyBody.extend({ key: z.string() });

const keyParams = z.strictObject({ key: z.string().regex(/^[a-z][a-z0-9_]{1,59}$/) });

export const getCategory = endpoint({
  id: "getCategory",
  method: "GET",
  path: "/api/v1/categories/:key",
  summary: "A category's whole policy, in force now",
  access: "signedIn",
  params: keyParams,
  reply: policyView,
  refusals: ["exceptions.categoryUnknown"],
});

export const editCategory = endpoint({
  id: "editCategory",
  method: "PUT",
  path: "/api/v1/categories/:key",
  summary:
    "Replace a category's policy by its next version, or add a category, with a fresh passkey assertion; refused where it breaks what no policy may relax",
  access: ["administrator", "security_governance"],
  assertion: true,
  params: keyParams,
  body: policyBody.extend({ assertion: assertionBody }),
  reply: policyView,
  refusals: ["exceptions.policyUnsound", "exceptions.changedMeanwhile"],
});

const versionView = z.strictObject({
  /** Null: the one that ships with Postern. */
  at: z.string().nullable(),
  by: z.string().nullable(),
  byName: z.string().nullable(),
  policy: policyView,
});
export type PolicyVersionView = z.output<typeof versionView>;

export const listCategoryVersions = endpoint({
  id: "listCategoryVersions",
  method: "GET",
  path: "/api/v1/categories/:key/versions",
  summary: "Every version of a category's policy, newest first, with who made it; the newest 100",
  access: "signedIn",
  params: keyParams,
  reply: z.strictObject({ items: z.array(versionView) }),
  refusals: ["exceptions.categoryUnknown"],
});

const ends = z.strictObject({ before: z.string(), after: z.string() }).nullable();

const affectedView = z.strictObject({
  id: z.string(),
  ref: z.string(),
  title: z.string(),
  state: z.enum(STATES),
  silentEnd: ends,
  furthestEnd: ends,
  approvers: z.strictObject({ added: z.array(z.string()), removed: z.array(z.string()) }),
  unmet: z.array(z.enum(DEMANDS)),
});
export type AffectedView = z.output<typeof affectedView>;

const previewView = z.strictObject({
  /** What no policy may relax, and this one would. */
  faults: z.array(z.strictObject({ code: z.string(), detail: z.string(), at: z.string().optional() })),
  /** Exceptions of the category that live. */
  live: z.number().int(),
  /** How many of them each effect touches; one may be touched by several. */
  counts: z.strictObject({
    endEarlier: z.number().int(),
    endLater: z.number().int(),
    reachLess: z.number().int(),
    reachMore: z.number().int(),
    otherApprovers: z.number().int(),
    unmet: z.number().int(),
  }),
  /** Those that are touched, by reference; 200 at most. */
  items: z.array(affectedView),
});
export type PolicyPreviewView = z.output<typeof previewView>;

export const previewCategory = endpoint({
  id: "previewCategory",
  method: "POST",
  path: "/api/v1/categories/:key/preview",
  summary: "What a changed policy would do to the exceptions that live; changes nothing",
  access: ["administrator", "security_governance", "iam", "auditor"],
  params: keyParams,
  body: policyBody,
  reply: previewView,
});
