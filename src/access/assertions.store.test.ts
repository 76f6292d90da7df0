import { beforeAll, expect, test } from "vitest";

import { type OpenAccess, openAccess, STARTED } from "../../test/support/access.ts";
import { refusedWith } from "../../test/support/refused-with.ts";
import { type Browser, questionOf } from "../../test/support/browser.ts";
import { describeOnBothDatabases } from "../../test/support/databases.ts";
import { canonicalJson } from "../journal/append.ts";
import type { JournalEntry } from "../journal/entry.ts";
import type { AssertionBody } from "../kernel/contract.ts";
import { addDuration, duration } from "../kernel/time.ts";
import { type Database, executeSql } from "../platform/db.ts";
import type { Caller } from "../platform/http.ts";
import { accessReplays } from "./replays.ts";
import { contentHashOf } from "./secret.ts";
import { verifyAssertionRecord } from "./verify-assertion.ts";

const decided = { action: "exceptions.approve", subject: "exc_1", contentHash: contentHashOf("content") };

const replayed = (all: readonly JournalEntry[]) => {
  const states = new Map<string, unknown>();
  for (const entry of all) states.set(entry.subject, accessReplays[entry.kind]!.evolve(states.get(entry.subject), entry));
  return Object.fromEntries(states);
};

describeOnBothDatabases("step-up assertions", (open) => {
  let database: Database;
  let at: OpenAccess;
  let ann: Browser;
  let bob: Browser;
  beforeAll(async () => {
    database = await open();
    at = openAccess(database);
    ann = await at.signedIn("per_ann", ["iam"]);
    bob = await at.signedIn("per_bob", ["iam"]);
  });

  const callerOf = async (browser: Browser): Promise<Caller> => {
    const request = new Request(at.origin, { headers: { Cookie: browser.cookie() } });
    return (await at.access.authenticate(request, at.clock.now()))!;
  };
  const sign = (browser: Browser, tweaks = {}) => browser.sign(decided.action, decided.subject, decided.contentHash, tweaks);
  const verify = async (browser: Browser, body: AssertionBody, expected = decided) =>
    at.access.assertions.verify(await callerOf(browser), body, expected, at.clock.now());

  test("a signed decision gives a record that verifies offline against the registered passkey, and is kept under its digest", async () => {
    const { record, digest } = await verify(ann, await sign(ann));
    const [stored] = await at.access.passkeys.listOf("per_ann");
    expect(verifyAssertionRecord(record, stored!.passkey)).toEqual({ ok: true });
    expect(record.preimage).toMatchObject({ ...decided, person: "per_ann" });
    expect(await at.access.assertions.find(digest)).toEqual(record);
    const read = await bob.ask("GET", `/api/v1/assertions/${digest}`);
    expect(read.body).toEqual({ record });
  });

  test("the journal alone proves a signed decision, and verifying it finds one that was forged", async () => {
    const { record, digest } = await verify(ann, await sign(ann));
    const { rows } = await executeSql(
      database.db,
      "select body from journal_entry where subject_kind in ('passkey', 'invitation') order by position",
    );
    const entries = rows.map((row) => JSON.parse((row as { body: string }).body) as JournalEntry);
    const stored = await executeSql(database.db, "select id, state from passkey union all select id, state from invitation");
    const states = (stored.rows as { id: string; state: unknown }[]).map(({ id, state }) => [id, state] as const);
    expect(replayed(entries)).toEqual(Object.fromEntries(states));
    for (const [kind, replay] of Object.entries(accessReplays)) {
      const table = kind.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
      const all = (await executeSql(database.db, `select * from ${table}`)).rows as { state: unknown }[];
      for (const row of all) expect(row).toMatchObject(replay.columns!(row.state));
    }
    const forged = { ...record, preimage: { ...record.preimage, subject: "exc_2" } };
    const isIt = (entry: JournalEntry) => (entry.data as { digest?: string }).digest === digest;
    const rewritten = (data: unknown) => entries.map((entry) => (isIt(entry) ? { ...entry, data } : entry));
    expect(entries.filter(isIt)).toHaveLength(1);
    expect(() => replayed(rewritten({ digest, record: forged }))).toThrow("the digest is not of the assertion");
    expect(() => replayed(rewritten({ digest: contentHashOf(canonicalJson(forged)), record: forged }))).toThrow(
      "another challenge was signed",
    );
  });

  test("the same answer is refused a second time", async () => {
    const body = await sign(ann);
    await verify(ann, body);
    await expect(verify(ann, body)).rejects.toEqual(refusedWith("access.challengeInvalid"));
  });

  test("of twenty parallel uses of one answer exactly one wins", async () => {
    const body = await sign(ann);
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => verify(ann, body)));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  test.each([
    ["content", { ...decided, contentHash: contentHashOf("other content") }],
    ["subject", { ...decided, subject: "exc_2" }],
    ["action", { ...decided, action: "exceptions.reject" }],
  ])("a signature over other %s than what is decided is refused", async (_, expected) => {
    const body = await sign(ann);
    await expect(verify(ann, body, expected)).rejects.toEqual(refusedWith("access.assertionElsewhere"));
  });

  test("an answer is refused from another person, and from another session of the same person", async () => {
    const body = await sign(ann);
    await expect(verify(bob, body)).rejects.toEqual(refusedWith("access.challengeInvalid"));
    const cookie = ann.cookie();
    ann.setCookie("");
    await ann.signIn();
    await expect(verify(ann, body)).rejects.toEqual(refusedWith("access.challengeInvalid"));
    ann.setCookie(cookie);
    await expect(verify(ann, body)).resolves.toBeDefined();
  });

  test("another person's passkey does not answer my question, though it signs the very same challenge", async () => {
    const { challengeId, options } = questionOf(await ann.ask("POST", "/api/v1/assertions", decided));
    const response = bob.authenticator.get({ challenge: options["challenge"] });
    await expect(verify(ann, { challengeId, response })).rejects.toEqual(refusedWith("access.assertionInvalid"));
  });

  test("an answer after five minutes is refused", async () => {
    const body = await sign(ann);
    at.clock.set(addDuration(STARTED, duration("PT5M")));
    try {
      await expect(verify(ann, body)).rejects.toEqual(refusedWith("access.challengeInvalid"));
    } finally {
      at.clock.set(STARTED);
    }
  });

  test.each([
    ["signed on another origin", { origin: "http://localhost:9090" }],
    ["signed for another relying party", { rpId: "evil.example" }],
    ["without user verification", { userVerified: false }],
    ["inside a page of another origin", { crossOrigin: true }],
    ["over another challenge", { challenge: "AAAA" }],
    ["by a key that is not the passkey's", { foreignKey: true }],
  ])("an answer %s is refused", async (_, tweaks) => {
    const body = await sign(ann, tweaks);
    await expect(verify(ann, body)).rejects.toEqual(refusedWith("access.assertionInvalid"));
  });

  test("something that is no assertion at all is refused in words", async () => {
    const { challengeId } = await sign(ann);
    await expect(verify(ann, { challengeId, response: { id: 7 } })).rejects.toEqual(refusedWith("access.assertionInvalid"));
  });

  test("a failed answer uses its question up", async () => {
    const body = await sign(ann, { foreignKey: true });
    await expect(verify(ann, body)).rejects.toEqual(refusedWith("access.assertionInvalid"));
    await expect(verify(ann, body)).rejects.toEqual(refusedWith("access.challengeInvalid"));
  });

  test("a question asked without a content hash is answered for the subject itself only", async () => {
    const body = await ann.sign("access.invite", "per_x");
    const caller = await callerOf(ann);
    await expect(at.access.assertions.verifySubject(caller, body, "access.invite", "per_x", at.clock.now())).resolves.toBeDefined();
    const other = await ann.sign("access.invite", "per_x");
    await expect(at.access.assertions.verifySubject(caller, other, "access.invite", "per_y", at.clock.now())).rejects.toEqual(
      refusedWith("access.assertionElsewhere"),
    );
  });
});
