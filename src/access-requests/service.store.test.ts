import { beforeAll, beforeEach, expect, test } from "vitest";

import { describeOnBothDatabases } from "../../test/support/databases.ts";
import { replayAll } from "../../test/support/replayed.ts";
import { story } from "../../test/support/exception-story.ts";
import type { ExceptionState } from "../exceptions/exception.ts";
import { Refused } from "../kernel/problem.ts";
import { addDuration, duration, instant } from "../kernel/time.ts";
import { commit } from "../journal/append.ts";
import type { PersonId } from "../people/person.ts";
import { manualClock } from "../platform/clock.ts";
import type { Database } from "../platform/db.ts";
import { randomIds } from "../platform/ids.ts";
import type { Denial } from "./denial.ts";
import { createRequestService, type Filing, type RequestService } from "./service.ts";
import { accessRequestReplays } from "./store.ts";

const NOW = instant("2026-03-02T09:00:00Z");
const later = (length: string) => addDuration(NOW, duration(length));

/** Codes of what was refused. */
async function refusedWith(asked: Promise<unknown>): Promise<readonly string[]> {
  const error = await asked.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Refused)) throw new Error("it was not refused", { cause: error });
  return error.reasons.map(({ code }) => code);
}

describeOnBothDatabases("access requests", (open) => {
  let database: Database;
  let requests: RequestService;
  let exceptions: Record<string, ExceptionState>;
  let count = 0;
  /** Each test is about somebody else. */
  let who = "";
  let ada: PersonId;

  const filing = (more: Partial<Denial> = {}, said: Partial<Filing> = {}): Filing => ({
    denial: {
      evaluation: `eva_${(count += 1)}`,
      caller: "vpn",
      rules: "default",
      digest: "sha256:1",
      sequence: 7,
      code: "exception_needed",
      exception: null,
      deniedAt: NOW,
      expiresAt: later("P30D"),
      subject: { type: "user", id: who },
      resource: { type: "policy", id: "vpn" },
      action: "sign_in",
      method: "password",
      address: null,
      networks: [],
      deviceClasses: [],
      ...more,
    },
    justification: "",
    wantedUntil: null,
    emergency: false,
    key: undefined,
    ...said,
  });
  const stateOf = async (id: string, caller = "vpn") => (await requests.task(id, caller)).request.state;
  const file = async (given = filing(), now = NOW) => (await requests.file(given, now)).request.id;

  beforeEach(() => {
    who = `ada${(count += 1)}`;
    ada = `per_${who}` as PersonId;
  });

  beforeAll(async () => {
    database = await open();
    exceptions = {};
    const context = { db: database.db, ids: randomIds(manualClock(NOW)) };
    requests = createRequestService({
      ...context,
      requestTelling: async () => undefined,
      world: {
        personBehind: async ({ id }) =>
          id === "nobody" ? undefined : { person: `per_${id}` as PersonId, account: { connection: "con_1" as never, key: id } },
        // Dora stands in for Ada; Ada stands in for the boss.
        actsFor: async (person) => (person === ada ? ["per_dora" as PersonId, "per_boss" as PersonId] : []),
        standsInFor: async (person) => (person === "per_dora" ? [ada] : person === ada ? ["per_boss" as PersonId] : []),
        exception: async (id) => exceptions[id],
        answersEmergencies: async () => false,
        onPoint: async () => [],
        lookBackReasons: async () => [],
        beginUse: () => Promise.reject(new Error("none stands ready here")),
        exceptionId: async (id) => id,
        nameOf: async (person) => person,
        resourceName: async ({ id }) => id,
        async openDraft({ together, now, requester }) {
          const id = `exc_${Object.keys(exceptions).length + 1}`;
          await commit(context, { at: now, actor: { kind: "person", id: requester }, changes: await together(id) });
          exceptions[id] = story().open().state;
          return id;
        },
      },
    });
  });

  test("one denial, one need under way, and one idempotency key are one request, also when many come at once", async () => {
    const first = filing();
    const found = await Promise.all([file(first), file(first), file(), file(), file()]);
    expect(new Set(found).size).toBe(1);
    const named = filing({ resource: { type: "policy", id: "mail" } }, { key: { name: who, body: "b" } });
    const id = await file(named);
    expect(await file(filing({ resource: { type: "policy", id: "mail" } }, { key: { name: who, body: "b" } }))).toBe(id);
    const other = filing({ resource: { type: "policy", id: "else" } }, { key: { name: who, body: "other" } });
    expect(await refusedWith(requests.file(other, NOW))).toEqual(["requests.keyTaken"]);
    // Another caller's key of the same name is another key, and a day later it is forgotten.
    expect(await file({ ...other, denial: { ...other.denial, caller: "mail" } })).not.toBe(id);
    expect(await file(other, later("P2D"))).not.toBe(id);
  });

  test("a request is there for the caller that filed it, for the person it is about and who acts for them, and for nobody else", async () => {
    const id = await file();
    expect(await refusedWith(requests.task(id, "mail"))).toEqual(["requests.notFound"]);
    expect(await refusedWith(requests.cancel(id, "mail", "", NOW))).toEqual(["requests.notFound"]);
    const eve = "per_eve" as PersonId;
    expect(await refusedWith(requests.takeUp(id, { category: "c", unit: "u" }, eve, NOW))).toEqual(["requests.notFound"]);
    expect(await refusedWith(requests.decline(id, "no", eve, NOW))).toEqual(["requests.notFound"]);
    // In whose place she stands does not stand in hers.
    const boss = "per_boss" as PersonId;
    expect(await refusedWith(requests.takeUp(id, { category: "c", unit: "u" }, boss, NOW))).toEqual(["requests.notFound"]);
    expect(await refusedWith(requests.decline(id, "no", boss, NOW))).toEqual(["requests.notFound"]);
    for (const nobody of [eve, boss]) expect(await requests.waitingFor(nobody, NOW)).toEqual([]);
    for (const theirs of [ada, "per_dora"]) expect((await requests.waitingFor(theirs, NOW)).map((each) => each.id)).toEqual([id]);
    expect(await stateOf(id)).toBe("waiting");
  });

  test("taking one up takes up what every caller passed on of the same need, and nothing else; then nothing is new until it is decided", async () => {
    const vpn = await file();
    const mail = await file(filing({ caller: "mail" }));
    const another = await file(filing({ resource: { type: "policy", id: "admin" } }));
    const exception = await requests.takeUp(vpn, { category: "c", unit: "u" }, ada, NOW);
    expect((await requests.ofException(exception)).map(({ id }) => id).sort()).toEqual([vpn, mail].sort());
    expect(await stateOf(another)).toBe("waiting");
    expect(await file(filing({ address: "10.0.0.9" }))).toBe(vpn);
    const third = await file(filing({ caller: "wiki" }));
    expect((await requests.task(third, "wiki")).request).toMatchObject({ state: "taken_up", exception });
    expect(await refusedWith(requests.takeUp(vpn, { category: "c", unit: "u" }, ada, NOW))).toEqual(["requests.notWaiting"]);
    expect(await refusedWith(requests.cancel(vpn, "vpn", "", NOW))).toEqual(["requests.notWaiting"]);
    exceptions[exception] = story().active().state;
    expect(await file()).not.toBe(vpn);
  });

  test("two people at once take it up once", async () => {
    const id = await file();
    const both = [ada, "per_dora" as PersonId].map((by) => requests.takeUp(id, { category: "c", unit: "u" }, by, NOW));
    const settled = await Promise.allSettled(both);
    expect(settled.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  });

  test("who declined is not asked the same for a day, by any caller, and what was sent before stays declined", async () => {
    const sent = filing();
    const id = await file(sent);
    const ofOther = await file(filing({ caller: "mail" }));
    const another = await file(filing({ resource: { type: "policy", id: "admin" } }));
    await requests.decline(id, "not me", ada, NOW);
    expect([await stateOf(ofOther, "mail"), await stateOf(another)]).toEqual(["declined", "waiting"]);
    expect(await file(sent)).toBe(id);
    expect(await stateOf(id)).toBe("declined");
    expect(await refusedWith(requests.file(filing(), later("PT23H")))).toEqual(["requests.declinedLately"]);
    expect(await refusedWith(requests.file(filing({ caller: "mail" }), later("PT23H")))).toEqual(["requests.declinedLately"]);
    expect(await file(filing(), later("P1D"))).not.toBe(id);
  });

  test("one that is over makes room, and is noted as over then", async () => {
    const id = await file();
    expect(await requests.waitingFor(ada, later("P7D"))).toEqual([]);
    expect(await refusedWith(requests.decline(id, "no", ada, later("P7D")))).toEqual(["requests.notWaiting"]);
    expect(await file(filing(), later("P7D"))).not.toBe(id);
    expect(await stateOf(id)).toBe("lapsed");
    const emergency = await file(filing({ resource: { type: "policy", id: "x" } }, { emergency: true }));
    expect(await requests.waitingFor(ada, later("PT4H"))).not.toContainEqual(expect.objectContaining({ id: emergency }));
  });

  test("nobody is buried: five wait for a person from one caller, whatever it sends, and others are not kept out by it", async () => {
    for (let i = 0; i < 5; i++) await file(filing({ resource: { type: "policy", id: `p${i}` } }));
    const sixth = filing({ resource: { type: "policy", id: "p5" } });
    expect(await refusedWith(requests.file(sixth, NOW))).toEqual(["requests.tooMany"]);
    expect(await file(filing({ caller: "mail", resource: { type: "policy", id: "p5" } }))).toBeDefined();
    expect(await file(filing({ subject: { type: "user", id: "bob" } }))).toBeDefined();
    expect(await refusedWith(requests.file(filing({ subject: { type: "user", id: "nobody" } }), NOW))).toEqual(["requests.notRequestable"]);
  });

  test("five are not six because they come at once", async () => {
    const many = Array.from({ length: 12 }, (_, i) => requests.file(filing({ resource: { type: "policy", id: `q${i}` } }), NOW));
    const settled = await Promise.allSettled(many);
    expect(settled.filter(({ status }) => status === "fulfilled")).toHaveLength(5);
    expect(await requests.waitingFor(ada, NOW)).toHaveLength(5);
  });

  test("what a caller takes back counts for a day as if it waited, so that it cannot file for ever", async () => {
    for (let i = 0; i < 5; i++) await requests.cancel(await file(), "vpn", "", NOW);
    expect(await refusedWith(requests.file(filing(), NOW))).toEqual(["requests.tooMany"]);
    expect(await refusedWith(requests.file(filing({ resource: { type: "policy", id: "else" } }), later("PT23H")))).toEqual([
      "requests.tooMany",
    ]);
    expect(await file(filing({ caller: "mail" }))).toBeDefined();
    expect(await file(filing(), later("P1D"))).toBeDefined();
  });

  test("what was sent once is the same task also when the denial is too old to be asked about, and nothing new comes of it then", async () => {
    const sent = filing({ expiresAt: later("PT10M") }, { key: { name: who, body: "b" } });
    const id = await file(sent);
    expect(await file(sent, later("PT1H"))).toBe(id);
    expect(await file({ ...sent, key: undefined }, later("PT1H"))).toBe(id);
    const old = filing({ resource: { type: "policy", id: "else" }, expiresAt: later("PT10M") });
    expect(await refusedWith(requests.file(old, later("PT10M")))).toEqual(["requests.denialExpired"]);
  });

  test("of two submissions under one key at the same moment one is filed", async () => {
    const both = ["a", "b"].map((id) => filing({ resource: { type: "policy", id } }, { key: { name: who, body: id } }));
    const settled = await Promise.allSettled(both.map((each) => requests.file(each, NOW)));
    expect(settled.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await requests.waitingFor(ada, NOW)).toHaveLength(1);
  });

  test("the journal tells every one of them again", async () => {
    await requests.decline(await file(), "not me", ada, NOW);
    await requests.takeUp(await file(filing({ resource: { type: "policy", id: "a" } })), { category: "c", unit: "u" }, ada, NOW);
    await requests.cancel(await file(filing({ resource: { type: "policy", id: "b" } })), "vpn", "gone", NOW);
    await file(filing({ resource: { type: "policy", id: "c" } }));
    await file(filing({ resource: { type: "policy", id: "c" } }), later("P8D"));
    const { faults, states } = await replayAll(database, accessRequestReplays);
    expect(faults).toEqual([]);
    expect(states).toBeGreaterThan(20);
  });
});
