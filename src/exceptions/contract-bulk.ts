import { z } from "zod";

import { assertionBody, endpoint } from "../kernel/contract.ts";
import { BULK_ACTS, BULK_CAPS, bulkAction, bulkText } from "./bulk.ts";
import { REFUSALS } from "./refusals.ts";
import { SHELL_REFUSALS } from "./shell-refusals.ts";

export { BULK_ACTS, BULK_CAPS, bulkAction, bulkText };

const MOST = Math.max(...Object.values(BULK_CAPS)) * 10;
const act = z.enum(BULK_ACTS);
const reason = z.string().trim().max(1000).default("");
const refusals = [...Object.keys(REFUSALS), ...Object.keys(SHELL_REFUSALS)];
const why = z.array(z.strictObject({ code: z.string(), detail: z.string() }));
const once = (ids: readonly string[]) => new Set(ids).size === ids.length;

const previewRow = z.strictObject({
  id: z.string(),
  ref: z.string(),
  title: z.string(),
  version: z.number().int(),
  allowed: z.boolean(),
  /** What would come of it; empty where it is refused. */
  words: z.string(),
  reasons: why,
});
export type BulkPreviewRow = z.output<typeof previewRow>;

export const previewBulk = endpoint({
  id: "previewBulk",
  method: "POST",
  path: "/api/v1/register/bulk/preview",
  summary: "What an act on many exceptions would do to each, or why it is refused; nothing is changed",
  access: "signedIn",
  body: z.strictObject({ act, reason, ids: z.array(z.string().max(40)).min(1).max(MOST).refine(once, "each exception once") }),
  reply: z.strictObject({ cap: z.number().int(), rows: z.array(previewRow) }),
  refusals,
});

const resultRow = z.strictObject({
  id: z.string(),
  ref: z.string(),
  done: z.boolean(),
  /** State it is in now; null where there is none to tell. */
  state: z.string().nullable(),
  reasons: why,
});
export type BulkResultRow = z.output<typeof resultRow>;

export const performBulk = endpoint({
  id: "performBulk",
  method: "POST",
  path: "/api/v1/register/bulk",
  summary: "The same act on many exceptions, each by itself, with one passkey assertion over exactly this list",
  access: "signedIn",
  assertion: true,
  body: z.strictObject({
    act,
    reason,
    rows: z
      .array(z.strictObject({ id: z.string().max(40), version: z.number().int().min(1) }))
      .min(1)
      .max(MOST)
      .refine((rows) => once(rows.map(({ id }) => id)), "each exception once"),
    assertion: assertionBody,
  }),
  reply: z.strictObject({ results: z.array(resultRow) }),
  refusals,
});
