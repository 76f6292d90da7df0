/** What becomes of bypasses that nobody registered, over HTTP on the manual clock: claimed, removed, or escalated after 72 hours. */
import { afterAll, beforeAll, expect, test } from "vitest";

import { addDuration, duration, type Instant, instantOfEpochMs, epochMs } from "../../src/kernel/time.ts";
import { codeOf, succeeded } from "../support/browser.ts";
import { openWholeApp, type WholeApp } from "../support/whole-app.ts";

interface Row {
  readonly id: string;
  readonly status: string;
  readonly claimUntil?: Instant;
  readonly addedBy: string | null;
  readonly exception?: string;
}

let story: WholeApp;
let connection: string;
const scan = async () => succeeded(await story.admin.ask("POST", `/api/v1/connections/${connection}/scan`, {}));
const list = async (status = "unregistered,claimed,escalated,removed,gone,registered") =>
  (await story.admin.ask("GET", `/api/v1/bypasses?limit=200&status=${status}`)).body["items"] as Row[];
const rowOf = async (id: string) => (await list()).find((row) => row.id === id)!;
const CLAIM = { category: "legacy_application", unit: "plant" };

beforeAll(async () => {
  story = await openWholeApp();
  const made = await story.admin.ask("POST", "/api/v1/connections", { key: "example", name: "Example", kind: "example", config: {} });
  connection = succeeded(made).body["id"] as string;
  await scan();
});
afterAll(async () => {
  await story.close();
});

test("what is found has 72 hours, and who made it is told or said to be unknown", async () => {
  const until = addDuration(story.clock.now(), duration("PT72H"));
  const found = await list("unregistered");
  expect(found.length).toBeGreaterThan(5);
  expect(new Set(found.map(({ claimUntil }) => claimUntil))).toEqual(new Set([until]));
  expect(found.every(({ addedBy }) => addedBy === null || addedBy.length > 0)).toBe(true);
  expect(found.some(({ addedBy }) => addedBy !== null)).toBe(true);
});

test("claimed once it is somebody's, with a draft; a second claim is refused and opens no draft", async () => {
  const [{ id }] = (await list("unregistered")) as [Row];
  const claimed = succeeded(await story.as.ada.ask("POST", `/api/v1/bypasses/${id}/claim`, CLAIM));
  expect(claimed.status).toBe(201);
  const drafts = async () => ((await story.admin.ask("GET", "/api/v1/exceptions?limit=200")).body["items"] as unknown[]).length;
  const before = await drafts();
  const again = await story.as.ivo.ask("POST", `/api/v1/bypasses/${id}/claim`, CLAIM);
  expect([again.status, codeOf(again)]).toEqual([409, "bypasses.notOpen"]);
  expect(await drafts()).toBe(before);
  expect(await rowOf(id)).toMatchObject({ status: "claimed", exception: claimed.body["exception"] });
});

test("escalated before its time with a reason, it leads the list, page by page, each bypass once", async () => {
  const { id } = (await list("unregistered")).at(-1)!;
  succeeded(await story.as.ada.ask("POST", `/api/v1/bypasses/${id}/escalate`, { reason: "It is an administrator's." }));
  const all: Row[] = [];
  for (let cursor = "", isFirst = true; isFirst || cursor !== ""; isFirst = false) {
    const { body } = await story.admin.ask(
      "GET",
      `/api/v1/bypasses?limit=4${cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`}`,
    );
    all.push(...(body["items"] as Row[]));
    cursor = (body["next"] as string | undefined) ?? "";
  }
  expect(all[0]).toMatchObject({ id, status: "escalated", escalated: { by: story.idOf.ada, reason: "It is an administrator's." } });
  expect(new Set(all.map((row) => row.id)).size).toBe(all.length);
  expect(all.length).toBe((await list()).length);
  const unanswered = all.findLastIndex(({ status }) => status === "unregistered");
  expect(all.findIndex(({ status }) => status === "claimed")).toBeGreaterThan(unanswered);
  const claimed = (await list("claimed"))[0]!;
  expect(codeOf(await story.as.ivo.ask("POST", `/api/v1/bypasses/${claimed.id}/escalate`, { reason: "x" }))).toBe("bypasses.notOpen");
});

test("removed in the provider itself: the next full read shows it no more", async () => {
  for (const { id } of await list("unregistered")) {
    const answer = await story.as.ivo.ask("POST", `/api/v1/bypasses/${id}/remove`, { reason: "nobody needs it" });
    if (answer.status === 409) continue;
    succeeded(answer);
    const scanned = await scan();
    expect(await rowOf(id)).toMatchObject({ status: "removed" });
    expect(scanned.body["found"]).toBe(0);
    return;
  }
  throw new Error("nothing could be removed");
});

test("escalated by the tick at 72 hours and not an instant before; then it can still be claimed or removed", async () => {
  const waiting = await list("unregistered");
  const before = await list("escalated");
  const { claimUntil } = waiting[0]!;
  await story.moveTo(instantOfEpochMs(epochMs(claimUntil!) - 1));
  expect(await list("escalated")).toEqual(before);
  await story.moveTo(claimUntil!);
  expect((await list("escalated")).map(({ id }) => id).sort()).toEqual([...before, ...waiting].map(({ id }) => id).sort());
  expect((await list("claimed")).length).toBe(1);
  const { id } = waiting[0]!;
  succeeded(await story.as.ada.ask("POST", `/api/v1/bypasses/${id}/claim`, CLAIM));
  expect(await rowOf(id)).toMatchObject({ status: "claimed" });
});

test("in a connection that was removed: neither gone nor escalated, and shown as old", async () => {
  const config = { key: "left", name: "Left", kind: "example", config: {} };
  const left = succeeded(await story.admin.ask("POST", "/api/v1/connections", config)).body["id"] as string;
  succeeded(await story.admin.ask("POST", `/api/v1/connections/${left}/scan`, {}));
  const shown = async () => {
    const { items, stale } = (await story.admin.ask("GET", `/api/v1/bypasses?limit=200&connection=${left}`)).body;
    return { statuses: new Set((items as Row[]).map(({ status }) => status)), stale: (stale as { id: string }[]).map(({ id }) => id) };
  };
  const before = await shown();
  expect(before).toEqual({ statuses: new Set(["unregistered"]), stale: [] });
  succeeded(await story.admin.ask("POST", `/api/v1/connections/${left}/remove`, { reason: "sold" }));
  expect(await shown()).toEqual({ ...before, stale: [left] });
  await story.moveTo(addDuration(story.clock.now(), duration("PT73H")));
  expect(await shown()).toEqual({ ...before, stale: [left] });
});

test("escalated again when the draft it was claimed with is withdrawn", async () => {
  const [{ id }] = (await list("claimed")) as [Row];
  const { exception } = await rowOf(id);
  expect((await scan()).status).toBe(200);
  expect(await rowOf(id)).toMatchObject({ status: "claimed" });
  succeeded(await story.as.ada.ask("POST", `/api/v1/exceptions/${exception}/withdraw`, { reason: "not mine after all" }));
  await scan();
  expect(await rowOf(id)).toMatchObject({ status: "escalated" });
});
