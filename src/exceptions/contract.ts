import { z } from "zod";

import { assertionBody, endpoint, line, pageOf, pageQuery } from "../kernel/contract.ts";
import { contentView, draftContent, instantText, subjectContent } from "./contract-content.ts";
import { STATES } from "./exception.ts";
import { REFUSED_OF_COMMANDS } from "./refusals.ts";

/** Everybody who works here may ask for an exception; the register is read by those who govern, own, audit or answer for it. */
const READERS = "signedIn" as const;
const idParams = z.strictObject({ id: z.string().max(40) });
const actorView = z.strictObject({ kind: z.enum(["person", "system"]), id: z.string(), onBehalfOf: z.string().optional() });

export const exceptionRow = z.strictObject({
  id: z.string(),
  ref: z.string(),
  state: z.enum(STATES),
  title: z.string(),
  category: z.string(),
  unit: z.string(),
  owner: z.string().nullable(),
  ownerName: z.string().nullable(),
  requester: z.string(),
  openedAt: z.string(),
  firstGrantedAt: z.string().nullable(),
  endsAt: z.string().nullable(),
  /** In force at the moment of the answer, by the one predicate. */
  inForce: z.boolean(),
  /** What the providers show: present, absent, unknown; none when nothing was ordered yet. */
  observed: z.enum(["none", "unknown", "present", "absent"]),
  overstayMinutes: z.number().int(),
  trueAgeDays: z.number().int(),
  renewals: z.number().int(),
  flags: z.array(z.string()),
});
export type ExceptionRowView = z.output<typeof exceptionRow>;

const voteView = z.strictObject({
  person: z.string(),
  personName: z.string().nullable(),
  onBehalfOf: z.string().nullable(),
  decision: z.enum(["approve", "reject", "request_changes"]),
  seat: z.string(),
  reason: z.string(),
  contentHash: z.string(),
  assertion: z.string(),
  at: z.string(),
  discounted: z.strictObject({ at: z.string(), why: z.string() }).nullable(),
});

const versionView = z.strictObject({
  n: z.number().int(),
  purpose: z.enum(["initial", "extension", "change", "reduction"]),
  contentHash: z.string(),
  content: contentView,
  submittedAt: z.string(),
  submittedBy: z.string(),
  fate: z.string(),
  votes: z.array(voteView),
});

const approvalView = z.strictObject({
  version: z.number().int(),
  contentHash: z.string(),
  purpose: z.string(),
  stage: z.number().int(),
  stages: z.array(z.strictObject({ order: z.number(), roles: z.array(z.string()), rule: z.string(), answerWithin: z.string() })),
  answerBy: z.string(),
  silence: z.string(),
  awaits: z.array(z.string()),
});

const grantView = z.strictObject({
  seq: z.number().int(),
  version: z.number().int(),
  kind: z.string(),
  validFrom: z.string(),
  validUntil: z.string(),
  originalValidUntil: z.string(),
  cumulative: z.string(),
  grantedAt: z.string(),
});

const bindingView = z.strictObject({
  id: z.string(),
  connection: z.string(),
  policy: z.string(),
  subject: subjectContent,
  desired: z.enum(["present", "absent"]),
  observed: z.enum(["unknown", "present", "absent"]),
  object: z.string().nullable(),
  lastReadAt: z.string().nullable(),
  nativeExpiry: z.string().nullable(),
  residualUntil: z.string().nullable(),
  outcome: z.strictObject({ kind: z.string(), at: z.string().optional(), reason: z.string().optional() }),
  otherWays: z.array(z.strictObject({ key: z.string(), words: z.string(), grantRef: z.string().optional() })),
  overstays: z.array(z.strictObject({ from: z.string(), to: z.string().nullable(), minutes: z.number().int() })),
});

const reviewView = z.strictObject({
  id: z.string(),
  kind: z.enum(["scheduled", "trigger", "post_use"]),
  cause: z.string(),
  proposal: z.string().nullable(),
  openedAt: z.string(),
  dueAt: z.string(),
  missedAt: z.string().nullable(),
  decision: z.strictObject({ verdict: z.string(), by: z.string(), sentence: z.string(), at: z.string() }).nullable(),
});

export const timelineEntry = z.strictObject({
  entry: z.string(),
  at: z.string(),
  type: z.string(),
  lane: z.enum(["decision", "grant", "binding"]),
  actor: actorView,
  actorName: z.string().nullable(),
  words: z.string(),
});

/** What the caller may do now, and why not where not. */
const actionView = z.strictObject({ action: z.string(), allowed: z.boolean(), why: z.string().optional() });

export const exceptionView = exceptionRow.extend({
  version: z.number().int(),
  draft: contentView.nullable(),
  versions: z.array(versionView),
  approval: approvalView.nullable(),
  grants: z.array(grantView),
  bindings: z.array(bindingView),
  reviews: z.array(reviewView),
  whyNotInForce: z.string().nullable(),
  origin: z.string(),
  people: z.record(z.string(), z.string()),
  actions: z.array(actionView),
  timeline: z.array(timelineEntry),
});
export type ExceptionView = z.output<typeof exceptionView>;

export const listExceptions = endpoint({
  id: "listExceptions",
  method: "GET",
  path: "/api/v1/exceptions",
  summary: "The register: sorted, filtered, searched, paged",
  access: READERS,
  query: z.strictObject({
    ...pageQuery,
    state: z
      .string()
      .max(300)
      .transform((text) => text.split(","))
      .pipe(z.array(z.enum(STATES)))
      .optional(),
    category: z.string().max(60).optional(),
    unit: z.string().max(80).optional(),
    owner: z.string().max(40).optional(),
    requester: z.string().max(40).optional(),
    /** True: only those that wait for a vote the caller could give. */
    mine: z.enum(["true", "false"]).optional(),
    overstaying: z.enum(["true", "false"]).optional(),
    search: z.string().max(200).optional(),
    endsBefore: instantText.optional(),
    sort: z.enum(["ends", "-ends", "opened", "-opened", "ref", "-ref"]).default("-opened"),
  }),
  reply: pageOf(exceptionRow),
});

export const getException = endpoint({
  id: "getException",
  method: "GET",
  path: "/api/v1/exceptions/:id",
  summary: "One exception, by id or reference: decision, grant, binding and time line",
  access: READERS,
  params: idParams,
  reply: exceptionView,
  refusals: ["exceptions.notFound"],
});

export const openDraft = endpoint({
  id: "openDraft",
  method: "POST",
  path: "/api/v1/exceptions",
  summary: "Open a draft",
  access: "signedIn",
  body: z.strictObject({ category: z.string().max(60), unit: line(80), content: draftContent }),
  reply: exceptionView,
  status: 201,
  refusals: REFUSED_OF_COMMANDS,
});

export const reviseDraft = endpoint({
  id: "reviseDraft",
  method: "PUT",
  path: "/api/v1/exceptions/:id/draft",
  summary: "Replace a draft's content; needs If-Match with the version read",
  access: "signedIn",
  params: idParams,
  body: z.strictObject({ content: draftContent }),
  reply: exceptionView,
  refusals: REFUSED_OF_COMMANDS,
});

export const submitException = endpoint({
  id: "submitException",
  method: "POST",
  path: "/api/v1/exceptions/:id/submit",
  summary: "Put the draft forward; every fault is answered at once",
  access: "signedIn",
  params: idParams,
  body: z.strictObject({ seenTwins: z.array(z.string().max(40)).max(500).default([]) }),
  reply: exceptionView,
  refusals: REFUSED_OF_COMMANDS,
});

export const voteOnException = endpoint({
  id: "voteOnException",
  method: "POST",
  path: "/api/v1/exceptions/:id/vote",
  summary: "Approve, reject or ask for changes, bound to the version and hash read, with a fresh passkey assertion",
  access: "signedIn",
  assertion: true,
  params: idParams,
  body: z.strictObject({
    decision: z.enum(["approve", "reject", "request_changes"]),
    version: z.number().int().min(1),
    contentHash: z.string().max(100),
    seat: z.string().max(60).nullable().default(null),
    onBehalfOf: z.string().max(40).nullable().default(null),
    reason: z.string().trim().max(2000).default(""),
    assertion: assertionBody,
  }),
  reply: exceptionView,
  refusals: REFUSED_OF_COMMANDS,
});

export const withdrawException = endpoint({
  id: "withdrawException",
  method: "POST",
  path: "/api/v1/exceptions/:id/withdraw",
  summary: "Take a request back; it is kept and counts as a repeat",
  access: "signedIn",
  params: idParams,
  body: z.strictObject({ reason: line(1000), pendingOnly: z.boolean().default(false) }),
  reply: exceptionView,
  refusals: REFUSED_OF_COMMANDS,
});

export const proposeVersion = endpoint({
  id: "proposeVersion",
  method: "POST",
  path: "/api/v1/exceptions/:id/propose",
  summary: "Propose an extension or a change of an exception in force; the present grant keeps its own end",
  access: "signedIn",
  params: idParams,
  body: z.strictObject({
    kind: z.enum(["extension", "change"]),
    content: draftContent,
    seenTwins: z.array(z.string().max(40)).max(500).default([]),
  }),
  reply: exceptionView,
  refusals: REFUSED_OF_COMMANDS,
});

export const revokeException = endpoint({
  id: "revokeException",
  method: "POST",
  path: "/api/v1/exceptions/:id/revoke",
  summary: "End it now",
  access: "signedIn",
  params: idParams,
  body: z.strictObject({ reason: line(1000) }),
  reply: exceptionView,
  refusals: REFUSED_OF_COMMANDS,
});

export const suspendException = endpoint({
  id: "suspendException",
  method: "POST",
  path: "/api/v1/exceptions/:id/suspend",
  summary: "Switch it off until a review has decided",
  access: ["administrator", "iam", "security_governance"],
  params: idParams,
  body: z.strictObject({ why: line(1000) }),
  reply: exceptionView,
  refusals: REFUSED_OF_COMMANDS,
});

export const decideReview = endpoint({
  id: "decideReview",
  method: "POST",
  path: "/api/v1/exceptions/:id/reviews/:review/decide",
  summary: "Retain (with a sentence), reduce or revoke, with a fresh passkey assertion",
  access: "signedIn",
  assertion: true,
  params: z.strictObject({ id: z.string().max(40), review: z.string().max(60) }),
  body: z.strictObject({
    verdict: z.enum(["retain", "reduce", "revoke"]),
    sentence: z.string().trim().max(2000).default(""),
    content: draftContent.nullable().default(null),
    decidedInMs: z.number().int().min(0).nullable().default(null),
    assertion: assertionBody,
  }),
  reply: exceptionView,
  refusals: REFUSED_OF_COMMANDS,
});

export const readBack = endpoint({
  id: "readBackException",
  method: "POST",
  path: "/api/v1/exceptions/:id/read-back",
  summary: "Ask the providers now what they hold for this exception",
  access: ["administrator", "iam", "security_governance", "auditor", "application_owner"],
  params: idParams,
  reply: exceptionView,
  refusals: ["exceptions.notFound", "connections.unreachable"],
});

export const listCategories = endpoint({
  id: "listCategories",
  method: "GET",
  path: "/api/v1/categories",
  summary: "Category policies: who approves, who may own, how long, how often reviewed",
  access: "signedIn",
  reply: z.strictObject({
    items: z.array(
      z.strictObject({
        key: z.string(),
        title: z.string(),
        version: z.number(),
        ownerRoles: z.array(z.string()),
        approvers: z.array(z.strictObject({ roles: z.array(z.string()), rule: z.string(), answerWithin: z.string() })),
        maxTerm: z.string(),
        maxCumulative: z.string(),
        maxRenewals: z.number(),
        reviewEvery: z.string().nullable(),
        noResponse: z.string(),
        minCompensatingControls: z.number(),
        headcountCeiling: z.number(),
        requiredFields: z.array(z.string()),
      }),
    ),
  }),
});

export const registerMetrics = endpoint({
  id: "registerMetrics",
  method: "GET",
  path: "/api/v1/metrics/register",
  summary: "Counts of the register: by state, overstays, unregistered bypasses",
  access: "signedIn",
  reply: z.strictObject({
    byState: z.record(z.string(), z.number()),
    overstaying: z.number(),
    bypasses: z.record(z.string(), z.number()),
  }),
});
