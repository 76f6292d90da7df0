import { z } from "zod";

import { MODEL_READERS } from "../estate/contract-model.ts";
import { PATH_ROLES, POPULATIONS } from "../estate/operation.ts";
import { endpoint, pageOf, pageQuery } from "../kernel/contract.ts";
import { RANKS } from "./strength.ts";

export const waysBackView = z.strictObject({
  key: z.string(),
  name: z.string(),
  criticality: z.number().int(),
  /** The roles it has to have a path in. */
  asked: z.array(z.enum(PATH_ROLES)),
  paths: z.array(
    z.strictObject({
      key: z.string(),
      name: z.string(),
      role: z.enum(PATH_ROLES),
      population: z.enum(POPULATIONS),
      strength: z.strictObject({
        said: z.strictObject({ aal: z.number().int(), phishingResistant: z.boolean() }).nullable(),
        /** Null: not known. */
        rank: z.enum(RANKS).nullable(),
      }),
    }),
  ),
  gaps: z.array(
    z.strictObject({
      kind: z.enum(["pathMissing", "pathWeaker"]),
      role: z.enum(PATH_ROLES),
      population: z.enum(POPULATIONS).nullable(),
      path: z.string().nullable(),
      statement: z.string(),
    }),
  ),
});
export type WaysBackView = z.output<typeof waysBackView>;

export const listWaysBack = endpoint({
  id: "listWaysBack",
  method: "GET",
  path: "/api/v1/ways-back",
  summary: "Operations with their primary path, fallback, recovery, break-glass and rollback: what is missing, what is weaker",
  access: MODEL_READERS,
  query: z.strictObject({ ...pageQuery, gaps: z.literal("true").optional() }),
  reply: pageOf(waysBackView),
});
