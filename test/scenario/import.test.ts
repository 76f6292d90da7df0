/** Lists kept elsewhere, as spreadsheets and hostile hands write them. */
import { afterAll, beforeAll, expect, test } from "vitest";

import { REPLAYS } from "../../src/compose-replays.ts";
import { type Answer, codeOf, succeeded } from "../support/browser.ts";
import { describeOnPostgres } from "../support/databases.ts";
import { createMemoryProvider } from "../support/memory-provider.ts";
import { replayAll } from "../support/replayed.ts";
import { openWholeApp, type Shown, show, type WholeApp } from "../support/whole-app.ts";

const FIXED = { category: "=legacy_application", connection: "=memory", policy: "=vpn" };
const MAPPING = { ...FIXED, externalId: "id", title: "title", subject: "who" };

describeOnPostgres("imported lists", (_, newUrl) => {
  let story: WholeApp;
  let lists = 0;

  beforeAll(async () => {
    const provider = createMemoryProvider(() => story.clock.now());
    provider.add({ kind: "user", key: "s1", name: "sue" });
    const kind = { kind: "memory", title: "Memory", parse: (config: unknown) => ({ ok: true as const, config }), create: () => provider };
    story = await openWholeApp({ databaseUrl: await newUrl(), connectorFactories: [kind] });
    succeeded(await story.admin.ask("POST", "/api/v1/connections", { key: "memory", name: "Memory", kind: "memory", config: {} }));
  });
  afterAll(async () => {
    const { faults } = await replayAll(story.app.database, REPLAYS);
    await story.close();
    expect(faults).toEqual([]);
  });

  const send = (text: string, more: { mapping?: object; source?: string; dryRun?: boolean } = {}) =>
    story.as.ivo.ask("POST", "/api/v1/imports", {
      source: `list${++lists}`,
      format: "csv",
      text,
      mapping: MAPPING,
      dryRun: false,
      ...more,
    });
  const titleOf = async (answer: Answer): Promise<string> => {
    const [made] = succeeded(answer).body["imported"] as { ref: string }[];
    return ((await show(story.as.ivo, made!.ref)) as Shown & { title: string }).title;
  };

  test.each([
    ["a byte order mark and Windows line ends", "\uFEFFid,title,who\r\n1,Terminal,sue\r\n", "Terminal"],
    ["a line end within quotes", 'id,title,who\n1,"Terminal\nin the hall",sue\n', "Terminal\nin the hall"],
    ["semicolons between its cells", "id;title;who\n1;Terminal, old;sue\n", "Terminal, old"],
    ["tabs between its cells", "id\ttitle\twho\n1\tTerminal\tsue\n", "Terminal"],
    ["a formula in a cell, which stays text", 'id,title,who\n1,"=HYPERLINK(""http://x"")",sue\n', '=HYPERLINK("http://x")'],
  ])("a list with %s is read", async (_name, text, title) => {
    expect(await titleOf(await send(text))).toBe(title);
  });

  test.each([
    ["two columns of one name", "id,title,title,who\n1,a,b,sue\n", "exceptions.importUnreadable"],
    ["letters that were not UTF-8", "id,title,who\n1,Schl\uFFFDssel,sue\n", "exceptions.importUnreadable"],
    ["the zeros of UTF-16", "i\0d\0,\0", "http.invalidInput"],
    ["a quote that is never closed", 'id,title,who\n1,"Terminal,sue\n', "exceptions.importUnreadable"],
    ["a row that lacks a cell", "id,title,who\n1,Terminal\n", "exceptions.importUnreadable"],
    ["a hundred thousand rows", `id,title,who\n${"1,Terminal,sue\n".repeat(100_000)}`, "http.bodyTooLarge"],
  ])("a list with %s is refused in words", async (_name, text, code) => {
    const answer = await send(text);
    expect([answer.status < 500, codeOf(answer)]).toEqual([true, code]);
  });

  test("an end that has passed is refused by its line, and one in the year 9999 is cut to the time for claiming", async () => {
    const mapping = { ...MAPPING, until: "until" };
    const past = succeeded(await send("id,title,who,until\n1,Terminal,sue,2020-01-01\n", { mapping }));
    expect(past.body).toMatchObject({ imported: [], faults: [{ code: "exceptions.claimTooFar", at: "line 2" }] });
    expect(await titleOf(await send("id,title,who,until\n1,Terminal,sue,9999-12-31\n", { mapping }))).toBe("Terminal");
  });

  test("the same list sent three times at once is imported once", async () => {
    const text = "id,title,who\n1,Terminal,sue\n2,Printer,sue\n";
    const answers = await Promise.all([1, 2, 3].map(() => send(text, { source: "shared" })));
    const made = answers.map((answer) => (succeeded(answer).body["imported"] as unknown[]).length);
    expect(made.toSorted((a, b) => a - b)).toEqual([0, 0, 2]);
  });
});
