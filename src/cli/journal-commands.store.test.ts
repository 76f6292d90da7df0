import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { count, COUNTED_AT, counterReplays, createCounters } from "../../test/support/counters.ts";
import { freshEmbedded } from "../../test/support/databases.ts";
import { formatVerifierKey } from "../journal/note.ts";
import { sequenceAll, type SequencerContext } from "../journal/sequencer.ts";
import { createJournalService } from "../journal/service.ts";
import type { Database } from "../platform/db.ts";
import { executeSql } from "../platform/db.ts";
import { verifyEvidence } from "../compose-evidence.ts";
import { journalCommands } from "./journal-commands.ts";
import { runCli } from "./run.ts";

let database: Database;
let fresh: Awaited<ReturnType<typeof freshEmbedded>>;
let context: SequencerContext;
let key: string;
const folder = mkdtempSync(join(tmpdir(), "postern-cli-"));

beforeAll(async () => {
  fresh = await freshEmbedded();
  database = fresh.database;
  context = await createCounters(database);
  key = formatVerifierKey(context.signer.key);
  for (let i = 0; i < 10; i++) await count(database, `exc_${i % 3}`, [i]);
  await sequenceAll(context, COUNTED_AT);
});
afterAll(async () => {
  await fresh.close();
  rmSync(folder, { recursive: true, force: true });
});

async function postern(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = "";
  let err = "";
  const commands = journalCommands({
    replays: counterReplays,
    now: () => COUNTED_AT,
    verifyPack: verifyEvidence,
    openLocal: () => Promise.resolve({ database: { ...database, close: () => Promise.resolve() }, key: { dataDir: folder } }),
    findToken: () => Promise.resolve(undefined),
  });
  const code = await runCli(commands, argv, {}, { out: (text) => (out += text), err: (text) => (err += text) });
  return { code, out, err };
}

test("verify says what it read, and warns when the key came from the journal itself", async () => {
  const result = await postern("verify");
  expect(result).toMatchObject({ code: 0, out: "sound: 10 of 10 entries, 1 checkpoint, 3 subjects, 3 states\n" });
  expect(result.err).toContain("taken from the journal itself");
  expect((await postern("verify", "--key", key)).err).toBe("");
});

test("an export verifies with the key alone, and fails when one byte of it changes", async () => {
  const target = join(folder, "export");
  expect(await postern("export-journal", target)).toMatchObject({ code: 0 });
  expect(await postern("verify", "--folder", target, "--key", key)).toMatchObject({ code: 0, err: "" });
  const bundle = join(target, "tile/entries/000.p/10");
  const bytes = readFileSync(bundle);
  bytes[bytes.indexOf("counted")]! ^= 1;
  writeFileSync(bundle, bytes);
  const result = await postern("verify", "--folder", target, "--key", key);
  expect(result.code).toBe(1);
  expect(result.out).toMatch(/NOT SOUND: .*\nleaf_hash at leaf 0, entry ent_\w+, subject exc_0: /);
});

test("an export from a server that asks who one is says how to sign in, and leaves nothing half behind", async () => {
  const server = createServer((_, answer) => answer.writeHead(401).end());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const result = await postern("export-journal", join(folder, "half", "way"), "--url", url, "--key", key);
    expect([result.code, result.err]).toEqual([1, expect.stringContaining(`postern login --url ${url}`)]);
    expect(existsSync(join(folder, "half"))).toBe(false);
    const empty = mkdtempSync(join(folder, "empty-"));
    expect((await postern("export-journal", empty, "--url", url, "--key", key)).code).toBe(1);
    expect(readdirSync(empty)).toEqual([]);
  } finally {
    server.close();
  }
});

test("an empty folder fails instead of verifying nothing", async () => {
  const empty = mkdtempSync(join(folder, "empty-"));
  expect(await postern("verify", "--folder", empty, "--key", key)).toMatchObject({ code: 1, out: "" });
});

test("a checkpoint one remembers must be in the log", async () => {
  const file = join(folder, "remembered");
  writeFileSync(file, await createJournalService(database.db, counterReplays).checkpoint());
  expect(await postern("verify", "--key", key, "--remember", file)).toMatchObject({ code: 0 });
  writeFileSync(file, readFileSync(file, "utf8").replace("\n10\n", "\n11\n"));
  expect((await postern("verify", "--key", key, "--remember", file)).out).toContain("a checkpoint you remember: bad_signature");
});

test("the proof of an entry is checked offline, and a changed one proves nothing", async () => {
  const service = createJournalService(database.db, counterReplays);
  const { rows } = await executeSql(database.db, "select id from journal_entry where leaf_index = 4");
  const proof = await service.proof(await service.entry((rows[0] as { id: string }).id));
  const file = join(folder, "entry.tlog-proof");
  writeFileSync(file, proof!.text);
  const result = await postern("check-proof", file, "--key", key);
  expect(result).toMatchObject({ code: 0, err: "proven: leaf 4 of the 10 entries of postern.example/journal\n" });
  expect(JSON.parse(result.out)).toMatchObject({ type: "counted", data: { by: 4 } });
  writeFileSync(file, proof!.text.replace("index 4", "index 5"));
  expect(await postern("check-proof", file, "--key", key)).toMatchObject({ code: 1, out: "NOT PROVEN: root_differs\n" });
  expect((await postern("check-proof", file)).code).toBe(2);
});

test.each([
  [["verify", "--url", "http://127.0.0.1:1", "--folder", "x"], "either --url or --folder"],
  [["verify", "--key", "nonsense"], "neither a verifier key nor a file with one"],
  [["export-journal"], "name the folder"],
  [["check-proof"], "name the proof file"],
])("%j is used wrongly", async (argv, message) => {
  const result = await postern(...argv);
  expect([result.code, result.err.includes(message)]).toEqual([2, true]);
});
