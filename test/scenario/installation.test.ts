/** What those who operate Postern are told of the installation, over HTTP. */
import { afterAll, beforeAll, expect, test } from "vitest";

import { succeeded } from "../support/browser.ts";
import { openWholeApp, type WholeApp } from "../support/whole-app.ts";

let story: WholeApp;
beforeAll(async () => {
  story = await openWholeApp();
});
afterAll(async () => {
  await story.close();
});

test("names version, storage and keys to those who operate and audit, and to nobody else", async () => {
  const told = succeeded(await story.as.audrey.ask("GET", "/api/v1/installation")).body;
  const { verifierKey } = succeeded(await story.as.audrey.ask("GET", "/api/v1/journal/key")).body;
  expect(told).toMatchObject({ storage: "embedded", journalKey: verifierKey, seal: { olderKeys: 0 } });
  expect(told["version"]).toMatch(/^\d+\.\d+\.\d+/);
  const sealKey = (told["seal"] as { keyId: string }).keyId;
  expect(story.app.sealer.seal("x").split(".")[1]).toBe(sealKey);
  expect(told).not.toHaveProperty("backedUpAt");
  expect((await story.as.rolf.ask("GET", "/api/v1/installation")).status).toBe(404);
});

test("the journal tells names of people, exceptions and whose a passkey is, and searches by them", async () => {
  const found = async (query: string) =>
    succeeded(await story.as.audrey.ask("GET", `/api/v1/journal/entries?${query}`)).body["items"] as Record<string, string>[];
  const [own] = await found(`actor=${story.idOf.audrey}&kind=passkey&type=signedIn`);
  expect(own).toMatchObject({ actorName: "audrey", subjectName: "audrey" });
  const people = await found(`subject=${story.idOf.rolf}`);
  expect(people.at(-1)).toMatchObject({ type: "personAdded", subjectName: "rolf" });
});
