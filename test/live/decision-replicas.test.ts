/** Three replicas, each a process of its own, on one real PostgreSQL: what one commits all of them know, and one that is cut off denies. */
import { setTimeout as sleep } from "node:timers/promises";

import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

import { type BreakableNetwork, openNetwork } from "../support/breakable-network.ts";
import { postgresMissing } from "../support/databases.ts";
import { openReplicas, type Replica, type Replicas } from "../support/decision-replicas.ts";

const missing = postgresMissing();
const SUBJECTS = Array.from({ length: 13 }, (_, i) => `subject-${i}`);
const MAX_AGE_S = 2;

let world: Replicas;
let network: BreakableNetwork;
let replicas: readonly Replica[];
let ids: Awaited<ReturnType<Replicas["grant"]>>;

beforeEach((ctx) => {
  if (missing !== undefined) ctx.skip(missing);
});
beforeAll(async () => {
  if (missing !== undefined) return;
  world = await openReplicas();
  const { hostname, port } = new URL(world.url);
  network = await openNetwork(hostname, Number(port));
  ids = await world.grant(SUBJECTS);
  const far = world.url.replace(`:${port}`, `:${network.port}`);
  replicas = [
    await world.start({ databaseUrl: world.url, dataDir: world.folder() }),
    await world.start({ databaseUrl: world.url, dataDir: world.folder() }),
    await world.start({ databaseUrl: far, dataDir: world.folder(), maxAgeSeconds: MAX_AGE_S }),
  ];
}, 300_000);
afterAll(async () => {
  await world?.stop();
  await network?.close();
});

/** What a replica says once it is what is expected, or what it still says long after. */
async function comesTo(replica: Replica, subject: string, expected: string): Promise<string> {
  for (let left = 600; ; left--) {
    const said = await replica.ask(subject).catch((error: unknown) => String(error));
    if (said === expected || left === 0) return said;
    await sleep(50);
  }
}
const allCome = (subject: string, expected: string) => Promise.all(replicas.map((replica) => comesTo(replica, subject, expected)));

test("a grant that one commits is known to all, and its revocation too", async () => {
  for (const subject of SUBJECTS) expect(await allCome(subject, "permit")).toEqual(["permit", "permit", "permit"]);
  for (const id of ids.slice(0, 6)) await world.revoke(id);
  for (const subject of SUBJECTS.slice(0, 6)) {
    expect(await allCome(subject, "exception_ended")).toEqual(["exception_ended", "exception_ended", "exception_ended"]);
  }
  expect(await allCome(SUBJECTS[6]!, "permit")).toEqual(["permit", "permit", "permit"]);
});

test.each(["cut", "stall"] as const)(
  "a replica whose network is %s denies after its configured age, says so, and recovers by itself with what it missed",
  async (how) => {
    const [subject, other] = how === "cut" ? [SUBJECTS[6]!, SUBJECTS[7]!] : [SUBJECTS[8]!, SUBJECTS[9]!];
    expect(await allCome(other, "permit")).toEqual(["permit", "permit", "permit"]);
    network[how]();
    await world.revoke(ids[SUBJECTS.indexOf(subject)]!);
    expect(await comesTo(replicas[2]!, other, "snapshot_too_old")).toBe("snapshot_too_old");
    expect(await replicas[2]!.ask(subject)).toBe("snapshot_too_old");
    expect(await comesTo(replicas[0]!, subject, "exception_ended")).toBe("exception_ended");
    expect(await replicas[1]!.ask(other)).toBe("permit");
    network.heal();
    expect(await comesTo(replicas[2]!, other, "permit")).toBe("permit");
    expect(await replicas[2]!.ask(subject)).toBe("exception_ended");
  },
  120_000,
);

test.skipIf(process.env["POSTERN_TEST_DATABASE_URL"] !== undefined)(
  "a replica whose database is away at its start answers from what it kept, no longer than its age, and becomes whole when that comes",
  async () => {
    const [known, revoked] = [SUBJECTS[12]!, SUBJECTS[5]!];
    const given = { databaseUrl: world.url, dataDir: world.folder(), maxAgeSeconds: 20 };
    const before = await world.start(given);
    expect(await comesTo(before, known, "permit")).toBe("permit");
    await before.stop();
    await world.halt();
    try {
      const after = await world.start(given);
      expect([await after.ask(known), await after.ask(revoked)]).toEqual(["permit", "exception_ended"]);
      expect([await after.get("/healthz"), await after.get("/readyz"), await after.get("/api/v1/session")]).toEqual([200, 503, 503]);
      expect(await after.get("/access/v1/requests/task_1")).toBe(503);
      expect(await comesTo(after, known, "snapshot_too_old")).toBe("snapshot_too_old");
      await world.resume();
      expect(await comesTo(after, known, "permit")).toBe("permit");
      expect(await after.get("/readyz")).toBe(200);
      await world.revoke(ids[12]!);
      expect(await comesTo(after, known, "exception_ended")).toBe("exception_ended");
      await after.stop();
      await expect(world.halt().then(() => world.start({ ...given, dataDir: world.folder() }))).rejects.toThrow("a replica ended");
    } finally {
      await world.resume();
    }
  },
  240_000,
);

test("a replica that is killed starts again and knows the same", async () => {
  const folder = world.folder();
  const before = await world.start({ databaseUrl: world.url, dataDir: folder });
  expect(await comesTo(before, SUBJECTS[10]!, "permit")).toBe("permit");
  await before.stop("SIGKILL");
  await world.revoke(ids[10]!);
  const after = await world.start({ databaseUrl: world.url, dataDir: folder });
  expect(await comesTo(after, SUBJECTS[10]!, "exception_ended")).toBe("exception_ended");
  expect(await comesTo(after, SUBJECTS[11]!, "permit")).toBe("permit");
}, 120_000);
