/**
 * The example organisation as an instance of the whole application beside the real one: a database, keys and a log of its own in a
 * folder of its own. It is played into being on a manual clock, then closed, and opened again on the real one.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { type App, compose } from "../compose.ts";
import { type Config, readConfig } from "../config.ts";
import { createIds } from "../kernel/id.ts";
import type { Clock, Instant } from "../kernel/time.ts";
import { manualClock } from "../platform/clock.ts";
import { executeSql } from "../platform/db.ts";
import { randomIds } from "../platform/ids.ts";
import type { Log } from "../platform/log.ts";
import { createSoftwareAuthenticator, type KeptCredential, type SoftwareAuthenticator } from "./authenticator.ts";
import { askAboutTheWeek } from "./asked.ts";
import { directoryFactories } from "./directories.ts";
import { type FirstHour, openFirstHour } from "./first-hour.ts";
import { createPlayedOutbox } from "./outbox.ts";
import { personaRoutes } from "./personas.ts";
import { type Facts, playYear } from "./play.ts";
import type { Server } from "./visitor.ts";

export interface ExampleInstance {
  readonly app: App;
  readonly facts: Facts;
  /** The passkeys of its people, by name. */
  readonly authenticators: ReadonlyMap<string, SoftwareAuthenticator>;
  readonly firstHour: FirstHour;
}

/** What is kept beside the database: written last, so that it is there only when the whole year is. */
interface Kept {
  readonly facts: Facts;
  readonly passkeys: Readonly<Record<string, readonly KeptCredential[]>>;
}

const keptFile = (dataDir: string): string => join(dataDir, "example-organisation.json");

export interface Ground {
  /** The real instance's; the example takes its address of it and nothing else. */
  readonly config: Config;
  /** The example's own folder. */
  readonly dataDir: string;
  readonly log: Log;
}

/** Plays the year that ends at `until`, into an empty folder. */
export async function playInstance(ground: Ground, until: Instant, progress?: (share: number) => void): Promise<void> {
  const { dataDir, config, log } = ground;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const clock = manualClock(until);
  const outbox = createPlayedOutbox();
  const ids = createIds(clock, seededBytes(`brightwater ${until}`));
  const app = await compose(configOf(ground), {
    clock,
    ids,
    log,
    jobs: outbox,
    logName: logNameOf(config),
    isExample: true,
    connectorFactories: directoryFactories(clock, dataDir),
  });
  try {
    // A year that is cut off in the middle is played again: it need not reach the disk commit by commit.
    await executeSql(app.database.db, "set synchronous_commit to off");
    await app.start();
    const workOff = (queues: readonly string[]) => outbox.workOff(queues);
    const { stage, facts } = await playYear({
      app,
      clock,
      dataDir,
      origin: config.origin,
      workOff,
      until,
      ...(progress !== undefined && { progress }),
    });
    await askAboutTheWeek(app, until);
    const passkeys = Object.fromEntries([...stage.authenticators].map(([name, one]) => [name, one.kept()]));
    writeFileSync(keptFile(dataDir), JSON.stringify({ facts, passkeys } satisfies Kept), { mode: 0o600 });
  } finally {
    await app.stop();
  }
}

export function isPlayed(dataDir: string): boolean {
  return existsSync(keptFile(dataDir));
}

/** Opens what was played, on a clock that goes on. The caller starts and stops it. */
export async function openInstance(ground: Ground, clock: Clock): Promise<ExampleInstance> {
  const { config, dataDir, log } = ground;
  const { facts, passkeys } = JSON.parse(readFileSync(keptFile(dataDir), "utf8")) as Kept;
  const authenticators = new Map(
    Object.entries(passkeys).map(([name, kept]) => [name, createSoftwareAuthenticator(config.origin, kept)] as const),
  );
  const firstHour = openFirstHour(dataDir, facts);
  const server: Server = { fetch: (request) => app.http.fetch(request) };
  const app: App = await compose(configOf(ground), {
    clock,
    ids: randomIds(clock),
    log,
    logName: logNameOf(config),
    isExample: true,
    connectorFactories: directoryFactories(clock, dataDir),
    routes: personaRoutes({ server, origin: config.origin, clock, facts, authenticators, firstHour }),
  });
  return { app, facts, authenticators, firstHour };
}

export function forgetInstance(dataDir: string): void {
  rmSync(dataDir, { recursive: true, force: true });
}

/** Nothing of the real instance but its address: no database, no key, no mail, no provider of the company. */
function configOf({ config, dataDir }: Ground): Config {
  return { ...readConfig({ POSTERN_ORIGIN: config.origin }), dataDir, logLevel: config.logLevel, tickSeconds: config.tickSeconds };
}

function logNameOf({ origin }: Config): string {
  return `${new URL(origin).host}/example`;
}

/** The same ids for the same instant: SHA-256 of a seed and a counter. */
function seededBytes(seed: string): (size: number) => Uint8Array {
  let drawn = 0;
  return (size) => {
    drawn += 1;
    return new Uint8Array(createHash("sha256").update(`${seed} ${drawn}`).digest().subarray(0, size));
  };
}
