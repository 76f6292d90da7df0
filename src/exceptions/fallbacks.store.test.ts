import { readFileSync } from "node:fs";
import { join } from "node:path";

import { beforeAll, expect, test } from "vitest";

import { describeOnBothDatabases } from "../../test/support/databases.ts";
import { CONNECTION, contentFor, createRegister } from "../../test/support/register.ts";
import { instant } from "../kernel/time.ts";
import { manualClock } from "../platform/clock.ts";
import { type Database, executeSql } from "../platform/db.ts";
import { listRegister } from "./register.ts";
import { filterOf } from "./register-filter.ts";
import { type ExceptionDependencies, perform } from "./service.ts";

const MIGRATION = readFileSync(join(import.meta.dirname, "..", "..", "migrations", "0170_fallbacks.sql"), "utf8");
const BACKFILL = MIGRATION.split(";").filter((statement) => statement.includes("update exception"));
const sharesFate = (restsOn: string | null) => restsOn === `${CONNECTION}\nThe broker\nThe telephone`;
const clock = manualClock(instant("2026-03-02T09:00:00Z"));

describeOnBothDatabases("exceptions whose fallback shares the fate of what it stands in for", (open) => {
  let database: Database;
  let deps: ExceptionDependencies;

  beforeAll(async () => {
    database = await open();
    const register = await createRegister(database, clock);
    deps = { ...register.deps, world: { ...register.deps.world, sharedFates: async () => sharesFate } };
    const dependencies = [["The broker", "The telephone"], ["The telephone"], []];
    for (const [i, fallbackDependencies] of dependencies.entries()) {
      const id = deps.ids.next("exception");
      const ref = await deps.store.nextRef(clock.now());
      const content = { ...contentFor(clock, `u-${i}`, 30), title: `t${i}`, fallbackDependencies };
      const command = { type: "openDraft", id, ref, category: "remote_access", unit: "plant", content } as const;
      await perform(deps, undefined, { command, actor: { kind: "person", id: "per_requester" }, now: clock.now() });
    }
  });

  const list = async (sharedFate?: "true") => {
    const filter = { ...filterOf({ sort: "title", sharedFate }, []), limit: 10 };
    return (await listRegister(deps, filter, clock.now())).items.map(({ title, flags }) => [title, flags.includes("fallbackSharesFate")]);
  };

  test("are flagged, and can be listed alone", async () => {
    expect(await list()).toEqual([
      ["t0", true],
      ["t1", false],
      ["t2", false],
    ]);
    expect(await list("true")).toEqual([["t0", true]]);
  });

  test("are kept and found however much their fallback depends on", async () => {
    const random = Array.from({ length: 50 }, () => Buffer.from(crypto.getRandomValues(new Uint8Array(150))).toString("base64"));
    const id = deps.ids.next("exception");
    const content = { ...contentFor(clock, "u-9", 30), title: "t9", fallbackDependencies: random };
    const command = {
      type: "openDraft",
      id,
      ref: await deps.store.nextRef(clock.now()),
      category: "remote_access",
      unit: "plant",
      content,
    } as const;
    await perform(deps, undefined, { command, actor: { kind: "person", id: "per_requester" }, now: clock.now() });
    const text = [CONNECTION, ...random].join("\n");
    const world = { ...deps.world, sharedFates: async () => (restsOn: string | null) => restsOn === text };
    const filter = { ...filterOf({ sort: "title", sharedFate: "true" }, []), limit: 10 };
    expect((await listRegister({ ...deps, world }, filter, clock.now())).items.map(({ title }) => title)).toEqual(["t9"]);
  });

  test("are found also where they were stored before there was a column for it, as the register itself would write it", async () => {
    const columns = "select id, rests_on from exception order by id";
    const { rows: before } = await executeSql(database.db, columns);
    await executeSql(database.db, "update exception set rests_on = null");
    for (const statement of BACKFILL) await executeSql(database.db, statement);
    expect((await executeSql(database.db, columns)).rows).toEqual(before);
  });
});
