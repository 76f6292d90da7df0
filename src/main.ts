/** The only file with effects at import: read the command line, compose, run. */
import { runCli } from "./cli/run.ts";

const argv = process.argv.slice(2);

// `postern openapi | head`: whoever stops reading has what they wanted.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});

process.exitCode = await runCli(await commandsFor(argv[0]), argv, process.env, {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
});

/** What needs neither server nor database does not load them: it answers before these would be there. */
async function commandsFor(name: string | undefined) {
  if (name === "lockout") {
    const { lockoutCommand } = await import("./cli/lockout-command.ts");
    return [lockoutCommand(async (text) => (await import("./estate/load-file.ts")).readModelFile(text))];
  }
  return (await import("./compose-commands.ts")).COMMANDS;
}
