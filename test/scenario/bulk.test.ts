/** The same act on many exceptions: looked at first, signed once over exactly that list, told for each. */
import { createHash } from "node:crypto";

import { afterAll, beforeAll, expect, test } from "vitest";

import { bulkText } from "../../src/exceptions/bulk.ts";
import { addDuration, duration } from "../../src/kernel/time.ts";
import { type Browser, codeOf, succeeded } from "../support/browser.ts";
import { openWholeApp, show, type Shown, submitRequest, vote, type WholeApp } from "../support/whole-app.ts";

interface Row {
  readonly id: string;
  readonly ref: string;
  readonly version: number;
  readonly allowed: boolean;
  readonly done: boolean;
  readonly state: string;
  readonly words: string;
  readonly reasons: readonly { readonly code: string }[];
}

let story: WholeApp;
const made: Shown[] = [];
beforeAll(async () => {
  story = await openWholeApp();
  const connection = succeeded(
    await story.admin.ask("POST", "/api/v1/connections", { key: "example", name: "Example", kind: "example", config: {} }),
  ).body["id"] as string;
  for (const name of ["viktor.petrov", "lucia.ferrer", "hugo.lambert", "ming.zhao"]) {
    const found = await story.as.rolf.ask("GET", `/api/v1/connections/${connection}/subject?name=${name}&policy=vpn`);
    const subject = succeeded(found).body["subject"] as { kind: string; key: string; name: string };
    const until = addDuration(story.clock.now(), duration("P30D"));
    const submitted = await submitRequest(story, { connection, policy: "vpn", subject, until });
    succeeded(await vote(story.as.ivo, submitted));
    succeeded(await vote(story.as.nils, submitted));
    made.push(submitted);
  }
  await story.app.tick.tickOnce(story.clock.now());
  for (const { id } of made)
    await story.until(
      () => show(story.as.rolf, id),
      ({ state }) => state === "active",
      "active",
    );
});
afterAll(async () => {
  await story.close();
});

const preview = async (browser: Browser, act: string, ids: readonly string[]) => {
  const answer = await browser.ask("POST", "/api/v1/register/bulk/preview", { act, reason: "", ids });
  return succeeded(answer).body as unknown as { cap: number; rows: Row[] };
};

async function perform(browser: Browser, act: "end" | "suspend", signedRows: readonly Row[], sentRows = signedRows) {
  const only = ({ id, version }: Row) => ({ id, version });
  const order = { act, reason: "The reader arrived.", rows: signedRows.map(only) };
  const hash = `sha256:${createHash("sha256").update(bulkText(order)).digest("hex")}`;
  const assertion = await browser.sign(`exceptions.${act}Many`, "register", hash);
  return browser.ask("POST", "/api/v1/register/bulk", { ...order, rows: sentRows.map(only), assertion });
}

test("the preview says of each what would happen or why not, and changes nothing", async () => {
  const ids = made.map(({ id }) => id);
  const { cap, rows } = await preview(story.as.ivo, "end", [...ids, "exc_none"]);
  expect(cap).toBe(50);
  expect(rows.map(({ ref, allowed }) => [ref, allowed])).toEqual([...made.map(({ ref }) => [ref, true]), ["exc_none", false]]);
  expect(rows[0]!.words).toBe("Not in force from now on; one bypass is taken out.");
  expect(rows[4]!.reasons.map(({ code }) => code)).toEqual(["exceptions.notFound"]);
  expect((await preview(story.as.hedi, "end", ids)).rows.map(({ reasons }) => reasons[0]?.code)).toEqual(
    ids.map(() => "exceptions.notYours"),
  );
  for (const [by, ...codes] of [
    [story.as.ivo],
    [story.as.gerda],
    ...[story.as.rolf, story.as.ada, story.as.nils].map((browser) => [browser, "exceptions.notYours"] as const),
  ] as const) {
    expect((await preview(by, "suspend", ids.slice(0, 1))).rows[0]!.reasons.map(({ code }) => code)).toEqual(codes);
  }
  expect((await preview(story.as.ada, "claim", ids.slice(0, 1))).rows[0]!.reasons.map(({ code }) => code)).toContain(
    "exceptions.notInherited",
  );
  expect((await show(story.as.rolf, ids[0]!)).state).toBe("active");
});

test("a list that was not signed as it is, longer, shorter or in another order, does nothing at all", async () => {
  const { rows } = await preview(
    story.as.ivo,
    "end",
    made.slice(0, 2).map(({ id }) => id),
  );
  for (const sent of [rows.slice(0, 1), rows.toReversed(), [{ ...rows[0]!, version: 1 }, rows[1]!]]) {
    expect(codeOf(await perform(story.as.ivo, "end", rows, sent))).toBe("access.assertionElsewhere");
  }
  expect((await show(story.as.rolf, made[0]!.id)).state).toBe("active");
});

test("each is done by itself: what changed since it was looked at is left alone, and the others are done", async () => {
  const { rows } = await preview(
    story.as.ivo,
    "end",
    made.slice(0, 3).map(({ id }) => id),
  );
  succeeded(await story.as.ivo.ask("POST", `/api/v1/exceptions/${made[1]!.id}/suspend`, { why: "The laptop was lost." }));
  const { results } = succeeded(await perform(story.as.ivo, "end", rows)).body as unknown as { results: Row[] };
  expect(results.map(({ done, reasons }) => [done, reasons.map(({ code }) => code)])).toEqual([
    [true, []],
    [false, ["exceptions.changedMeanwhile"]],
    [true, []],
  ]);
  expect(results[0]!.state).toBe("revoking");
  expect((await show(story.as.rolf, made[1]!.id)).state).not.toBe("revoking");
  expect(await show(story.as.rolf, made[0]!.id)).toMatchObject({ inForce: false });
});

test("each exception's own journal leads to the one signature over all of them, and the journal proves it", async () => {
  const { timeline } = (await story.as.audrey.ask("GET", `/api/v1/exceptions/${made[0]!.id}`)).body as { timeline: { words: string }[] };
  const digest = /\(one of 3 at once, signed (sha256:[0-9a-f]{64})\)/.exec(timeline.map(({ words }) => words).join("\n"))?.[1];
  const record = succeeded(await story.as.audrey.ask("GET", `/api/v1/assertions/${digest}`)).body;
  expect(JSON.stringify(record)).toContain('"action":"exceptions.endMany"');
});

test("more than one can look at is refused before anything is signed, and nobody does by a list what they may not do to one", async () => {
  const many = Array.from({ length: 51 }, (_, i) => `exc_${i}`);
  expect(codeOf(await story.as.ivo.ask("POST", "/api/v1/register/bulk/preview", { act: "end", ids: many }))).toBe("exceptions.bulkTooMany");
  const twice = [made[3]!.id, made[3]!.id];
  expect(codeOf(await story.as.ivo.ask("POST", "/api/v1/register/bulk/preview", { act: "end", ids: twice }))).toBe("http.invalidInput");
  const { rows } = await preview(story.as.hedi, "end", [made[3]!.id]);
  const { results } = succeeded(await perform(story.as.hedi, "end", rows)).body as unknown as { results: Row[] };
  expect(results[0]).toMatchObject({ done: false, reasons: [{ code: "exceptions.notYours" }] });
  expect((await show(story.as.rolf, made[3]!.id)).state).toBe("active");
});
