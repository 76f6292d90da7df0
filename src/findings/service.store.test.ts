import { beforeAll, expect, test } from "vitest";

import { describeOnBothDatabases } from "../../test/support/databases.ts";
import { replayAll } from "../../test/support/replayed.ts";
import { addDuration, duration, type Instant, instant } from "../kernel/time.ts";
import type { PersonId } from "../people/person.ts";
import { manualClock } from "../platform/clock.ts";
import { type Database, executeSql } from "../platform/db.ts";
import { randomIds } from "../platform/ids.ts";
import type { FindingSeen } from "./finding.ts";
import { createFindingService, type FindingService } from "./service.ts";
import { createFindingStore, findingReplays, type FindingStore } from "./store.ts";

const NOW = instant("2026-03-02T09:00:00Z");
const at = (days: number) => addDuration(NOW, duration(`P${days}D`));
const one = (key: string, more: Partial<FindingSeen> = {}): FindingSeen => ({
  kind: "drillOverdue",
  key,
  subject: { kind: "drill", id: key },
  statement: `The drill ${key} is overdue.`,
  owner: "per_ada" as PersonId,
  dueInDays: 10,
  severity: "high",
  ...more,
});

describeOnBothDatabases("findings", (open) => {
  let database: Database;
  let store: FindingStore;
  let seen: readonly FindingSeen[] = [];
  let fails = false;
  let looks = 0;
  let later = 0;
  let left = "";
  let risks: ReadonlyMap<string, { risk: string; until: Instant }> = new Map();
  let told: (string | null)[] = [];
  const warned: unknown[] = [];
  let findings: FindingService;
  const keysNow = async (filter: Parameters<FindingService["list"]>[0], now = NOW) =>
    (await findings.list(filter, { limit: 200 }, now)).items.map(({ finding }) => finding.key);
  const idOf = async (key: string) => (await store.ofSource("drills", [key])).find(({ finding }) => finding.key === key)!.finding.id;

  beforeAll(async () => {
    database = await open();
    store = createFindingStore(database.db);
    findings = createFindingService({
      db: database.db,
      ids: randomIds(manualClock(NOW)),
      log: { info: () => {}, warn: (...words: unknown[]) => void warned.push(words), error: () => {} },
      store,
      sources: [
        {
          name: "drills",
          kinds: ["drillOverdue"],
          async current() {
            looks++;
            if (fails) throw new Error("the calendar does not answer");
            return seen;
          },
        },
        { name: "after", kinds: ["probeFailed"], every: duration("PT6H"), current: async () => (later++, []) },
      ],
      persons: async (ids) => ids.map((id) => ({ id: id as PersonId, active: id !== left, roles: [] })),
      risksInForce: async () => risks,
      requestTelling: async (_, owner) => void told.push(owner),
    });
  });

  test("are opened once, and mended when their source does not see them any more", async () => {
    seen = [one("a"), one("b", { owner: null })];
    expect(await findings.reconcile(NOW)).toEqual({ opened: 2, mended: 0, unread: [] });
    expect(new Set(told)).toEqual(new Set(["per_ada", null]));
    expect(await findings.reconcile(NOW)).toEqual({ opened: 0, mended: 0, unread: [] });
    seen = [one("a")];
    expect(await findings.reconcile(at(1))).toEqual({ opened: 0, mended: 1, unread: [] });
    expect(await keysNow({ state: "mended" })).toEqual(["b"]);
    seen = [one("a"), one("b", { owner: null })];
    expect(await findings.reconcile(at(2))).toMatchObject({ opened: 1 });
    expect(await keysNow({ owner: null }, at(2))).toEqual(["b"]);
  });

  test("stay as they are while their source cannot tell, and that is said until it can", async () => {
    fails = true;
    expect(await findings.reconcile(at(3))).toEqual({ opened: 0, mended: 0, unread: ["drills"] });
    expect(await keysNow({ state: "open" }, at(3))).toHaveLength(2);
    expect(await findings.sources()).toContainEqual({
      name: "drills",
      readAt: at(2),
      failedAt: at(3),
      words: "Error: the calendar does not answer",
    });
    expect(warned).toHaveLength(1);
    fails = false;
    await findings.reconcile(at(3));
    expect(await findings.sources()).toContainEqual({ name: "drills", readAt: at(3), failedAt: null, words: null });
  });

  test("are looked for by the tick once a minute, and at once when the clock was set back", async () => {
    const before = looks;
    for (const seconds of [0, 30, 59, 60]) await findings.tick(addDuration(at(4), duration(`PT${seconds}S`)));
    expect(looks - before).toBe(2);
    await findings.tick(at(3));
    expect(looks - before).toBe(3);
  });

  test("of a source that cannot be kept hold up no other source, and are looked for again in a minute however seldom that is", async () => {
    const twice = { ...one("a"), kind: "x".repeat(70_000) as "drillOverdue" };
    seen = [...seen, { ...twice, key: "too large" }];
    const before = later;
    expect(await findings.reconcile(at(4))).toMatchObject({ unread: ["drills"] });
    expect(later).toBe(before + 1);
    expect(await findings.sources()).toContainEqual(expect.objectContaining({ name: "drills", failedAt: at(4) }));
    seen = seen.filter(({ key }) => key !== "too large");
    const lookedBefore = looks;
    await findings.tick(addDuration(at(4), duration("PT30S")));
    expect(looks).toBe(lookedBefore);
    await findings.tick(addDuration(at(4), duration("PT60S")));
    expect(looks).toBe(lookedBefore + 1);
    expect(later).toBe(before + 1);
  });

  test("two replicas that look at the same moment open each once", async () => {
    seen = [...seen, one("at once"), one("too")];
    await Promise.all([findings.reconcile(at(4)), findings.reconcile(at(4)), findings.reconcile(at(4))]);
    const { rows } = await executeSql(database.db, "select key, version from finding where key in ('at once', 'too')", []);
    expect(rows).toEqual([expect.objectContaining({ version: 1 }), expect.objectContaining({ version: 1 })]);
    seen = seen.filter(({ key }) => key !== "at once" && key !== "too");
  });

  test("belong to nobody, and so to governance, when their owner has left", async () => {
    left = "per_ada";
    await findings.reconcile(at(4));
    expect(await keysNow({ owner: null, state: "open" }, at(4))).toContain("a");
    expect(told).toContain(null);
    left = "";
    await findings.reconcile(at(4));
    expect(await keysNow({ owner: "per_ada", state: "open" }, at(4))).toContain("a");
  });

  test("are accepted while a risk is in force, and come back when it is not any more, whatever the tick has done", async () => {
    const id = await idOf("a");
    risks = new Map([[id, { risk: "rsk_1", until: at(20) }]]);
    await findings.reconcile(at(5));
    expect(await keysNow({ state: "accepted" }, at(19))).toEqual(["a"]);
    // Nobody has looked since: the clock ends it.
    expect(await keysNow({ state: "accepted" }, at(20))).toEqual([]);
    expect(await keysNow({ state: "open", owner: "per_ada" }, at(20))).toEqual(["a"]);
    risks = new Map();
    told = [];
    await findings.reconcile(at(6));
    expect(await keysNow({ state: "open" }, at(6))).toContain("a");
    expect(told).toEqual(["per_ada"]);
  });

  test("are handed on with a sentence, and their notes are kept when they are mended", async () => {
    const id = await idOf("a");
    const by = { id: "per_ada" as PersonId, roles: [] };
    await findings.note(id, "A drill is planned.", { by, now: at(6) });
    await findings.assign(id, "per_bob", "He runs it.", { by, now: at(6) });
    await expect(findings.note(id, "Again.", { by, now: at(6) })).rejects.toMatchObject({ reasons: [{ code: "findings.notYours" }] });
    await expect(findings.note("fnd_none", "x", { by, now: NOW })).rejects.toMatchObject({ status: 404 });
    seen = [];
    await findings.reconcile(at(7));
    expect(await findings.find(id)).toMatchObject({
      state: "mended",
      owner: "per_bob",
      notes: [{ text: "A drill is planned." }, { text: "He runs it." }],
    });
  });

  test("thousands of one look are saved, changed and mended in few statements, each on exactly one page", async () => {
    seen = Array.from({ length: 5000 }, (_, i) => one(`many ${i}`, { dueInDays: 1 + (i % 7) }));
    expect(await findings.reconcile(at(8))).toMatchObject({ opened: 5000 });
    const keys: string[] = [];
    for (let cursor: string | undefined; ;) {
      const page = await findings.list({ state: "open" }, { limit: 700, ...(cursor !== undefined && { cursor }) }, at(8));
      keys.push(...page.items.map(({ finding }) => finding.key));
      if (page.next === undefined) break;
      cursor = page.next;
    }
    expect(new Set(keys).size).toBe(5000);
    expect(keys).toHaveLength(5000);
    seen = seen.map((each) => ({ ...each, severity: "critical" as const }));
    await findings.reconcile(at(8));
    const counts = await findings.count({ state: "open" }, at(12));
    expect(counts.every(({ severity }) => severity === "critical")).toBe(true);
    expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(5000);
    expect(counts.find(({ overdue }) => overdue)?.count).toBe((await keysOverdue(at(12))).length);
    seen = [];
    expect(await findings.reconcile(at(9))).toMatchObject({ mended: 5000 });
  }, 60_000);

  const keysOverdue = async (now: Instant) => {
    const { rows } = await executeSql(database.db, "select key from finding where status = 'open' and due_at <= $1", [now]);
    return rows;
  };

  test("the journal replays to exactly what is stored", async () => {
    const { faults, states } = await replayAll(database, findingReplays);
    expect(faults).toEqual([]);
    expect(states).toBe(5004);
  });
});
