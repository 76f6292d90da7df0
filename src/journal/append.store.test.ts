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

const computed = (subject: string, n: number) => ({ ...change(subject, 0, n), columns: { n: sql`${n}::integer + 1` } });

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

  const storedMany = async () => {
    const { rows } = await executeSql(
      database.db,
      "select count(*) as count, sum(n) as n, max(version) as version, bool_and(n = (state->>'n')::int) as alike from counter where id like 'exc_many%'",
    );
    return rows;
  };
  test("many of one table are saved at once, and one of them at another version undoes all", async () => {
    const many = Array.from({ length: 2500 }, (_, n) => change(`exc_many_${n}`, 0, n));
    await run(many);
    await run([...many.map(({ subject }, n) => change(subject, 1, n + 1)), change("exc_many_0", 2, 7)]);
    const after = [{ count: 2500, n: (2500 * 2501) / 2 + 6, version: 3, alike: true }];
    expect(await storedMany()).toEqual(after);
    await expect(run(many.map(({ subject }) => change(subject, 2, 0)))).rejects.toThrow(VersionConflict);
    await expect(run([change("exc_new_1", 0, 0), change("exc_new_2", 0, 0), change("exc_many_3", 0, 0)])).rejects.toThrow(VersionConflict);
    expect(await storedMany()).toEqual(after);
  });

  test("a column that the database works out is worked out for each", async () => {
    await run([computed("exc_x", 1), computed("exc_y", 2)]);
    expect((await executeSql(database.db, "select n from counter where id in ('exc_x', 'exc_y') order by id")).rows).toEqual([
      { n: 2 },
      { n: 3 },
    ]);
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
