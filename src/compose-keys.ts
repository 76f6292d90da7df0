/** Keys on this machine. */
import { type Command, UsageFault } from "./cli/command.ts";
import { readConfig } from "./config.ts";
import { rotateSealKey, sealKeyFile } from "./platform/seal.ts";

export const rotateSealKeyCommand: Command = {
  name: "rotate-seal-key",
  usage: "",
  summary: "Make a new key for the secrets of connections; the next start seals them with it",
  options: {},
  async run(input) {
    const config = readConfig(input.env);
    if (config.sealKey !== undefined) {
      throw new UsageFault("the key is given in POSTERN_SEAL_KEY: put the new key there, before the old one and a comma");
    }
    await rotateSealKey(config.dataDir);
    input.print(
      `${sealKeyFile(config.dataDir)} begins with a new key now. Start the server again: it seals every secret anew, and says how many. Then delete the other lines.`,
    );
    return 0;
  },
};
