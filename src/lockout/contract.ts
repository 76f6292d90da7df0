import { z } from "zod";

import { CAUSE_KINDS, COMPONENT_KINDS, LAYERS } from "../estate/component.ts";
import { expressionShape } from "../estate/contract-expression.ts";
import { MODEL_READERS } from "../estate/contract-model.ts";
import { PATH_ROLES, POPULATIONS } from "../estate/operation.ts";
import { endpoint, line, pageOf, pageQuery } from "../kernel/contract.ts";
import { FATES } from "./shared-fate.ts";
import { TOLERANCES } from "./tolerance.ts";

const key = z.string().max(100);

/** A sentence in parts: plain text, and what is named in it with where to read of it. */
const sentence = z.array(
  z.union([
    z.string(),
    z.strictObject({ words: z.string(), about: z.strictObject({ kind: z.enum(["operation", "failure"]), key: z.string() }).optional() }),
  ]),
);
export type SentenceView = z.output<typeof sentence>;

const personView = z.strictObject({ id: z.string(), name: z.string(), active: z.boolean() });

/** What can fail by itself: a component by its key, a common cause as `cause_key`. */
const failureView = z.strictObject({
  failure: z.string(),
  name: z.string(),
  kind: z.enum([...COMPONENT_KINDS, ...CAUSE_KINDS]),
  layer: z.enum(LAYERS).nullable(),
  /** Null: nobody answers for it, or it is a common cause. */
  owner: personView.nullable(),
});
export type FailureView = z.output<typeof failureView>;

const lockOutView = z.strictObject({
  /** Of the model: grows with every change. */
  version: z.number(),
  operations: z.number(),
  components: z.number(),
  tolerance: z.record(z.enum(TOLERANCES), z.number()),
  /** Every set of up to so many failures was looked at. */
  completeTo: z.number(),
  /** What locks the most operations out, the worst first. */
  worst: z.array(z.strictObject({ ...failureView.shape, operations: z.number(), words: sentence })),
});
export type LockOutView = z.output<typeof lockOutView>;

export const readLockOut = endpoint({
  id: "readLockOut",
  method: "GET",
  path: "/api/v1/lock-out",
  summary: "Which failures lock the most operations out, and how many operations survive what they have to",
  access: MODEL_READERS,
  reply: lockOutView,
});

const operationRow = z.strictObject({
  key: z.string(),
  name: z.string(),
  criticality: z.number(),
  businessOwner: personView.nullable(),
  tolerates: z.number(),
  tolerance: z.enum(TOLERANCES),
  /** Size of the smallest set that leaves no way in; null: none up to `completeTo`. */
  smallest: z.number().nullable(),
  completeTo: z.number().nullable(),
  words: sentence,
});
export type OperationRow = z.output<typeof operationRow>;

export const listOperationAnswers = endpoint({
  id: "listOperationAnswers",
  method: "GET",
  path: "/api/v1/lock-out/operations",
  summary: "Critical operations with what locks them out, those furthest from what they have to survive first",
  access: MODEL_READERS,
  query: z.strictObject({
    ...pageQuery,
    search: z.string().max(200).optional(),
    tolerance: z.enum(TOLERANCES).optional(),
    failure: key.optional(),
  }),
  reply: pageOf(operationRow),
});

const pathView = z.strictObject({
  key: z.string(),
  name: z.string(),
  population: z.enum(POPULATIONS),
  role: z.enum(PATH_ROLES),
  minutes: z.number().nullable(),
  /** False: it takes longer than the operation may wait, or nobody gets in by it. */
  isWayIn: z.boolean(),
  /** What takes it away alone; null: it is not open even now. */
  singles: z.array(z.string()).nullable(),
});

const nodeView = z.strictObject({
  id: z.string(),
  kind: z.enum(["operation", "path", "gate", "component", "cause"]),
  label: z.string(),
  /** Of a component: what of what it needs is enough, where not all of it is. */
  need: z.string().nullable(),
  isSingle: z.boolean(),
});
export type PictureNode = z.output<typeof nodeView>;

const operationAnswer = z.strictObject({
  ...operationRow.shape,
  version: z.number(),
  withinMinutes: z.number().nullable(),
  application: z.string().nullable(),
  people: z.strictObject({
    businessOwner: personView.nullable(),
    modelApprover: personView.nullable(),
    maintainer: personView.nullable(),
    onCall: personView.nullable(),
  }),
  paths: z.array(pathView),
  /** What locks it out alone, with how each path hangs on it. */
  singles: z.array(
    z.strictObject({
      ...failureView.shape,
      chains: z.array(z.strictObject({ path: z.string(), chain: z.array(z.string()), words: sentence })),
    }),
  ),
  /** Single changes, each tried on the model. */
  fixes: z.array(
    z.strictObject({
      words: sentence,
      removes: z.array(z.string()),
      leaves: z.array(z.string()),
      /** Who answers for what has to change. */
      by: personView.nullable(),
    }),
  ),
  /** How many minimal sets of each size, from size 0 on. */
  counts: z.array(z.string()),
  /** The smallest sets. */
  sets: z.array(z.array(z.string())),
  /** Of these, those that no drill that passed within a year let fail together; `fails` is what a drill of it lets fail: of a cause all it takes. */
  undrilled: z.array(z.strictObject({ set: z.array(z.string()), fails: z.array(z.string()) })),
  fates: z.array(
    z.strictObject({
      primary: z.string(),
      fallback: z.string(),
      /** The worst of what they share. */
      grade: z.enum(FATES).nullable(),
      /** Of each grade the nearest few: `by` a failure, or of grade C a layer, with how each way in hangs on it. */
      shares: z.array(
        z.strictObject({
          grade: z.enum(FATES),
          by: z.string(),
          chains: z.strictObject({ primary: z.array(z.string()), fallback: z.array(z.string()) }),
        }),
      ),
      /** How many of each grade there are. */
      counts: z.strictObject({ A: z.number(), B: z.number(), C: z.number() }),
    }),
  ),
  /** Only where everybody said how often each of its leaves is away; two figures of it. */
  probability: z.number().nullable(),
  /** Leaves that nobody said it of. */
  unmeasured: z.number(),
  /** Leaves of which it is an expert's estimate. */
  estimated: z.number(),
  /** The most important first: by Fussell–Vesely where that is known, else by the size of the smallest set it is in. */
  importance: z.array(
    z.strictObject({
      failure: z.string(),
      /** Null: it is in none of the smallest sets that are listed. */
      smallest: z.number().nullable(),
      /** Birnbaum: how much more likely nobody gets in when it has failed than when it cannot. */
      birnbaum: z.number().nullable(),
      /** Fussell–Vesely: the share of that probability which would not be there if it never failed. */
      fussellVesely: z.number().nullable(),
      /** Structural (Birnbaum with everything as likely to fail as not): in which share of all combinations of the others it decides. */
      structural: z.number().nullable(),
    }),
  ),
  components: z.array(z.strictObject({ ...failureView.shape, evidence: z.string().nullable(), operations: z.number() })),
  picture: z.strictObject({ nodes: z.array(nodeView), edges: z.array(z.strictObject({ from: z.string(), to: z.string() })) }).nullable(),
});
export type OperationAnswerView = z.output<typeof operationAnswer>;

export const readOperationAnswer = endpoint({
  id: "readOperationAnswer",
  method: "GET",
  path: "/api/v1/lock-out/operations/:key",
  summary: "What locks one operation out: its ways in, sets of failures, shared fates, and single changes that would mend it",
  access: MODEL_READERS,
  params: z.strictObject({ key }),
  reply: operationAnswer,
  refusals: ["lockout.notFound", "lockout.circle"],
});

const outageView = z.strictObject({
  id: z.string(),
  on: z.string(),
  provider: z.string(),
  what: z.string(),
  minutes: z.number(),
  /** What was hit stayed down for longer, and nobody says for how long. */
  isAtLeast: z.boolean(),
  link: z.string(),
  /** What would have failed here. */
  failures: z.array(z.string()),
  /** Nothing here bears the provider's name: everything of the kinds that failed was taken. */
  isAssumed: z.boolean(),
  /** Operations that would have had no way in. */
  lockedOut: z.number(),
});
export type OutageView = z.output<typeof outageView>;

export const listOutages = endpoint({
  id: "listOutages",
  method: "GET",
  path: "/api/v1/lock-out/outages",
  summary: "Public outages, and how many operations each would have locked out here",
  access: MODEL_READERS,
  reply: z.strictObject({ items: z.array(outageView) }),
});

const fallenRow = z.strictObject({
  key: z.string(),
  name: z.string(),
  criticality: z.number(),
  /** Names of the ways in that remain. */
  left: z.array(z.string()),
  lost: z.array(z.string()),
});

const whatIfView = z.strictObject({
  failures: z.array(failureView),
  outage: outageView.nullable(),
  words: sentence,
  lockedOut: z.strictObject({ total: z.number(), items: z.array(fallenRow) }),
  /** Lost some ways in, and have others. */
  weakened: z.strictObject({ total: z.number(), items: z.array(fallenRow) }),
  /** Components that do not work: of the operation asked for, else all. */
  down: z.array(z.string()),
});
export type WhatIfView = z.output<typeof whatIfView>;

export const askWhatIf = endpoint({
  id: "askWhatIf",
  method: "GET",
  path: "/api/v1/lock-out/what-if",
  summary: "Which operations are locked out when these have failed, or what failed in a public outage, and what remains",
  access: MODEL_READERS,
  query: z.strictObject({
    /** Components by key and common causes as `cause_key`, commas between. */
    failed: z.string().max(10_000).optional(),
    outage: key.optional(),
    /** Tell of this operation's components which are down. */
    operation: key.optional(),
  }),
  reply: whatIfView,
  refusals: ["lockout.failureUnknown", "lockout.outageUnknown", "lockout.notFound"],
});

const sizes = z.strictObject({ singles: z.number(), pairs: z.number(), triples: z.number() });

const previewView = z.strictObject({
  words: sentence,
  /** Sets that would be new, and that would be gone, over all operations. */
  gained: sizes,
  lost: sizes,
  touched: z.strictObject({
    total: z.number(),
    items: z.array(
      z.strictObject({
        key: z.string(),
        name: z.string(),
        gained: sizes,
        lost: sizes,
        /** Size of the smallest set; null: none as far as was looked. */
        smallestBefore: z.number().nullable(),
        smallestAfter: z.number().nullable(),
      }),
    ),
  }),
  completeTo: z.number(),
});
export type PreviewView = z.output<typeof previewView>;

export const previewModel = endpoint({
  id: "previewModel",
  method: "POST",
  path: "/api/v1/lock-out/preview",
  summary: "What a change of what components need, or of an operation's ways in, would change; nothing is kept",
  access: MODEL_READERS,
  body: z.strictObject({
    components: z
      .array(z.strictObject({ key, requires: expressionShape.nullable() }))
      .max(50)
      .default([]),
    operations: z
      .array(
        z.strictObject({
          key,
          paths: z
            .array(
              z.strictObject({
                key,
                name: line(200),
                population: z.enum(POPULATIONS),
                role: z.enum(PATH_ROLES),
                needs: expressionShape,
                minutes: z.number().int().min(0).nullable().default(null),
              }),
            )
            .max(50),
        }),
      )
      .max(50)
      .default([]),
  }),
  reply: previewView,
  refusals: ["lockout.notFound", "lockout.failureUnknown", "lockout.circle"],
});

const fallbackView = z.strictObject({
  parts: z.array(z.strictObject({ text: z.string(), component: z.string().nullable(), name: z.string().nullable() })),
  grade: z.enum(FATES).nullable(),
  /** False: what is weakened, or what the fallback depends on, is not in the model. */
  isKnown: z.boolean(),
  words: sentence,
});
export type FallbackView = z.output<typeof fallbackView>;

export const askFallback = endpoint({
  id: "askFallback",
  method: "GET",
  path: "/api/v1/lock-out/fallback",
  summary: "Whether what an exception's fallback depends on fails with what it stands in for",
  access: "signedIn",
  query: z.strictObject({
    /** Id of the connection whose control is weakened. */
    connection: z.string().max(60),
    /** By key or name of a component; one a line. */
    dependencies: z.string().max(10_000),
  }),
  reply: fallbackView,
});

export const listFailures = endpoint({
  id: "listFailures",
  method: "GET",
  path: "/api/v1/lock-out/failures",
  summary: "Everything that can fail by itself, by name",
  access: MODEL_READERS,
  query: z.strictObject({ ...pageQuery, search: z.string().max(200).optional() }),
  reply: pageOf(z.strictObject({ ...failureView.shape, operations: z.number() })),
});
