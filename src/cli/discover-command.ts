/** `postern discover`: every way around strong sign-in, from files without a server, or from a connection through one. */
import { access, writeFile } from "node:fs/promises";
import { resolve } from "node:path";

import { accountFor } from "../bypasses/documented.ts";
import { type FileReading, UnreadableFile } from "../connectors/port.ts";
import { inventoryOf, type Seen } from "../discovery/inventory.ts";
import { type NamedReading, seenIn } from "../discovery/readings.ts";
import type { RegisterFile } from "../discovery/register-file.ts";
import { type FormPage, sarifOf } from "../discovery/sarif.ts";
import type { Instant } from "../kernel/time.ts";
import { type Command, type CommandInput, UsageFault } from "./command.ts";
import { type Discovered, exitCodeOf, jsonOf, textOf, thresholdOf, type Unreadable, unreadableWords } from "./discover-output.ts";
import { claimAll, claimOf, discoverConnection } from "./discover-connection.ts";
import { jsonText } from "./output.ts";
import type { Progress } from "./progress.ts";
import type { Pause } from "./read-now.ts";
import type { ConnectClient } from "./register-commands.ts";

export interface ProfileChoice {
  /** Path or name. */
  readonly profile: string | undefined;
  readonly keep: boolean;
}

/** What the composition gives: the formats there are, the terminal, the clock. */
export interface DiscoverDependencies {
  readonly now: () => Instant;
  readonly version: string;
  /** What reads one file. Throws {@link UnreadableFile} for a profile that cannot be used; says where it was kept. */
  readonly openReader: (input: CommandInput, choice: ProfileChoice) => Promise<(path: string, now: Instant) => Promise<FileReading>>;
  /** Reads an export of the register. Throws {@link UnreadableFile}. */
  readonly readRegister: (path: string) => Promise<RegisterFile>;
  /** Where each form of bypass is explained: at the server that is known, else in the documents that came with this program. */
  readonly openFormPages: (input: CommandInput) => Promise<FormPage>;
  readonly progress: Progress;
  readonly pause: Pause;
  /** Columns of the terminal. */
  readonly width: () => number;
}

export function discoverCommand(deps: DiscoverDependencies, connect: ConnectClient): Command {
  return {
    name: "discover",
    usage:
      "FILE…|CONNECTION [--json] [--all] [--sarif OUT] [--fail-on critical|any|N] [--profile NAME|FILE [--save-profile]] [--register FILE] [--claim --category KEY --unit UNIT]",
    summary: "Every way around strong sign-in: from files, with no server and no account, or from a connection",
    options: {
      json: { type: "boolean" },
      all: { type: "boolean" },
      sarif: { type: "string" },
      "fail-on": { type: "string" },
      profile: { type: "string" },
      register: { type: "string" },
      claim: { type: "boolean" },
      category: { type: "string" },
      unit: { type: "string" },
      "save-profile": { type: "boolean" },
    },
    async run(input) {
      const threshold = thresholdOf(input.options["fail-on"]);
      const key = await connectionNamed(input.args);
      const claim = claimOf(input, key !== undefined);
      if (key === undefined) {
        const discovered = await discoverFiles(deps, input);
        if ("faults" in discovered) {
          input.note([unreadableWords([discovered]), ...withoutLog(input)].join("\n"));
          return 1;
        }
        await tell(deps, input, discovered);
        return exitCodeOf(discovered, threshold);
      }
      if (input.options["register"] !== undefined)
        throw new UsageFault("--register is for files: of a connection the server asks its own register");
      const client = await connect(input);
      const discovered = await discoverConnection(client, key, deps);
      await tell(deps, input, discovered);
      const speak = { note: (text: string) => input.note(text), progress: deps.progress };
      const refused = claim === undefined ? 0 : await claimAll(client, discovered.open, claim, speak);
      return refused > 0 ? 1 : exitCodeOf(discovered, threshold);
    },
  };
}

/** A connection's key, where it is the only word and no file is called so. */
async function connectionNamed(args: readonly string[]): Promise<string | undefined> {
  const [word, ...more] = args;
  if (word === undefined) throw new UsageFault("name files, or a connection");
  if (more.length > 0 || !/^[a-z][a-z0-9-]+$/.test(word)) return undefined;
  return (await access(word).then(
    () => true,
    () => false,
  ))
    ? undefined
    : word;
}

async function tell(deps: DiscoverDependencies, input: CommandInput, discovered: Discovered): Promise<void> {
  const { options } = input;
  const { unreadable } = discovered;
  if (unreadable.length > 0) input.note([unreadableWords(unreadable), ...withoutLog(input)].join("\n"));
  if (options["json"] === true) input.print(jsonOf(discovered));
  else if (discovered.inventory.sources.length > 0) input.print(textOf(discovered, options["all"] === true, deps.width()));
  const out = options["sarif"];
  if (typeof out !== "string" || unreadable.length > 0) return;
  const log = sarifOf(discovered.findings, deps.version, await deps.openFormPages(input));
  await writeFile(out, `${jsonText(log)}\n`);
}

/** Code scanning takes an alert that is not in the log for one that is fixed: of what nobody read there is none. */
function withoutLog({ options: { sarif } }: CommandInput): readonly string[] {
  if (typeof sarif !== "string") return [];
  return [`${sarif} is not written: code scanning would close the alerts of what was not read`];
}

/** What is wrong with the profile or the register, where they cannot be read: without them nothing could be said rightly. */
async function discoverFiles(deps: DiscoverDependencies, input: CommandInput): Promise<Discovered | Unreadable> {
  const { profile, register: path } = input.options;
  const choice = { profile: typeof profile === "string" ? profile : undefined, keep: input.options["save-profile"] === true };
  try {
    const read = await deps.openReader(input, choice);
    const register = typeof path === "string" ? { path, ...(await deps.readRegister(path)) } : undefined;
    return await discoverEach(deps, input, read, register);
  } catch (error) {
    if (error instanceof UnreadableFile) return { name: error.file, faults: error.faults };
    throw error;
  }
}

type Register = RegisterFile & { readonly path: string };
type Reader = Awaited<ReturnType<DiscoverDependencies["openReader"]>>;

async function discoverEach(
  deps: DiscoverDependencies,
  input: CommandInput,
  read: Reader,
  register: Register | undefined,
): Promise<Discovered> {
  const now = deps.now();
  const paths = [...new Map(input.args.map((path) => [resolve(path), path])).values()];
  const readings: NamedReading[] = [];
  const unreadable: Unreadable[] = [];
  for (const [at, name] of paths.entries()) {
    deps.progress.step(at, paths.length, name);
    try {
      readings.push({ name, reading: await read(name, now) });
    } catch (error) {
      unreadable.push({ name, faults: faultsOf(error) });
    }
  }
  deps.progress.end();
  const all = seenIn(readings);
  const seen = register === undefined ? all : heldAgainst(all, register, now);
  return { inventory: inventoryOf(seen, now), findings: [...seen.findings], unreadable };
}

/** Which exception covers each, by what the register said when it was exported. What became of it since nobody told. */
function heldAgainst(seen: Seen, { path, documented, asOf }: Register, now: Instant): Seen {
  const findings = [...seen.findings];
  const accounted = accountFor(
    findings.map(({ bypass }) => bypass),
    documented,
    now,
  );
  const words = asOf === undefined ? "It names no exception at all." : `What became of its exceptions since ${asOf}, when it was exported.`;
  return {
    ...seen,
    findings: findings.map((finding, at) => ({ ...finding, cover: accounted[at]!.by ?? null })),
    unknown: [...seen.unknown, { source: path, words }],
  };
}

/** A reader that fails on a file must not keep the others from being told. Its words may hold what is in the file. */
function faultsOf(error: unknown): Unreadable["faults"] {
  if (error instanceof UnreadableFile) return error.faults;
  return [{ at: "", words: `Postern failed on it (${error instanceof Error ? error.name : "no error"}): please report this` }];
}
