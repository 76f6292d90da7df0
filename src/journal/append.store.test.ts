import { sql } from "kysely";
import { beforeAll, expect, test } from "vitest";

import { describeOnBothDatabases } from "../../test/support/databases.ts";
import { instant } from "../kernel/time.ts";
import { manualClock } from "../platform/clock.ts";
import { type Database, executeSql } from "../platform/db.ts";
import { randomIds } from "../platform/ids.ts";
import { commit, retryOnConflict, type SubjectChange, VersionConflict } from "./append.ts";

const at = instant("2026-01-01T00:00:00Z");
const actor = { kind: "system", id: "test" } as const;

const change = (subject: string, fromVersion: number, n: number): SubjectChange => ({
  kind: "exception",
  subject,
  fromVersion,
  entries: [{ type: "counted", data: { n } }],
  state: { n },
  table: "counter",
  columns: { n },
});

describeOnBothDatabases("commit", (open) => {
  let database: Database;
  const ids = randomIds(manualClock(at));
  beforeAll(async () => {
    database = await open();
    await executeSql(database.db, "create table counter (id text primary key, version integer not null, state jsonb not null, n integer)");
  });
  const run = (changes: SubjectChange[], alongside?: () => Promise<void>) =>
    commit({ db: database.db, ids }, { at, actor, changes, ...(alongside && { alongside }) });

  test("entries and state appear together", async () => {
    const [entry] = await run([change("exc_a", 0, 1)]);
    expect(entry).toMatchObject({ subject: "exc_a", version: 1, type: "counted", at });
    const { rows } = await executeSql(database.db, "select version, state, n from counter where id = 'exc_a'");
    expect(rows).toEqual([{ version: 1, state: { n: 1 }, n: 1 }]);
    const stored = await executeSql(database.db, "select body from journal_entry where subject = 'exc_a'");
    expect(JSON.parse((stored.rows[0] as { body: string }).body)).toEqual(entry);
  });

  test("a stale version is refused and nothing of the commit remains, not even its other subjects", async () => {
    await expect(run([change("exc_b", 0, 1), change("exc_a", 0, 9)])).rejects.toThrow(VersionConflict);
    await expect(run([change("exc_a", 7, 9)])).rejects.toThrow(VersionConflict);
    const { rows } = await executeSql(database.db, "select id from counter where id = 'exc_b'");
    expect(rows).toEqual([]);
  });

  test("a failure alongside undoes entries and state", async () => {
    await expect(run([change("exc_c", 0, 1)], () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    const { rows } = await executeSql(database.db, "select 1 from journal_entry where subject = 'exc_c'");
    expect(rows).toEqual([]);
  });

  test("an entry longer than a tlog bundle can carry is refused", async () => {
    const big = { ...change("exc_d", 0, 1), entries: [{ type: "counted", data: "x".repeat(65_536) }] };
    await expect(run([big])).rejects.toMatchObject({ reasons: [{ code: "journal.entryTooLarge" }] });
  });

  test("more entries than one statement takes parameters for are written together", async () => {
    const entries = Array.from({ length: 9000 }, (_, n) => ({ type: "counted", data: { n } }));
    await run([{ ...change("exc_f", 0, 1), entries }]);
    const { rows } = await executeSql(
      database.db,
      "select count(*) as n, max(subject_version) as last from journal_entry where subject = 'exc_f'",
    );
    expect(rows).toEqual([{ n: 9000, last: 9000 }]);
  });

  test("entries can be neither changed nor deleted", async () => {
    await expect(executeSql(database.db, "update journal_entry set body = 'x'")).rejects.toThrow("append-only");
    await expect(executeSql(database.db, "delete from journal_entry")).rejects.toThrow("append-only");
  });

  test("concurrent writers to one subject lose no step", async () => {
    await run([change("exc_e", 0, 0)]);
    const step = () =>
      retryOnConflict(async () => {
        const { rows } = await sql<{ version: number; n: number }>`select version, n from counter where id = 'exc_e'`.execute(database.db);
        await run([change("exc_e", rows[0]!.version, rows[0]!.n + 1)]);
      });
    await Promise.all(Array.from({ length: 20 }, step));
    const { rows } = await executeSql(database.db, "select version, n from counter where id = 'exc_e'");
    expect(rows).toEqual([{ version: 21, n: 20 }]);
  });
});
