import { z } from "zod";

import { endpoint, pageOf, pageQuery, prose } from "../kernel/contract.ts";
import { FINDING_KINDS, FINDING_STATES, FINDING_SUBJECTS, SEVERITIES } from "./finding.ts";

export { FINDING_KINDS } from "./finding.ts";

/** Those who read of everybody's; everybody else is shown what is theirs. */
export const FINDING_READERS = ["administrator", "iam", "security_governance", "application_owner", "executive", "auditor"] as const;

const id = z.string().max(60);
const idParams = z.strictObject({ id });
const yesOrNo = z.enum(["true", "false"]).transform((text) => text === "true");

const filter = {
  state: z.enum(FINDING_STATES).optional(),
  kind: z.enum(FINDING_KINDS).optional(),
  severity: z.enum(SEVERITIES).optional(),
  source: z.string().max(60).optional(),
  /** A person's id, or `nobody`. */
  owner: id.optional(),
  overdue: yesOrNo.optional(),
  subjectKind: z.enum(FINDING_SUBJECTS).optional(),
  subjectId: z.string().max(300).optional(),
};

export const findingView = z.strictObject({
  id: z.string(),
  /** As it holds now: an acceptance ends by the clock. */
  state: z.enum(FINDING_STATES),
  kind: z.enum(FINDING_KINDS),
  severity: z.enum(SEVERITIES),
  source: z.string(),
  subject: z.strictObject({ kind: z.enum(FINDING_SUBJECTS), id: z.string() }),
  statement: z.string(),
  /** Null: nobody answers for it. */
  owner: z.string().nullable(),
  ownerName: z.string().nullable(),
  /** True where a person said whose it is. */
  isAssigned: z.boolean(),
  foundAt: z.string(),
  /** Since when it is there without a break. */
  openedAt: z.string(),
  /** Times it came back after it was mended. */
  reopened: z.number().int(),
  dueAt: z.string(),
  overdue: z.boolean(),
  acceptance: z.strictObject({ risk: z.string(), until: z.string() }).nullable(),
  mendedAt: z.string().nullable(),
  notes: z.array(z.strictObject({ by: z.string(), byName: z.string().nullable(), at: z.string(), text: z.string() })),
  /** True where the caller may say whose it is and what is being done. */
  mayCare: z.boolean(),
});
export type FindingView = z.output<typeof findingView>;

const countsView = z.strictObject({
  open: z.number().int(),
  overdue: z.number().int(),
  accepted: z.number().int(),
  mended: z.number().int(),
  /** Open ones that nobody owns. */
  unowned: z.number().int(),
  /** Open ones. */
  byKind: z.array(z.strictObject({ kind: z.enum(FINDING_KINDS), open: z.number().int(), overdue: z.number().int() })),
  bySeverity: z.array(z.strictObject({ severity: z.enum(SEVERITIES), open: z.number().int() })),
  /** Parts that could not tell when they were last asked: what they found stands as it was. */
  unread: z.array(z.strictObject({ source: z.string(), since: z.string(), readAt: z.string().nullable() })),
});
export type FindingCountsView = z.output<typeof countsView>;

export const listFindings = endpoint({
  id: "listFindings",
  method: "GET",
  path: "/api/v1/findings",
  summary: "What is not as it must be, what is due first first; those who do not read for the organisation see theirs",
  access: "signedIn",
  query: z.strictObject({ ...pageQuery, ...filter }),
  reply: pageOf(findingView),
});

export const countFindings = endpoint({
  id: "countFindings",
  method: "GET",
  path: "/api/v1/findings/counts",
  summary: "How many findings of each kind and severity, how many are overdue, and which parts could not tell",
  access: "signedIn",
  query: z.strictObject(filter),
  reply: countsView,
});

export const getFinding = endpoint({
  id: "getFinding",
  method: "GET",
  path: "/api/v1/findings/:id",
  summary: "One finding",
  access: "signedIn",
  params: idParams,
  reply: findingView,
  refusals: ["findings.notFound"],
});

export const assignFinding = endpoint({
  id: "assignFinding",
  method: "POST",
  path: "/api/v1/findings/:id/owner",
  summary: "Say whose it is, or hand it on to a colleague, and why",
  access: "signedIn",
  params: idParams,
  body: z.strictObject({ owner: id, sentence: prose(2000) }),
  reply: findingView,
  refusals: ["findings.notFound", "findings.mended", "findings.notYours", "findings.ownerNotAllowed"],
});

export const noteFinding = endpoint({
  id: "noteFinding",
  method: "POST",
  path: "/api/v1/findings/:id/notes",
  summary: "Say what is being done about it",
  access: "signedIn",
  params: idParams,
  body: z.strictObject({ text: prose(2000) }),
  reply: findingView,
  refusals: ["findings.notFound", "findings.notYours"],
});
