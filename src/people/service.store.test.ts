import { beforeAll, describe, expect, test } from "vitest";

import { describeOnBothDatabases } from "../../test/support/databases.ts";
import { replayAll } from "../../test/support/replayed.ts";
import { commit } from "../journal/append.ts";
import { addDuration, duration, instant } from "../kernel/time.ts";
import { manualClock } from "../platform/clock.ts";
import { type Database, executeSql } from "../platform/db.ts";
import { randomIds } from "../platform/ids.ts";
import type { PersonFact, PersonId } from "./person.ts";
import type { Order, PersonDraft } from "./person-service.ts";
import type { Role } from "./role.ts";
import { createPeopleService, type PeopleService } from "./service.ts";
import { peopleReplays } from "./store.ts";

const now = instant("2026-03-02T09:00:00Z");
const ids = randomIds(manualClock(now));
const chief = { id: ids.next("person"), roles: ["administrator"] };
const by = (id: PersonId) => order({ by: { id, roles: ["administrator"] } });
const order = (more: Partial<Order> = {}): Order => ({ by: chief, now, ...more });

describeOnBothDatabases("people", (open) => {
  let database: Database;
  let people: PeopleService;
  const told: PersonFact[] = [];
  const add = async (draft: PersonDraft) => (await people.addPerson(draft, order())).person;
  const holder = (displayName: string, ...roles: Role[]) => add({ displayName, roles });

  beforeAll(async () => {
    database = await open();
    people = createPeopleService({ db: database.db, ids, announce: (_, facts) => Promise.resolve(void told.push(...facts)) });
    const change = await people.createFirstAdministrator({ id: chief.id, name: "Grace Example" }, now);
    await commit({ db: database.db, ids }, { at: now, actor: { kind: "system", id: "terminal" }, changes: [change] });
  });

  describe("a person", () => {
    test("is found again as added, and known to access by name and roles", async () => {
      const made = await people.addPerson(
        { displayName: "Ada Example", email: "ada@a.example", roles: ["executive", "iam", "iam"] },
        order(),
      );
      expect(made.person).toMatchObject({ active: true, roles: ["iam", "executive"], source: "api", manager: null });
      expect(await people.loadPerson(made.person.id)).toEqual(made);
      expect(await people.loadCaller(made.person.id)).toEqual({ name: "Ada Example", roles: ["iam", "executive"], active: true });
      expect(await people.loadCaller("per_nobody")).toBeUndefined();
    });

    test("is whom an address means that nobody else here has, however many are called alike, and no two of one address", async () => {
      for (let i = 0; i < 51; i++) await add({ displayName: `Max ${i}`, email: `max.${String(i).padStart(2, "0")}@alike.example` });
      const max = await add({ displayName: "Zoe Max", email: "Max@alike.example" });
      expect((await people.findPersonByReference("max@ALIKE.example"))?.id).toBe(max.id);
      const twin = await add({ displayName: "Max the Second", email: "max@alike.example" });
      expect(await people.findPersonByReference("max@alike.example")).toBeUndefined();
      const asked = ["max@alike.example", "max.07@alike.example", "nobody@alike.example"];
      expect([...(await people.findPersonsByMails(asked)).keys()]).toEqual(["max.07@alike.example"]);
      await people.deactivate(twin.id, "Left.", order());
      expect((await people.findPersonsByMails(asked)).get("max@alike.example")?.id).toBe(max.id);
    });

    test("is not changed over what somebody else wrote meanwhile", async () => {
      const { id } = await add({ displayName: "Bob Example" });
      const { version } = await people.changePerson(id, { unit: "Finance" }, order({ ifMatch: 1 }));
      expect(version).toBe(2);
      await expect(people.changePerson(id, { unit: "Sales" }, order({ ifMatch: 1 }))).rejects.toMatchObject({
        status: 412,
        reasons: [{ code: "people.changedMeanwhile" }],
      });
      expect((await people.loadPerson(id)).person.unit).toBe("Finance");
    });

    test("changed to what it is leaves no journal entry", async () => {
      const { id } = await add({ displayName: "Cleo Example", roles: ["iam", "auditor"] });
      expect((await people.changePerson(id, { displayName: "Cleo Example", roles: ["auditor", "iam"] }, order())).version).toBe(1);
    });

    test("cannot come to report to somebody who reports to them", async () => {
      const [a, b, c] = [await add({ displayName: "A" }), await add({ displayName: "B" }), await add({ displayName: "C" })];
      await people.changePerson(b.id, { manager: a.id }, order());
      await people.changePerson(c.id, { manager: b.id }, order());
      await expect(people.changePerson(a.id, { manager: c.id }, order())).rejects.toMatchObject({
        reasons: [{ code: "people.managerCycle" }],
      });
      expect((await people.managerOf(c.id))?.id).toBe(b.id);
      expect(await people.managerOf(a.id)).toBeUndefined();
    });

    test("an account is one person's", async () => {
      const [a, b] = [await add({ displayName: "One" }), await add({ displayName: "Two" })];
      const account = { connection: "con_x", key: "guid-1", secondary: false };
      await people.linkAccount(a.id, account, order());
      expect((await people.findPersonByKey("con_x", "guid-1"))?.id).toBe(a.id);
      await expect(people.linkAccount(b.id, account, order())).rejects.toMatchObject({
        status: 409,
        reasons: [{ code: "people.accountTaken" }],
      });
      expect(await people.findPersonByKey("con_y", "guid-1")).toBeUndefined();
    });

    test("an account linked by two at once is still one person's", async () => {
      const [a, b] = [await add({ displayName: "Three" }), await add({ displayName: "Four" })];
      const account = { connection: "con_x", key: "guid-2", secondary: false };
      const results = await Promise.allSettled([a, b].map(({ id }) => people.linkAccount(id, account, order())));
      expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    });

    test("an index of accounts that lies finds nobody", async () => {
      const { id } = await add({ displayName: "Mallory" });
      await executeSql(database.db, "insert into person_account (connection, key, person) values ('con_x', 'guid-3', $1)", [id]);
      expect(await people.findPersonByKey("con_x", "guid-3")).toBeUndefined();
    });

    test("leaving and what else others act on is told in the same transaction", async () => {
      const { id } = await add({ displayName: "Leaver", roles: ["iam"] });
      told.length = 0;
      await people.changePerson(id, { roles: [], displayName: "Leaver Example" }, order());
      await people.deactivate(id, "Left the company", order());
      expect(told).toEqual([
        { person: id, what: "rolesChanged" },
        { person: id, what: "left" },
      ]);
      const failing = createPeopleService({ db: database.db, ids, announce: () => Promise.reject(new Error("no")) });
      await expect(failing.reactivate(id, order())).rejects.toThrow("no");
      expect((await people.loadPerson(id)).person.active).toBe(false);
    });

    test("the last administrator stays one", async () => {
      const iam = await holder("Second Keeper", "iam");
      const by = { id: iam.id, roles: ["iam"] };
      await expect(people.deactivate(chief.id, "gone", order({ by }))).rejects.toMatchObject({
        reasons: [{ code: "people.lastAdministrator" }],
      });
      const second = await holder("Second Administrator", "administrator");
      await people.changePerson(second.id, { roles: [] }, order());
      await expect(
        people.changePerson(chief.id, { roles: [] }, order({ by: { id: second.id, roles: ["administrator"] } })),
      ).rejects.toMatchObject({
        reasons: [{ code: "people.lastAdministrator" }],
      });
    });
  });

  test("two administrators who unmake each other at the same moment leave one", async () => {
    const [a, b] = [await holder("Rival A", "administrator"), await holder("Rival B", "administrator")];
    await people.changePerson(chief.id, { roles: [] }, by(a.id));
    const unmake = (id: PersonId, who: PersonId) => people.changePerson(id, { roles: [] }, by(who));
    const results = await Promise.allSettled([unmake(a.id, b.id), unmake(b.id, a.id)]);
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const left = await people.holdersOf("administrator", now);
    expect(left).toHaveLength(1);
    await people.changePerson(chief.id, { roles: ["administrator"] }, by(left[0]!.id));
  });

  describe("lists", () => {
    test("come by name in pages that neither lose nor repeat anybody, names alike included", async () => {
      for (const name of ["zed Listed", "Alpha Listed", "alpha listed", "Émile Listed", "Bravo Listed"])
        await add({ displayName: name, unit: "Paged" });
      const names: string[] = [];
      for (let cursor: string | undefined; ;) {
        const page = await people.listPeople({ unit: "Paged", limit: 2, ...(cursor !== undefined && { cursor }) });
        names.push(...page.items.map(({ person }) => person.displayName.toLowerCase()));
        if (page.next === undefined) break;
        cursor = page.next;
      }
      expect(names).toEqual(["alpha listed", "alpha listed", "bravo listed", "zed listed", "émile listed"]);
    });

    test("are searched by the beginnings of words, and no text breaks them", async () => {
      const { id } = await add({ displayName: "Margaret Hamilton-Smith", email: "mh@rope.example", unit: "Guidance" });
      for (const search of ["hamil marg", "SMITH", "rope", "guidance"]) {
        expect((await people.listPeople({ search, limit: 10 })).items.map(({ person }) => person.id)).toEqual([id]);
      }
      expect((await people.listPeople({ search: "amilton", limit: 10 })).items).toEqual([]);
      for (const search of ["' or 1=1 --", "&|!():*", "\\"]) await people.listPeople({ search, limit: 1 });
      await expect(people.listPeople({ limit: 1, cursor: "nonsense" })).rejects.toMatchObject({ status: 400 });
    });
  });

  describe("who can decide", () => {
    test("holders of a role are those who hold it, are there and not away", async () => {
      const [here, away, gone] = [
        await holder("Here", "network_security"),
        await holder("Away", "network_security"),
        await holder("Gone", "network_security"),
      ];
      await people.changePerson(away.id, { leave: [{ from: now, until: addDuration(now, duration("P2D")) }] }, order());
      await people.deactivate(gone.id, "left", order());
      const holders = async (at = now) => (await people.holdersOf("network_security", at)).map(({ id }) => id);
      expect(await holders()).toEqual([here.id]);
      expect(await holders(addDuration(now, duration("P2D")))).toEqual([here.id, away.id].toSorted());
      expect(await people.rolesOf(gone.id)).toEqual([]);
      expect(await people.rolesOf(here.id)).toEqual(["network_security"]);
    });

    test("of two that delegate to each other at the same moment one is refused: no delegate delegates again", async () => {
      for (let pair = 1; pair <= 5; pair++) {
        const [a, b] = [await holder(`Mutual A${pair}`, "endpoint"), await holder(`Mutual B${pair}`, "endpoint")];
        const draft = { validFrom: now, validUntil: addDuration(now, duration("P5D")), role: "endpoint", reason: "holiday" } as const;
        const tries = await Promise.allSettled([
          people.delegate({ ...draft, to: b.id }, order({ by: { id: a.id, roles: [] } })),
          people.delegate({ ...draft, to: a.id }, order({ by: { id: b.id, roles: [] } })),
        ]);
        const refused = tries.filter((each) => each.status === "rejected");
        expect(refused).toMatchObject([{ reason: { reasons: [{ code: "people.delegateOfAnother" }] } }]);
      }
    });

    test("delegates and deputies are tied in both directions, as long as the tie lasts", async () => {
      const [a, b, c] = [await holder("Tied A", "endpoint"), await holder("Tied B", "endpoint"), await holder("Tied C")];
      const asA = order({ by: { id: a.id, roles: a.roles } });
      const until = addDuration(now, duration("P5D"));
      const { delegation } = await people.delegate(
        { to: b.id, validFrom: now, validUntil: until, role: "endpoint", reason: "holiday" },
        asA,
      );
      await people.changePerson(a.id, { deputy: c.id }, order());
      expect(await people.actsFor(a.id, now)).toEqual([b.id, c.id].toSorted());
      expect(await people.actsFor(b.id, now)).toEqual([a.id]);
      expect(await people.actsFor(c.id, now)).toEqual([a.id]);
      expect(await people.actsFor(b.id, until)).toEqual([]);
      expect((await people.delegationsTo(b.id, now)).map(({ id }) => id)).toEqual([delegation.id]);
      expect(await people.delegationsTo(a.id, now)).toEqual([]);
      expect((await people.delegationsOf(a.id, now)).map(({ id }) => id)).toEqual([delegation.id]);
      const onwards = people.delegate(
        { to: a.id, validFrom: now, validUntil: until, role: "endpoint", reason: "x" },
        order({ by: { id: b.id, roles: [] } }),
      );
      await expect(onwards).rejects.toMatchObject({ reasons: [{ code: "people.delegateOfAnother" }] });
      await people.revokeDelegation(delegation.id, order({ by: { id: b.id, roles: [] } }));
      expect(await people.actsFor(b.id, now)).toEqual([]);
      expect((await people.listDelegations({ person: b.id, limit: 10 })).items).toHaveLength(1);
      expect((await people.listDelegations({ person: b.id, openAt: now, limit: 10 })).items).toEqual([]);
    });
  });

  test("a team has people we know, and a key of its own", async () => {
    const a = await holder("Team Member");
    const team = await people.addTeam({ key: "payroll", name: "Payroll", members: [a.id, a.id], lead: a.id }, order());
    expect(team.team.members).toEqual([a.id]);
    await expect(people.addTeam({ key: "payroll", name: "Other", members: [], lead: null }, order())).rejects.toMatchObject({
      status: 409,
    });
    const stranger = "per_stranger" as PersonId;
    await expect(people.changeTeam(team.team.id, { ...team.team, lead: stranger }, order())).rejects.toMatchObject({
      reasons: [{ code: "people.personUnknown" }],
    });
    const renamed = await people.changeTeam(team.team.id, { ...team.team, name: "Pay" }, order({ ifMatch: 1 }));
    expect(renamed.version).toBe(2);
    expect((await people.listTeams({ member: a.id, search: "pay", limit: 5 })).items).toEqual([renamed]);
  });

  test("what is stored is what the journal replays to, columns included, and a changed column is found", async () => {
    const before = await replayAll(database, peopleReplays);
    expect(before.faults).toEqual([]);
    expect(before.entries).toBeGreaterThan(30);
    await executeSql(database.db, "update person set roles = '{administrator}' where id = (select max(id) from person where roles = '{}')");
    expect((await replayAll(database, peopleReplays)).faults).toEqual([expect.stringContaining("column roles")]);
  });
});
