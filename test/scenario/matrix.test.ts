/** Who may call what, for the whole application: every endpoint asked by every role and by nobody. */
import { afterAll, beforeAll, expect, test } from "vitest";

import { addDuration, duration } from "../../src/kernel/time.ts";
import { ROLES } from "../../src/people/role.ts";
import { createAuthenticator } from "../support/authenticator.ts";
import { createBrowser, succeeded } from "../support/browser.ts";
import { runMatrix } from "../support/matrix.ts";
import { openWholeApp, ORIGIN, type WholeApp } from "../support/whole-app.ts";

let story: WholeApp;
beforeAll(async () => {
  story = await openWholeApp();
});
afterAll(async () => {
  await story.close();
});

test("every endpoint answers every role exactly as its contract says", async () => {
  const endpoints = story.app.routes.map((route) => route.endpoint);
  const headersOf = async (role: string) => {
    // Enrolments of one address are limited by the minute.
    story.clock.set(addDuration(story.clock.now(), duration("PT1M")));
    const yaml = `people:\n  - { key: holder-of-${role.replaceAll("_", "-")}, name: Holder of ${role}, roles: [${role}] }`;
    succeeded(await story.admin.ask("POST", "/api/v1/estate/apply", { yaml, dryRun: false }));
    const { items } = (await story.admin.ask("GET", "/api/v1/people?limit=200")).body as { items: { id: string; displayName: string }[] };
    const { id } = items.find((person) => person.displayName === `Holder of ${role}`)!;
    const invited = await story.admin.ask("POST", "/api/v1/invitations", {
      person: id,
      assertion: await story.admin.sign("access.invite", id),
    });
    const browser = createBrowser(story.app.http, ORIGIN, createAuthenticator({ origin: ORIGIN }));
    await browser.enrol(succeeded(invited).body["link"] as string);
    return { Cookie: browser.cookie(), Origin: ORIGIN, "Sec-Fetch-Site": "same-origin" };
  };
  const rows = await runMatrix({ server: story.app.http, origin: ORIGIN, endpoints, roles: ROLES, headersOf });
  expect(rows).toHaveLength(endpoints.length * (ROLES.length + 1));
  expect(endpoints.length).toBeGreaterThan(60);
  expect(rows.filter((row) => row.seen !== row.expected)).toEqual([]);
});

test("every endpoint has an id and an address of its own", () => {
  const endpoints = story.app.routes.map((route) => route.endpoint);
  expect(new Set(endpoints.map((endpoint) => endpoint.id)).size).toBe(endpoints.length);
  expect(new Set(endpoints.map((endpoint) => `${endpoint.method} ${endpoint.path}`)).size).toBe(endpoints.length);
});
