/** The register as a file: for spreadsheets, for programs, and for `postern discover --register` where no server can be asked. */
import { writeFile } from "node:fs/promises";

import { EXPORT_FORMATS, exportExceptions } from "../exceptions/contract-export.ts";
import { type Command, UsageFault } from "./command.ts";
import type { ConnectClient } from "./register-commands.ts";

export function exportCommand(connect: ConnectClient): Command {
  return {
    name: "export",
    usage: "FILE.csv|FILE.xlsx|FILE.json [--state active,revoking]",
    summary: "The register as a file; what it says of exceptions in force, postern discover --register reads",
    options: { state: { type: "string" } },
    async run(input) {
      const [file = ""] = input.args;
      const format = EXPORT_FORMATS.find((each) => file.endsWith(`.${each}`));
      if (format === undefined) throw new UsageFault(`name a file that ends in ${EXPORT_FORMATS.map((each) => `.${each}`).join(", ")}`);
      const client = await connect(input);
      const { state } = input.options;
      const bytes = await client.download(exportExceptions, { query: { format, ...(typeof state === "string" && { state }) } });
      await writeFile(file, bytes);
      input.print(`${file}: ${bytes.length} bytes`);
      return 0;
    },
  };
}
