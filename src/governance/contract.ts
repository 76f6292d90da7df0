import { z } from "zod";

import { RESOURCE_KINDS } from "../exceptions/version.ts";
import { assertionBody, endpoint, instantText, pageOf, pageQuery, prose } from "../kernel/contract.ts";
import { ISSUE_ENDS, ISSUE_STATES } from "./design-issue.ts";
import { RISK_STATES } from "./risk-acceptance.ts";
import { BASIS_KINDS, CHANGES } from "./standing.ts";

export { ACCEPT_ACTION } from "./risk-acceptance.ts";

const GOVERNORS = ["iam", "security_governance"] as const;
const RISK_READERS = ["administrator", "iam", "security_governance", "application_owner", "executive", "auditor"] as const;

const id = z.string().max(60);
const slug = z.string().max(100);
const idParams = z.strictObject({ id });
const sentence = prose(2000);

const about = z.strictObject({ kind: z.enum(RESOURCE_KINDS), id: z.string().trim().min(1).max(300) });

export const designIssueView = z.strictObject({
  id: z.string(),
  state: z.enum(ISSUE_STATES),
  about,
  owner: z.string(),
  ownerName: z.string().nullable(),
  statement: z.string(),
  /** Null where a rule opened it. */
  openedBy: z.string().nullable(),
  openedAt: z.string(),
  /** Until when its owner is to say what became of it. */
  dueAt: z.string(),
  ended: z.strictObject({ by: z.string(), at: z.string(), sentence: z.string() }).nullable(),
});

export const riskAcceptanceView = z.strictObject({
  id: z.string(),
  state: z.enum(RISK_STATES),
  executive: z.string(),
  executiveName: z.string().nullable(),
  statement: z.string(),
  exceptions: z.array(z.string()),
  designIssue: z.string().nullable(),
  /** Keys of critical operations. */
  operations: z.array(z.string()),
  lockOutSets: z.array(z.strictObject({ operation: z.string(), failures: z.array(z.string()) })),
  findings: z.array(z.string()),
  boardVisible: z.literal(true),
  until: z.string(),
  /** Accepted and not over at the moment of the answer, by the one predicate. */
  inForce: z.boolean(),
  contentHash: z.string(),
  proposedBy: z.string(),
  proposedAt: z.string(),
  accepted: z.strictObject({ by: z.string(), at: z.string(), assertion: z.string() }).nullable(),
  /** Why it has to be looked at again: it counts for nothing since then. */
  reopened: z
    .strictObject({
      at: z.string(),
      because: z.array(z.strictObject({ kind: z.enum([...BASIS_KINDS, "person"]), id: z.string(), what: z.enum(CHANGES) })),
    })
    .nullable(),
  withdrawn: z.strictObject({ by: z.string(), at: z.string(), sentence: z.string() }).nullable(),
});
export type RiskAcceptanceView = z.output<typeof riskAcceptanceView>;

export const listDesignIssues = endpoint({
  id: "listDesignIssues",
  method: "GET",
  path: "/api/v1/design-issues",
  summary: "Design issues, newest first; filter by state and owner",
  access: "signedIn",
  query: z.strictObject({ ...pageQuery, state: z.enum(ISSUE_STATES).optional(), owner: id.optional() }),
  reply: pageOf(designIssueView),
});

export const getDesignIssue = endpoint({
  id: "getDesignIssue",
  method: "GET",
  path: "/api/v1/design-issues/:id",
  summary: "One design issue",
  access: "signedIn",
  params: idParams,
  reply: designIssueView,
  refusals: ["governance.notFound"],
});

export const openDesignIssue = endpoint({
  id: "openDesignIssue",
  method: "POST",
  path: "/api/v1/design-issues",
  summary: "Open a design issue about what exceptions keep being asked for; an application's belongs to its owner",
  access: GOVERNORS,
  body: z.strictObject({ about, owner: id.optional(), statement: sentence }),
  reply: designIssueView,
  status: 201,
  refusals: ["governance.aboutUnknown", "governance.helpDeskMayNotOwn", "governance.ownerNotAllowed", "governance.issueOpen"],
});

export const endDesignIssue = endpoint({
  id: "endDesignIssue",
  method: "POST",
  path: "/api/v1/design-issues/:id/end",
  summary: "Say in a sentence that the design was changed (resolved), or why it need not be (closed)",
  access: "signedIn",
  params: idParams,
  body: z.strictObject({ outcome: z.enum(ISSUE_ENDS), sentence }),
  reply: designIssueView,
  refusals: ["governance.notFound", "governance.notInThisState", "governance.notYours"],
});

export const listRiskAcceptances = endpoint({
  id: "listRiskAcceptances",
  method: "GET",
  path: "/api/v1/risk-acceptances",
  summary: "Risks that executives answer for, newest first; filter by state and executive",
  access: RISK_READERS,
  query: z.strictObject({ ...pageQuery, state: z.enum(RISK_STATES).optional(), executive: id.optional() }),
  reply: pageOf(riskAcceptanceView),
});

export const getRiskAcceptance = endpoint({
  id: "getRiskAcceptance",
  method: "GET",
  path: "/api/v1/risk-acceptances/:id",
  summary: "One risk acceptance, with the hash that its executive signs",
  access: RISK_READERS,
  params: idParams,
  reply: riskAcceptanceView,
  refusals: ["governance.notFound"],
});

export const proposeRisk = endpoint({
  id: "proposeRisk",
  method: "POST",
  path: "/api/v1/risk-acceptances",
  summary: "Put a risk before the executive who is to answer for it",
  access: ["iam", "security_governance", "application_owner", "executive"],
  body: z.strictObject({
    executive: id,
    statement: sentence,
    exceptions: z.array(id).max(100).default([]),
    designIssue: id.nullable().default(null),
    operations: z.array(slug).max(100).default([]),
    lockOutSets: z
      .array(z.strictObject({ operation: slug, failures: z.array(slug).min(1).max(20) }))
      .max(100)
      .default([]),
    findings: z.array(id).max(200).default([]),
    until: instantText,
  }),
  reply: riskAcceptanceView,
  status: 201,
  refusals: [
    "governance.executiveNeeded",
    "governance.requesterMayNotAccept",
    "governance.untilOutOfBounds",
    "governance.linkNeeded",
    "governance.linkUnknown",
  ],
});

export const acceptRisk = endpoint({
  id: "acceptRisk",
  method: "POST",
  path: "/api/v1/risk-acceptances/:id/accept",
  summary: "Answer for a risk, bound to the hash read, with a fresh passkey assertion",
  access: ["executive"],
  assertion: true,
  params: idParams,
  body: z.strictObject({ assertion: assertionBody }),
  reply: riskAcceptanceView,
  refusals: [
    "governance.notFound",
    "governance.notInThisState",
    "governance.notYours",
    "governance.executiveNeeded",
    "governance.requesterMayNotAccept",
    "governance.changedSince",
    "governance.untilPassed",
  ],
});

export const withdrawRisk = endpoint({
  id: "withdrawRisk",
  method: "POST",
  path: "/api/v1/risk-acceptances/:id/withdraw",
  summary: "Take a proposal back, decline it, or close one that was reopened; what was accepted ends by itself",
  access: RISK_READERS,
  params: idParams,
  body: z.strictObject({ sentence }),
  reply: riskAcceptanceView,
  refusals: ["governance.notFound", "governance.notInThisState", "governance.notYours"],
});
