/** The whole evidence of one exception as a file to keep, to hand on, and to verify anywhere. */
import { writeFile } from "node:fs/promises";

import { getEvidence } from "../evidence/contract.ts";
import { type Command, UsageFault } from "./command.ts";
import type { ConnectClient } from "./register-commands.ts";

export function evidenceCommands(connect: ConnectClient): readonly Command[] {
  return [evidenceCommand(connect)];
}

function evidenceCommand(connect: ConnectClient): Command {
  return {
    name: "evidence",
    usage: "EXC-2026-0001 [--out FILE]",
    summary: "Download everything that happened to an exception, with its proofs",
    options: { out: { type: "string" } },
    async run(input) {
      const [id] = input.args;
      if (id === undefined) throw new UsageFault("name the exception");
      const { out } = input.options;
      const file = typeof out === "string" ? out : `${id}-evidence.zip`;
      const client = await connect(input);
      const bytes = await client.download(getEvidence, { params: { id } });
      await writeNew(file, bytes);
      input.print(`${file}: ${bytes.length} bytes. Verify it with: postern verify --pack ${file} --key KEY`);
      return 0;
    },
  };
}

/** Evidence that is there already is not written over. */
async function writeNew(file: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeFile(file, bytes, { flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    throw new UsageFault(`${file} is there already. Name another file with --out`, { cause: error });
  }
}
