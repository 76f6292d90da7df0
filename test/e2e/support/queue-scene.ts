/** A register in which forty reviews are open that differ only in whom they let through, and two requests wait. */
import { createHash } from "node:crypto";

import { PEOPLE } from "../../../src/connectors/example/people.ts";
import { canonicalText } from "../../../src/kernel/canonical.ts";
import { instantOfEpochMs } from "../../../src/kernel/time.ts";
import { succeeded } from "../../support/browser.ts";
import { openWholeApp, requestBody, type Shown, vote, type WholeApp } from "../../support/whole-app.ts";
import { type Served, serveToBrowsers } from "./serve.ts";

const DAY_MS = 86_400_000;
/** Reviews of the category open a fortnight before the ninetieth day. */
const DAYS_AGO = 78;

interface Queues {
  readonly story: WholeApp;
  /** References whose review is open. */
  readonly reviewed: readonly string[];
  /** Requests that wait for their votes. */
  readonly asked: readonly Shown[];
  close(): Promise<void>;
}
export type QueueScene = Queues & Served;

export async function serveQueue(chromium: string, count: number): Promise<QueueScene> {
  return serveToBrowsers(
    chromium,
    (origin) => fillQueues(origin, count),
    ({ story }) => story.app,
  );
}

/** Everything happened over the API, from 78 days ago until now. */
async function fillQueues(origin: string, count: number): Promise<Queues> {
  const endMs = Date.now();
  const startMs = endMs - DAYS_AGO * DAY_MS;
  const story = await openWholeApp({ start: instantOfEpochMs(startMs), origin });
  const connection = await connect(story);
  await allowRepeats(story, "legacy_application");
  await allowRepeats(story, "remote_access");
  const names = subjects().slice(0, count + 2);
  const reviewed: Shown[] = [];
  for (const name of names.slice(0, count)) reviewed.push(await ask(story, connection, name, "legacy_application", startMs + 170 * DAY_MS));
  for (const shown of reviewed) {
    succeeded(await vote(story.as.ada, shown));
    succeeded(await vote(story.as.ivo, shown));
  }
  await story.app.tick.tickOnce(story.clock.now());
  for (const { id } of reviewed) {
    await story.until(
      async () => succeeded(await story.as.rolf.ask("GET", `/api/v1/exceptions/${id}`)).body["state"],
      (state) => state === "active",
      `${id} is active`,
    );
  }
  await story.moveTo(instantOfEpochMs(endMs));
  const asked: Shown[] = [];
  for (const name of names.slice(count)) asked.push(await ask(story, connection, name, "remote_access", endMs + 20 * DAY_MS));
  return { story, reviewed: reviewed.map(({ ref }) => ref), asked, close: () => story.close() };
}

/** People of the example directory without any flag. */
function subjects(): string[] {
  return PEOPLE.trim()
    .split("\n")
    .map((line) => line.split("|").map((part) => part.trim()))
    .filter(([, , , , , flags]) => flags === "")
    .map(([name = ""]) => name);
}

async function connect({ admin }: WholeApp): Promise<string> {
  const body = { key: "example", name: "Example directory", kind: "example", config: {} };
  return String(succeeded(await admin.ask("POST", "/api/v1/connections", body)).body["id"]);
}

/** Forty times the same need is more than the policy that ships lets pass. */
async function allowRepeats({ as }: WholeApp, category: string): Promise<void> {
  const path = `/api/v1/categories/${category}`;
  const { body } = succeeded(await as.gerda.ask("GET", path));
  const policy = { ...body, version: (body["version"] as number) + 1, repeatLimits: { same: 3, resource: 100, subject: 5, split: 100 } };
  const contentHash = `sha256:${createHash("sha256").update(canonicalText(policy)).digest("hex")}`;
  const assertion = await as.gerda.sign("exceptions.editCategory", category, contentHash);
  const { key: _key, ...demands } = policy as typeof policy & { key: string };
  succeeded(await as.gerda.ask("PUT", path, { ...demands, assertion }));
}

async function ask(story: WholeApp, connection: string, name: string, category: string, untilMs: number): Promise<Shown> {
  const found = await story.as.rolf.ask("GET", `/api/v1/connections/${connection}/subject?name=${name}&policy=vpn`);
  const subject = succeeded(found).body["subject"] as { kind: string; key: string; name: string };
  const until = instantOfEpochMs(untilMs);
  const plain = requestBody(story, { connection, policy: "vpn", subject, until }) as { content: { compensatingControls: object[] } };
  // Fresh for so long that no test of it is due before the review.
  const compensatingControls = plain.content.compensatingControls.map((control) => ({ ...control, freshFor: "P90D" }));
  const body = { ...plain, content: { ...plain.content, compensatingControls }, category };
  const opened = succeeded(await story.as.rolf.ask("POST", "/api/v1/exceptions", body)).body as unknown as Shown;
  return succeeded(await story.as.rolf.ask("POST", `/api/v1/exceptions/${opened.id}/submit`, {})).body as unknown as Shown;
}
