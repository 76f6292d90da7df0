import { beforeAll, describe, expect, test } from "vitest";

import { describeOnBothDatabases } from "../../test/support/databases.ts";
import { replayAll } from "../../test/support/replayed.ts";
import { createIds, type Ids } from "../kernel/id.ts";
import { instant } from "../kernel/time.ts";
import { manualClock } from "../platform/clock.ts";
import { type Database, executeSql } from "../platform/db.ts";
import { loadRuleSets } from "./load-rule-sets.ts";
import { NONE, type Question } from "./question.ts";
import { createRulesService, type NewRules, type RulesOrder, type RulesService } from "./rules-service.ts";
import { ruleReplays } from "./rules-store.ts";

const NOW = instant("2026-03-02T09:00:00Z");
const NOW_MS = Date.parse(NOW);

const rulesText = (name: string, permitted: string) =>
  `name: ${name}\ndescription: For a test.\nrules:\n  - { name: one, permit: They may., when: { action.name: ${permitted} } }\n`;

const reading = (name: string): Question => ({
  subject: { type: "user", id: "ada", properties: NONE },
  action: { name, properties: NONE },
  resource: { type: "file", id: "1", properties: NONE },
  context: NONE,
});

const order: RulesOrder = { by: "per_gerda", now: NOW, sign: (name, { version }) => Promise.resolve(`sha256:${name}${version}`) };
const codes = (promise: Promise<unknown>) =>
  promise.then(
    () => [],
    (error: { reasons?: readonly { code: string }[] }) => error.reasons?.map(({ code }) => code) ?? [JSON.stringify(error)],
  );

describeOnBothDatabases("stored rule sets", (open) => {
  let database: Database;
  let ids: Ids;
  let service: RulesService;
  const put = (name: string, wanted: Partial<NewRules>) =>
    service.put(name, { text: rulesText(name, "read"), note: "first", basedOn: 0, ...wanted }, order);
  const permits = async (name: string, action: string) =>
    (await loadRuleSets(database.db)).get(name)?.decide(reading(action), NOW_MS).effect;

  const retire = (name: string, basedOn: number) => service.retire(name, { note: "over", basedOn }, order);
  const tried = (text: string, given?: readonly Question[]) => service.tryText("tried", text, given, NOW);
  const row = (question: Question, { whole = true, at = NOW, code = "permitted_by_rule" } = {}) =>
    executeSql(
      database.db,
      `insert into decision_log (at, caller, rule_set, permit, code, words, requestable, obligations, subject_type, subject_id, action,
         resource_type, resource_id, question, whole, sequence, age_ms)
       values ($3, 'a', 'tried', true, $4, '', false, '[]', 'user', 'ada', '', 'file', '1', $1, $2, 1, 0)`,
      [JSON.stringify(question), whole, at, code],
    );

  beforeAll(async () => {
    database = await open();
    ids = createIds(manualClock(NOW), (size) => crypto.getRandomValues(new Uint8Array(size)));
    service = createRulesService({ db: database.db, ids, register: () => undefined, byTwo: false });
  });

  test("what ships is version 0, and answers by its name until somebody stores their own", async () => {
    expect((await service.list()).map(({ name, version }) => [name, version])).toContainEqual(["todo", 0]);
    expect([...(await loadRuleSets(database.db)).keys()]).toEqual(expect.arrayContaining(["default", "todo", "gateway", "certification"]));
    expect(await service.versions("todo")).toMatchObject([{ version: 0, status: "shipped", by: null }]);
    expect(await put("gateway", {})).toMatchObject({ version: 1, status: "stored" });
    expect(await permits("gateway", "read")).toBe("permit");
    expect((await service.versions("gateway")).map(({ version, status }) => [version, status])).toEqual([
      [1, "stored"],
      [0, "shipped"],
    ]);
  });

  test("a version comes after the one it was made from, and its text is kept for ever", async () => {
    await put("files", {});
    expect(await codes(put("files", { text: rulesText("files", "write") }))).toEqual(["decisions.ruleSetChangedMeanwhile"]);
    expect(await codes(put("files", { basedOn: 1 }))).toEqual(["decisions.ruleSetSame"]);
    await put("files", { text: rulesText("files", "write"), basedOn: 1, note: "second" });
    expect([await permits("files", "read"), await permits("files", "write")]).toEqual(["none", "permit"]);
    expect((await service.textOfVersion("files", 1)).text).toBe(rulesText("files", "read"));
    expect(await codes(service.textOfVersion("files", 7))).toEqual(["decisions.ruleSetUnknown"]);
  });

  test("of two who change the same version at once, one is refused", async () => {
    const both = await Promise.all(["read", "write"].map((action) => codes(put("race", { text: rulesText("race", action) }))));
    expect(both.flat()).toEqual(["decisions.ruleSetChangedMeanwhile"]);
  });

  test("a text with faults is refused with all of them, and nothing of it is stored", async () => {
    const text = "name: broken\ndescription: x\nrules:\n  - { name: a, permit: b, when: { subject.role: c } }\n  - { name: a, allow: d }\n";
    expect(await codes(put("broken", { text }))).toEqual([
      "decisions.rulePathUnknown",
      "decisions.ruleMissing",
      "decisions.ruleKeyUnknown",
    ]);
    expect(await codes(put("other", { text: rulesText("another", "read") }))).toEqual(["decisions.ruleSetMisnamed"]);
    expect((await service.list()).map(({ name }) => name)).not.toContain("broken");
  });

  test("what is retired decides nothing any more, shipped or not, until somebody stores a version", async () => {
    await put("old", {});
    expect(await codes(retire("old", 0))).toEqual(["decisions.ruleSetChangedMeanwhile"]);
    await retire("old", 1);
    await retire("search", 0);
    expect(await codes(retire("old", 1))).toEqual(["decisions.ruleSetRetired"]);
    expect(await codes(retire("nothing", 0))).toEqual(["decisions.ruleSetUnknown"]);
    expect(await codes(retire("default", 0))).toEqual(["decisions.ruleSetNeeded"]);
    const loaded = await loadRuleSets(database.db);
    expect([loaded.has("old"), loaded.has("search"), loaded.has("default")]).toEqual([false, false, true]);
    expect(await put("old", { basedOn: 1 })).toMatchObject({ version: 2, status: "stored" });
    expect(await permits("old", "read")).toBe("permit");
  });

  test("a text that is not the one that was signed decides nothing", async () => {
    const { digest } = await put("tampered", { text: `${rulesText("tampered", "read")}# as signed\n` });
    await executeSql(database.db, "update rule_text set text = $1 where digest = $2", [rulesText("tampered", "write"), digest]);
    const told: string[] = [];
    expect((await loadRuleSets(database.db, (name) => told.push(name))).has("tampered")).toBe(false);
    expect(told).toEqual(["tampered"]);
  });

  test("a text that was signed under another name decides nothing", async () => {
    const { digest: own } = await put("borrower", {});
    const { digest } = await put("lender", { text: rulesText("lender", "write") });
    const putDigest = (given: string) =>
      executeSql(database.db, "update rule_set set state = jsonb_set(state, '{digest}', to_jsonb($1::text)) where name = 'borrower'", [
        given,
      ]);
    await putDigest(digest);
    const told: string[] = [];
    expect((await loadRuleSets(database.db, (name) => told.push(name))).has("borrower")).toBe(false);
    expect(told).toContain("borrower");
    const { examples } = await service.tryText("borrower", rulesText("borrower", "read"), [reading("read")], NOW);
    expect(examples).toMatchObject([{ change: "denyToPermit", before: { words: "No rule set is in force by this name." } }]);
    await putDigest(own);
  });

  test("where two have to sign, a version waits for somebody else to sign the same text", async () => {
    const byTwo = createRulesService({ db: database.db, ids, register: () => undefined, byTwo: true });
    const putBy = (by: string, text: string, name = "two") => byTwo.put(name, { text, note: by, basedOn: 0 }, { ...order, by });
    await putBy("per_gerda", rulesText("two", "read"));
    expect(await permits("two", "read")).toBeUndefined();
    expect(await byTwo.load("two")).toMatchObject({ version: 0, status: "proposed", proposal: { version: 1, by: "per_gerda" } });
    expect(await codes(putBy("per_gerda", rulesText("two", "read")))).toEqual(["decisions.ruleSetNeedsAnother"]);
    // Another text is another proposal, and of the first nothing is left.
    await putBy("per_ada", rulesText("two", "write"));
    await putBy("per_ada", rulesText("two", "read"));
    expect(await permits("two", "read")).toBeUndefined();
    expect(await putBy("per_gerda", rulesText("two", "read"))).toMatchObject({ version: 1, status: "stored" });
    expect(await permits("two", "read")).toBe("permit");
    expect((await byTwo.versions("two")).map(({ version, note }) => [version, note])).toEqual([[1, "per_gerda"]]);
    // Of a shipped set, what ships stays in force while another waits.
    await putBy("per_gerda", rulesText("certification", "read"), "certification");
    expect(await byTwo.load("certification")).toMatchObject({ version: 0, status: "shipped", proposal: { by: "per_gerda" } });
    expect((await loadRuleSets(database.db)).get("certification")?.actions).toContain("delete");
  });

  test("the journal folds to what is stored", async () => {
    const { faults, states } = await replayAll(database, ruleReplays);
    expect(faults).toEqual([]);
    expect(states).toBeGreaterThan(4);
  });

  describe("tried before it is in force", () => {
    const questions = ["read", "write", "other"].map(reading);

    test("tells what would change, one example for each, and changes nothing", async () => {
      await put("tried", {});
      const { of, counts, examples } = await tried(rulesText("tried", "write"), questions);
      expect({ of, ...counts }).toEqual({
        of: 3,
        denyToPermit: 1,
        permitToDeny: 1,
        needsException: 0,
        otherRule: 0,
        otherObligations: 0,
        same: 1,
      });
      expect(examples.map(({ change, question }) => [change, question.action.name])).toEqual([
        ["denyToPermit", "write"],
        ["permitToDeny", "read"],
      ]);
      expect((await service.load("tried")).version).toBe(1);
    });

    test("takes the newest questions that the log kept whole where none are given, and names what it did not keep", async () => {
      await row(reading("read"));
      await row(reading("write"));
      await row(reading("write"), { whole: false });
      const text = rulesText("tried", "read, context.risk: low");
      const { of, counts, newlyRead } = await tried(text);
      expect([of, counts.permitToDeny, newlyRead]).toEqual([2, 1, [{ of: "context", name: "risk" }]]);
    });

    test("leaves out what its caller could not ask: no rule decided that, and none would", async () => {
      await row(reading("read"), { code: "out_of_caller_scope" });
      expect((await tried(rulesText("tried", "write"))).of).toBe(2);
    });

    test("decides each recorded question at the moment when it was asked, so that hours are tried too", async () => {
      await row(reading("read"), { at: instant("2026-03-01T12:00:00Z") });
      const onSundays = "{ zone: UTC, days: [7], from: '00:00', until: '24:00' }";
      const { of, counts } = await tried(rulesText("tried", `read, now: { hours: ${onSundays} }`));
      expect([of, counts.permitToDeny, counts.same]).toEqual([3, 1, 2]);
    });
  });
});
