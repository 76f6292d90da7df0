/** The weekly death of an exception on a real slapd, held by nobody, while the process is killed with SIGKILL in the middle of it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

import { REPLAYS } from "../../src/compose-replays.ts";
import { loadVerifierKey, readDatabase, verifyJournal } from "../../src/journal/index.ts";
import { addDuration, duration, type Instant, instantOfEpochMs, subtractDuration } from "../../src/kernel/time.ts";
import { openDatabase } from "../../src/platform/db.ts";
import { createAuthenticator } from "../support/authenticator.ts";
import { type Answer, type Browser, createBrowser, serverAt, succeeded } from "../support/browser.ts";
import { setClockIn } from "../support/clock-file.ts";
import { freePort } from "../support/free-port.ts";
import { openPlants, settingsFor } from "../support/slapd-plants.ts";
import { type Slapd, slapdMissing, startSlapd } from "../support/slapd.ts";
import { ESTATE, ORIGIN, requestBody, type Shown, vote } from "../support/whole-app.ts";

const KILLS = 6;
const missing = slapdMissing();
const SERVER = new URL("../support/story-server.ts", import.meta.url).pathname;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

let slapd: Slapd;
let plants: ReturnType<typeof openPlants>;
let folder: string;
let child: ChildProcess | undefined;

beforeEach((ctx) => {
  if (missing !== undefined) ctx.skip(missing);
});
beforeAll(async () => {
  if (missing !== undefined) return;
  slapd = await startSlapd();
  plants = openPlants(slapd);
  folder = mkdtempSync(join(tmpdir(), "postern-unattended-"));
});
afterAll(async () => {
  if (missing !== undefined) return;
  await kill();
  await plants.close();
  await slapd.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Starts it, and gives the enrolment link where it prints one. */
async function launch(port: number): Promise<string | undefined> {
  const files = [join(folder, "data"), join(folder, "clock")];
  const started = spawn(process.execPath, [SERVER, ...files, String(port)], { stdio: ["ignore", "pipe", "ignore"] });
  child = started;
  let printed = "";
  for await (const text of started.stdout.setEncoding("utf8")) {
    printed += text as string;
    if (/^ready$/m.test(printed)) break;
  }
  return /^link (.*)$/m.exec(printed)?.[1];
}

async function kill(): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}

async function until<T>(ask: () => Promise<T>, holds: (value: T) => boolean, what: string): Promise<T> {
  for (let tries = 0; ; tries++) {
    const value = await ask();
    if (holds(value)) return value;
    if (tries > 900) throw new Error(`waited in vain for ${what}: ${JSON.stringify(value)}`);
    await pause(100);
  }
}

/** Signs in again where the clock has leapt over the end of a session. */
const ask = async (by: Browser, method: string, path: string, body?: unknown): Promise<Answer> => {
  const answer = await by.ask(method, path, body);
  if (answer.status !== 401) return succeeded(answer);
  await by.signIn();
  return succeeded(await by.ask(method, path, body));
};

interface PlanShown {
  readonly open: { readonly id: string; readonly state: string; readonly dueAt: Instant };
  readonly last: { readonly id: string; readonly state: string; readonly outcome: string } | null;
}

test(
  "it is held on time or counted as failed, never passed unseen, and leaves nothing open in the directory",
  { timeout: 600_000 },
  async () => {
    const port = await freePort();
    let now: Instant = instantOfEpochMs(Math.floor(Date.now() / 1000) * 1000);
    const moveTo = (at: Instant) => setClockIn(join(folder, "clock"), (now = at));
    const wait = (length: string) => moveTo(addDuration(now, duration(length)));
    moveTo(now);
    const link = (await launch(port))!;
    const server = serverAt(port);
    const browse = () => createBrowser(server, ORIGIN, createAuthenticator({ origin: ORIGIN }));
    const admin = browse();
    await admin.enrol(link, "Admin");
    await ask(admin, "POST", "/api/v1/estate/apply", {
      yaml: `${ESTATE}\ncomponents:\n  - { key: directory, name: The directory, kind: directory, layer: identity, owner: ivo }`,
      dryRun: false,
    });
    const people = (await ask(admin, "GET", "/api/v1/people?limit=200")).body["items"] as { id: string; displayName: string }[];
    const idOf = Object.fromEntries(people.map(({ displayName, id }) => [displayName, id])) as Record<string, string>;
    const enrolled = async (name: string): Promise<Browser> => {
      const person = idOf[name]!;
      const assertion = await admin.sign("access.invite", person);
      const browser = browse();
      await browser.enrol((await ask(admin, "POST", "/api/v1/invitations", { person, assertion })).body["link"] as string);
      return browser;
    };
    const [rolf, ivo, nils, gerda] = [await enrolled("rolf"), await enrolled("ivo"), await enrolled("nils"), await enrolled("gerda")];
    const { secret, ...config } = settingsFor(slapd);
    const connected = await ask(admin, "POST", "/api/v1/connections", { key: "ldap", name: "LDAP", kind: "openldap", config, secret });
    const connection = connected.body["id"] as string;
    const { dn, password, subject } = await plants.person("weekly", { open: true });
    const canary = { key: "weekly", name: "Weekly", connection: "ldap", account: dn, subject: "weekly", way: { kind: "password" } };
    await ask(admin, "POST", "/api/v1/canaries", { ...canary, secret: password });
    const groups = () => plants.all(slapd.layout.baseDn, `(&(objectClass=groupOfNames)(member=${dn}))`, ["1.1"]);

    const seenTwins: string[] = [];
    const grant = async (end: Instant): Promise<string> => {
      const story = { idOf: idOf as never, clock: { now: () => now, set: moveTo } };
      const body = requestBody(story, { connection, policy: "vpn", subject, until: end });
      const { id } = (await ask(rolf, "POST", "/api/v1/exceptions", body)).body as unknown as Shown;
      const shown = (await ask(rolf, "POST", `/api/v1/exceptions/${id}/submit`, { seenTwins })).body as unknown as Shown;
      seenTwins.push(id);
      for (const voter of [ivo, nils]) {
        await ask(voter, "GET", "/api/v1/session");
        succeeded(await vote(voter, shown));
      }
      await untilState(id, "active");
      return id;
    };
    const count = async () => {
      const text = await (await server.fetch(new Request(`${ORIGIN}/metrics`))).text();
      return Number(/^postern_tick_seconds_count\{part="canaries",outcome="completed"\} (\d+)$/m.exec(text)?.[1] ?? 0);
    };
    /** Until the tick has looked at the canaries with the clock as it is now. */
    const looked = async () => {
      const before = await count();
      await until(count, (after) => after > before + 1, "the tick to look");
    };
    const untilState = (id: string, wanted: string) =>
      until(
        async () => (await ask(rolf, "GET", `/api/v1/exceptions/${id}`)).body as unknown as Shown,
        ({ state }) => state === wanted,
        wanted,
      );

    const spec = { kind: "exceptionDeath", connection: "ldap", policy: "vpn", subject: "weekly", livesMinutes: 5, graceMinutes: 5 };
    const made = await ask(gerda, "POST", "/api/v1/drill-plans", {
      name: "The weekly death",
      exercise: "exception-death",
      subject: { kind: "component", key: "directory" },
      owner: idOf["ivo"],
      everyDays: 7,
      targets: { detect: null, decide: null, access: null, restore: null },
      probes: [{ key: "death", name: "It dies", spec }],
      unattended: true,
      firstDueAt: addDuration(now, duration("P7D")),
    });
    const plan = async () => (await ask(gerda, "GET", `/api/v1/drill-plans/${String(made.body["id"])}`)).body as unknown as PlanShown;
    const first = (await plan()).open;

    // The first week: killed again and again, from before the exception ends until the drill is over.
    const one = await grant(addDuration(now, duration("P6D")));
    const ends = addDuration(now, duration("P6D"));
    wait("P1D");
    await looked();
    moveTo(ends);
    for (let kills = 0; kills < KILLS; kills++) {
      if (kills === KILLS / 2) {
        await untilState(one, "closed");
        // The directory is not looked at twice within half a minute of this clock.
        wait("PT1M");
        await looked();
        moveTo(subtractDuration(first.dueAt, duration("PT6H")));
      }
      await pause(Math.random() * 1500);
      await kill();
      await launch(port);
    }
    const held = await until(plan, ({ last }) => last?.id === first.id, "the first drill to end");
    expect(await groups()).toEqual([]);
    const sheet = (await ask(gerda, "GET", `/api/v1/drills/${first.id}`)).body;
    // A reading of the directory that was cut off and goes on later may take it for one that came back: then it has not passed.
    const [probe] = sheet["probes"] as { tries: number; result: { outcome: string; saw: string } }[];
    expect(probe).toMatchObject({
      tries: 1,
      result: { saw: expect.stringMatching(/was gone from the provider at|came back after it/) as string },
    });
    expect(held.last).toMatchObject({ state: "finished", outcome: probe?.result.outcome === "passed" ? "passed" : "failed" });
    expect(sheet["ended"]).toMatchObject({ by: null, assertion: null });

    // The second week: nobody is there when it ends, and for an hour after. It is closed then, and the drill has failed.
    const two = await grant(addDuration(now, duration("P6D")));
    const endsAgain = addDuration(now, duration("P6D"));
    wait("P1D");
    await looked();
    await kill();
    expect(await groups()).toHaveLength(1);
    moveTo(addDuration(endsAgain, duration("PT1H")));
    await launch(port);
    await untilState(two, "closed");
    expect(await groups()).toEqual([]);
    await looked();
    moveTo(subtractDuration(held.open.dueAt, duration("PT6H")));
    const late = await until(plan, ({ last }) => last?.id === held.open.id, "the second drill to end");
    expect(late.last).toMatchObject({ state: "finished", outcome: "failed" });
    wait("PT10M");
    await until(
      async () => (await ask(gerda, "GET", "/api/v1/findings?kind=drillFailed&limit=200")).body["items"] as { statement: string }[],
      (items) => items.some(({ statement }) => statement.includes("The weekly death")),
      "the finding",
    );
    await pause(1500);
    await kill();

    const database = await openDatabase({ dataDir: join(folder, "data") });
    try {
      const key = await loadVerifierKey(database.db);
      const found = await readDatabase(database.db, REPLAYS, (source) => verifyJournal(source, { key, replays: REPLAYS, now }));
      expect(found).toMatchObject({ isSound: true, faults: [] });
    } finally {
      await database.close();
    }
  },
);
