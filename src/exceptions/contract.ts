import { z } from "zod";

import { assertionBody, endpoint, instantText, line, pageOf, pageQuery } from "../kernel/contract.ts";
import { draftContent } from "./contract-content.ts";
import { exceptionRow, exceptionView } from "./contract-views.ts";
import { STATES } from "./exception.ts";
import { IMPORT_FIELDS } from "./import-rows.ts";
import { SUSPENDERS } from "./policy.ts";
import { REFUSALS } from "./refusals.ts";
import { REGISTER_SORTS } from "./register-sorts.ts";
import { SHELL_REFUSALS } from "./shell-refusals.ts";

export { reviewAction, TAKE_OVER_ACTION, voteAction } from "./signing.ts";

const REFUSED_OF_COMMANDS = [...Object.keys(REFUSALS), ...Object.keys(SHELL_REFUSALS)];

/** A column of the register; with a `-` before it, turned round. */
export { IMPORT_FIELDS } from "./import-rows.ts";
export { REGISTER_SORTS } from "./register-sorts.ts";

const registerSort = z.enum(REGISTER_SORTS);

/** Everybody who works here may ask for an exception; the register is read by those who govern, own, audit or answer for it. */
const READERS = "signedIn" as const;
const idParams = z.strictObject({ id: z.string().max(40) });
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
    /** True: only those whose fallback fails with what it stands in for. */
    sharedFate: z.enum(["true", "false"]).optional(),
    search: z.string().max(200).optional(),
    endsBefore: instantText.optional(),
    sort: registerSort.default("-opened"),
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
  access: SUSPENDERS,
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

export const handOnReview = endpoint({
  id: "handOnReview",
  method: "POST",
  path: "/api/v1/exceptions/:id/reviews/:review/hand-on",
  summary: "Say that a review is not one's own to answer: name a colleague who reviews, or nobody, and governance is asked",
  access: "signedIn",
  params: z.strictObject({ id: z.string().max(40), review: z.string().max(60) }),
  body: z.strictObject({ to: z.string().max(40).nullable(), reason: line(1000) }),
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

export const claimInherited = endpoint({
  id: "claimInherited",
  method: "POST",
  path: "/api/v1/exceptions/:id/claim",
  summary: "Answer for an exception that was found or imported; it still needs to be approved",
  access: "signedIn",
  params: idParams,
  reply: exceptionView,
  refusals: REFUSED_OF_COMMANDS,
});

export const takeOver = endpoint({
  id: "takeOverException",
  method: "POST",
  path: "/api/v1/exceptions/:id/take-over",
  summary: "Answer from now on for an exception, as it was last approved, with a fresh passkey assertion",
  access: "signedIn",
  assertion: true,
  params: idParams,
  body: z.strictObject({ assertion: assertionBody }),
  reply: exceptionView,
  refusals: REFUSED_OF_COMMANDS,
});

export const acknowledgeEscalation = endpoint({
  id: "acknowledgeEscalation",
  method: "POST",
  path: "/api/v1/exceptions/:id/acknowledge",
  summary: "Take an escalation on",
  access: "signedIn",
  params: idParams,
  body: z.strictObject({ key: line(300) }),
  reply: exceptionView,
  refusals: REFUSED_OF_COMMANDS,
});

export const recordControlTest = endpoint({
  id: "recordControlTest",
  method: "POST",
  path: "/api/v1/exceptions/:id/control-tests",
  summary: "Record the test of a compensating control",
  access: "signedIn",
  params: idParams,
  body: z.strictObject({
    control: z.number().int().min(0).max(19),
    result: z.enum(["passed", "failed"]),
    evidence: z.string().max(200).nullable().default(null),
    testedAt: instantText.optional(),
  }),
  reply: exceptionView,
  refusals: REFUSED_OF_COMMANDS,
});

export const importList = endpoint({
  id: "importExceptions",
  method: "POST",
  path: "/api/v1/imports",
  summary: "Import a list kept elsewhere (CSV or JSON): a dry run first, nothing with any fault, nothing twice",
  access: ["administrator", "iam"],
  body: z.strictObject({
    source: line(80),
    format: z.enum(["csv", "json"]),
    text: z.string().max(1_000_000),
    mapping: z.strictObject(Object.fromEntries(IMPORT_FIELDS.map((field) => [field, z.string().max(200).optional()]))),
    dryRun: z.boolean().default(true),
  }),
  reply: z.strictObject({
    rows: z.number(),
    new: z.number(),
    known: z.number(),
    faults: z.array(z.strictObject({ code: z.string(), detail: z.string(), at: z.string().optional() })),
    imported: z.array(z.strictObject({ line: z.number(), externalId: z.string(), ref: z.string() })),
  }),
  refusals: Object.keys(SHELL_REFUSALS),
});
