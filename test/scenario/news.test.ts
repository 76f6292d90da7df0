/** News of people and the estate, and the exceptions it wakes: of several at once each is heard. */
import { afterAll, beforeAll, expect, test } from "vitest";

import { addDuration, duration } from "../../src/kernel/time.ts";
import { succeeded } from "../support/browser.ts";
import { createMemoryProvider } from "../support/memory-provider.ts";
import { ESTATE, openWholeApp, type Shown, show, submitRequest, vote, type WholeApp } from "../support/whole-app.ts";

const SUBJECT = { kind: "user", key: "s1", name: "s1" } as const;
const memory = createMemoryProvider(() => story.clock.now());
let story: WholeApp;

beforeAll(async () => {
  memory.add(SUBJECT);
  const kind = { kind: "memory", title: "Memory", parse: (config: unknown) => ({ ok: true as const, config }), create: () => memory };
  story = await openWholeApp({ connectorFactories: [kind] });
});
afterAll(async () => {
  await story.close();
});

async function active(): Promise<Shown> {
  const made = await story.admin.ask("POST", "/api/v1/connections", { key: "memory", name: "Memory", kind: "memory", config: {} });
  const connection = succeeded(made).body["id"] as string;
  const until = addDuration(story.clock.now(), duration("P20D"));
  const shown = await submitRequest(story, { connection, policy: "vpn", subject: SUBJECT, until });
  for (const name of ["ivo", "nils"] as const) succeeded(await vote(story.as[name], shown));
  await story.moveTo(story.clock.now());
  return story.until(
    () => show(story.as.rolf, shown.id),
    ({ state }) => state === "active",
    "active",
  );
}

interface Asked {
  readonly reviews: readonly { readonly kind: string; readonly decision: unknown }[];
}

test("several people lose what they were in one apply: the exception of each is asked about, not that of the first alone", async () => {
  const { id } = await active();
  // Ada answers for it, and is the last of those who change.
  const lines = ESTATE.split("\n");
  const others = lines.filter((line) => !line.includes("key: ada")).map((line) => line.replace(/roles: \[(?!\])[^\]]*/, "roles: ["));
  const yaml = [...others, "  - { key: ada, name: ada, roles: [] }"].join("\n");
  succeeded(await story.admin.ask("POST", "/api/v1/estate/apply", { yaml, dryRun: false }));
  const asked = await story.until(
    async () => succeeded(await story.as.rolf.ask("GET", `/api/v1/exceptions/${id}`)).body as unknown as Asked,
    ({ reviews }) => reviews.length > 0,
    "a review",
  );
  expect(asked.reviews).toMatchObject([{ decision: null }]);
});
