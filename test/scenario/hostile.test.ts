/** What a hostile person sends over the HTTP interface: refused in words, never a fault. */
import { afterAll, beforeAll, expect, test } from "vitest";

import { addDuration, duration } from "../../src/kernel/time.ts";
import { openWholeApp, requestBody, type WholeApp } from "../support/whole-app.ts";

let story: WholeApp;
beforeAll(async () => {
  story = await openWholeApp();
});
afterAll(async () => {
  await story.close();
});

test.each([
  ["half a surrogate pair", "a\ud800b"],
  ["the character NUL", "a\u0000b"],
])("text with %s is refused: no database keeps it", async (_, title) => {
  const until = addDuration(story.clock.now(), duration("P20D"));
  const subject = { kind: "user", key: "s1", name: "s1" };
  const asked = requestBody(story, { connection: "con_x", policy: "vpn", subject, until }) as { content: object };
  const answer = await story.as.rolf.ask("POST", "/api/v1/exceptions", { ...asked, content: { ...asked.content, title } });
  expect(answer.status).toBe(400);
  expect(answer.body).toMatchObject({ reasons: [{ code: "http.invalidInput" }] });
});
