/** What a command of the `postern` program is. */
import type { ParseArgsOptionsConfig } from "node:util";

export interface CommandInput {
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  print(text: string): void;
  /** For what is not the answer: progress, warnings. */
  note(text: string): void;
}

export interface Command {
  readonly name: string;
  /** `FILE [--dry-run]` */
  readonly usage: string;
  readonly summary: string;
  readonly options: ParseArgsOptionsConfig;
  /** Returns the exit code: 0 done, 1 refused or found wanting, 2 used wrongly. */
  run(input: CommandInput): Promise<number>;
}

/** Thrown for wrong usage; printed with the command's usage line, exit code 2. */
export class UsageFault extends Error {
  override readonly name = "UsageFault";
}
