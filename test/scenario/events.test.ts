/** The stream of what changes: who is told of what, by which replica, and how one goes on after being cut off. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { type App, compose } from "../../src/compose.ts";
import { readConfig } from "../../src/config.ts";
import { randomIds } from "../../src/platform/ids.ts";
import { createLog } from "../../src/platform/log.ts";
import { type Browser, codeOf, succeeded } from "../support/browser.ts";
import { describeOnPostgres } from "../support/databases.ts";
import { type EventReader, readEvents, type Told } from "../support/event-reader.ts";
import { openWholeApp, type WholeApp } from "../support/whole-app.ts";

const isAbout = (id: string) => (told: Told) => told.event === "change" && (told.data as { id: string }).id === id;
const opened = (reader: EventReader) => reader.until(({ event }) => event === "open");

/** Something everybody may know of: a new application. */
async function addApplication(story: WholeApp, key: string): Promise<string> {
  const body = { key, name: key, tier: 3, owner: story.idOf.ada };
  return succeeded(await story.admin.ask("POST", "/api/v1/applications", body)).body["id"] as string;
}

/** Something only those who read the journal may know of: a person. */
async function addPerson(story: WholeApp, displayName: string): Promise<string> {
  return succeeded(await story.admin.ask("POST", "/api/v1/people", { displayName })).body["id"] as string;
}

function stories(open: () => Promise<{ story: WholeApp; here: App; there: App }>): void {
  let story: WholeApp;
  let here: App;
  let there: App;
  const readers: EventReader[] = [];
  const listen = async (app: App, browser: Browser, lastEventId?: string) => {
    const reader = await readEvents(app.http, browser, lastEventId);
    readers.push(reader);
    return reader;
  };
  beforeAll(async () => {
    ({ story, here, there } = await open());
  });
  afterAll(async () => {
    for (const reader of readers) await reader.close().catch(() => undefined);
    if (there !== here) await there.stop();
    await story.close();
  });

  test("a change made through one replica is told at another, by kind and id and nothing else", async () => {
    const reader = await listen(there, story.as.rolf);
    await opened(reader);
    const id = await addApplication(story, "ledger");
    expect((await reader.until(isAbout(id))).data).toEqual({ kind: "application", id });
  });

  test("whoever may not read of people is not told that one changed; whoever may is", async () => {
    const rolf = await listen(there, story.as.rolf);
    const audrey = await listen(there, story.as.audrey);
    await Promise.all([opened(rolf), opened(audrey)]);
    const person = await addPerson(story, "Newcomer");
    const application = await addApplication(story, "after-the-person");
    await rolf.until(isAbout(application));
    await audrey.until(isAbout(application));
    expect(audrey.told.some(isAbout(person))).toBe(true);
    expect(rolf.told.some(isAbout(person))).toBe(false);
    expect(JSON.stringify(rolf.told)).not.toContain(person);
  });

  test("whoever was cut off is told at the other replica what they missed, and nothing of before", async () => {
    const first = await listen(here, story.as.rolf);
    await opened(first);
    const seen = await addApplication(story, "seen");
    const { id: lastEventId } = await first.until(isAbout(seen));
    await first.close();
    const missed = [await addApplication(story, "missed-1"), await addApplication(story, "missed-2")];
    const again = await listen(there, story.as.rolf, lastEventId);
    for (const id of missed) await again.until(isAbout(id));
    expect(again.told.some(isAbout(seen))).toBe(false);
  });

  test("a place that cannot be gone on from is answered with: everything may have changed", async () => {
    for (const nonsense of ["none", "999999999", "-1", "1e3"]) {
      const reader = await listen(there, story.as.rolf, nonsense);
      await reader.until(({ event }) => event === "everything");
      await reader.close();
    }
  });

  test("who comes just after a change is told of it: the page was read before the stream was open", async () => {
    const id = await addApplication(story, "just-before");
    const watching = await listen(there, story.as.rolf);
    await watching.until(isAbout(id));
  });

  test("401: nobody listens without a session", async () => {
    const answer = await there.http.fetch(new Request(`${story.admin.origin}/api/v1/events`));
    expect(answer.status).toBe(401);
  });

  test("a stream ends with its session, before anything more is told", async () => {
    const reader = await listen(there, story.as.hedi);
    await opened(reader);
    succeeded(await story.as.hedi.ask("DELETE", "/api/v1/session"));
    const id = await addApplication(story, "after-hedi-left");
    await reader.ended;
    expect(reader.told.some(isAbout(id))).toBe(false);
  });

  test("429: a session that opens and never closes is refused at the seventh; one closed makes room", async () => {
    const six = await Promise.all(Array.from({ length: 6 }, () => listen(here, story.as.gerda)));
    const refused = await story.as.gerda.ask("GET", "/api/v1/events");
    expect([refused.status, codeOf(refused)]).toEqual([429, "journal.tooManyStreams"]);
    await six[0]!.close();
    expect((await listen(here, story.as.gerda)).status).toBe(200);
  });

  test("a process that stops ends its streams first, so that nothing holds it", async () => {
    const reader = await listen(there, story.as.audrey);
    await opened(reader);
    await there.drain();
    await reader.ended;
  });
}

describe("events of one process (embedded)", () => {
  stories(async () => {
    const story = await openWholeApp();
    return { story, here: story.app, there: story.app };
  });
});

describeOnPostgres("events of two replicas", (_, newUrl) => {
  stories(async () => {
    const databaseUrl = await newUrl();
    const story = await openWholeApp({ databaseUrl });
    const { clock, dataDir } = story;
    const config = readConfig({ POSTERN_DATA: dataDir, DATABASE_URL: databaseUrl, POSTERN_TICK_SECONDS: "3600" });
    const log = createLog(
      () => clock.now(),
      () => undefined,
    );
    const there = await compose(config, { clock, ids: randomIds(clock), log });
    await there.start();
    return { story, here: story.app, there };
  });
});
