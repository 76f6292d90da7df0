/** Lists over the register for those who govern: what comes back, what was due, what awaits a review. */
import { z } from "zod";

import { endpoint, pageOf, pageQuery } from "../kernel/contract.ts";
import { exceptionRow, useView } from "./contract-views.ts";
import { STATES } from "./exception.ts";
import { BULK_CAP } from "./recertification.ts";
import { RESOURCE_KINDS, RISKS } from "./version.ts";

const READERS = ["administrator", "iam", "security_governance", "application_owner", "executive", "auditor"] as const;

const LEVELS = ["same", "resource", "subject", "split"] as const;

const member = z.strictObject({ id: z.string(), ref: z.string(), title: z.string(), state: z.enum(STATES), openedAt: z.string() });

const repeatsView = z.strictObject({
  level: z.enum(LEVELS),
  key: z.string(),
  /** Requests of the last 365 days, ended, refused and withdrawn ones included. */
  count: z.number().int(),
  /** The strictest of the members' categories. */
  limit: z.number().int(),
  /** From here on the next request needs a design issue. */
  limitReached: z.boolean(),
  about: z.strictObject({ kind: z.enum(RESOURCE_KINDS), id: z.string() }).nullable(),
  /** The open one about it. */
  designIssue: z.string().nullable(),
  /** At the level of parts: what they add up to. */
  refused: member.nullable(),
  /** The newest, 20 at most. */
  members: z.array(member),
});
export type RepeatsView = z.output<typeof repeatsView>;

export const listRepeats = endpoint({
  id: "listRepeats",
  method: "GET",
  path: "/api/v1/repeats",
  summary: "Needs that keep coming back within 365 days: by the same subject for the same, for the same, by the same subject, or in parts",
  access: READERS,
  query: z.strictObject({ ...pageQuery, level: z.enum(LEVELS).default("same") }),
  reply: pageOf(repeatsView),
});

const notice = z.strictObject({
  kind: z.enum(["reminder", "escalation"]),
  key: z.string(),
  /** `T-7`, or the level of the escalation. */
  level: z.string(),
  cause: z.string(),
  to: z.array(z.string()),
  dueAt: z.string(),
  raisedAt: z.string(),
  /** An escalation to the caller, or to anybody where the caller governs. */
  mayTakeOn: z.boolean(),
});

const noticesView = exceptionRow.extend({ notices: z.array(notice) });
export type NoticesView = z.output<typeof noticesView>;

const narrowing = {
  ...pageQuery,
  /** True: only what waits for the caller, by seat or by name, and nothing that the caller asked for. */
  mine: z.enum(["true", "false"]).optional(),
  category: z.string().max(60).optional(),
  unit: z.string().max(80).optional(),
  owner: z.string().max(40).optional(),
};

export const listDue = endpoint({
  id: "listDue",
  method: "GET",
  path: "/api/v1/due",
  summary: "Reminders and escalations that fell due and wait for somebody, by exception, the longest due first",
  access: "signedIn",
  query: z.strictObject(narrowing),
  reply: pageOf(noticesView),
});

const awaitedReview = z.strictObject({
  id: z.string(),
  kind: z.enum(["scheduled", "trigger", "post_use"]),
  cause: z.string(),
  proposal: z.enum(["retain", "reduce", "revoke"]).nullable(),
  openedAt: z.string(),
  dueAt: z.string(),
  reviewers: z.array(z.string()),
  /** Whom it waits for now: seats, and ids of people. */
  asked: z.array(z.string()),
  /** By whom it was handed on last; `to` is null where governance finds who answers. */
  handedOn: z
    .strictObject({
      by: z.string(),
      byName: z.string(),
      to: z.string().nullable(),
      toName: z.string().nullable(),
      reason: z.string(),
      at: z.string(),
    })
    .nullable(),
  /** The same for reviews that ask the same about the same kind of bypass; only whom they let through differs. */
  alike: z.string(),
  /** Why the sentence of one may not be carried over to those alike; null where it may. */
  whyAlone: z.string().nullable(),
});

/** As many reviews alike may be answered with a sentence carried over; then it is written anew. */
export const CARRIED_AT_MOST = BULK_CAP;

const recertification = z.strictObject({
  /** The last time a person decided about the whole. */
  since: z.string(),
  changedFields: z.array(z.string()),
  /** `now` is null where it was not counted. */
  headcounts: z.array(z.strictObject({ subject: z.string(), atApproval: z.number(), now: z.number().nullable() })),
  /** Null: what was really used is not known. */
  usage: useView.nullable(),
  controls: z.array(z.strictObject({ statement: z.string(), freshUntil: z.string(), lastResult: z.enum(["passed", "failed"]).nullable() })),
  milestones: z.strictObject({ due: z.number(), of: z.number() }),
  triggers: z.array(z.string()),
});

const reviewsView = exceptionRow.extend({
  reviews: z.array(awaitedReview),
  recertification: recertification.nullable(),
  residualRisk: z.enum(RISKS).nullable(),
});
export type ReviewsView = z.output<typeof reviewsView>;

export const listReviews = endpoint({
  id: "listReviews",
  method: "GET",
  path: "/api/v1/reviews",
  summary: "Reviews that wait for an answer, by exception, the first due first, with what changed since the last decision",
  access: "signedIn",
  query: z.strictObject(narrowing),
  reply: pageOf(reviewsView),
});

const load = z.strictObject({
  /** A seat, or the id of a person whom a review was handed on to or who owns what is reviewed. */
  asked: z.string(),
  /** Null for a seat. */
  personName: z.string().nullable(),
  votes: z.number().int(),
  reviews: z.number().int(),
  /** When the first of the reviews is due. */
  firstDueAt: z.string().nullable(),
});
export type LoadView = z.output<typeof load>;

export const queueLoad = endpoint({
  id: "queueLoad",
  method: "GET",
  path: "/api/v1/queue/load",
  summary: "How many votes and reviews wait for whom, the most first",
  access: "signedIn",
  reply: z.strictObject({ items: z.array(load).max(500) }),
});
