/** The shape of the callers file: whom to trust, who they are to us, and what they may ask. */
import { z } from "zod";

import { line } from "../kernel/contract.ts";

const name = z.string().regex(/^[a-z][a-z0-9-]{0,60}$/, "A name has lower-case letters, digits and dashes, and starts with a letter");
const trustDomain = z.string().regex(/^[a-z0-9._-]{1,255}$/, "A trust domain has lower-case letters, digits, dots, dashes and underscores");
const spiffeId = z
  .string()
  .max(2048)
  .regex(
    /^spiffe:\/\/[a-z0-9._-]{1,255}(\/(?!\.{1,2}(\/|$))[A-Za-z0-9._-]+)+$/,
    "A SPIFFE ID is spiffe://trust-domain/path, without a slash at its end",
  );
const dnsName = z
  .string()
  .max(253)
  .regex(
    /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)+$/,
    "A host is written in full and in lower case, such as vpn.example.com",
  );

/** In clear only on this machine, as everywhere. */
const webAddress = z
  .string()
  .max(2000)
  .refine((text) => isWebAddress(text), { message: "An address https://… is needed, without a user, a query or a fragment" });

function isWebAddress(text: string): boolean {
  const match = /^(https?):\/\/(\[[0-9a-f:]+\]|[A-Za-z0-9.-]+)(:\d{1,5})?(\/[^?#\s]*)?$/.exec(text);
  if (match === null) return false;
  return match[1] === "https" || /^(localhost|127(\.\d+){3}|\[::1\])$/.test(match[2]!);
}

/** SPIFFE leaves EdDSA out on purpose; a token that claims it is none. */
const SPIFFE_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"] as const;
const ALL_ALGORITHMS = [...SPIFFE_ALGORITHMS, "EdDSA", "Ed25519"] as const;

const lifetime = z.number().int("A whole number is needed").min(60, "At least 60 seconds").max(7200, "At most 7200 seconds").default(3600);
const audiences = z.array(line(500)).min(1).max(20);
/** Exactly one of the two; neither means: where the issuer says. */
const keys = z.union([z.strictObject({ url: webAddress }), z.strictObject({ file: line(1000) })], {
  error: "Say where the keys are: either url (https://…) or file",
});

const issuer = z.strictObject({
  name,
  issuer: webAddress,
  keys: keys.optional(),
  algorithms: z
    .array(z.enum(ALL_ALGORITHMS))
    .min(1)
    .default([...ALL_ALGORITHMS]),
  otherAudiences: z.array(line(500)).max(20).default([]),
  maxLifetimeSeconds: lifetime,
});

const spiffe = z.strictObject({
  trustDomain,
  keys,
  algorithms: z
    .array(z.enum(SPIFFE_ALGORITHMS))
    .min(1)
    .default([...SPIFFE_ALGORITHMS]),
  maxLifetimeSeconds: lifetime,
});

const authority = z.strictObject({
  name,
  /** Certificates (PEM) of the authority. */
  file: line(1000),
  /** The one trust domain whose SPIFFE IDs it may give out; none unless said. */
  trustDomain: trustDomain.optional(),
  /** Certificates that were issued for longer are refused: nothing takes one back before its end. */
  maxLifetimeHours: z.number().int("A whole number is needed").min(1, "At least 1 hour").max(8784, "At most 8784 hours").default(744),
});

const identity = z.union(
  [
    z.strictObject({ issuer: name, subject: line(500) }),
    z.strictObject({ spiffe: spiffeId }),
    z.strictObject({ authority: name, dns: dnsName }),
  ],
  { error: "Say issuer and subject, or spiffe, or authority and dns" },
);

const some = (item: z.ZodType<string>) => z.union([z.literal("any"), z.array(item).max(5000)], { error: "Write any, or a list of names" });

const resource = z.strictObject({
  type: line(200),
  ids: some(line(1000)).optional(),
  prefixes: z.array(line(1000)).max(200).default([]),
});

const may = z.strictObject({
  ruleSets: some(line(100)).default(["default"]),
  subjects: some(line(200)),
  actions: some(line(200)),
  resources: z.union([z.literal("any"), z.array(resource).max(5000)], { error: "Write any, or a list of types" }),
  search: z.boolean().default(false),
  vouchForGroups: z.boolean().default(false),
  seeExceptions: z.boolean().default(false),
  seeOwners: z.boolean().default(false),
  readSnapshot: z.boolean().default(false),
  requestAccess: z.boolean().default(false),
});

const perSecond = z.number().min(0.1, "At least 0.1").max(10_000_000, "At most 10000000");

const caller = z.strictObject({
  name,
  is: z.array(identity).min(1).max(50),
  may,
  /** Questions a second on end, and how many at once after a rest. */
  limit: z.strictObject({ perSecond, atOnce: perSecond.optional() }).optional(),
});

export const callersFile = z.strictObject({
  /** What tokens have to be for: names of this decision point and of no other. */
  audiences: audiences.optional(),
  issuers: z.array(issuer).max(50).default([]),
  spiffe: z.array(spiffe).max(50).default([]),
  authorities: z.array(authority).max(50).default([]),
  callers: z.array(caller).max(5000),
});
export type CallersFile = z.output<typeof callersFile>;
