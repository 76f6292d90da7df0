/** What the decision point answered, how fast, to whom, and how exceptions were used by it; and what it would answer to a question. */
import { z } from "zod";

import { draftContent } from "../exceptions/contract-content.ts";
import { endpoint, instantText, pageOf, pageQuery, prose } from "../kernel/contract.ts";
import { REASON_CODES } from "./verdict.ts";

export { REASON_CODES } from "./verdict.ts";

/** Who may ask about anybody, and read what was asked about them. For everybody else there is nothing here. */
export const DECISION_READERS = ["administrator", "iam", "security_governance", "auditor"] as const;

const name = z.string().max(400);
const code = z.enum(REASON_CODES);
const entity = z.strictObject({ type: z.string(), id: z.string(), name: z.string().nullable() });

const grant = z.strictObject({
  exception: z.string(),
  ref: z.string(),
  validUntil: z.string(),
  owner: z.string().nullable(),
  ownerName: z.string().nullable(),
});

export const explanationView = z.strictObject({
  permit: z.boolean(),
  code,
  words: z.string(),
  /** The rule that decided, by its name in the rule set. */
  rule: z.string().nullable(),
  ruleSet: z.strictObject({ name: z.string(), digest: z.string() }),
  grant: grant.nullable(),
  obligations: z.array(z.record(z.string(), z.unknown())),
  /** The moment it was decided for. */
  at: z.string(),
  /** The answer as the wire gives it, JSON. */
  answer: z.string(),
  /** What an exception that lifts the denial could ask for; null where none could. */
  draft: draftContent.nullable(),
});
export type ExplanationView = z.output<typeof explanationView>;

export const explainDecision = endpoint({
  id: "explainDecision",
  method: "POST",
  path: "/api/v1/decisions/explain",
  summary: "What the decision point would answer to a question, now or at another moment, and why; nobody counts it as a use",
  access: DECISION_READERS,
  body: z.strictObject({
    /** A question of AuthZEN. */
    question: z.record(z.string(), z.unknown()),
    ruleSet: z.string().max(100).default("default"),
    /** Null: now. At another moment the register is taken as it is now. */
    at: instantText.nullable().default(null),
  }),
  reply: explanationView,
  refusals: ["decisions.invalidQuestion", "decisions.notReady", "decisions.ruleSetUnknown"],
});

export const decisionView = z.strictObject({
  id: z.string(),
  at: z.string(),
  caller: z.string(),
  requestId: z.string().nullable(),
  ruleSet: z.string(),
  permit: z.boolean(),
  code,
  words: z.string(),
  rule: z.string().nullable(),
  exception: z.strictObject({ id: z.string(), ref: z.string() }).nullable(),
  subject: entity,
  action: z.string(),
  method: z.string().nullable(),
  resource: entity,
  obligations: z.array(z.record(z.string(), z.unknown())),
  /** What was kept of the question, as AuthZEN has it. */
  question: z.record(z.string(), z.unknown()),
  /** False where the question had to be cut. */
  isWhole: z.boolean(),
  sequence: z.number().int(),
  ageMs: z.number().int(),
  requestable: z.boolean(),
});
export type DecisionView = z.output<typeof decisionView>;

export const listDecisions = endpoint({
  id: "listDecisions",
  method: "GET",
  path: "/api/v1/decisions",
  summary: "What the decision point answered, as far as its log keeps it, the newest first",
  access: DECISION_READERS,
  query: z.strictObject({
    ...pageQuery,
    decision: z.enum(["permit", "deny"]).optional(),
    code: code.optional(),
    caller: name.optional(),
    subject: name.optional(),
    resource: name.optional(),
    exception: z.string().max(60).optional(),
  }),
  reply: pageOf(decisionView),
});

const deniedView = z.strictObject({
  subject: entity,
  resource: entity,
  action: z.string(),
  method: z.string().nullable(),
  times: z.number().int(),
  lastAt: z.string(),
  callers: z.array(z.string()),
  code,
  words: z.string(),
  /** The newest of them, to be asked again. */
  question: z.record(z.string(), z.unknown()),
  ruleSet: z.string(),
});
export type DeniedView = z.output<typeof deniedView>;

export const listDenied = endpoint({
  id: "listDenied",
  method: "GET",
  path: "/api/v1/decisions/denied",
  summary: "Denials of the last seven days that an exception could lift, by who asked for what, the newest first",
  access: DECISION_READERS,
  reply: z.strictObject({ items: z.array(deniedView), hasMore: z.boolean() }),
});

export const standingView = z.strictObject({
  setting: z.strictObject({ kind: z.enum(["full", "sampled", "off"]), every: z.number().int().nullable() }),
  keepDays: z.number().int(),
  /** Of the replica that answered this. */
  here: z.strictObject({
    /** Decisions of each of the last sixty seconds, the oldest first. */
    perSecond: z.array(z.number().int()),
    permits: z.number().int(),
    denials: z.number().int(),
    requests: z.number().int(),
    /** Null where nothing was answered, or it took longer than is told apart. */
    p50Ms: z.number().nullable(),
    p99Ms: z.number().nullable(),
    waiting: z.number().int(),
    lost: z.number().int(),
    writtenAt: z.string().nullable(),
    failingSince: z.string().nullable(),
    /** What answers are made of; null while nothing was loaded. */
    snapshot: z
      .strictObject({ sequence: z.number().int(), grants: z.number().int(), ageMs: z.number().int(), maxAgeMs: z.number().int() })
      .nullable(),
    ruleSets: z.array(z.string()),
  }),
  /** Of the last seven days, exact. */
  callers: z.array(
    z.strictObject({ caller: z.string(), permits: z.number().int(), denials: z.number().int(), byException: z.number().int() }),
  ),
  lost: z.number().int(),
  /** Replicas heard of within the last seven days that were not ended in order and are silent now: what they had not written is lost. */
  cutOff: z.array(z.strictObject({ heardAt: z.string() })),
});
export type StandingView = z.output<typeof standingView>;

export const readDecisionStanding = endpoint({
  id: "readDecisionStanding",
  method: "GET",
  path: "/api/v1/decisions/standing",
  summary: "How much the decision point answers and how fast, to whom, and what its log keeps and lost",
  access: DECISION_READERS,
  reply: standingView,
});

export const readExceptionUse = endpoint({
  id: "readExceptionUse",
  method: "GET",
  path: "/api/v1/decisions/uses/:exception",
  summary: "How often the decision point let through by an exception, when last and asked by whom; and what it denied near it",
  access: "signedIn",
  params: z.strictObject({ exception: z.string().max(40) }),
  reply: z.strictObject({
    times: z.number().int(),
    lastAt: z.string().nullable(),
    /** Whether this server is asked about all that it covers, and no edge answers in its place: only then does silence mean that it was not used. */
    isWatched: z.boolean(),
    /** Of the last thirty days, in UTC; days without a use are left out. */
    days: z.array(z.strictObject({ day: z.string(), times: z.number().int() })),
    callers: z.array(z.strictObject({ caller: z.string(), times: z.number().int(), lastAt: z.string() })),
    /** Tries that it nearly covered and that were denied. */
    attempts: z.array(z.strictObject({ caller: z.string(), code, times: z.number().int(), lastAt: z.string() })),
  }),
  refusals: ["exceptions.notFound"],
});

export const reportLetIn = endpoint({
  id: "reportLetIn",
  method: "POST",
  path: "/api/v1/decisions/:id/let-in",
  summary: "Say that somebody got in although this was denied as outside of an exception: it is suspended, and an incident raised",
  access: ["iam", "security_governance"],
  params: z.strictObject({ id: z.string().regex(/^\d{1,15}$/, "the number of a decision") }),
  body: z.strictObject({ evidence: prose(1000) }),
  reply: z.strictObject({ exception: z.string() }),
  refusals: ["decisions.notFound", "decisions.notOutsideScope", "exceptions.notFound"],
});
