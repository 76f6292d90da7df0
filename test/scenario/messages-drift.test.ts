/** Who is told of what others changed of what Postern governs: over a real SMTP server, on the manual clock. */
import { afterAll, beforeAll, expect, test } from "vitest";

import type { ConnectorFactory } from "../../src/connectors/port.ts";
import { addDuration, duration } from "../../src/kernel/time.ts";
import { succeeded } from "../support/browser.ts";
import { headerOf, startMailServer, type TestMailServer, textOf } from "../support/mail-server.ts";
import { createMemoryProvider, type MemoryProvider } from "../support/memory-provider.ts";
import { ESTATE, openWholeApp, ORIGIN, type WholeApp } from "../support/whole-app.ts";

const WITH_MAIL = ESTATE.replaceAll(/key: (\w+), name: \w+,/g, (found, key: string) => `${found} email: ${key}@harbour.example,`);
const SUBJECT = { kind: "user", key: "s1", name: "s1" } as const;

let mail: TestMailServer;
let story: WholeApp;
let provider: MemoryProvider;
let connection: string;

beforeAll(async () => {
  mail = await startMailServer();
  provider = createMemoryProvider(() => story.clock.now());
  const factory: ConnectorFactory = { kind: "memory", title: "Memory", parse: (config) => ({ ok: true, config }), create: () => provider };
  const env = { POSTERN_SMTP_URL: `smtp+plain://localhost:${mail.port}`, POSTERN_MAIL_FROM: "postern@harbour.example" };
  story = await openWholeApp({ env, connectorFactories: [factory] });
  const harbour = { key: "memory", name: "Harbour directory", kind: "memory", config: {} };
  connection = succeeded(await story.admin.ask("POST", "/api/v1/connections", harbour)).body["id"] as string;
  succeeded(await story.admin.ask("POST", "/api/v1/estate/apply", { yaml: WITH_MAIL, dryRun: false }));
});
afterAll(async () => {
  await story.close();
  await mail.close();
});

const change = (action: "added" | "deleted", ours = false) => ({ at: story.clock.now(), object: "cn=exempt", action, ours, by: "helga" });
const scan = async () => succeeded(await story.admin.ask("POST", `/api/v1/connections/${connection}/scan`, {}));

/** Letters to somebody that speak of drift, once the outbox is empty. */
async function lettersTo(name: string): Promise<readonly { text: string; isIncident: boolean }[]> {
  const waiting = async () => {
    const { rows } = await story.app.database.pool.query<{ n: number }>(
      "select count(*) as n from pgboss.job where name in ('tell', 'deliver', 'scan') and state in ('created', 'retry', 'active')",
    );
    return rows[0]!.n;
  };
  await story.until(waiting, (n) => n === 0, "noted");
  await story.moveTo(story.clock.now());
  await story.until(waiting, (n) => n === 0, "sent");
  return mail.taken
    .filter((letter) => letter.to.includes(`${name}@harbour.example`))
    .map((letter) => ({ text: textOf(letter).replaceAll("\u2060", ""), isIncident: headerOf(letter, "List-Unsubscribe") === undefined }))
    .filter(({ text }) => text.includes("Harbour directory"));
}

test("who was put in by others is told to IAM with the day's letter, once, as one matter a reading; what Postern did itself is not", async () => {
  provider.changed.push({ ...change("added"), subject: SUBJECT }, { ...change("added"), subject: { ...SUBJECT, key: "s2" } });
  provider.changed.push(change("deleted", true));
  await scan();
  const letters = await lettersTo("ivo");
  expect(letters.map(({ isIncident }) => isIncident)).toEqual([false]);
  const { text } = letters[0]!;
  expect(text).toContain("Harbour directory was changed by others than Postern in what it governs: look who it was");
  expect(text).toContain("× 2");
  expect(text).toContain(`${ORIGIN}/connections?open=${connection}`);
  // Who did what to whom stays inside.
  expect(text).not.toMatch(/helga|exempt|s1/);
  expect(await lettersTo("ada")).toEqual([]);
  await story.moveTo(addDuration(story.clock.now(), duration("P1D")));
  await scan();
  expect(await lettersTo("ivo")).toHaveLength(1);
});

test("a governed object that others changed or deleted as such is an incident to IAM and governance at once", async () => {
  provider.changed.push(change("deleted"));
  await scan();
  for (const name of ["ivo", "gerda"]) {
    const last = (await lettersTo(name)).at(-1)!;
    expect(last.isIncident).toBe(true);
    expect(last.text).toContain("had something that Postern governs changed or deleted by others");
  }
  expect(await lettersTo("ada")).toEqual([]);
});
