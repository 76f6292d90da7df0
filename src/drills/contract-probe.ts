/** What a probe is asked, as it travels. */
import { z } from "zod";

import { line } from "../kernel/contract.ts";
import type { ProbeSpec } from "./probe.ts";

const key = z.string().regex(/^[a-z][a-z0-9-]{0,60}$/, "lower-case letters, digits and dashes, starting with a letter");
const https = z
  .string()
  .max(500)
  .refine((text) => URL.canParse(text) && new URL(text).protocol === "https:", "an https address");
const hostPort = z.string().regex(/^(\[[0-9a-f:]+\]|[a-z0-9.-]+):\d{1,5}$/i, "host and port, for example login.example.org:443");
const days = z.number().int().min(0).max(3650);
const minutes = z.number().int().min(1).max(1440);

export const probeSpec = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("tls"), address: hostPort, daysLeft: days }),
  z.strictObject({ kind: z.literal("jwks"), address: https, daysLeft: days }),
  z.strictObject({ kind: z.literal("provider"), connection: key, canary: line(200).nullable().default(null) }),
  z.strictObject({
    kind: z.literal("identity"),
    connection: key,
    account: line(300),
    does: z.enum(["bind", "signIn", "useMethod"]),
    method: line(100).nullable().default(null),
    expected: z.enum(["can", "cannot"]),
  }),
  z.strictObject({ kind: z.literal("revocation"), credential: line(200), relyingParties: z.array(line(300)).min(1).max(50) }),
  z.strictObject({
    kind: z.literal("exceptionDeath"),
    connection: key,
    policy: line(300),
    subject: line(300),
    livesMinutes: minutes,
    graceMinutes: minutes,
  }),
  z.strictObject({ kind: z.literal("restore"), backup: line(300).nullable().default(null) }),
]) satisfies z.ZodType<ProbeSpec>;
