import { z } from "zod";

import { endpoint, line, pageOf, pageQuery } from "../kernel/contract.ts";

const KEEPERS = ["administrator", "iam"] as const;
const READERS = ["administrator", "iam", "security_governance", "auditor", "application_owner", "executive"] as const;
const status = z.enum(["unregistered", "registered", "claimed", "escalated", "removed", "gone"]);

export const bypassView = z.strictObject({
  id: z.string(),
  connection: z.string(),
  status,
  form: z.string(),
  policy: z.string().optional(),
  subject: z.strictObject({ kind: z.string(), key: z.string(), name: z.string() }),
  object: z.string(),
  critical: z.boolean(),
  /** False where it lets in nobody who could not get in without it; absent else. */
  opens: z.literal(false).optional(),
  evidence: z.record(z.string(), z.string()),
  since: z.string().optional(),
  /** Null when the provider does not say who made it. */
  addedBy: z.string().nullable(),
  firstSeenAt: z.string(),
  lastSeenAt: z.string(),
  claimUntil: z.string().optional(),
  exception: z.string().optional(),
  /** The exception that covers it at the moment of the answer, by its reference; absent where none in force does. */
  cover: z.strictObject({ exception: z.string(), until: z.string() }).optional(),
  /** Who answers for it, by name: as its exception says, else who claimed it, else as the provider says. */
  owner: z.string().optional(),
  /** Why it did not wait for the end of the claim time; absent where that end escalated it. */
  escalated: z.strictObject({ by: z.string(), reason: z.string() }).optional(),
});
export type BypassView = z.output<typeof bypassView>;

const idParams = z.strictObject({ id: z.string().max(40) });

export const listBypasses = endpoint({
  id: "listBypasses",
  method: "GET",
  path: "/api/v1/bypasses",
  summary: "What the providers really hold, what nobody answers for first; filter by connection and status",
  access: READERS,
  query: z.strictObject({
    ...pageQuery,
    connection: z.string().max(40).optional(),
    status: z
      .string()
      .transform((text) => text.split(","))
      .pipe(z.array(status))
      .optional(),
  }),
  reply: pageOf(bypassView).extend({
    /** Of the connections asked for, those that were not read in full for an hour, or never: what they hold now is not known. */
    stale: z.array(z.strictObject({ id: z.string(), name: z.string(), readAt: z.string().nullable() })),
  }),
});

export const scanConnection = endpoint({
  id: "scanConnection",
  method: "POST",
  path: "/api/v1/connections/:id/scan",
  summary: "Read every bypass of a provider now",
  access: KEEPERS,
  params: idParams,
  reply: z.strictObject({ seen: z.number(), found: z.number(), gone: z.number() }),
  refusals: ["bypasses.beingRead", "connections.notFound", "connections.unreachable"],
});

export const claimBypass = endpoint({
  id: "claimBypass",
  method: "POST",
  path: "/api/v1/bypasses/:id/claim",
  summary: "Answer for a bypass: opens a draft exception with everything known filled in",
  access: ["administrator", "iam", "application_owner"],
  params: idParams,
  body: z.strictObject({ category: z.string().max(60), unit: line(80) }),
  reply: z.strictObject({ exception: z.string() }),
  status: 201,
  refusals: ["bypasses.notFound", "bypasses.notOpen"],
});

export const removeBypass = endpoint({
  id: "removeBypass",
  method: "POST",
  path: "/api/v1/bypasses/:id/remove",
  summary: "Take an unregistered bypass out of the provider",
  access: KEEPERS,
  params: idParams,
  body: z.strictObject({ reason: line(500) }),
  reply: z.strictObject({}),
  refusals: ["bypasses.notFound", "bypasses.notOpen", "bypasses.notRemovable", "connections.unreachable"],
});

export const escalateBypass = endpoint({
  id: "escalateBypass",
  method: "POST",
  path: "/api/v1/bypasses/:id/escalate",
  summary: "Say that a bypass nobody answers for cannot wait until its claim time has passed",
  access: ["administrator", "iam", "security_governance", "application_owner"],
  params: idParams,
  body: z.strictObject({ reason: line(500) }),
  reply: z.strictObject({}),
  refusals: ["bypasses.notFound", "bypasses.notOpen"],
});
