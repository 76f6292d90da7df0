/** Parts of the lock-out model to and from other tools, as Open-PSA fault trees. */
import { readFile } from "node:fs/promises";

import { exportFaultTree, importFaultTree } from "../lockout/contract-exchange.ts";
import { planWords } from "./apply-commands.ts";
import { type Command, UsageFault } from "./command.ts";
import { jsonText } from "./output.ts";
import type { ConnectClient } from "./register-commands.ts";

export function modelCommands(connect: ConnectClient): readonly Command[] {
  return [importCommand(connect), exportCommand(connect)];
}

function importCommand(connect: ConnectClient): Command {
  return {
    name: "model-import",
    usage: "FILE.xml --operation KEY [--top GATE] [--dry-run] [--json]",
    summary: "Take an Open-PSA fault tree into the model as one operation and what it needs",
    options: { operation: { type: "string" }, top: { type: "string" }, "dry-run": { type: "boolean" }, json: { type: "boolean" } },
    async run(input) {
      const [file] = input.args;
      const { operation, top } = input.options;
      if (file === undefined || typeof operation !== "string") throw new UsageFault("name the file and the --operation it becomes");
      const xml = await readFile(file, "utf8");
      const client = await connect(input);
      const body = { xml, operation, ...(typeof top === "string" && { top }) };
      const plan = await client.call(importFaultTree, { body: { ...body, dryRun: true } });
      input.print(input.options["json"] === true ? jsonText(plan) : planWords(plan));
      if (input.options["dry-run"] === true) return 0;
      await client.call(importFaultTree, { body: { ...body, dryRun: false } });
      input.print("Taken over.");
      return 0;
    },
  };
}

function exportCommand(connect: ConnectClient): Command {
  return {
    name: "model-export",
    usage: "OPERATION",
    summary: "Print one operation as an Open-PSA fault tree, for other tools",
    options: {},
    async run(input) {
      const [key] = input.args;
      if (key === undefined) throw new UsageFault("name the operation by its key");
      const client = await connect(input);
      input.print((await client.call(exportFaultTree, { params: { key } })).xml);
      return 0;
    },
  };
}
