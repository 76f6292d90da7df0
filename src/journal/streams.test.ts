/** Streams of what changes, without a database: readers that do not read, readers that come back all at once, sessions that end. */
import { afterEach, describe, expect, test } from "vitest";

import { instant } from "../kernel/time.ts";
import { manualClock } from "../platform/clock.ts";
import type { Caller } from "../platform/http.ts";
import type { Change, Feed, Listener } from "./feed.ts";
import { createStreams } from "./streams.ts";

const clock = manualClock(instant("2026-03-02T09:00:00Z"));

/** A log of changes in memory, told as the sequencer would. */
function createLogFeed() {
  const all: Change[] = [];
  const listeners = new Set<Listener>();
  const feed: Feed = {
    list: (start, end) => Promise.resolve(all.slice(start, end)),
    join: (listener) => {
      listeners.add(listener);
      return Promise.resolve({ head: all.length, size: all.length, leave: () => void listeners.delete(listener) });
    },
    stop: () => Promise.resolve(),
  };
  return {
    feed,
    listeners,
    add(...changes: readonly Pick<Change, "kind" | "subject">[]) {
      const told = changes.map((change) => ({ ...change, at: clock.now() }));
      all.push(...told);
      for (const listener of listeners) listener(told, all.length);
    },
  };
}

const sessions = new Map<string, readonly string[]>();
const caller = (sessionId: string, roles: readonly string[] = []): Caller => {
  sessions.set(sessionId, roles);
  return { personId: "per_1", sessionId, roles, byPasskey: true };
};
const recall = (sessionId: string) => {
  const roles = sessions.get(sessionId);
  return Promise.resolve(roles === undefined ? undefined : ({ sessionId, roles } as unknown as Caller));
};
afterEach(() => sessions.clear());

/** Everything that waits for nothing but its turn has had it. */
async function settled(): Promise<undefined> {
  for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
  return undefined;
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Reads what there is, and says whether the stream has ended. */
async function readAll(response: Response): Promise<{ text: string; isOver: boolean }> {
  const reader = response.body!.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const next = await Promise.race([reader.read(), settled()]);
    if (next === undefined) break;
    const { done, value } = next;
    if (done) return { text, isOver: true };
    text += decoder.decode(value, { stream: true });
  }
  reader.releaseLock();
  return { text, isOver: false };
}

const numbered = (count: number, kind = "exception") => Array.from({ length: count }, (_, i) => ({ kind, subject: `${kind}_${i}` }));

describe("a reader that does not read", () => {
  test("is given up, and holds neither memory nor a listener: what waits for it is bounded", async () => {
    const log = createLogFeed();
    const streams = createStreams({ feed: log.feed, clock, recall, beatMs: 1_000_000 });
    const response = await streams.open(caller("slow"), undefined);
    for (let i = 0; i < 20; i++) {
      log.add(...numbered(100).map(({ kind, subject }) => ({ kind, subject: `${subject}_${i}` })));
      await settled();
    }
    expect([streams.count(), log.listeners.size]).toEqual([0, 0]);
    const { text, isOver } = await readAll(response);
    expect(isOver).toBe(true);
    // Of two thousand changes no more waited than the bound.
    expect(text.split("\n\n").length).toBeLessThan(510);
  });

  test("comes back with the last it read, and is told the rest", async () => {
    const log = createLogFeed();
    const streams = createStreams({ feed: log.feed, clock, recall, beatMs: 1_000_000 });
    const response = await streams.open(caller("s"), undefined);
    for (let i = 0; i < 7; i++) log.add(...numbered(100).map(({ kind, subject }) => ({ kind, subject: `${subject}_${i}` })));
    await settled();
    const first = (await readAll(response)).text;
    const lastId = [...first.matchAll(/^id: (\d+)$/gm)].at(-1)![1];
    const again = (await readAll(await streams.open(caller("s"), lastId))).text;
    const told = new Set([...(first + again).matchAll(/"id":"(\w+)"/g)].map(([, id]) => id));
    expect(told.size).toBe(700);
    await streams.drain();
  });
});

describe("a storm of readers that come back", () => {
  test("leaves nothing behind: each that goes takes its listener along, whenever it goes", async () => {
    const log = createLogFeed();
    const streams = createStreams({ feed: log.feed, clock, recall, beatMs: 1_000_000 });
    for (let round = 0; round < 20; round++) {
      const opened = await Promise.all(Array.from({ length: 50 }, (_, i) => streams.open(caller(`s${i}`), String(round))));
      log.add({ kind: "exception", subject: `exc_${round}` });
      await Promise.all(opened.map((response) => response.body!.cancel()));
    }
    await settled();
    expect([streams.count(), log.listeners.size]).toEqual([0, 0]);
  });

  test("one that is gone before it was let in leaves nothing either", async () => {
    const log = createLogFeed();
    const held = Promise.withResolvers<void>();
    const slow: Feed = { ...log.feed, join: async (listener) => held.promise.then(() => log.feed.join(listener)) };
    const streams = createStreams({ feed: slow, clock, recall, beatMs: 1_000_000 });
    const opening = streams.open(caller("s"), undefined);
    await streams.drain();
    held.resolve();
    await (await opening).body!.cancel();
    expect([streams.count(), log.listeners.size]).toEqual([0, 0]);
  });
});

describe("what is sent", () => {
  test("is only what the reader may know of, with the roles they have at that moment", async () => {
    const log = createLogFeed();
    const streams = createStreams({ feed: log.feed, clock, recall, beatMs: 1_000_000 });
    const response = await streams.open(caller("s", ["auditor"]), undefined);
    log.add({ kind: "person", subject: "per_known" });
    await settled();
    sessions.set("s", []);
    log.add({ kind: "person", subject: "per_unknown" }, { kind: "exception", subject: "exc_1" });
    const { text } = await readAll(response);
    expect(text).toContain("per_known");
    expect(text).not.toContain("per_unknown");
    expect(text).toContain("exc_1");
    await streams.drain();
  });

  test("beats while nothing happens, so that no proxy takes it for dead, and ends at the first beat after the session", async () => {
    const log = createLogFeed();
    const streams = createStreams({ feed: log.feed, clock, recall, beatMs: 5 });
    const response = await streams.open(caller("s"), undefined);
    expect(response.headers.get("x-accel-buffering")).toBe("no");
    expect(response.headers.get("cache-control")).toBe("no-store");
    let text = "";
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    while (!/event: beat\nid: \d+\ndata: \{\}\n\n/.test(text)) text += (await reader.read()).value ?? "";
    sessions.delete("s");
    await until(() => streams.count() === 0);
    while (!(await reader.read()).done);
    expect([streams.count(), log.listeners.size]).toEqual([0, 0]);
  });
});
