import { z } from "zod";

import { endpoint, line } from "../kernel/contract.ts";
import { GRANTS } from "./canary.ts";

const MANAGERS = ["administrator", "iam"] as const;
const READERS = ["administrator", "iam", "security_governance", "auditor"] as const;

const slug = z.string().regex(/^[a-z][a-z0-9-]{1,40}$/, "lower-case letters, digits and dashes, starting with a letter");
const idParams = z.strictObject({ id: z.string().max(60) });
const secret = z.string().min(1).max(20_000);
/** An address without path: only whole servers are told apart. */
const origin = z
  .string()
  .max(300)
  .refine((text) => URL.parse(text)?.origin === text && /^https?:/.test(text), "an origin, such as https://wiki.example.org");

const way = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("password") }),
  z.strictObject({ kind: z.literal("certificate"), certificatePem: z.string().max(100_000) }),
  z.strictObject({
    kind: z.literal("openid"),
    issuer: z
      .string()
      .max(300)
      .refine((text) => URL.canParse(text), "the issuer's address"),
    clientId: line(300),
    grant: z.enum(GRANTS),
    scope: line(500).nullable().default(null),
  }),
  z.strictObject({ kind: z.literal("bearer") }),
  z.strictObject({ kind: z.literal("cookie"), name: z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/, "the name of a cookie") }),
]);

export const canaryView = z.strictObject({
  id: z.string(),
  key: z.string(),
  name: z.string(),
  connection: z.string().nullable(),
  account: z.string(),
  subject: z.strictObject({ key: z.string(), name: z.string() }).nullable(),
  way,
  shownTo: z.array(z.string()),
  control: z.string().nullable(),
  /** Tells whether the secret changed, and nothing else of it. */
  secretFingerprint: z.string(),
  status: z.enum(["active", "removed"]),
  addedAt: z.string(),
  /** When this secret last let it in; null where that was never seen. */
  workedAt: z.string().nullable(),
});

export type CanaryView = z.output<typeof canaryView>;

export const listCanaries = endpoint({
  id: "listCanaries",
  method: "GET",
  path: "/api/v1/canaries",
  summary: "Accounts that exist to be tried by drills, without their secrets",
  access: READERS,
  reply: z.strictObject({ items: z.array(canaryView) }),
});

export const addCanary = endpoint({
  id: "addCanary",
  method: "POST",
  path: "/api/v1/canaries",
  summary: "Add an account that drills may sign in as; its secret is sealed and never shown again",
  access: MANAGERS,
  body: z.strictObject({
    key: slug,
    name: line(80),
    connection: slug.nullable().default(null),
    account: line(1000),
    /** The name its directory finds it by, where exceptions are granted to it for drills. */
    subject: line(300).nullable().default(null),
    way,
    shownTo: z.array(origin).max(50).default([]),
    control: slug.nullable().default(null),
    secret,
    /** Of an OpenID client that signs in for the account; left out where it has none. */
    clientSecret: secret.optional(),
  }),
  reply: canaryView,
  status: 201,
  refusals: [
    "canaries.keyTaken",
    "canaries.notFound",
    "canaries.connectionUnknown",
    "canaries.subjectUnknown",
    "canaries.wayUnfit",
    "connections.unreachable",
  ],
});

export const changeCanarySecret = endpoint({
  id: "changeCanarySecret",
  method: "POST",
  path: "/api/v1/canaries/:id/secret",
  summary: "Give a canary another secret; whether it works is not known then",
  access: MANAGERS,
  params: idParams,
  body: z.strictObject({ secret, clientSecret: secret.optional() }),
  reply: canaryView,
  refusals: ["canaries.notFound", "canaries.removed"],
});

export const tryCanary = endpoint({
  id: "tryCanary",
  method: "POST",
  path: "/api/v1/canaries/:id/try",
  summary: "Try to get in as it now: let in, refused, or could not be asked",
  access: MANAGERS,
  params: idParams,
  reply: z.strictObject({ answer: z.enum(["let_in", "refused", "none"]), words: z.string() }),
  refusals: ["canaries.notFound", "canaries.removed", "canaries.tooOften"],
});

export const removeCanary = endpoint({
  id: "removeCanary",
  method: "POST",
  path: "/api/v1/canaries/:id/remove",
  summary: "Remove a canary and destroy its secret",
  access: MANAGERS,
  params: idParams,
  body: z.strictObject({ reason: line(500) }),
  reply: z.strictObject({}),
  refusals: ["canaries.notFound"],
});
