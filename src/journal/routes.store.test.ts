import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { serve, type ServerType } from "@hono/node-server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { count, COUNTED_AT, counterReplays, createCounters } from "../../test/support/counters.ts";
import { describeOnBothDatabases } from "../../test/support/databases.ts";
import { type Caller, createHttp, type Route } from "../platform/http.ts";
import { createIdempotencyStore } from "../platform/idempotency.ts";
import { createLog } from "../platform/log.ts";
import { createSeal } from "../platform/seal.ts";
import { type Database, executeSql } from "../platform/db.ts";
import { readDatabase } from "./database-source.ts";
import { exportJournal, FolderUnreadable, readFolder } from "./folder-source.ts";
import { formatVerifierKey, parseVerifierKey } from "./note.ts";
import { verifyProof } from "./proof.ts";
import { journalRoutes } from "./routes.ts";
import { sequenceAll, type SequencerContext } from "./sequencer.ts";
import { readServer } from "./server-source.ts";
import { createJournalService } from "./service.ts";
import { sha256 } from "./signing.ts";
import type { JournalSource } from "./source.ts";
import { decodeBundle } from "./tile.ts";
import { verifyJournal } from "./verify.ts";

const SIZE = 600;

/** Who a bearer token stands for here: the role of its name. */
function callerOf(request: Request): Caller | undefined {
  const role = /^Bearer (\w+)$/.exec(request.headers.get("Authorization") ?? "")?.[1];
  return role === undefined ? undefined : { personId: "per_1", roles: [role], sessionId: "ses_1", byPasskey: true };
}

const names: ReadonlyMap<string, string> = new Map([["exc_10", "EXC-2026-0010"]]);

/** A problem without its request id, which is always another. */
const strip = (problem: unknown) => ({ ...(problem as object), instance: "" });

describeOnBothDatabases("the journal over HTTP and in a folder", (open) => {
  let database: Database;
  let context: SequencerContext;
  let server: ServerType;
  let url: string;
  let folder: string;

  const application = (routes: readonly Route[]) =>
    createHttp(routes, {
      clock: { now: () => COUNTED_AT },
      log: createLog(
        () => COUNTED_AT,
        () => undefined,
      ),
      authenticate: (request) => Promise.resolve(callerOf(request)),
      idempotency: createIdempotencyStore(database.db, createSeal([new Uint8Array(32)]).digest),
      origin: "http://localhost",
    });

  const verify = (source: JournalSource) => verifyJournal(source, { key: context.signer.key, replays: counterReplays, now: COUNTED_AT });
  const get = (path: string, token?: string) =>
    fetch(`${url}/api/v1/journal/${path}`, token === undefined ? {} : { headers: { Authorization: `Bearer ${token}` } });
  const found = async (query: string) =>
    ((await (await get(`entries?limit=200&${query}`, "iam")).json()) as { items: { subject: string; subjectName?: string }[] }).items;
  const subjectOf = async (leaf: number) => {
    const { rows } = await executeSql(database.db, "select id, subject from journal_entry where leaf_index = $1", [leaf]);
    return rows[0] as { id: string; subject: string };
  };

  beforeAll(async () => {
    database = await open();
    context = await createCounters(database);
    for (let i = 0; i < SIZE; i += 10) await count(database, `exc_${i % 70}`, [i, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    await sequenceAll(context, COUNTED_AT);
    const app = application(journalRoutes(createJournalService(database.db, counterReplays), () => Promise.resolve(names)));
    url = await new Promise((resolve) => {
      server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, (info) => resolve(`http://127.0.0.1:${info.port}`));
    });
    folder = mkdtempSync(join(tmpdir(), "postern-export-"));
  });
  afterAll(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  describe("answers", () => {
    test("200: the key and the checkpoint, to anyone", async () => {
      const { verifierKey } = (await (await get("key")).json()) as { verifierKey: string };
      expect(parseVerifierKey(sha256, verifierKey)).toEqual(context.signer.key);
      const checkpoint = await get("checkpoint");
      expect(checkpoint.headers.get("Content-Type")).toBe("text/plain; charset=utf-8");
      expect((await checkpoint.text()).split("\n").slice(0, 2)).toEqual(["postern.example/journal", String(SIZE)]);
    });
    test("200: tiles of hashes, to anyone, cacheable for ever, and any narrower tile an older checkpoint needs", async () => {
      const full = await get("tile/0/001");
      expect(full.headers.get("Cache-Control")).toContain("immutable");
      expect((await full.arrayBuffer()).byteLength).toBe(8192);
      expect((await (await get("tile/0/002.p/88")).arrayBuffer()).byteLength).toBe(88 * 32);
      expect((await (await get("tile/0/002.p/3")).arrayBuffer()).byteLength).toBe(3 * 32);
      expect((await (await get("tile/1/000.p/2")).arrayBuffer()).byteLength).toBe(64);
    });
    test("200: an entry bundle whose entries hash to the leaves of its tile", async () => {
      const bundle = decodeBundle(new Uint8Array(await (await get("tile/entries/002.p/88", "auditor")).arrayBuffer()))!;
      const tile = Buffer.from(await (await get("tile/0/002.p/88")).arrayBuffer());
      const hashes = bundle.map((entry) => createHash("sha256").update("\0").update(entry).digest());
      expect(Buffer.concat(hashes).equals(tile)).toBe(true);
    });
    test("200: an entry with a proof that holds offline, and the same proof as a file", async () => {
      const { id, subject } = await subjectOf(300);
      const view = (await (await get(`entries/${id}`, "application_owner")).json()) as {
        leaf: number;
        body: string;
        proof: { text: string };
      };
      expect(view).toMatchObject({ id, subject, leaf: 300, proof: { size: SIZE } });
      const proven = verifyProof(view.proof.text, context.signer.key);
      expect(proven).toMatchObject({ index: 300 });
      if (typeof proven !== "string") expect(Buffer.from(proven.entry).toString()).toBe(view.body);
      const file = await get(`entries/${id}/proof`, "application_owner");
      expect(file.headers.get("Content-Disposition")).toBe(`attachment; filename="${id}.tlog-proof"`);
      expect(await file.text()).toBe(view.proof.text);
    });
    test("200: the entries of a subject, page by page, oldest first", async () => {
      const versions: number[] = [];
      for (let cursor: string | undefined = ""; cursor !== undefined;) {
        const page = await get(`subjects/exc_10/entries?limit=7${cursor && `&cursor=${cursor}`}`, "help_desk");
        const { items, next } = (await page.json()) as { items: { version: number }[]; next?: string };
        versions.push(...items.map((item) => item.version));
        cursor = next;
      }
      expect(versions).toEqual(Array.from({ length: versions.length }, (_, i) => i + 1));
      expect(versions.length).toBeGreaterThan(50);
    });
    test("200: what happened, newest first, page by page, each entry once", async () => {
      const leaves: number[] = [];
      for (let cursor: string | undefined = ""; cursor !== undefined;) {
        const page = await get(`entries?limit=170${cursor && `&cursor=${cursor}`}`, "auditor");
        const { items, next } = (await page.json()) as { items: { leaf: number }[]; next?: string };
        leaves.push(...items.map(({ leaf }) => leaf));
        cursor = next;
      }
      expect(leaves).toEqual(Array.from({ length: SIZE }, (_, i) => SIZE - 1 - i));
    });
    test("200: entries by subject, kind, type, who did it and when; names are told where there are any", async () => {
      const all = await found("subject=exc_10&kind=exception&type=counted&actor=test&from=2026-03-01T08:00:00Z&until=2026-03-01T08:00:01Z");
      expect(all.length).toBeGreaterThan(50);
      expect(new Set(all.map(({ subject, subjectName }) => `${subject} ${subjectName}`))).toEqual(new Set(["exc_10 EXC-2026-0010"]));
      expect((await found("subject=exc_20"))[0]).not.toHaveProperty("subjectName");
      for (const none of [
        "subject=exc_none",
        "kind=person",
        "type=other",
        "actor=per_1",
        "from=2026-03-01T08:00:01Z",
        "until=2026-03-01T08:00:00Z",
      ])
        expect(await found(none), none).toEqual([]);
    });
    test("409: the proof of an entry no checkpoint covers yet", async () => {
      const [entry] = await count(database, "exc_fresh", [1]);
      const early = await get(`entries/${entry!.id}/proof`, "auditor");
      expect([early.status, await early.json()]).toMatchObject([409, { title: "journal.notCoveredYet" }]);
      expect(await (await get(`entries/${entry!.id}`, "auditor")).json()).not.toHaveProperty("proof");
    });
    test.each(["tile/0/003", "tile/0/002", "tile/0/002.p/89", "tile/9/000.p/1", "tile/0/1", "tile/0/000.p/256"])(
      "404: %s",
      async (path) => {
        expect((await get(path, "auditor")).status).toBe(404);
      },
    );
    test("404: what does not exist and what one may not read, alike", async () => {
      await executeSql(
        database.db,
        `insert into journal_entry (id, subject_kind, subject, subject_version, type, at, actor, body) values ('ent_p', 'person', 'per_9', 1, 'hired', now(), 'x', '{}')`,
      );
      const forbidden = await get("entries/ent_p", "help_desk");
      const absent = await get("entries/ent_none", "help_desk");
      expect([forbidden.status, strip(await forbidden.json())]).toEqual([404, strip(await absent.json())]);
      expect((await get("subjects/per_9/entries", "help_desk")).status).toBe(404);
      expect((await get("subjects/per_none/entries", "help_desk")).status).toBe(404);
      expect((await get("entries/ent_p", "auditor")).status).toBe(200);
      await executeSql(
        database.db,
        "alter table journal_entry disable trigger all; delete from journal_entry where id = 'ent_p'; alter table journal_entry enable trigger all",
      );
    });
    test("401 and 404: entries and states to strangers and to those without the role", async () => {
      for (const path of ["tile/entries/000", "states", "entries"]) {
        expect((await get(path)).status).toBe(401);
        expect((await get(path, "help_desk")).status).toBe(404);
      }
      expect((await get(`entries/${(await subjectOf(0)).id}`)).status).toBe(401);
    });
    test("404: entries by way of the endpoint for hashes, whatever the order of the routes", async () => {
      const reversed = application(
        journalRoutes(createJournalService(database.db, counterReplays), () => Promise.resolve(names)).toReversed(),
      );
      const hashes = await reversed.request("/api/v1/journal/tile/0/000");
      const entries = await reversed.request("/api/v1/journal/tile/entries/000");
      expect([hashes.status, entries.status]).toEqual([200, 404]);
    });
    test("400: a cursor that is not ours", async () => {
      expect((await get("checkpoints?cursor=x")).status).toBe(400);
    });
  });

  describe("sources", () => {
    test("a sound journal verifies alike from the database, the server and an exported folder", async () => {
      await sequenceAll(context, COUNTED_AT);
      const fromDatabase = await readDatabase(database.db, counterReplays, verify);
      const fromServer = await verify(readServer({ url, token: "auditor" }));
      const target = join(folder, "sound");
      await readDatabase(database.db, counterReplays, (source) => exportJournal(source, target, formatVerifierKey(context.signer.key)));
      const fromFolder = await verify(readFolder(target));
      expect(fromDatabase.faults).toEqual([]);
      expect(fromDatabase).toMatchObject({ isSound: true, size: SIZE + 1, entriesRead: SIZE + 1 });
      expect(fromServer).toEqual(fromDatabase);
      expect(fromFolder).toEqual(fromDatabase);
      const copied = join(folder, "copied");
      await exportJournal(readServer({ url, token: "auditor" }), copied, formatVerifierKey(context.signer.key));
      expect(await verify(readFolder(copied))).toEqual(fromDatabase);
    });

    test("200: checkpoints, the newest first where asked", async () => {
      const sizes = async (order: string) =>
        ((await (await get(`checkpoints?order=${order}`)).json()) as { items: { size: number }[] }).items.map(({ size }) => size);
      const smallest = await sizes("smallest");
      expect(smallest.length).toBeGreaterThan(1);
      expect(await sizes("newest")).toEqual(smallest.toReversed());
      const last = (await (await get("checkpoints?order=newest&limit=1")).json()) as { next: string };
      const rest = (await (await get(`checkpoints?order=newest&cursor=${last.next}`)).json()) as { items: { size: number }[] };
      expect(rest.items.map(({ size }) => size)).toEqual(smallest.toReversed().slice(1));
    });

    test("a server whose entry or state was changed is found out from outside", async () => {
      const { id, subject } = await subjectOf(444);
      await executeSql(database.db, "alter table journal_entry disable trigger all");
      const original = await executeSql(database.db, "select body from journal_entry where id = $1", [id]);
      await executeSql(database.db, `update journal_entry set body = replace(body, '"type":"counted"', '"type":"Counted"') where id = $1`, [
        id,
      ]);
      await executeSql(database.db, "update counter set state = '{\"n\":-1}' where id = 'exc_10'");
      const { faults } = await verify(readServer({ url, token: "auditor" }));
      expect(faults).toContainEqual(expect.objectContaining({ code: "leaf_hash", leaf: 444, entry: id, subject }));
      expect(faults).toContainEqual(expect.objectContaining({ code: "state_differs", subject: "exc_10" }));
      await executeSql(database.db, "update journal_entry set body = $1 where id = $2", [(original.rows[0] as { body: string }).body, id]);
    });

    test("states and entries of an export are compared like those of the database", async () => {
      const target = join(folder, "changed");
      await readDatabase(database.db, counterReplays, (source) => exportJournal(source, target, formatVerifierKey(context.signer.key)));
      expect((await verify(readFolder(target))).faults).toEqual([expect.objectContaining({ code: "state_differs", subject: "exc_10" })]);
      const bundle = join(target, "tile/entries/001");
      const bytes = readFileSync(bundle);
      bytes[1000]! ^= 1;
      writeFileSync(bundle, bytes);
      expect((await verify(readFolder(target))).faults.some((fault) => fault.code === "leaf_hash" && fault.leaf! >= 256)).toBe(true);
      rmSync(bundle);
      expect((await verify(readFolder(target))).faults.filter((fault) => fault.code === "entry_missing")).toHaveLength(256);
    });

    test("entries not covered yet travel with an export", async () => {
      await count(database, "exc_late", [1, 2]);
      const target = join(folder, "late");
      await readDatabase(database.db, counterReplays, (source) => exportJournal(source, target, formatVerifierKey(context.signer.key)));
      expect(await verify(readFolder(target))).toMatchObject({ uncovered: 2, size: SIZE + 1 });
    });

    test("an unfinished export, an empty folder and a full one are refused", async () => {
      const target = join(folder, "late");
      rmSync(join(target, "checkpoint"));
      await expect(verify(readFolder(target))).rejects.toThrow(FolderUnreadable);
      await expect(verify(readFolder(mkdtempSync(join(folder, "none-"))))).rejects.toThrow();
      await expect(
        readDatabase(database.db, counterReplays, (source) => exportJournal(source, target, formatVerifierKey(context.signer.key))),
      ).rejects.toThrow("not empty");
      expect(statSync(target).isDirectory()).toBe(true);
    });

    test("a server one may not read, or that is none, says so instead of proving nothing", async () => {
      await expect(verify(readServer({ url }))).rejects.toThrow("asks who you are: run postern login");
      await expect(verify(readServer({ url, token: "help_desk" }))).rejects.toThrow("may not read");
    });
  });
});
