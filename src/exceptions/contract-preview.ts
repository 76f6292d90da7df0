/** What a request would meet, told while it is being written: twins, better ways, who is covered, the rules as they apply to it. */
import { z } from "zod";

import { endpoint } from "../kernel/contract.ts";
import { draftContent } from "./contract-content.ts";
import { exceptionRow } from "./contract-views.ts";
import { REFUSALS } from "./refusals.ts";
import { SHELL_REFUSALS } from "./shell-refusals.ts";

/** `same`: the very need. `elsewhere`: the same subject and resource under another category. */
const twin = exceptionRow.extend({
  likeness: z.enum(["same", "elsewhere"]),
  /** Why it ended or was refused; null while it lives. */
  whyOver: z.string().nullable(),
});
export type TwinView = z.output<typeof twin>;

/** An exception in force that the subject could be added to. */
const wider = exceptionRow.extend({
  /** True where the caller may propose the change; else its owner has to be asked. */
  mayPropose: z.boolean(),
});
export type WiderView = z.output<typeof wider>;

/** A policy of the same provider that leaves something else in the place of what it demands. */
const otherPolicy = z.strictObject({ key: z.string(), title: z.string(), demands: z.string(), leaves: z.string() });

const coveredSubject = z.strictObject({
  key: z.string(),
  /** Accounts it stands for now; null where that is not known. */
  accounts: z.number().int().nullable(),
  whyUnknown: z.string().nullable(),
});

const covered = z.strictObject({
  subjects: z.array(coveredSubject),
  /** Each counted once, in however many groups; null while any subject could not be counted. */
  people: z.number().int().nullable(),
  /** By name, 50 at most. */
  known: z.array(z.strictObject({ id: z.string(), name: z.string(), unit: z.string().nullable() })),
  knownCount: z.number().int(),
  /** Accounts of which nobody here is known to be the holder; each counts as a person. */
  unknownAccounts: z.number().int(),
});
export type CoveredView = z.output<typeof covered>;

export const END_BOUNDS = ["term", "cumulative", "contract", "grant"] as const;

const counts = z.strictObject({ same: z.number(), resource: z.number(), subject: z.number(), split: z.number() });

const applying = z.strictObject({
  /** 0 for a first grant. */
  renewal: z.number().int(),
  stages: z.array(
    z.strictObject({
      roles: z.array(z.string()),
      rule: z.string(),
      answerWithin: z.string(),
      /** True for a level that only a renewal needs. */
      isForRenewal: z.boolean(),
    }),
  ),
  /** The last moment that can be asked for without an accepted risk, and what sets it. */
  latestEnd: z.string(),
  endSetBy: z.enum(END_BOUNDS),
  /** Time granted in the same line of need so far. */
  grantedSoFar: z.string(),
  /** Null where only a use is reviewed. */
  firstReviewAt: z.string().nullable(),
  repeats: counts.nullable(),
  repeatLimits: counts,
});
export type ApplyingView = z.output<typeof applying>;

export const previewRequest = endpoint({
  id: "previewRequest",
  method: "POST",
  path: "/api/v1/requests/preview",
  summary: "What a request as it stands would meet: others like it, better ways, who is covered, the rules, what stands against it",
  access: "signedIn",
  body: z.strictObject({
    /** The draft, or what is to be extended or changed; null before there is one. */
    exception: z.string().max(40).nullable().default(null),
    kind: z.enum(["draft", "extension", "change"]).default("draft"),
    category: z.string().max(60),
    content: draftContent,
  }),
  reply: z.strictObject({
    twins: z.array(twin),
    wider: z.array(wider),
    otherPolicies: z.array(otherPolicy),
    /** Open design issues about what is asked for: the need itself is being worked on. */
    designIssues: z.array(z.string()),
    covered,
    applying,
    /** Everything that would be refused now, as putting it forward would say it. */
    reasons: z.array(z.strictObject({ code: z.string(), detail: z.string(), at: z.string().optional() })),
  }),
  refusals: [...Object.keys(REFUSALS), ...Object.keys(SHELL_REFUSALS)],
});
export type RequestPreview = z.output<(typeof previewRequest)["reply"]>;
