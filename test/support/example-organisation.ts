/**
 * The example organisation, opened for a test or a picture: a year of Brightwater on a manual clock that stands at its end. Playing
 * it takes a minute; it is played once for each state of the story and kept in .cache, and every opening gets a copy.
 */
import { createHash, randomUUID } from "node:crypto";
import { constants, existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { cp, mkdir, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { App } from "../../src/compose.ts";
import { readConfig } from "../../src/config.ts";
import { PERSONAS, type PersonaKey } from "../../src/example-organisation/company.ts";
import { type ExampleInstance, forgetInstance, openInstance, playInstance } from "../../src/example-organisation/instance.ts";
import { createVisitor, type Visitor } from "../../src/example-organisation/visitor.ts";
import { instant, type Instant } from "../../src/kernel/time.ts";
import { type ManualClock, manualClock } from "../../src/platform/clock.ts";
import { createLog } from "../../src/platform/log.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const CACHE = join(ROOT, ".cache", "example-organisation");
export const YEAR_ENDS = instant("2026-11-20T15:00:00Z");

export interface OpenedExample {
  readonly app: App;
  readonly clock: ManualClock;
  readonly dataDir: string;
  readonly origin: string;
  /** References and ids by the story's word for an exception, ids of the personas. */
  readonly facts: ExampleInstance["facts"];
  /** Somebody with a passkey: a persona, or an account name of the company. */
  as(who: PersonaKey | (string & {})): Visitor;
  /** Signs in and gives the Cookie header. */
  cookieOf(who: PersonaKey | (string & {})): Promise<string>;
  close(): Promise<void>;
}

export interface ExampleOptions {
  readonly origin?: string;
  readonly until?: Instant;
}

const log = createLog(
  () => "",
  (line) => process.stderr.write(line),
  "error",
);

export async function openExampleOrganisation({
  origin = "http://localhost:8080",
  until = YEAR_ENDS,
}: ExampleOptions = {}): Promise<OpenedExample> {
  const dataDir = await placeExample(until);
  const clock = manualClock(until);
  const config = readConfig({ POSTERN_ORIGIN: origin, POSTERN_TICK_SECONDS: "3600" });
  const { app, facts, authenticators } = await openInstance({ config, dataDir, log }, clock);
  await app.start();
  const as = (who: string): Visitor => {
    const name = PERSONAS.find(({ key }) => key === who)?.person ?? who;
    const authenticator = authenticators.get(name);
    if (authenticator === undefined) throw new Error(`${name} has no passkey in the example organisation`);
    return createVisitor(app.http, origin, authenticator, clock);
  };
  return {
    app,
    clock,
    dataDir,
    origin,
    facts,
    as,
    async cookieOf(who) {
      const [set = ""] = (await as(who).signIn()).headers.getSetCookie();
      return set.slice(0, set.indexOf(";"));
    },
    async close() {
      await app.stop();
      forgetInstance(dataDir);
    },
  };
}

/** A folder of its own with the year that ends then. */
export async function placeExample(until: Instant = YEAR_ENDS): Promise<string> {
  const kept = join(CACHE, `${fingerprint()}-${until.replaceAll(":", "")}`);
  if (!existsSync(kept)) await play(kept, until);
  const dataDir = mkdtempSync(join(tmpdir(), "postern-example-"));
  await cp(kept, dataDir, { recursive: true, mode: constants.COPYFILE_FICLONE });
  return dataDir;
}

async function play(kept: string, until: Instant): Promise<void> {
  const aside = `${kept}.${randomUUID()}`;
  // A running instance has a socket in its folder, and those may not lie deep.
  const played = mkdtempSync(join(tmpdir(), "postern-year-"));
  await playInstance({ config: readConfig({ POSTERN_TICK_SECONDS: "3600" }), dataDir: played, log }, until);
  await mkdir(CACHE, { recursive: true });
  await cp(played, aside, { recursive: true });
  forgetInstance(played);
  try {
    await rename(aside, kept);
  } catch (error) {
    // Another process was faster, and its year is as good.
    if (!existsSync(kept)) throw error;
    await rm(aside, { recursive: true, force: true });
  }
}

/** How it is served and visited changes nothing of what happened. */
const AROUND_THE_YEAR = /^(mount|organisation|personas|first-hour|routes|offer|contract|refusals)/;

/** Of the story and the shape of the database. Whoever changes what the services make of it deletes .cache/example-organisation. */
function fingerprint(): string {
  const digest = createHash("sha256");
  for (const folder of ["src/example-organisation", "src/connectors/example", "migrations"]) {
    for (const name of readdirSync(join(ROOT, folder)).sort())
      if (!AROUND_THE_YEAR.test(name)) digest.update(name).update(readFileSync(join(ROOT, folder, name)));
  }
  return digest.digest("hex").slice(0, 20);
}
