/** The main job on a real slapd while the process is killed with SIGKILL at 50 random instants. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

import { REPLAYS } from "../../src/compose-replays.ts";
import { loadVerifierKey, readDatabase, verifyJournal } from "../../src/journal/index.ts";
import { addDuration, duration, type Instant, instantOfEpochMs } from "../../src/kernel/time.ts";
import { openDatabase } from "../../src/platform/db.ts";
import { createAuthenticator } from "../support/authenticator.ts";
import { type Answer, type Browser, createBrowser, serverAt } from "../support/browser.ts";
import { setClockIn } from "../support/clock-file.ts";
import { freePort } from "../support/free-port.ts";
import { openPlants, settingsFor } from "../support/slapd-plants.ts";
import { type Slapd, slapdMissing, startSlapd } from "../support/slapd.ts";
import { ESTATE, ORIGIN, requestBody } from "../support/whole-app.ts";

const KILLS = 50;
const missing = slapdMissing();
const SERVER = new URL("../support/story-server.ts", import.meta.url).pathname;

let slapd: Slapd;
let plants: ReturnType<typeof openPlants>;
let folder: string;

beforeEach((ctx) => {
  if (missing !== undefined) ctx.skip(missing);
});
beforeAll(async () => {
  if (missing !== undefined) return;
  slapd = await startSlapd();
  plants = openPlants(slapd);
  folder = mkdtempSync(join(tmpdir(), "postern-killed-"));
});
afterAll(async () => {
  if (missing !== undefined) return;
  await plants.close();
  await slapd.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The server as it comes and goes. `ready` settles anew after every kill. */
function createVictim(port: number, clockFile: string) {
  let child: ChildProcess;
  let ready = Promise.withResolvers<void>();
  let isReady = false;
  let isOver = false;
  let kills = 0;
  const link = Promise.withResolvers<string>();
  function launch(): void {
    child = spawn(process.execPath, [SERVER, join(folder, "data"), clockFile, String(port)], { stdio: ["ignore", "pipe", "ignore"] });
    child.stdout!.setEncoding("utf8").on("data", (text: string) => {
      const given = /^link (.*)$/m.exec(text)?.[1];
      if (given !== undefined) link.resolve(given);
      if (!/^ready$/m.test(text)) return;
      isReady = true;
      ready.resolve();
    });
    child.once("exit", () => {
      if (isOver) return;
      // Who waits since before a start that was killed waits on.
      if (isReady) ready = Promise.withResolvers<void>();
      isReady = false;
      launch();
    });
  }
  launch();
  return {
    link: link.promise,
    ready: () => ready.promise,
    kills: () => kills,
    /** Kills at random instants, between start-up and well into the work, until it was often enough. */
    async torment(): Promise<void> {
      while (kills < KILLS) {
        // Every third time during the start itself.
        if (kills % 3 !== 0) await ready.promise;
        await pause(Math.random() * 900);
        child.kill("SIGKILL");
        kills += 1;
        await pause(50);
      }
    },
    async end(): Promise<void> {
      isOver = true;
      const exited = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await exited;
    },
  };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test(`nothing acknowledged is lost when the process is killed at ${KILLS} random instants of the story`, { timeout: 900_000 }, async () => {
  const port = await freePort();
  const clockFile = join(folder, "clock");
  let now: Instant = instantOfEpochMs(Math.floor(Date.now() / 1000) * 1000);
  const setClock = (at: Instant) => {
    now = at;
    setClockIn(clockFile, at);
  };
  setClock(now);
  const victim = createVictim(port, clockFile);
  const browse = () => createBrowser(serverAt(port), ORIGIN, createAuthenticator({ origin: ORIGIN }));

  // The cast and the connection are made before the trouble begins.
  const admin = browse();
  const link = await victim.link;
  await victim.ready();
  await admin.enrol(link, "Admin");
  await admin.ask("POST", "/api/v1/estate/apply", { yaml: ESTATE, dryRun: false });
  const people = (await admin.ask("GET", "/api/v1/people?limit=200")).body["items"] as { id: string; displayName: string }[];
  const idOf = Object.fromEntries(people.map((person) => [person.displayName, person.id])) as Record<string, string>;
  const enrolled = async (name: string): Promise<Browser> => {
    const person = idOf[name]!;
    const invited = await admin.ask("POST", "/api/v1/invitations", { person, assertion: await admin.sign("access.invite", person) });
    const browser = browse();
    await browser.enrol(invited.body["link"] as string);
    return browser;
  };
  const rolf = await enrolled("rolf");
  const ivo = await enrolled("ivo");
  const nils = await enrolled("nils");
  const { secret, ...config } = settingsFor(slapd);
  const made = await admin.ask("POST", "/api/v1/connections", { key: "ldap", name: "LDAP", kind: "openldap", config, secret });
  const connection = made.body["id"] as string;

  const patience = { ready: () => victim.ready(), letTimePass: () => setClock(addDuration(now, duration("PT1M"))) };
  /** What the server said yes to: exception id → the furthest it was acknowledged to be. */
  const acknowledged = new Map<string, string>();
  const ask = (browser: Browser, method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
    survive(patience, browser, () => browser.ask(method, path, body, headers));

  async function round(n: number): Promise<void> {
    // The register counts how often the same policy is weakened in a year.
    if (n > 1) setClock(addDuration(now, duration("P25D")));
    const name = `killed-${n}`;
    const person = await plants.person(name);
    const end = addDuration(now, duration("P20D"));
    const found = await ask(rolf, "GET", `/api/v1/connections/${connection}/subject?name=${name}&policy=vpn`);
    const body = requestBody(
      { idOf: idOf as never, clock: { now: () => now, set: setClock } },
      {
        connection,
        policy: "vpn",
        subject: found.body["subject"] as { kind: string; key: string; name: string },
        until: end,
      },
    );
    const opened = await ask(rolf, "POST", "/api/v1/exceptions", body, { "Idempotency-Key": `open-${n}` });
    const id = idOfOpened(opened);
    acknowledged.set(id, "draft");
    await untilState(id, "in_approval", async () => ask(rolf, "POST", `/api/v1/exceptions/${id}/submit`, {}));
    for (const voter of [ivo, nils]) await approve(voter, id);
    await untilState(id, "active");
    setClock(addDuration(end, duration("PT1M")));
    await untilState(id, "closed");
    const groups = await plants.all(slapd.layout.baseDn, `(&(objectClass=groupOfNames)(member=${person.dn}))`, ["1.1"]);
    expect(groups).toEqual([]);
  }

  const shownOf = async (id: string, reader = rolf) =>
    (await ask(reader, "GET", `/api/v1/exceptions/${id}`)).body as {
      state: string;
      versions: { votes: { person: string }[] }[];
      approval: { version: number; contentHash: string } | null;
    };

  const ORDER = ["draft", "in_approval", "approved", "activating", "active", "revoking", "revoke_failed", "verifying", "closed"];
  async function untilState(id: string, wanted: string, nudge?: () => Promise<unknown>): Promise<void> {
    for (let tries = 0; ; tries++) {
      const { state } = await shownOf(id);
      // What was once acknowledged never goes back.
      if (ORDER.indexOf(state) < ORDER.indexOf(acknowledged.get(id)!) && !state.startsWith("revok") && state !== "verifying") {
        throw new Error(`${id} was ${acknowledged.get(id)} and is ${state} again`);
      }
      if (ORDER.indexOf(state) >= ORDER.indexOf(wanted)) {
        acknowledged.set(id, state);
        return;
      }
      if (tries > 600) throw new Error(`${id} stays ${state}, wanted ${wanted}`);
      await nudge?.();
      if (state === "revoke_failed") setClock(addDuration(now, duration("PT10M")));
      await pause(100);
    }
  }

  /** This clock leaps: what waits a second for its place in the log would look weeks late to the verifier. */
  async function untilCovered(id: string): Promise<void> {
    for (let tries = 0; tries < 300; tries++) {
      const { body } = await ask(rolf, "GET", `/api/v1/journal/subjects/${id}/entries?limit=200`);
      if ((body["items"] as { leaf?: number }[]).every(({ leaf }) => leaf !== undefined)) return;
      await pause(100);
    }
    throw new Error(`entries of ${id} were never covered by a checkpoint`);
  }

  async function approve(voter: Browser, id: string): Promise<void> {
    for (let tries = 0; tries < 100; tries++) {
      // Signs in again where the session is over.
      const { approval } = await shownOf(id, voter);
      if (approval === null) return;
      const answer = await survive(patience, voter, async () => {
        const assertion = await voter.sign("exceptions.approve", id, approval.contentHash);
        return voter.ask("POST", `/api/v1/exceptions/${id}/vote`, {
          decision: "approve",
          version: approval.version,
          contentHash: approval.contentHash,
          reason: "",
          assertion,
        });
      });
      const codes = ((answer.body["reasons"] ?? []) as { code: string }[]).map(({ code }) => code);
      if (answer.status < 300 || codes.includes("exceptions.alreadyVoted") || codes.includes("exceptions.notInThisState")) return;
    }
    throw new Error(`no vote on ${id} got through`);
  }

  const torment = victim.torment();
  let rounds = 0;
  while (victim.kills() < KILLS) await round(++rounds);
  await torment;
  await victim.ready();
  await round(++rounds);
  for (const [id, state] of acknowledged) expect(`${id} ${(await shownOf(id)).state}`).toBe(`${id} ${state}`);
  for (const id of acknowledged.keys()) await untilCovered(id);
  expect(victim.kills()).toBe(KILLS);
  await victim.end();

  const database = await openDatabase({ dataDir: join(folder, "data") });
  try {
    const key = await loadVerifierKey(database.db);
    const result = await readDatabase(database.db, REPLAYS, (source) => verifyJournal(source, { key, replays: REPLAYS, now }));
    expect(result).toMatchObject({ isSound: true, faults: [] });
    expect(result.entriesRead).toBeGreaterThan(rounds * 10);
  } finally {
    await database.close();
  }
});

function isInProgress({ body }: Answer): boolean {
  return ((body["reasons"] ?? []) as { code: string }[]).some(({ code }) => code === "http.requestInProgress");
}

/** The draft's id, from the answer or from what is said where the answer was lost. */
function idOfOpened({ status, body }: Answer): string {
  if (status === 201) return body["id"] as string;
  const lost = ((body["reasons"] ?? []) as { code: string; detail: string }[]).find(({ code }) => code === "http.answerLost");
  const id = /exc_\w+/.exec(lost?.detail ?? "")?.[0];
  if (id === undefined) throw new Error(`${status} ${JSON.stringify(body)}`);
  return id;
}

/** Asks until an answer comes: after a kill the server comes back, a session may be over, a first try may still hold its key. */
async function survive(
  victim: { ready(): Promise<void>; letTimePass(): void },
  browser: Browser,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  for (let tries = 0; ; tries++) {
    try {
      await victim.ready();
      const answer = await ask();
      const isAnswer = answer.status !== 401 && answer.status !== 429 && answer.status < 500;
      if ((isAnswer && !isInProgress(answer)) || tries > 200) return answer;
      // A try that was cut off before it changed anything holds its key for a minute.
      if (isInProgress(answer) && tries % 10 === 9) victim.letTimePass();
      if (answer.status === 401) await browser.signIn();
    } catch (error) {
      if (tries > 200) throw error;
    }
    await pause(100);
  }
}
