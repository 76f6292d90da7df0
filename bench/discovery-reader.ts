/** Reads one provider in a process of its own, so that its memory is what the reading takes. Told by stdin what; tells by stdout how it went. */
import { text } from "node:stream/consumers";

import type { EntraSettings } from "../src/connectors/entra/config.ts";
import { createEntraConnector } from "../src/connectors/entra/connector.ts";
import { createRateLimiter } from "../src/connectors/http/limiter.ts";
import type { KeycloakSettings } from "../src/connectors/keycloak/config.ts";
import { createKeycloakConnector } from "../src/connectors/keycloak/connector.ts";
import type { OktaSettings } from "../src/connectors/okta/config.ts";
import { createOktaConnector } from "../src/connectors/okta/connector.ts";
import type { Connector } from "../src/connectors/port.ts";
import { type Instant, instant, instantOfEpochMs } from "../src/kernel/time.ts";

export type Task =
  | { readonly who: "postern"; readonly kind: string; readonly what: "discover" | "people"; readonly settings: object }
  | { readonly who: "bare"; readonly origin: string; readonly authorization: string; readonly pages: readonly string[] };

export interface Outcome {
  readonly items: number;
  readonly seconds: number;
  readonly rssMb: number;
}

/** The fakes' clock stands still. */
const FAKE_TIME = { now: (): Instant => instant("2026-11-21T08:00:00Z") };
const MACHINE_TIME = { now: (): Instant => instantOfEpochMs(Date.now()) };

const CONNECTORS: Readonly<Record<string, (settings: object) => Connector>> = {
  entra: (settings) => createEntraConnector(settings as EntraSettings, { ...FAKE_TIME, limiter: createRateLimiter(1) }),
  okta: (settings) => createOktaConnector(settings as OktaSettings, FAKE_TIME),
  keycloak: (settings) => createKeycloakConnector(settings as KeycloakSettings, MACHINE_TIME),
};

async function byPostern({ kind, what, settings }: Extract<Task, { who: "postern" }>): Promise<number> {
  const connector = CONNECTORS[kind]!(settings);
  let items = 0;
  // One after the other, as a scan takes them.
  for await (const _ of connector[what]()) items += 1;
  await connector.close();
  return items;
}

async function bare({ origin, authorization, pages }: Extract<Task, { who: "bare" }>): Promise<number> {
  let items = 0;
  for (const page of pages) {
    const json: unknown = await (await fetch(`${origin}${page}`, { headers: { authorization } })).json();
    items += Array.isArray(json) ? json.length : 1;
  }
  return items;
}

const task = JSON.parse(await text(process.stdin)) as Task;
const startedMs = performance.now();
const items = task.who === "postern" ? await byPostern(task) : await bare(task);
const outcome: Outcome = { items, seconds: (performance.now() - startedMs) / 1000, rssMb: process.resourceUsage().maxRSS / 1024 };
process.stdout.write(JSON.stringify(outcome));
