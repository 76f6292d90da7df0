import { beforeEach, expect, test } from "vitest";

import { describeOnBothDatabases } from "../../test/support/databases.ts";
import { replayAll } from "../../test/support/replayed.ts";
import type { DirectoryPerson } from "../connectors/port.ts";
import { instant } from "../kernel/time.ts";
import { manualClock } from "../platform/clock.ts";
import { type Database, executeSql } from "../platform/db.ts";
import { randomIds } from "../platform/ids.ts";
import type { PersonFact, PersonId } from "./person.ts";
import { createPeopleService, type PeopleService } from "./service.ts";
import { peopleReplays } from "./store.ts";

const now = instant("2026-03-02T09:00:00Z");
const ids = randomIds(manualClock(now));
const order = { by: { id: "per_chief" as PersonId, roles: ["administrator"] }, now };

type Given = { name?: string; email?: string; manager?: string; enabled?: boolean; kind?: "user" | "group" | "service" };
const seen = (key: string, { name = `Name of ${key}`, email, manager, enabled = true, kind = "user" }: Given = {}): DirectoryPerson => ({
  subject: { kind, key, name: key },
  displayName: name,
  enabled,
  ...(email !== undefined && { email }),
  ...(manager !== undefined && { managerKey: manager }),
});

async function* directory(...people: readonly DirectoryPerson[]) {
  yield* people;
}

describeOnBothDatabases("importing people from a directory", (open) => {
  let database: Database | undefined;
  let people: PeopleService;
  const told: PersonFact[] = [];
  let round = 0;
  /** A connection of its own for every test. */
  let connection: string;
  const read = (...persons: readonly DirectoryPerson[]) => people.importPeople(directory(...persons), connection, now);
  const find = async (key: string) => (await people.findPersonByKey(connection, key))!;
  const entries = async () => ((await executeSql(database!.db, "select count(*) as n from journal_entry")).rows[0] as { n: number }).n;

  beforeEach(async () => {
    database ??= await open();
    people = createPeopleService({ db: database.db, ids, announce: (_, facts) => Promise.resolve(void told.push(...facts)) });
    connection = `con_${++round}`;
    told.length = 0;
  });

  test("persons are made once, and a second read of the same directory writes nothing", async () => {
    const all = [seen("a", { email: "a@a.example" }), seen("b", { manager: "a" })];
    expect(await read(...all)).toEqual({ created: 2, changed: 0, deactivated: 0, unchanged: 0 });
    const written = await entries();
    expect(await read(...all)).toEqual({ created: 0, changed: 0, deactivated: 0, unchanged: 2 });
    expect(await entries()).toBe(written);
    expect(await find("b")).toMatchObject({ manager: (await find("a")).id, source: "directory", roles: [], active: true });
  });

  test("a person is matched by the account's key alone: same name and address make another person, a new name does not", async () => {
    await read(seen("a", { name: "Ada", email: "ada@a.example" }));
    const { id } = await find("a");
    await read(seen("a", { name: "Ada B.", email: "ada.b@a.example" }), seen("z", { name: "Ada", email: "ada@a.example" }));
    expect(await find("a")).toMatchObject({ id, displayName: "Ada B.", email: "ada.b@a.example" });
    expect((await find("z")).id).not.toBe(id);
  });

  test("managers may come after their people, be nobody the directory shows, or be the person themselves", async () => {
    await read(seen("a", { manager: "b" }), seen("b", { manager: "b" }), seen("c", { manager: "unseen" }));
    expect((await find("a")).manager).toBe((await find("b")).id);
    expect((await find("b")).manager).toBeNull();
    expect((await find("c")).manager).toBeNull();
    await read(seen("a"), seen("b", { manager: "a" }), seen("c"));
    expect((await find("a")).manager).toBeNull();
    expect((await find("b")).manager).toBe((await find("a")).id);
  });

  test("a disabled account means that its person left, which is told; enabled again, they are back", async () => {
    await read(seen("a"), seen("b"));
    const { id } = await find("a");
    expect(await read(seen("a", { enabled: false }), seen("b"))).toMatchObject({ deactivated: 1, unchanged: 1 });
    expect((await find("a")).active).toBe(false);
    expect(told).toEqual([{ person: id, what: "left" }]);
    expect(await read(seen("a"), seen("b"))).toMatchObject({ changed: 1 });
    expect(told.at(-1)).toEqual({ person: id, what: "returned" });
  });

  test("a disabled account of nobody we know makes nobody, and neither does a group or a service account", async () => {
    expect(await read(seen("a", { enabled: false }), seen("g", { kind: "group" }), seen("s", { kind: "service" }))).toMatchObject({
      created: 0,
      unchanged: 1,
    });
    expect(await find("g")).toBeUndefined();
  });

  test("an account that a complete read does not show has left", async () => {
    await read(seen("a"), seen("b"), seen("c"));
    expect(await read(seen("a"), seen("c"))).toEqual({ created: 0, changed: 0, deactivated: 1, unchanged: 2 });
    expect((await find("b")).active).toBe(false);
  });

  test("a read that breaks off concludes nothing about who it did not show", async () => {
    await read(seen("a"), seen("b"));
    async function* broken() {
      yield seen("a");
      throw new Error("connection reset");
    }
    await expect(people.importPeople(broken(), connection, now)).rejects.toThrow("connection reset");
    expect((await find("b")).active).toBe(true);
  });

  test("a read that shows far fewer people than before takes nobody to have left, and says so", async () => {
    const many = Array.from({ length: 30 }, (_, i) => seen(`p${i}`));
    await read(...many);
    await expect(read(...many.slice(7))).rejects.toMatchObject({
      status: 409,
      reasons: [{ code: "people.directoryShrank", facts: { known: 30, seen: 23, missing: 7 } }],
    });
    expect((await find("p0")).active).toBe(true);
    await expect(read()).rejects.toMatchObject({ reasons: [{ code: "people.directoryShrank" }] });
    expect(await read(...many.slice(6))).toMatchObject({ deactivated: 6 });
  });

  test("a person kept elsewhere keeps name and address, but leaves with the account", async () => {
    const { person } = await people.addPerson({ displayName: "Kept by hand", email: "kept@a.example" }, order);
    await people.linkAccount(person.id, { connection, key: "a", secondary: false }, order);
    expect(await read(seen("a", { name: "Directory name", email: "other@a.example" }))).toMatchObject({ created: 0, unchanged: 1 });
    expect(await find("a")).toMatchObject({ id: person.id, displayName: "Kept by hand", email: "kept@a.example", source: "api" });
    await read(seen("a", { enabled: false }));
    expect((await find("a")).active).toBe(false);
  });

  test("a second account of a person is one change of that person, and its end is not theirs", async () => {
    await read(seen("a"));
    const { id } = await find("a");
    await people.linkAccount(id, { connection, key: "a-admin", secondary: true }, order);
    expect(await read(seen("a", { name: "Ada" }), seen("a-admin", { name: "Ada (admin)", enabled: false }))).toEqual({
      created: 0,
      changed: 1,
      deactivated: 0,
      unchanged: 0,
    });
    expect(await find("a-admin")).toMatchObject({ id, displayName: "Ada", active: true });
  });

  test("two imports of the same directory at once make every person once", async () => {
    const all = Array.from({ length: 40 }, (_, i) => seen(`p${i}`, { manager: `p${(i + 1) % 40}` }));
    const results = await Promise.all([read(...all), read(...all)]);
    expect(results.map(({ created }) => created).sort((a, b) => a - b)).toEqual([0, 40]);
    const { rows } = await executeSql(
      database!.db,
      "select count(*) as n, count(distinct person) as persons from person_account where connection = $1",
      [connection],
    );
    expect(rows).toEqual([{ n: 40, persons: 40 }]);
  });

  test("more people than a batch holds are all there, and the journal replays to them", async () => {
    const all = Array.from({ length: 450 }, (_, i) => seen(`p${i}`, { manager: `p${(i * 7 + 400) % 450}` }));
    expect(await read(...all)).toMatchObject({ created: 450 });
    expect((await find("p0")).manager).toBe((await find("p400")).id);
    expect(await read(...all)).toMatchObject({ unchanged: 450, changed: 0 });
    expect(await replayAll(database!, peopleReplays)).toMatchObject({ faults: [] });
  });
});
