import { z } from "zod";

import { endpoint, line, pageOf, pageQuery } from "../kernel/contract.ts";

const MANAGERS = ["administrator", "iam"] as const;
/** Who is told what a provider says of itself: names of servers, of places in a directory, of accounts. */
export const TOLD_WORDS: readonly string[] = [...MANAGERS, "auditor"];
const permission = z.strictObject({ name: z.string(), why: z.string(), without: z.string(), held: z.boolean().optional() });

export const connectionView = z.strictObject({
  id: z.string(),
  key: z.string(),
  name: z.string(),
  kind: z.string(),
  status: z.enum(["connected", "removed"]),
  connectedAt: z.string(),
  secretFingerprint: z.string().optional(),
  /** When it was last read in full; absent when it never was, as far as is known. */
  scannedAt: z.string().optional(),
  /** What the last full read gave, in the provider's words too: for who looks after connections, or checks. */
  scanWords: z.string().optional(),
  /** True when that is more than an hour ago: what is shown of it is old. */
  isStale: z.boolean(),
  /** The last reading, where it did not come to its end; the words as above. */
  brokeOff: z.strictObject({ at: z.string(), words: z.string().optional() }).optional(),
});
export type ConnectionView = z.output<typeof connectionView>;

export const policyView = z.strictObject({
  key: z.string(),
  title: z.string(),
  /** The provider's own id of it, where it has one. */
  id: z.string().optional(),
  shape: z.enum(["group", "attribute"]),
  demands: z.string(),
  leaves: z.string(),
});

export const subjectView = z.strictObject({ kind: z.enum(["user", "group", "service", "device"]), key: z.string(), name: z.string() });

const idParams = z.strictObject({ id: z.string().max(40) });
const slug = z.string().regex(/^[a-z][a-z0-9-]{1,40}$/, "lower-case letters, digits and dashes, starting with a letter");

export const listConnections = endpoint({
  id: "listConnections",
  method: "GET",
  path: "/api/v1/connections",
  summary: "Connections to identity providers",
  access: "signedIn",
  reply: z.strictObject({
    items: z.array(connectionView),
    kinds: z.array(z.strictObject({ kind: z.string(), title: z.string(), secretLabel: z.string().optional() })),
  }),
});

export const connectProvider = endpoint({
  id: "connectProvider",
  method: "POST",
  path: "/api/v1/connections",
  summary: "Connect an identity provider; it is tried before it is kept",
  access: MANAGERS,
  body: z.strictObject({
    key: slug,
    name: line(80),
    kind: z.string().max(40),
    config: z.record(z.string(), z.unknown()),
    secret: z.string().max(4000).optional(),
  }),
  reply: connectionView,
  status: 201,
  refusals: [
    "connections.kindUnknown",
    "connections.configInvalid",
    "connections.secretMissing",
    "connections.keyTaken",
    "connections.unreachable",
  ],
});

export const rotateConnectionSecret = endpoint({
  id: "rotateConnectionSecret",
  method: "POST",
  path: "/api/v1/connections/:id/secret",
  summary: "Replace a connection's secret; the new one is tried first",
  access: MANAGERS,
  params: idParams,
  body: z.strictObject({ secret: z.string().min(1).max(4000) }),
  reply: connectionView,
  refusals: ["connections.notFound", "connections.unreachable", "connections.removed"],
});

export const removeConnection = endpoint({
  id: "removeConnection",
  method: "POST",
  path: "/api/v1/connections/:id/remove",
  summary: "Remove a connection no live exception depends on",
  access: MANAGERS,
  params: idParams,
  body: z.strictObject({ reason: line(500) }),
  reply: z.strictObject({}),
  refusals: ["connections.notFound", "connections.exceptionsLive"],
});

export const listDrift = endpoint({
  id: "listDrift",
  method: "GET",
  path: "/api/v1/connections/:id/drift",
  summary: "Who changed what Postern governs, besides Postern; from the provider's own log, the latest read first",
  access: ["administrator", "iam", "security_governance", "auditor"],
  params: idParams,
  query: z.strictObject(pageQuery),
  reply: pageOf(
    z.strictObject({
      id: z.string(),
      at: z.string(),
      seenAt: z.string(),
      object: z.string(),
      action: z.enum(["added", "removed", "modified", "deleted"]),
      subject: subjectView.nullable(),
      /** Null when the provider's log names nobody. */
      by: z.string().nullable(),
    }),
  ),
  refusals: ["connections.notFound"],
});

export const connectionHealth = endpoint({
  id: "connectionHealth",
  method: "GET",
  path: "/api/v1/connections/:id/health",
  summary: "Ask the provider how it is and which permissions we hold",
  access: ["administrator", "iam", "auditor"],
  params: idParams,
  reply: z.strictObject({
    reachable: z.boolean(),
    words: z.string(),
    permissions: z.array(permission),
    /** The provider's clock minus ours. */
    clockSkewMs: z.number().optional(),
    /** True where the clocks are so far apart that an end the provider keeps by itself comes at the wrong time. */
    isClockWrong: z.boolean(),
    /** Of what the connection governs, how much can be read now. */
    coverage: z
      .array(z.strictObject({ of: z.string(), total: z.number(), readable: z.number(), unreadable: z.array(z.string()) }))
      .optional(),
    capabilities: z
      .strictObject({
        resumesDiscovery: z.boolean(),
        nativeExpiry: z.boolean(),
        simulate: z.boolean(),
        endSessions: z.boolean(),
        signIns: z.boolean(),
        changes: z.boolean(),
        maxPropagationSeconds: z.number(),
        residualSessionSeconds: z.number().nullable(),
        permissions: z.array(permission),
      })
      .optional(),
  }),
  refusals: ["connections.notFound"],
});

export const listPolicies = endpoint({
  id: "listConnectionPolicies",
  method: "GET",
  path: "/api/v1/connections/:id/policies",
  summary: "Policies of the provider that an exception can weaken",
  access: "signedIn",
  params: idParams,
  reply: z.strictObject({ items: z.array(policyView) }),
  refusals: ["connections.notFound"],
});

export const findSubject = endpoint({
  id: "findConnectionSubject",
  method: "GET",
  path: "/api/v1/connections/:id/subject",
  summary: "Find a person, group or service account in the provider by the name a person would type",
  access: "signedIn",
  params: idParams,
  query: z.strictObject({ name: line(200), policy: z.string().max(80).optional() }),
  reply: z.strictObject({
    subject: subjectView.optional(),
    headcount: z.number().int().optional(),
    /** Why no exception can be granted to it, where that is so. */
    refused: z.string().optional(),
  }),
  refusals: ["connections.notFound", "connections.unreachable"],
});

export const importDirectoryPeople = endpoint({
  id: "importDirectoryPeople",
  method: "POST",
  path: "/api/v1/connections/:id/import-people",
  summary: "Bring the persons the directory knows into Postern",
  access: MANAGERS,
  params: idParams,
  reply: z.strictObject({ created: z.number(), changed: z.number(), deactivated: z.number(), unchanged: z.number() }),
  refusals: ["connections.notFound", "connections.unreachable"],
});
