import { readFileSync } from "node:fs";

import * as fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";

import { describeOnBothDatabases } from "../../test/support/databases.ts";
import { estateFiles, shuffled } from "../../test/support/estate-files.ts";
import { replayAll } from "../../test/support/replayed.ts";
import { instant, type PlainDate, type Zone } from "../kernel/time.ts";
import { accountabilityReplays, createFeedKeeping } from "../accountability/index.ts";
import { createFeedStore } from "../accountability/feed-store.ts";
import { createPeopleService, type Order, type PersonFact, type PersonId, peopleReplays } from "../people/index.ts";
import { manualClock } from "../platform/clock.ts";
import { type Database, executeSql } from "../platform/db.ts";
import { randomIds } from "../platform/ids.ts";
import type { EstateFact } from "./estate.ts";
import { createEstateService, type EstateService } from "./service.ts";
import { estateReplays } from "./store.ts";

const EXAMPLE = readFileSync(new URL("../../docs/examples/estate.yaml", import.meta.url), "utf8");
const replays = { ...peopleReplays, ...estateReplays, ...accountabilityReplays };
const now = instant("2026-03-02T09:00:00Z");
const ids = randomIds(manualClock(now));
const TABLES = [
  "person",
  "team",
  "organisation",
  "application",
  "device_class",
  "vendor",
  "component",
  "common_cause",
  "operation",
  "rota",
  "journey",
];

async function entriesOf(database: Database): Promise<number> {
  const { rows } = await executeSql(database.db, "select count(*) as n from journal_entry");
  return (rows[0] as { n: number }).n;
}

/** Everything stored, with ids replaced by keys: what a file made, whatever ids it happened to get. */
async function everything(database: Database): Promise<unknown> {
  const states: { key?: string; id: string; about?: { key: string }; population?: string }[] = [];
  for (const table of TABLES) {
    const order = table === "journey" ? "identity" : "state ->> 'key'";
    const { rows } = await executeSql(database.db, `select state from ${table} order by ${order}`);
    states.push(...rows.map((row) => (row as { state: (typeof states)[number] }).state));
  }
  const keys = new Map(states.map(({ id, key, about, population }) => [id, key ?? (about ? `${population} ${about.key}` : id)]));
  const text = JSON.stringify(states, (_, value: unknown) => (typeof value === "string" ? (keys.get(value) ?? value) : value));
  return (JSON.parse(text) as { members?: string[] }[]).map((state) => ({
    ...state,
    // Members are kept by id, so their order is that of the ids.
    ...(state.members !== undefined && { members: state.members.toSorted() }),
  }));
}

const sealer = {
  seal: (text: string) => `sealed:${btoa(text)}`,
  open: (sealed: string) => atob(sealed.slice(7)),
  fingerprint: (text: string) => `mark-${text.length}`,
  isCurrent: () => true,
};

const rota = (source: string) => `rotas:\n  - { key: network, name: Network on call, owner: milo-roth, ${source} }\n`;
const feed = (address: string) => rota(`feed: { address: "${address}" }`);

async function* directory() {
  yield { subject: { kind: "user", key: "g-77", name: "ada" }, displayName: "Ada Import", enabled: true } as const;
}

describeOnBothDatabases("the estate", (open) => {
  let database: Database;
  let estate: EstateService;
  const told: EstateFact[] = [];
  const toldOfPeople: PersonFact[] = [];
  const order: Order = { by: { id: "per_chief" as PersonId, roles: ["administrator"] }, now };
  const apply = (text: string, dryRun = false, service = estate) =>
    service.applyEstate({ text, dryRun, now, actor: { kind: "person", id: "per_chief" }, roles: ["administrator"] });
  const person = async (displayName: string) =>
    (await createPeopleService({ db: database.db, ids }).addPerson({ displayName }, order)).person.id;

  beforeAll(async () => {
    database = await open();
    estate = createEstateService({
      db: database.db,
      ids,
      findConnection: (key) => Promise.resolve(key === "head-office" ? "con_1" : undefined),
      announce: (_, facts) => Promise.resolve(void told.push(...facts)),
      announcePeople: (_, facts) => Promise.resolve(void toldOfPeople.push(...facts)),
      feeds: createFeedKeeping({ db: database.db, sealer }),
    });
  });

  describe("applying a file", () => {
    test("a dry run says what would come and writes nothing", async () => {
      const plan = await apply(EXAMPLE, true);
      expect(plan).toMatchObject({ dryRun: true, changed: [], unchanged: 0, leftAlone: [] });
      expect(plan.created).toHaveLength(33);
      expect(await entriesOf(database)).toBe(0);
    });

    test("all of it is there afterwards, and applying it again writes nothing", async () => {
      expect((await apply(EXAMPLE)).created).toHaveLength(33);
      const written = await entriesOf(database);
      expect(await apply(EXAMPLE)).toMatchObject({ created: [], changed: [], unchanged: 33, leftAlone: [] });
      expect(await entriesOf(database)).toBe(written);
      expect(await estate.loadOrganisation()).toMatchObject({ name: "Harbour Example AG", zone: "Europe/Zurich" });
      const payroll = await estate.findApplicationByKey("payroll");
      const people = createPeopleService({ db: database.db, ids });
      expect((await people.findPerson(payroll!.owner))?.key).toBe("elin-berg");
      expect((await people.managerOf(payroll!.owner))?.key).toBe("ruth-amsler");
      expect((await people.findPersonByReference("luca-frei"))?.email).toBe("luca.frei@harbour.example");
      expect((await people.findPersonByReference("Luca.Frei@harbour.example"))?.key).toBe("luca-frei");
      expect(await people.findPersonByReference("Luca Frei")).toBeUndefined();
    });

    test("a contract ends with its last day in the organisation's zone", async () => {
      expect(await estate.contractEnd("crane-service", "QCS-2025-07")).toBe("2027-06-30T22:00:00.000Z");
      expect(await estate.contractEnd("crane-service", "other")).toBeUndefined();
    });

    test("what changes is journalled by field and told; what is not mentioned is left alone", async () => {
      told.length = 0;
      toldOfPeople.length = 0;
      const written = await entriesOf(database);
      const text = `
people:
  - { key: elin-berg, name: Elin Berg, email: elin.berg@harbour.example, unit: Treasury, manager: ruth-amsler, roles: [application_owner] }
applications:
  - { key: payroll, name: Payroll, owner: elin-berg, tier: 1, supportsPasskeys: true, provider: { connection: head-office, policy: smartcard } }
`;
      const plan = await apply(text);
      expect(plan.changed.map(({ key, fields }) => [key, fields])).toEqual([
        ["elin-berg", [{ field: "unit", before: "Finance", after: "Treasury" }]],
        ["payroll", [{ field: "supportsPasskeys", before: "false", after: "true" }]],
      ]);
      expect(plan.leftAlone).toHaveLength(30);
      expect(await entriesOf(database)).toBe(written + 2);
      expect(told).toMatchObject([{ kind: "application", what: "passkeysSupported" }]);
      expect(toldOfPeople).toMatchObject([{ what: "unitChanged" }]);
    });

    test("a calendar's address is sealed, said in no plan and no entry, kept where a file leaves it out, and gone with the calendar", async () => {
      await expect(apply(rota("feed: {}"))).rejects.toMatchObject({
        reasons: [{ code: "accountability.feedAddress", at: expect.stringMatching(/^estate.yaml:2:/) }],
      });
      await expect(apply(feed("file:///etc/passwd"))).rejects.toMatchObject({ reasons: [{ code: "accountability.feedAddress" }] });
      const first = await apply(feed("https://calendar.example/secret-1.ics"));
      expect(first.created).toEqual([{ kind: "rota", key: "network", name: "Network on call" }]);
      const { rows } = await executeSql(database.db, "select id from rota where key = 'network'");
      const { id } = rows[0] as { id: string };
      const address = async () => {
        const sealed = await createFeedStore(database.db).sealedAddress(id);
        return sealed && sealer.open(sealed);
      };
      expect(await address()).toBe("https://calendar.example/secret-1.ics");
      const written = await entriesOf(database);
      expect(await apply(feed("https://calendar.example/secret-1.ics"))).toMatchObject({ changed: [], unchanged: 1 });
      expect(await apply(rota("feed: {}"))).toMatchObject({ changed: [], unchanged: 1 });
      expect(await entriesOf(database)).toBe(written);
      const dry = await apply(feed("https://calendar.example/secret-22.ics"), true);
      expect(dry.changed).toHaveLength(1);
      expect(await address()).toBe("https://calendar.example/secret-1.ics");
      const second = await apply(feed("https://calendar.example/secret-22.ics"));
      expect(await address()).toBe("https://calendar.example/secret-22.ics");
      const journal = await executeSql(database.db, "select body from journal_entry");
      expect(JSON.stringify([first, dry, second, journal.rows])).not.toContain("secret");
      await apply(rota('rotation: { people: [milo-roth], startsOn: 2026-03-02, handoverAt: "08:00" }'));
      expect(await address()).toBeUndefined();
    });

    test("one thing that is wrong and nothing is written, everything wrong being said in the order of the file", async () => {
      const written = await entriesOf(database);
      const text = "people:\n  - { key: new-one, name: New, manager: nobody }\n  - { key: other, name: Other, roles: [help_desk, iam] }\n";
      await expect(apply(text)).rejects.toMatchObject({
        status: 422,
        reasons: [
          { code: "estate.referenceDangling", at: "estate.yaml:2:41" },
          { code: "people.helpDeskCombined", at: "estate.yaml:3:39" },
        ],
      });
      expect(await entriesOf(database)).toBe(written);
    });

    test("somebody a directory brought in is taken over by account and keeps what they are", async () => {
      const people = createPeopleService({ db: database.db, ids });
      await people.importPeople(directory(), "con_1", now);
      const before = await people.findPersonByKey("con_1", "g-77");
      await apply("people:\n  - { key: ada-import, name: Ada Import, roles: [iam], accounts: [{ connection: head-office, key: g-77 }] }\n");
      expect(await people.findPersonByKey("con_1", "g-77")).toMatchObject({
        id: before!.id,
        key: "ada-import",
        roles: ["iam"],
        source: "yaml",
      });
    });

    test("two that apply the same file at once make everything once", async () => {
      const text = `people:\n${Array.from({ length: 20 }, (_, i) => `  - { key: twin-${i}, name: Twin ${i} }\n`).join("")}`;
      const plans = await Promise.all([apply(text), apply(text)]);
      expect(plans.map(({ created }) => created.length).sort((a, b) => a - b)).toEqual([0, 20]);
    });

    test("the journal replays to all of it, and a changed column is found", async () => {
      const before = await replayAll(database, replays);
      expect(before.faults).toEqual([]);
      expect(before.states).toBeGreaterThan(35);
      await executeSql(database.db, "update application set tier = 4 where key = 'payroll'");
      expect((await replayAll(database, replays)).faults).toEqual([expect.stringContaining("column tier")]);
      await executeSql(database.db, "update application set tier = 1 where key = 'payroll'");
    });
  });

  describe("by hand", () => {
    test("an application is added, found, listed by words, changed over the version read, and told of", async () => {
      const [owner, next] = [await person("Owner One"), await person("Owner Two")];
      const fields = { name: "Ledger Books", owner, tier: 2, provider: null, supportsPasskeys: false, status: "active" } as const;
      const made = await estate.applications.add("ledger", fields, order);
      expect(await estate.findApplication(made.state.id)).toEqual({ ...fields, key: "ledger", id: made.state.id });
      await expect(estate.applications.add("ledger", fields, order)).rejects.toMatchObject({
        status: 409,
        reasons: [{ code: "estate.keyTaken" }],
      });
      told.length = 0;
      const changed = await estate.applications.change(
        made.state.id,
        { ...fields, owner: next, status: "retired" },
        { ...order, ifMatch: 1 },
      );
      expect(changed.version).toBe(3);
      expect(told.map(({ what }) => what)).toEqual(["ownerChanged", "retired"]);
      await expect(estate.applications.change(made.state.id, fields, { ...order, ifMatch: 1 })).rejects.toMatchObject({ status: 412 });
      expect((await estate.applications.list({ search: "books", limit: 5 })).items).toEqual([changed]);
      expect((await estate.applications.list({ where: { owner: next }, limit: 5 })).items).toEqual([changed]);
      expect((await estate.applications.list({ where: { owner }, limit: 5 })).items).toEqual([]);
      await expect(estate.applications.load("app_nothing")).rejects.toMatchObject({ status: 404, reasons: [{ code: "estate.notFound" }] });
    });

    test("lists come in pages that neither lose nor repeat", async () => {
      const lead = await person("Lead");
      for (const name of ["b", "a", "C", "d", "E"]) {
        await estate.deviceClasses.add(`paged-${name.toLowerCase()}`, { name: `Paged ${name}`, lead, status: "active" }, order);
      }
      const keys: string[] = [];
      for (let cursor: string | undefined; ;) {
        const page = await estate.deviceClasses.list({ where: { lead }, limit: 2, ...(cursor !== undefined && { cursor }) });
        keys.push(...page.items.map(({ state }) => state.key));
        if (page.next === undefined) break;
        cursor = page.next;
      }
      expect(keys).toEqual(["paged-a", "paged-b", "paged-c", "paged-d", "paged-e"]);
    });

    test("a vendor's contracts and the organisation's zone are kept", async () => {
      const manager = await person("Manager");
      const contracts = [{ ref: "C-1", endsOn: "2027-01-31" as PlainDate }];
      const { state } = await estate.vendors.add("acme", { name: "Acme", manager, contracts }, order);
      await estate.setOrganisation({ name: "Harbour", zone: "America/New_York" as Zone }, order);
      expect(await estate.contractEnd(state.id, "C-1")).toBe("2027-02-01T05:00:00.000Z");
      const { version } = await estate.storedOrganisation();
      const stale = { ...order, ifMatch: version - 1 };
      await expect(estate.setOrganisation({ name: "X", zone: "UTC" as Zone }, stale)).rejects.toMatchObject({ status: 412 });
    });
  });

  test("any file applied again writes nothing, and the order of its items makes no difference", async () => {
    const databases = [await open(), await open()] as const;
    const [first, second] = databases.map((each) => createEstateService({ db: each.db, ids })) as [EstateService, EstateService];
    const property = fc.asyncProperty(estateFiles, fc.infiniteStream(fc.nat()), async (file, random) => {
      for (const each of databases) await executeSql(each.db, `truncate journal_entry, ${TABLES.join(", ")} cascade`);
      const [one, other] = databases;
      const plan = await apply(stringify(file), false, first);
      const written = await entriesOf(one);
      expect(await apply(stringify(file), false, first)).toMatchObject({ created: [], changed: [], unchanged: plan.created.length });
      expect(await entriesOf(one)).toBe(written);
      await apply(stringify(shuffled(file, random)), false, second);
      expect(await everything(other)).toEqual(await everything(one));
      expect(await entriesOf(other)).toBe(written);
      expect((await replayAll(one, replays)).faults).toEqual([]);
    });
    await fc.assert(property, { numRuns: 25 });
  }, 180_000);
});
