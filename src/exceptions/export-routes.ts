import { type Caller, callerOf, type Route, route } from "../platform/http.ts";
import { exportExceptions } from "./contract-export.ts";
import { type ExportDependencies, exportCsv, exportJson, exportSheet } from "./export-service.ts";
import { withSharedFates } from "./register.ts";
import { filterOf } from "./register-filter.ts";

const SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

export function exportRoutes(deps: ExportDependencies, seatsOfCaller: (caller: Caller) => readonly string[]): readonly Route[] {
  return [
    route(exportExceptions, async ({ query }, call) => {
      const { format, columns, ...question } = query;
      const filter = await withSharedFates(deps, filterOf(question, seatsOfCaller(callerOf(call))));
      const order = { filter, columns, now: call.now };
      const name = `register-${call.now.slice(0, 10)}.${format}`;
      const headers = { "Content-Disposition": `attachment; filename="${name}"`, "Cache-Control": "no-store" };
      if (format === "xlsx") {
        return new Response(Uint8Array.from(await exportSheet(deps, order)), { headers: { ...headers, "Content-Type": SHEET_TYPE } });
      }
      const isJson = format === "json";
      const lines = ReadableStream.from(isJson ? exportJson(deps, order) : exportCsv(deps, order)).pipeThrough(new TextEncoderStream());
      const type = isJson ? "application/json" : "text/csv; charset=utf-8";
      return new Response(lines, { headers: { ...headers, "Content-Type": type } });
    }),
  ];
}
