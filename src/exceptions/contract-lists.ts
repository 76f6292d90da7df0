/** Lists over the register for those who govern: what comes back, what was due, what awaits a review. */
import { z } from "zod";

import { endpoint, pageOf, pageQuery } from "../kernel/contract.ts";
import { STATES } from "./exception.ts";
import { RESOURCE_KINDS } from "./version.ts";

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
