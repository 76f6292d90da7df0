/** The whole application on a manual clock, asked over its HTTP interface by people with passkeys. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type App, compose } from "../../src/compose.ts";
import type { ConnectorFactory } from "../../src/connectors/port.ts";
import type { DecisionSeams } from "../../src/compose-decisions.ts";
import { REPLAYS } from "../../src/compose-replays.ts";
import { readConfig } from "../../src/config.ts";
import { loadVerifierKey, readDatabase, verifyJournal } from "../../src/journal/index.ts";
import { randomIds } from "../../src/platform/ids.ts";
import { createLog } from "../../src/platform/log.ts";
import { instant, type Instant } from "../../src/kernel/time.ts";
import { type ManualClock, manualClock } from "../../src/platform/clock.ts";
import { createAuthenticator } from "./authenticator.ts";
import { type Answer, type Browser, createBrowser, succeeded } from "./browser.ts";

/** Of a journal that does not verify, this many are told. */
const MOST_FAULTS = 5;

export const ORIGIN = "http://localhost:8080";

/** Who plays in the stories: key → roles. */
const CAST = {
  ada: ["application_owner"],
  ivo: ["iam"],
  ines: ["iam"],
  nils: ["network_security"],
  gerda: ["security_governance"],
  hedi: ["help_desk"],
  rolf: [],
  audrey: ["auditor"],
} as const;
export type Player = keyof typeof CAST;

export const ESTATE = [
  "organisation: { name: Story AG, zone: Europe/Zurich }",
  "people:",
  ...Object.entries(CAST).map(([key, roles]) => `  - { key: ${key}, name: ${key}, roles: [${roles.join(", ")}] }`),
].join("\n");

export interface WholeApp {
  readonly app: App;
  readonly clock: ManualClock;
  readonly dataDir: string;
  /** Everything logged so far, to look for what must not be in it. */
  readonly logged: string[];
  readonly admin: Browser;
  readonly as: Readonly<Record<Player, Browser>>;
  readonly idOf: Readonly<Record<Player, string>>;
  /** Asks until the answer holds; the outbox works in the background. */
  until<T>(ask: () => Promise<T>, holds: (value: T) => boolean, words: string): Promise<T>;
  /** Moves the clock and does what is due. */
  moveTo(at: Instant): Promise<void>;
  /** Ends it, and throws where its journal does not verify. */
  close(): Promise<void>;
}

export interface WholeAppOptions {
  readonly databaseUrl?: string;
  readonly start?: Instant;
  /** Where it is served, when a real browser is to visit it. */
  readonly origin?: string;
  readonly connectorFactories?: readonly ConnectorFactory[];
  /** True where something is put into the database that no command made; its journal is not verified at the end. */
  readonly isForged?: boolean;
  /** More settings, as the environment gives them. */
  readonly env?: Readonly<Record<string, string>>;
  /** What the decision point is given in place of its own. */
  readonly decisions?: DecisionSeams;
}

/** What each story that is open has logged. */
const logs = new Set<readonly string[]>();

/** Errors and warnings of the stories that are open: why a test failed often stands there. */
export const openComplaints = (): string[] => [...logs].flat().filter((line) => /"level":"(?:error|warn)"/.test(line));

export async function openWholeApp(options: WholeAppOptions = {}): Promise<WholeApp> {
  const dataDir = mkdtempSync(join(tmpdir(), "postern-story-"));
  const clock = manualClock(options.start ?? instant("2026-03-02T09:00:00Z"));
  const logged: string[] = [];
  logs.add(logged);
  const log = createLog(
    () => clock.now(),
    (line) => void logged.push(line),
  );
  const origin = options.origin ?? ORIGIN;
  const config = readConfig({
    POSTERN_DATA: dataDir,
    POSTERN_ORIGIN: origin,
    ...(options.databaseUrl !== undefined && { DATABASE_URL: options.databaseUrl }),
    POSTERN_TICK_SECONDS: "3600",
    ...options.env,
  });
  const app = await compose(config, {
    clock,
    ids: randomIds(clock),
    log,
    ...(options.connectorFactories !== undefined && { connectorFactories: options.connectorFactories }),
    ...(options.decisions !== undefined && { decisions: options.decisions }),
  });
  await app.start();
  const browse = () => createBrowser(app.http, origin, createAuthenticator({ origin }));
  const admin = browse();
  const first = await app.access.enrolment.createFirstRunLink(clock.now());
  await admin.enrol(first!.link, "Admin");
  succeeded(await admin.ask("POST", "/api/v1/estate/apply", { yaml: ESTATE, dryRun: false }));
  const { idOf, as } = await enrolCast(admin, browse);
  return {
    app,
    clock,
    dataDir,
    logged,
    admin,
    as,
    idOf,
    until,
    async moveTo(at) {
      const jumped = at > clock.now();
      clock.set(at);
      if (jumped) await renewSessions([admin, ...Object.values(as)]);
      const report = await app.tick.tickOnce(at);
      if (report.failed.length > 0) throw new Error(`tick failed: ${report.failed.join(", ")}\n${logged.slice(-5).join("")}`);
    },
    async close() {
      logs.delete(logged);
      const faults = options.isForged === true ? [] : await faultsOf(app, clock.now());
      await app.stop();
      rmSync(dataDir, { recursive: true, force: true });
      if (faults.length > 0)
        throw new Error(`the story left a journal that does not verify: ${JSON.stringify(faults.slice(0, MOST_FAULTS))}`);
    },
  };
}

/** What a story leaves behind holds, whatever the story was about. */
async function faultsOf({ database: { db } }: App, now: Instant) {
  const key = await loadVerifierKey(db);
  const { faults } = await readDatabase(db, REPLAYS, (source) => verifyJournal(source, { key, replays: REPLAYS, now }));
  // A story's clock leaps weeks while an entry waits its second for its place in the log.
  return faults.filter(({ code }) => code !== "entry_unsequenced" && code !== "no_checkpoint");
}

async function enrolCast(admin: Browser, browse: () => Browser) {
  const people = (await admin.ask("GET", "/api/v1/people?limit=200")).body["items"] as { id: string; displayName: string }[];
  const idOf = Object.fromEntries(people.map((person) => [person.displayName, person.id])) as Record<Player, string>;
  const as: Partial<Record<Player, Browser>> = {};
  for (const player of Object.keys(CAST) as Player[]) {
    const assertion = await admin.sign("access.invite", idOf[player]);
    const invited = succeeded(await admin.ask("POST", "/api/v1/invitations", { person: idOf[player], assertion }));
    const browser = browse();
    await browser.enrol(invited.body["link"] as string);
    as[player] = browser;
  }
  return { idOf, as: as as Record<Player, Browser> };
}

/** A jump of the clock ends sessions; people sign in again. */
async function renewSessions(browsers: readonly Browser[]): Promise<void> {
  for (const browser of browsers) succeeded(await browser.signIn());
}

async function until<T>(ask: () => Promise<T>, holds: (value: T) => boolean, words: string): Promise<T> {
  for (let tries = 0; ; tries++) {
    const value = await ask();
    if (holds(value)) return value;
    if (tries > 300) throw new Error(`it never came about: ${words}; last: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

export interface RequestFor {
  readonly connection: string;
  readonly policy: string;
  readonly subject: { readonly kind: string; readonly key: string; readonly name: string };
  readonly until: Instant;
}

/** A complete remote-access request: asked by rolf, owned by ada, implemented by ines. */
export function requestBody(story: Pick<WholeApp, "idOf" | "clock">, asked: RequestFor): unknown {
  const now = story.clock.now();
  return {
    category: "remote_access",
    unit: "plant",
    content: {
      title: `VPN without a passkey for ${asked.subject.name}`,
      justification: "The terminal in the control room takes no authenticator until it is replaced.",
      reasonClass: "technical",
      weakenedControl: { connection: asked.connection, policy: asked.policy, lostMethod: "passkey" },
      fallbackMethodAllowed: "password",
      scope: [{ subject: { ...asked.subject, connection: asked.connection }, resource: { kind: "policy", id: asked.policy }, ceiling: 1 }],
      compensatingControls: [
        { statement: "Only from the plant's network", test: "manual", lastTestedAt: now, result: "passed", freshFor: "P30D" },
      ],
      inherentRisk: "moderate",
      residualRisk: "low",
      requestedFrom: now,
      requestedUntil: asked.until,
      exitPlan: { what: "Replace the terminal", owner: story.idOf.ada },
      accountability: { businessOwner: story.idOf.ada, implementer: story.idOf.ines },
    },
  };
}

export interface Shown {
  readonly id: string;
  readonly ref: string;
  readonly state: string;
  readonly inForce: boolean;
  readonly overstayMinutes: number;
  readonly observed: string;
  readonly approval: { readonly version: number; readonly contentHash: string } | null;
  readonly bindings: readonly {
    readonly observed: string;
    readonly otherWays: readonly { readonly words: string; readonly grantRef?: string }[];
  }[];
}

export async function show(browser: Browser, id: string): Promise<Shown> {
  return succeeded(await browser.ask("GET", `/api/v1/exceptions/${id}`)).body as unknown as Shown;
}

/** Opens and submits as rolf. */
export async function submitRequest(story: WholeApp, asked: RequestFor): Promise<Shown> {
  const opened = succeeded(await story.as.rolf.ask("POST", "/api/v1/exceptions", requestBody(story, asked))).body as unknown as Shown;
  const twins = story.as.rolf.ask("POST", `/api/v1/exceptions/${opened.id}/submit`, {});
  return succeeded(await twins).body as unknown as Shown;
}

/** Votes with a passkey touch over exactly what is under decision. */
export async function vote(browser: Browser, shown: Shown, decision: "approve" | "reject" = "approve"): Promise<Answer> {
  const { version, contentHash } = shown.approval!;
  const assertion = await browser.sign(`exceptions.${decision}`, shown.id, contentHash);
  return browser.ask("POST", `/api/v1/exceptions/${shown.id}/vote`, {
    decision,
    version,
    contentHash,
    reason: decision === "reject" ? "no" : "",
    assertion,
  });
}
