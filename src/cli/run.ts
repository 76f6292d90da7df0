/** The `postern` program: finds the command, reads its options, prints what went wrong in a way a person can act on. */
import { parseArgs } from "node:util";

import { onOneLine } from "../discovery/text.ts";
import { Refused } from "../kernel/problem.ts";
import { type Command, UsageFault } from "./command.ts";
import { inert } from "./output.ts";

export interface Terminal {
  out(text: string): void;
  err(text: string): void;
}

/** Runs `argv` (without node and script) and gives the exit code. Nothing that others wrote steers the terminal, whichever command prints it. */
export async function runCli(
  commands: readonly Command[],
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  screen: Terminal,
): Promise<number> {
  const terminal: Terminal = { out: (text) => screen.out(inert(text)), err: (text) => screen.err(inert(text)) };
  const [name, ...rest] = argv;
  if (name === undefined || name === "help" || name === "--help" || name === "-h") {
    terminal.out(`${overview(commands)}\n`);
    return 0;
  }
  const command = commands.find((each) => each.name === name);
  if (command === undefined) {
    terminal.err(`postern: there is no command "${name}".\n\n${overview(commands)}\n`);
    return 2;
  }
  try {
    const { values, positionals, help } = readOptions(command, rest);
    if (help) {
      terminal.out(`${describe(command)}\n`);
      return 0;
    }
    return await command.run({
      options: values,
      args: positionals,
      env,
      print: (text) => terminal.out(`${text}\n`),
      note: (text) => terminal.err(`${text}\n`),
    });
  } catch (error) {
    return explain(command, error, terminal);
  }
}

function readOptions(command: Command, rest: readonly string[]) {
  try {
    const parsed = parseArgs({
      args: [...rest],
      options: { ...command.options, help: { type: "boolean", short: "h" } },
      allowPositionals: true,
    });
    const { help, ...values } = parsed.values as Record<string, string | boolean | undefined>;
    return { values, positionals: parsed.positionals, help: help === true };
  } catch (error) {
    throw new UsageFault(error instanceof Error ? error.message : "unreadable options", { cause: error });
  }
}

function explain(command: Command, error: unknown, terminal: Terminal): number {
  if (error instanceof UsageFault) {
    terminal.err(`postern ${command.name}: ${error.message}\n\nusage: postern ${command.name} ${command.usage}\n`);
    return 2;
  }
  if (error instanceof Refused) {
    for (const reason of error.reasons)
      terminal.err(`${reason.code}${reason.at === undefined ? "" : ` at ${reason.at}`}: ${onOneLine(reason.detail)}\n`);
    return 1;
  }
  terminal.err(`postern ${command.name}: ${error instanceof Error ? error.message : "failed"}\n`);
  return 1;
}

function overview(commands: readonly Command[]): string {
  const width = Math.max(...commands.map((command) => command.name.length));
  const lines = commands.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`);
  return ["usage: postern COMMAND [options]   (postern COMMAND --help for more)", "", ...lines].join("\n");
}

function describe(command: Command): string {
  return `postern ${command.name} ${command.usage}\n\n${command.summary}`;
}
