/** Nobody decides in somebody's name: what an operator with the database and the log's own key writes, verifying still finds. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { serve, type ServerType } from "@hono/node-server";
import { afterAll, beforeAll, expect, test } from "vitest";

import { REPLAYS } from "../../src/compose-replays.ts";
import { canonicalText } from "../../src/kernel/canonical.ts";
import { draftContent } from "../../src/exceptions/contract-content.ts";
import { evolveException } from "../../src/exceptions/index.ts";
import type { AssertionRecord } from "../../src/access/assertion.ts";
import { readDatabase, loadLogKey, openLog } from "../../src/journal/index.ts";
import type { JournalEntry } from "../../src/journal/entry.ts";
import type { Fault } from "../../src/journal/fault.ts";
import { exportJournal, readFolder } from "../../src/journal/folder-source.ts";
import { formatVerifierKey } from "../../src/journal/note.ts";
import { sequenceAll, type SequencerContext } from "../../src/journal/sequencer.ts";
import { readServer } from "../../src/journal/server-source.ts";
import type { JournalSource } from "../../src/journal/source.ts";
import { hashText } from "../../src/journal/signing.ts";
import { verifyJournal } from "../../src/journal/verify.ts";
import { addDuration, duration } from "../../src/kernel/time.ts";
import { type Db, executeSql } from "../../src/platform/db.ts";
import { createAuthenticator } from "../support/authenticator.ts";
import { type Browser, codeOf, questionOf, succeeded } from "../support/browser.ts";
import { createMemoryProvider } from "../support/memory-provider.ts";
import { openWholeApp, ORIGIN, requestBody, type Shown, show, submitRequest, vote, type WholeApp } from "../support/whole-app.ts";

/** What a forger changes in an entry: `data` of an exception's event, and who it says it was. */
type Data = Record<string, Record<string, unknown>>;
type Entry = Omit<JournalEntry, "data" | "actor"> & { data: Data; actor: { kind: string; id: string } };

/** What a forgery changes, to be put back. */
const KEPT = {
  journal_tile: "*",
  journal_checkpoint: "*",
  journal_entry: "id, body, actor, leaf_index",
  exception: "id, state",
  category_policy: "id, state",
  rule_set: "id, state",
};

let story: WholeApp;
let context: SequencerContext;
let connection: string;
const provider = createMemoryProvider(() => story.clock.now());
const folder = mkdtempSync(join(tmpdir(), "postern-signed-"));
let server: ServerType;
let url: string;

const sql = async (text: string, values: readonly unknown[] = [], db: Db = story.app.database.db) =>
  (await executeSql(db, text, values)).rows as Record<string, unknown>[];
const verify = (source: JournalSource) => verifyJournal(source, { key: context.signer.key, replays: REPLAYS, now: story.clock.now() });
const verifyHere = () => readDatabase(context.db, REPLAYS, verify);
const after = (days: number) => addDuration(story.clock.now(), duration(`P${days}D`));

const faultsHere = async (): Promise<readonly Fault[]> => (await verifyHere()).faults;

/** What is found in each of the ways there are to read a journal, which agree. */
async function faultsEverywhere(): Promise<readonly Fault[]> {
  const found = await faultsHere();
  const target = mkdtempSync(join(folder, "export-"));
  await readDatabase(context.db, REPLAYS, (source) => exportJournal(source, target, formatVerifierKey(context.signer.key)));
  expect((await verify(readFolder(target))).faults).toEqual(found);
  expect((await verify(readServer({ url }))).faults).toEqual(found);
  return found;
}

const asked = (name: string) => ({ connection, policy: "vpn", subject: { kind: "user", key: name, name }, until: after(60) });

async function request(name: string): Promise<Shown> {
  provider.add({ kind: "user", key: name, name });
  return submitRequest(story, asked(name));
}

const entriesOf = async (subject: string, type?: string): Promise<Entry[]> =>
  (await sql("select body from journal_entry where subject = $1 order by subject_version", [subject]))
    .map(({ body }) => JSON.parse(body as string) as Entry)
    .filter((entry) => type === undefined || entry.type === type);

async function answerReview(browser: Browser, id: string, verdict: "retain" | "reduce", content: object | null) {
  const { body } = succeeded(await browser.ask("GET", `/api/v1/exceptions/${id}`));
  const review = (body["reviews"] as { id: string; decision: unknown }[]).find(({ decision }) => decision === null)!.id;
  const given = { verdict, sentence: "The terminal is ordered and on its way.", content };
  const contentHash = hashText(canonicalText({ review, ...given }));
  const assertion = await browser.sign(`exceptions.${verdict}`, id, contentHash);
  return browser.ask("POST", `/api/v1/exceptions/${id}/reviews/${review}/decide`, { ...given, assertion });
}

/** A second passkey, and the end of the first. */
async function changePasskeys(browser: Browser): Promise<void> {
  const [first] = succeeded(await browser.ask("GET", "/api/v1/passkeys")).body["items"] as { id: string }[];
  const begun = await browser.ask("POST", "/api/v1/passkeys/begin", {
    assertion: await browser.sign("access.addPasskey", story.idOf.rolf),
  });
  const { challengeId, options } = questionOf(begun);
  story.clock.set(addDuration(story.clock.now(), duration("PT2M")));
  const response = createAuthenticator({ origin: ORIGIN }).create(options);
  succeeded(await browser.ask("POST", "/api/v1/passkeys", { challengeId, response, label: "second" }));
  const assertion = await story.admin.sign("access.removePasskey", first!.id);
  succeeded(await story.admin.ask("POST", `/api/v1/passkeys/${first!.id}/remove`, { assertion }));
}

async function editCategory(): Promise<void> {
  const path = "/api/v1/categories/remote_access";
  const before = succeeded(await story.as.gerda.ask("GET", path)).body as { version: number };
  const policy = { ...before, version: before.version + 1, headcountCeiling: 99 };
  const { key, ...sent } = policy as typeof policy & { key: string };
  const assertion = await story.as.gerda.sign("exceptions.editCategory", key, hashText(canonicalText(policy)));
  succeeded(await story.as.gerda.ask("PUT", path, { ...sent, assertion }));
}

async function putRules(): Promise<void> {
  const text = "name: files\ndescription: Who reads.\nrules:\n  - { name: all, permit: They may., when: { action.name: read } }\n";
  const version = { version: 1, digest: hashText(text), note: "the first" };
  const assertion = await story.as.gerda.sign("decisions.putRules", "files", hashText(canonicalText({ name: "files", ...version })));
  succeeded(await story.as.gerda.ask("PUT", "/api/v1/rule-sets/files", { text, note: "the first", basedOn: 0, assertion }));
}

/** Suspended and retained, then reduced at the next review; the reduction is approved. */
async function reviewTwice(): Promise<void> {
  const { id } = granted;
  const reaches = (state: string) =>
    story.until(
      () => show(story.as.ivo, id),
      (shown) => shown.state === state,
      state,
    );
  succeeded(await story.as.gerda.ask("POST", `/api/v1/exceptions/${id}/suspend`, { why: "an incident" }));
  await reaches("suspended");
  succeeded(await answerReview(story.as.ada, id, "retain", null));
  await reaches("active");
  await story.moveTo(after(30));
  const content = draftContent.parse((requestBody(story, asked("s1")) as { content: object }).content);
  const reduced = succeeded(await answerReview(story.as.ada, id, "reduce", { ...content, requestedUntil: after(10) }));
  for (const browser of [story.as.ivo, story.as.nils]) succeeded(await vote(browser, reduced.body as unknown as Shown));
}

let granted: Shown;
let open: Shown;

const asAuditor = (asked: Request) => story.app.http.fetch(new Request(asked.url, { headers: { Cookie: story.as.audrey.cookie() } }));

beforeAll(async () => {
  const factory = { kind: "memory", title: "Memory", parse: (config: unknown) => ({ ok: true, config }) as never, create: () => provider };
  story = await openWholeApp({ connectorFactories: [factory] });
  const { db } = story.app.database;
  context = { db, signer: await openLog(db, await loadLogKey({ dataDir: story.dataDir }), "unused") };
  const made = await story.admin.ask("POST", "/api/v1/connections", { key: "memory", name: "Memory", kind: "memory", config: {} });
  connection = succeeded(made).body["id"] as string;

  granted = await request("s1");
  open = await request("s2");
  for (const browser of [story.as.ivo, story.as.nils]) succeeded(await vote(browser, granted));
  await story.moveTo(story.clock.now());
  await story.until(
    () => show(story.as.rolf, granted.id),
    ({ state }) => state === "active",
    "active",
  );
  // Signed, and refused: the signature is kept, and nothing rests on it.
  expect(codeOf(await vote(story.as.ivo, { ...open, approval: { ...open.approval!, version: 2 } }))).toBe("exceptions.contentChanged");
  expect(codeOf(await vote(story.as.ines, { ...open, approval: { ...open.approval!, version: 2 } }))).toBe("exceptions.contentChanged");
  succeeded(await vote(story.as.nils, open, "reject"));
  await reviewTwice();
  await editCategory();
  await putRules();
  await changePasskeys(story.as.rolf);
  url = await new Promise((resolve) => {
    server = serve({ fetch: asAuditor, port: 0, hostname: "127.0.0.1" }, ({ port }) => resolve(`http://127.0.0.1:${port}`));
  });
  await seal();
  for (const [table, columns] of Object.entries(KEPT)) await sql(`create table kept_${table} as select ${columns} from ${table}`);
  await sql("alter table journal_entry disable trigger all");
});
afterAll(async () => {
  server.close();
  await story.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The sequencer of the application may be faster, or at it. */
async function seal(): Promise<void> {
  while ((await sequenceAll(context, story.clock.now())) === "busy");
}

async function unseal(db: Db): Promise<void> {
  await sql("delete from journal_tile", [], db);
  await sql("delete from journal_checkpoint", [], db);
  await sql("update journal_entry set leaf_index = null", [], db);
}

/**
 * What verifying finds after entries were changed by whoever has the database and the key: the state is made to follow, and the
 * log sealed again. Everything is put back.
 */
async function forged(
  subject: string,
  change: (entry: Entry) => void,
  look = faultsHere,
): Promise<(readonly [string, string | undefined])[]> {
  const all = await entriesOf(subject);
  for (const entry of all) change(entry);
  const replay = REPLAYS[all[0]!.kind]!;
  const { table } = replay;
  // What an exception's replay refuses, the forger stores all the same.
  const fold = (before: unknown, entry: Entry) =>
    table === "exception"
      ? evolveException(before as never, { type: entry.type, ...entry.data } as never)
      : replay.evolve(before, entry as never);
  const state = all.reduce<unknown>(fold, undefined);
  await context.db.transaction().execute(async (tx) => {
    await unseal(tx);
    for (const entry of all) {
      await sql("update journal_entry set body = $1, actor = $2 where id = $3", [canonicalText(entry), entry.actor.id, entry.id], tx);
    }
    await sql(`update ${table} set state = $1::jsonb where id = $2`, [JSON.stringify(state), subject], tx);
  });
  await seal();
  const found = await look();
  await context.db.transaction().execute(async (tx) => {
    await unseal(tx);
    await sql("insert into journal_tile select * from kept_journal_tile", [], tx);
    await sql("insert into journal_checkpoint select * from kept_journal_checkpoint", [], tx);
    const entry = "update journal_entry e set body = k.body, actor = k.actor, leaf_index = k.leaf_index";
    await sql(`${entry} from kept_journal_entry k where k.id = e.id`, [], tx);
    await sql(`update ${table} e set state = k.state from kept_${table} k where k.id = e.id`, [], tx);
  });
  expect((await verifyHere()).faults).toEqual([]);
  return found.map(({ code, entry }) => [code, entry]);
}

/** Digests of the signatures of a person over an action on a subject. */
async function digestOf(person: string, action: string, subject: string): Promise<string> {
  const rows = await sql("select digest, record from assertion where person = $1", [person]);
  const records = rows.map(({ digest, record }) => ({ digest, ...(JSON.parse(record as string) as AssertionRecord) }));
  return records.find(({ preimage }) => preimage.action === action && preimage.subject === subject)!.digest as string;
}

const change = (id: string, more: object) => (entry: Entry) => entry.id === id && Object.assign(entry.data["vote"]!, more);

test("a story in which every decision was signed is sound, and a signature whose decision was refused is no fault", async () => {
  expect(await faultsEverywhere()).toEqual([]);
  const rows = await sql("select distinct type from journal_entry");
  const types = rows.map(({ type }) => type);
  for (const type of ["VoteCast", "ReviewDecided", "invited", "registered", "removed", "policyEdited", "rulesPut"])
    expect(types).toContain(type);
});

test("a vote under an invented digest is found here, on a server and in an export, and so is one that names none", async () => {
  const [first] = await entriesOf(granted.id, "VoteCast");
  const invented = change(first!.id, { assertion: `sha256:${"0".repeat(64)}` });
  expect(await forged(granted.id, invented, faultsEverywhere)).toEqual([["decision_unsigned", first!.id]]);
  for (const assertion of ["", null]) {
    expect(await forged(granted.id, change(first!.id, { assertion }))).toEqual([["decision_unsigned", first!.id]]);
  }
});

test("a vote under the signature of another vote is found", async () => {
  const [first, second] = await entriesOf(granted.id, "VoteCast");
  const { assertion } = first!.data["vote"]!;
  expect(await forged(granted.id, change(second!.id, { assertion }))).toEqual([["signature_reused", second!.id]]);
});

test("a vote under a signature for another exception, which nothing else used, is found", async () => {
  const [first] = await entriesOf(granted.id, "VoteCast");
  const assertion = await digestOf(story.idOf.ivo, "exceptions.approve", open.id);
  // Signed after the vote, it does not even lie before it.
  expect(await forged(granted.id, change(first!.id, { assertion }))).toEqual([["decision_unsigned", first!.id]]);
  const [, , third] = await entriesOf(granted.id, "VoteCast");
  expect(await forged(granted.id, change(third!.id, { assertion }))).toEqual([["decision_differs", third!.id]]);
});

test("a vote in the name of another person is found, whether or not that person signed it", async () => {
  const [first] = await entriesOf(granted.id, "VoteCast");
  const { ines } = story.idOf;
  const renamed = await forged(granted.id, change(first!.id, { person: ines }));
  expect(renamed).toContainEqual(["decision_differs", first!.id]);
  const whole = await forged(granted.id, (entry) => {
    if (entry.id === first!.id)
      Object.assign(entry, { actor: { kind: "person", id: ines }, data: { ...entry.data, vote: { ...entry.data["vote"], person: ines } } });
  });
  expect(whole).toContainEqual(["decision_differs", first!.id]);
});

test("a vote turned into another decision is found, and so is an approval that lacks its votes", async () => {
  const [first] = await entriesOf(granted.id, "VoteCast");
  const [approved] = await entriesOf(granted.id, "VersionApproved");
  const found = await forged(granted.id, change(first!.id, { decision: "request_changes" }));
  expect(found).toContainEqual(["decision_differs", first!.id]);
  expect(found).toContainEqual(["replay_failed", approved!.id]);
});

test("content put under votes that were signed for other content is found", async () => {
  const [submitted] = await entriesOf(granted.id, "VersionSubmitted");
  const votes = await entriesOf(granted.id, "VoteCast");
  const found = await forged(granted.id, (entry) => {
    if (entry.id === submitted!.id) Object.assign(entry.data["version"]!["content"] as object, { requestedUntil: after(80) });
  });
  expect(found).toContainEqual(["decision_differs", votes[0]!.id]);
  expect(found).toContainEqual(["decision_differs", votes[1]!.id]);
});

const reworded = (id: string) => (entry: Entry) =>
  entry.id === id && Object.assign(entry.data["decision"]!, { sentence: "It is fine as it is." });

test("an answer to a review is found when its words or what it leaves are not what was signed", async () => {
  const [retained, reduced] = await entriesOf(granted.id, "ReviewDecided");
  expect(await forged(granted.id, reworded(retained!.id))).toEqual([["decision_differs", retained!.id]]);
  expect(await forged(granted.id, reworded(reduced!.id))).toEqual([["decision_differs", reduced!.id]]);
  const left = (await entriesOf(granted.id, "VersionSubmitted"))[1]!;
  const found = await forged(granted.id, (entry) => {
    if (entry.id === left.id) Object.assign(entry.data["version"]!["content"] as object, { requestedUntil: after(20) });
  });
  expect(found).toContainEqual(["decision_differs", reduced!.id]);
});

const relaxed = (entry: Entry) => Object.assign(entry.data["policy"]!, { headcountCeiling: 10_000 });

test("a policy relaxed beyond what was signed is found", async () => {
  const [edited] = await sql("select subject, id from journal_entry where type = 'policyEdited'");
  expect(await forged(edited!["subject"] as string, relaxed)).toEqual([["decision_differs", edited!["id"]]]);
});

const exchanged = (entry: Entry) => Object.assign(entry.data, { digest: hashText("name: files") });

test("rules other than those that were signed are found", async () => {
  const [put] = await sql("select subject, id from journal_entry where type = 'rulesPut'");
  expect(await forged(put!["subject"] as string, exchanged)).toEqual([["decision_differs", put!["id"]]]);
});
