/** The model of the lock-out analysis over HTTP: components, common causes and operations, each by its key. */
import { z } from "zod";

import { endpoint, line, pageOf, pageQuery } from "../kernel/contract.ts";
import { parsePlainDate, type PlainDate } from "../kernel/time.ts";
import type { PersonId } from "../people/person.ts";
import { CAUSE_KINDS, COMPONENT_KINDS, LAYERS } from "./component.ts";
import { expressionShape } from "./contract-expression.ts";
import { TIERS } from "./estate.ts";
import { PATH_ROLES, POPULATIONS } from "./operation.ts";

const KEEPERS = ["administrator", "iam"] as const;

/** Everybody who builds, runs, owns or judges; what locks the organisation out is nothing for the help desk's callers. */
export const MODEL_READERS = [
  "administrator",
  "iam",
  "network_security",
  "endpoint",
  "security_governance",
  "security_architecture",
  "site_operations",
  "operations",
  "application_owner",
  "executive",
  "auditor",
] as const;

const personId = z
  .string()
  .regex(/^per_[0-9a-z]{1,40}$/, "an id of ours")
  .transform((text) => text as PersonId);
const slug = z.string().regex(/^[a-z][a-z0-9-]{1,60}$/, "lower-case letters, digits and dashes, starting with a letter");
const keyParams = z.strictObject({ key: slug });
const search = z.string().max(200).optional();
const status = z.enum(["active", "retired"]);

const day = z
  .string()
  .max(10)
  .transform((text, context): PlainDate => {
    const read = parsePlainDate(text);
    if (read !== undefined) return read;
    context.addIssue({ code: "custom", message: "a day such as 2027-03-31" });
    return z.NEVER;
  });

const unavailability = z.strictObject({ p: z.number(), source: z.enum(["slo", "measured", "expert"]), asOf: day }).nullable();
const unavailabilityView = z.strictObject({ p: z.number(), source: z.enum(["slo", "measured", "expert"]), asOf: z.string() }).nullable();
const endpoints = z.array(z.strictObject({ kind: z.enum(["tls", "jwks", "http"]), address: line(500) })).max(20);
const assurance = z.strictObject({ aal: z.literal([1, 2, 3]), phishingResistant: z.boolean() }).nullable();

const ofPersons = ["estate.personUnknown", "estate.personNotActive", "estate.helpDeskMayNotOwn"];
const ofNeeds = ["estate.referenceDangling", "estate.referenceRetired", "estate.expressionEmpty", "estate.atLeastOutOfRange"];
const changing = ["estate.changedMeanwhile", "estate.ifMatchNeeded"];

const answersView = z.strictObject({ id: z.string(), name: z.string(), active: z.boolean() }).nullable();
const common = { id: z.string(), version: z.number().int(), key: z.string(), name: z.string(), status };

const componentCommon = { ...common, kind: z.enum(COMPONENT_KINDS), layer: z.enum(LAYERS), owner: answersView };

export const componentView = z.strictObject({
  ...componentCommon,
  evidence: z.string().nullable(),
  unavailability: unavailabilityView,
  requires: expressionShape.nullable(),
  connection: z.string().nullable(),
  endpoints,
});
export type ComponentView = z.output<typeof componentView>;

const named = z.strictObject({ key: z.string(), name: z.string() });
const needingItem = z.strictObject({ kind: z.enum(["component", "commonCause", "operation"]), key: z.string(), name: z.string() });

export const componentDetail = z.strictObject({
  ...componentView.shape,
  /** What the components it requires are called. */
  needs: z.array(named),
  /** What is active and needs it directly. */
  neededBy: z.array(needingItem),
});
export type ComponentDetail = z.output<typeof componentDetail>;

export const listComponents = endpoint({
  id: "listComponents",
  method: "GET",
  path: "/api/v1/components",
  summary: "What sign-ins hang on, by name",
  access: MODEL_READERS,
  query: z.strictObject({
    ...pageQuery,
    search,
    kind: z.enum(COMPONENT_KINDS).optional(),
    layer: z.enum(LAYERS).optional(),
    status: status.optional(),
  }),
  reply: pageOf(componentView),
});

export const getComponent = endpoint({
  id: "getComponent",
  method: "GET",
  path: "/api/v1/components/:key",
  summary: "One component, and what needs it",
  access: MODEL_READERS,
  params: keyParams,
  reply: componentDetail,
  refusals: ["estate.notFound"],
});

export const putComponent = endpoint({
  id: "putComponent",
  method: "PUT",
  path: "/api/v1/components/:key",
  summary: "Add a component (If-Match: 0), or change it over the version read; retired by its status",
  access: KEEPERS,
  params: keyParams,
  body: z.strictObject({
    name: line(200),
    kind: z.enum(COMPONENT_KINDS),
    layer: z.enum(LAYERS),
    owner: personId.nullable().default(null),
    evidence: line(500).nullable().default(null),
    unavailability: unavailability.default(null),
    requires: expressionShape.nullable().default(null),
    connection: slug.nullable().default(null),
    endpoints: endpoints.default([]),
    status: status.default("active"),
  }),
  reply: componentDetail,
  refusals: [
    ...changing,
    ...ofPersons,
    ...ofNeeds,
    "estate.requiresCycle",
    "estate.stillNeeded",
    "estate.shareOutOfRange",
    "estate.endpointInvalid",
  ],
});

export const commonCauseView = z.strictObject({
  ...common,
  kind: z.enum(CAUSE_KINDS),
  members: z.array(z.string()),
  unavailability: unavailabilityView,
});
export type CommonCauseView = z.output<typeof commonCauseView>;

/** With what its members are called. */
export const commonCauseDetail = z.strictObject({ ...commonCauseView.shape, takes: z.array(named) });
export type CommonCauseDetail = z.output<typeof commonCauseDetail>;

export const listCommonCauses = endpoint({
  id: "listCommonCauses",
  method: "GET",
  path: "/api/v1/common-causes",
  summary: "What makes several components fail together, by name",
  access: MODEL_READERS,
  query: z.strictObject({ ...pageQuery, search, status: status.optional() }),
  reply: pageOf(commonCauseView),
});

export const getCommonCause = endpoint({
  id: "getCommonCause",
  method: "GET",
  path: "/api/v1/common-causes/:key",
  summary: "One common cause",
  access: MODEL_READERS,
  params: keyParams,
  reply: commonCauseDetail,
  refusals: ["estate.notFound"],
});

export const putCommonCause = endpoint({
  id: "putCommonCause",
  method: "PUT",
  path: "/api/v1/common-causes/:key",
  summary: "Add a common cause (If-Match: 0), or change it over the version read; retired by its status",
  access: KEEPERS,
  params: keyParams,
  body: z.strictObject({
    name: line(200),
    kind: z.enum(CAUSE_KINDS),
    members: z.array(slug).max(2000),
    unavailability: unavailability.default(null),
    status: status.default("active"),
  }),
  reply: commonCauseDetail,
  refusals: [...changing, "estate.referenceDangling", "estate.referenceRetired", "estate.membersMissing", "estate.shareOutOfRange"],
});

const minutes = z.number().int().min(0).max(525_600).nullable();

const pathCommon = { name: line(200), population: z.enum(POPULATIONS), role: z.enum(PATH_ROLES), needs: expressionShape };

export const operationView = z.strictObject({
  ...common,
  criticality: z.literal(TIERS),
  application: z.string().nullable(),
  businessOwner: answersView,
  modelApprover: answersView,
  maintainer: answersView,
  onCall: answersView,
  tolerates: z.literal([0, 1, 2]),
  withinMinutes: minutes,
  paths: z.array(z.strictObject({ key: z.string(), ...pathCommon, minutes, assurance })),
});
export type OperationView = z.output<typeof operationView>;

export const listOperations = endpoint({
  id: "listOperations",
  method: "GET",
  path: "/api/v1/operations",
  summary: "What must be possible on a bad day, by name",
  access: MODEL_READERS,
  query: z.strictObject({ ...pageQuery, search, application: slug.optional(), status: status.optional() }),
  reply: pageOf(operationView),
});

export const getOperation = endpoint({
  id: "getOperation",
  method: "GET",
  path: "/api/v1/operations/:key",
  summary: "One operation and its ways in",
  access: MODEL_READERS,
  params: keyParams,
  reply: operationView,
  refusals: ["estate.notFound"],
});

export const putOperation = endpoint({
  id: "putOperation",
  method: "PUT",
  path: "/api/v1/operations/:key",
  summary: "Add an operation (If-Match: 0), or change it over the version read; retired by its status",
  access: KEEPERS,
  // It names who approves the model.
  makesDeciders: true,
  params: keyParams,
  body: z.strictObject({
    name: line(200),
    criticality: z.literal(TIERS),
    application: slug.nullable().default(null),
    businessOwner: personId.nullable().default(null),
    modelApprover: personId.nullable().default(null),
    maintainer: personId.nullable().default(null),
    onCall: personId.nullable().default(null),
    tolerates: z.literal([0, 1, 2]),
    withinMinutes: minutes.default(null),
    paths: z
      .array(z.strictObject({ key: slug, ...pathCommon, minutes: minutes.default(null), assurance: assurance.default(null) }))
      .max(50),
    status: status.default("active"),
  }),
  reply: operationView,
  refusals: [...changing, ...ofPersons, ...ofNeeds, "estate.pathTwice"],
});
