import { z } from "zod";

import { endpoint } from "../kernel/contract.ts";
import { listExceptions } from "./contract.ts";
import { EXPORT_KEYS } from "./export-columns.ts";

export type { ExportKey } from "./export-columns.ts";

/** A spreadsheet is made whole before it is sent; beyond this many rows it is the CSV that is for programs anyway. */
export const MOST_SHEET_ROWS = 100_000;

export const EXPORT_FORMATS = ["csv", "xlsx", "json"] as const;

const { limit: _, cursor: __, ...asked } = listExceptions.query.shape;

export const exportExceptions = endpoint({
  id: "exportExceptions",
  method: "GET",
  path: "/api/v1/register/export",
  summary: "The register as a file: the rows, order and columns that are asked for, as CSV, XLSX or JSON",
  access: listExceptions.access,
  query: z.strictObject({
    ...asked,
    format: z.enum(EXPORT_FORMATS),
    /** Columns in order; all of them unless said. */
    columns: z
      .string()
      .max(200)
      .transform((text) => text.split(","))
      .pipe(z.array(z.enum(EXPORT_KEYS)).min(1))
      .default([...EXPORT_KEYS]),
  }),
  reply: z.unknown(),
  refusals: ["exceptions.exportTooLarge"],
});
