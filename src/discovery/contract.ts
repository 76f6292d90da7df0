import { z } from "zod";

import { endpoint } from "../kernel/contract.ts";

const source = z.strictObject({
  name: z.string(),
  kind: z.string(),
  title: z.string(),
  /** Of an export in several files: the others. */
  parts: z.array(z.string()).readonly().optional(),
  /** Of a connection: when it was last read in full; null when it never was. */
  readAt: z.string().nullable().optional(),
  /** Of a connection: true when that is more than an hour ago. */
  isStale: z.boolean().optional(),
});

const door = z.strictObject({
  source: z.string(),
  form: z.string(),
  title: z.string(),
  place: z.string(),
  critical: z.boolean(),
  opens: z.boolean(),
  bypasses: z.number().int(),
  people: z.number().int(),
  machines: z.number().int(),
  uncounted: z.number().int(),
  whom: z.array(z.string()).readonly(),
  since: z.string().optional(),
  sinceUnknown: z.number().int(),
  owners: z.array(z.string()).readonly(),
  unowned: z.number().int(),
  /** How many of its bypasses an exception in force covers, and which these are. */
  covered: z.number().int(),
  exceptions: z.array(z.string()).readonly(),
});

export const inventoryView = z.strictObject({
  at: z.string(),
  sources: z.array(source).readonly(),
  /** Who can get in without a factor that cannot be phished, each once. */
  people: z.number().int(),
  machines: z.number().int(),
  /** True where somebody could not be counted: then it is at least as many. */
  atLeast: z.boolean(),
  knownPeople: z.number().int().optional(),
  bypasses: z.number().int(),
  critical: z.number().int(),
  /** Whether the register was asked which exceptions cover these. */
  checked: z.boolean(),
  /** Bypasses that no exception in force covers, and those of them that are critical. */
  open: z.number().int(),
  openCritical: z.number().int(),
  unowned: z.number().int(),
  /** The worst first. */
  doors: z.array(door).readonly(),
  doorsInAll: z.number().int(),
  unknown: z.array(z.strictObject({ source: z.string(), words: z.string() })).readonly(),
});
export type InventoryView = z.output<typeof inventoryView>;

export const readInventory = endpoint({
  id: "readInventory",
  method: "GET",
  path: "/api/v1/inventory",
  summary: "How many get in without a factor that cannot be phished, by which door, who answers, and what is not known; as last read",
  access: ["administrator", "iam", "security_governance", "auditor", "application_owner", "executive"],
  query: z.strictObject({
    /** Id of one connection; all of them unless given. */
    connection: z.string().max(40).optional(),
    doors: z.coerce.number().int().min(1).max(2000).default(200),
  }),
  reply: inventoryView,
  refusals: ["connections.notFound"],
});
