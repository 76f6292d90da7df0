/** An exception on the wire: the row of the register, and the whole with its three lanes. */
import { z } from "zod";

import { contentView, subjectContent } from "./contract-content.ts";
import { STATES } from "./exception.ts";

const actorView = z.strictObject({ kind: z.enum(["person", "system"]), id: z.string(), onBehalfOf: z.string().optional() });

export const useView = z.strictObject({
  /** Times it let through since a person last decided about the whole, counted from the beginning of that day, UTC. */
  times: z.number().int(),
  /** When it last let through, also before; null: never seen to. */
  lastAt: z.string().nullable(),
  /** Whether this server is asked about all that it covers, and no edge answers in its place: only then does silence mean that it was not used. */
  isWatched: z.boolean(),
});

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
  /** True when a provider that is still looked at was last read back more than an hour ago: what it shows is old. */
  isStale: z.boolean(),
  overstayMinutes: z.number().int(),
  trueAgeDays: z.number().int(),
  renewals: z.number().int(),
  /** Requests for the same within the 365 days before this one. */
  repeats: z.number().int(),
  /** People its scope stands for, as counted when it was put forward; null while nobody has counted. */
  headcount: z.number().int().nullable(),
  flags: z.array(z.string()),
  /** Null: nothing tells whether it is used. */
  use: useView.nullable(),
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
  /** True when that is more than an hour ago, and the provider is still looked at. */
  isStale: z.boolean(),
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
  /** How long each control of the version in effect may be believed, by its last test that was passed. */
  controls: z.array(
    z.strictObject({
      version: z.number().int(),
      statement: z.string(),
      since: z.string(),
      freshUntil: z.string(),
      lastResult: z.enum(["passed", "failed"]).nullable(),
    }),
  ),
  whyNotInForce: z.string().nullable(),
  origin: z.string(),
  people: z.record(z.string(), z.string()),
  actions: z.array(actionView),
  timeline: z.array(timelineEntry),
});
export type ExceptionView = z.output<typeof exceptionView>;
