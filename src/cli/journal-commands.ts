/** Verifying and exporting the journal, and checking a proof, on the machine of whoever does not trust the server. */
import { readFile } from "node:fs/promises";

import { readDatabase } from "../journal/database-source.ts";
import { describeFault } from "../journal/fault.ts";
import { exportJournal, readFolder } from "../journal/folder-source.ts";
import { findTrustedKey, loadVerifierKey } from "../journal/log-key.ts";
import { formatVerifierKey, parseVerifierKey, type VerifierKey } from "../journal/note.ts";
import { verifyProof } from "../journal/proof.ts";
import type { Replays } from "../journal/replay.ts";
import { fetchVerifierKey, readServer, type ServerAccess } from "../journal/server-source.ts";
import { sha256 } from "../journal/signing.ts";
import type { JournalSource } from "../journal/source.ts";
import { type Verification, verifyJournal } from "../journal/verify.ts";
import type { Instant } from "../kernel/time.ts";
import type { Database } from "../platform/db.ts";
import type { PackVerification } from "../evidence/check.ts";
import { type Command, type CommandInput, UsageFault } from "./command.ts";
import { many, packWords } from "./pack-words.ts";
import { jsonText } from "./output.ts";

export interface JournalCommandDependencies {
  readonly replays: Replays;
  readonly now: () => Instant;
  /** The database of this machine's configuration, and where its signing key may lie. The command closes it. */
  openLocal(input: CommandInput): Promise<{ database: Database; key: { given?: string; dataDir: string } }>;
  verifyPack(file: Uint8Array, key: VerifierKey): PackVerification;
  /** The short-lived token of whoever is signed in, for a server. */
  findToken(input: CommandInput, url: string): Promise<string | undefined>;
}

const WHERE = { url: { type: "string" }, folder: { type: "string" }, key: { type: "string" } } as const;

export function journalCommands(deps: JournalCommandDependencies): readonly Command[] {
  return [verifyCommand(deps), exportCommand(deps), checkProofCommand()];
}

function verifyCommand(deps: JournalCommandDependencies): Command {
  return {
    name: "verify",
    usage: "[--url URL | --folder FOLDER | --pack FILE] [--key KEY|FILE] [--remember CHECKPOINT-FILE] [--json]",
    summary: "Verify the whole journal (here, of a running server, of an export), or an evidence pack",
    options: { ...WHERE, pack: { type: "string" }, remember: { type: "string" }, json: { type: "boolean" } },
    async run(input) {
      if (typeof input.options["pack"] === "string") return verifyPackFile(deps, input, input.options["pack"]);
      const remember = input.options["remember"];
      const remembered = typeof remember === "string" ? [await readFile(remember, "utf8")] : [];
      const result = await withSource(deps, input, (source, key) =>
        verifyJournal(source, { key, replays: deps.replays, now: deps.now(), remembered }),
      );
      input.print(input.options["json"] === true ? jsonText(result) : words(result));
      return result.isSound ? 0 : 1;
    },
  };
}

/** Offline, and against a key that was given: a pack that brought its own key along would prove nothing. */
async function verifyPackFile(deps: JournalCommandDependencies, input: CommandInput, file: string): Promise<number> {
  if (["url", "folder", "remember"].some((name) => input.options[name] !== undefined))
    throw new UsageFault("--pack stands alone: a pack is verified with --key and nothing else");
  const key = await givenKey(input);
  if (key === undefined) throw new UsageFault("a pack is verified against a key you trust: --key");
  const result = deps.verifyPack(await readFile(file), key);
  input.print(input.options["json"] === true ? jsonText(result) : packWords(result, key.name));
  return result.isSound ? 0 : 1;
}

function words(result: Verification): string {
  const read = `${result.entriesRead} of ${result.size} entries, ${many(result.checkpoints, "checkpoint")}, ${many(result.subjects, "subject")}, ${many(result.states, "state")}`;
  const rest = result.uncovered === 0 ? "" : `, ${result.uncovered} not covered yet`;
  if (result.isSound) return result.size === 0 ? `empty: a signed log without an entry${rest}` : `sound: ${read}${rest}`;
  const more = result.faultCount > result.faults.length ? [`… and ${result.faultCount - result.faults.length} more`] : [];
  return [`NOT SOUND: ${many(result.faultCount, "fault")} in ${read}${rest}`, ...result.faults.map(describeFault), ...more].join("\n");
}

function exportCommand(deps: JournalCommandDependencies): Command {
  return {
    name: "export-journal",
    usage: "FOLDER [--url URL] [--key KEY|FILE]",
    summary: "Write the whole journal into a new folder, to be verified anywhere",
    options: { url: WHERE.url, key: WHERE.key },
    async run(input) {
      const [folder] = input.args;
      if (folder === undefined) throw new UsageFault("name the folder to write to");
      const { size } = await withSource(deps, input, (source, key) => exportJournal(source, folder, formatVerifierKey(key)));
      input.print(`${size} entries in ${folder}. Verify them with: postern verify --folder ${folder} --key KEY`);
      return 0;
    },
  };
}

function checkProofCommand(): Command {
  return {
    name: "check-proof",
    usage: "FILE --key KEY|FILE",
    summary: "Check the proof of one entry, offline",
    options: { key: WHERE.key },
    async run(input) {
      const [file] = input.args;
      if (file === undefined) throw new UsageFault("name the proof file");
      const key = await givenKey(input);
      if (key === undefined) throw new UsageFault("a proof is checked against a key you trust: --key");
      const proven = verifyProof(await readFile(file, "utf8"), key);
      if (typeof proven === "string") {
        input.print(`NOT PROVEN: ${proven}`);
        return 1;
      }
      input.note(`proven: leaf ${proven.index} of the ${proven.checkpoint.size} entries of ${key.name}`);
      input.print(Buffer.from(proven.entry).toString("utf8"));
      return 0;
    },
  };
}

/** Opens what the options name, with the key to believe. */
async function withSource<T>(
  deps: JournalCommandDependencies,
  input: CommandInput,
  use: (source: JournalSource, key: VerifierKey) => Promise<T>,
): Promise<T> {
  const { url, folder } = input.options;
  const given = await givenKey(input);
  if (typeof url === "string" && typeof folder === "string") throw new UsageFault("either --url or --folder");
  if (typeof url === "string") {
    const token = await deps.findToken(input, url);
    const access: ServerAccess = { url, ...(token !== undefined && { token }) };
    return use(readServer(access), given ?? own(input, await fetchVerifierKey(access)));
  }
  if (typeof folder === "string") return use(readFolder(folder), given ?? own(input, await readKeyFile(`${folder}/verifier-key`)));
  const { database, key } = await deps.openLocal(input);
  try {
    const trusted = given ?? (await findTrustedKey(database.db, key)) ?? own(input, await loadVerifierKey(database.db));
    return await readDatabase(database.db, deps.replays, (source) => use(source, trusted));
  } finally {
    await database.close();
  }
}

/** The key that the thing to be verified brings along: better than none, and said to be no more than that. */
function own(input: CommandInput, key: VerifierKey): VerifierKey {
  input.note(
    `The key was taken from the journal itself (${formatVerifierKey(key)}). Get it from somebody you trust and give it with --key.`,
  );
  return key;
}

async function givenKey(input: CommandInput): Promise<VerifierKey | undefined> {
  const { key } = input.options;
  if (typeof key !== "string") return undefined;
  return parseVerifierKey(sha256, key) ?? (await readKeyFile(key));
}

async function readKeyFile(path: string): Promise<VerifierKey> {
  const key = parseVerifierKey(sha256, (await readFile(path, "utf8").catch(() => "")).trim());
  if (key === undefined) throw new UsageFault(`${path} is neither a verifier key nor a file with one`);
  return key;
}
