/** Files into Postern: the estate as YAML, and lists of exceptions kept elsewhere. A dry run first, always. */
import { readFile } from "node:fs/promises";

import { applyEstate, type PlanView } from "../estate/contract.ts";
import { importList } from "../exceptions/contract.ts";
import { type Command, UsageFault } from "./command.ts";
import { jsonText, table } from "./output.ts";
import type { ConnectClient } from "./register-commands.ts";

export function applyCommands(connect: ConnectClient): readonly Command[] {
  return [applyCommand(connect), importCommand(connect)];
}

function applyCommand(connect: ConnectClient): Command {
  return {
    name: "apply",
    usage: "estate.yaml [--dry-run] [--json]",
    summary: "Bring people, what they answer for and what sign-ins hang on in line with a file",
    options: { "dry-run": { type: "boolean" }, json: { type: "boolean" } },
    async run(input) {
      const [file] = input.args;
      if (file === undefined) throw new UsageFault("name the file");
      const yaml = await readFile(file, "utf8");
      const client = await connect(input);
      const plan = await client.call(applyEstate, { body: { yaml, dryRun: true } });
      if (input.options["json"] === true) input.print(jsonText(plan));
      else input.print(planWords(plan));
      if (input.options["dry-run"] === true) return 0;
      await client.call(applyEstate, { body: { yaml, dryRun: false } });
      input.print("Applied.");
      return 0;
    },
  };
}

/** One line an item and one a field that changes, then the sum. */
export function planWords(plan: PlanView): string {
  return [
    ...plan.created.map((item) => `+ ${item.kind} ${item.key}  ${item.name}`),
    ...plan.changed.flatMap((item) => [
      `~ ${item.kind} ${item.key}  ${item.name}`,
      ...item.fields.map(({ field, before, after }) => `    ${field}: ${before ?? "nothing"} → ${after ?? "nothing"}`),
    ]),
    `${plan.created.length} to create, ${plan.changed.length} to change, ${plan.unchanged} unchanged`,
  ].join("\n");
}

function importCommand(connect: ConnectClient): Command {
  return {
    name: "import",
    usage: "FILE.csv|FILE.json --source NAME --map field=column … [--dry-run]",
    summary: "Import a list of exceptions: they arrive as inherited, never as approved",
    options: { source: { type: "string" }, map: { type: "string", multiple: true }, "dry-run": { type: "boolean" } },
    async run(input) {
      const [file] = input.args;
      const source = input.options["source"];
      if (file === undefined || typeof source !== "string") throw new UsageFault("name the file and its --source");
      const mapping = mappingOf(input.options["map"] as unknown as readonly string[] | undefined);
      const format = file.toLowerCase().endsWith(".json") ? "json" : "csv";
      const client = await connect(input);
      const dryRun = input.options["dry-run"] === true;
      const report = await client.call(importList, { body: { source, format, text: await readFile(file, "utf8"), mapping, dryRun } });
      for (const fault of report.faults) input.note(`${fault.code}: ${fault.detail}`);
      if (report.imported.length > 0)
        input.print(
          table(
            ["line", "external id", "ref"],
            report.imported.map((row) => [String(row.line), row.externalId, row.ref]),
          ),
        );
      input.print(
        `${report.rows} rows, ${report.new} new, ${report.known} known, ${report.faults.length} faults${dryRun ? " (dry run)" : ""}`,
      );
      return report.faults.length > 0 ? 1 : 0;
    },
  };
}

function mappingOf(given: readonly string[] | undefined): Record<string, string> {
  const pairs = (given ?? []).map((pair) => {
    const at = pair.indexOf("=");
    if (at < 1) throw new UsageFault(`--map ${pair}: write field=column, or field==value for a fixed value`);
    return [pair.slice(0, at), pair.slice(at + 1)] as const;
  });
  return Object.fromEntries(pairs);
}
