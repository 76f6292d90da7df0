/** A server on PostgreSQL and an edge decision point in a process of its own, with a network between them that breaks. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { decisionsOnly, oneAfterAnother } from "../../src/compose-listen.ts";
import { formatVerifierKey } from "../../src/journal/note.ts";
import { loadVerifierKey } from "../../src/journal/index.ts";
import { instantOfEpochMs } from "../../src/kernel/time.ts";
import { executeSql } from "../../src/platform/db.ts";
import { type BreakableNetwork, openNetwork } from "../support/breakable-network.ts";
import { opensslMissing } from "../support/certificates.ts";
import { postgresMissing, startPostgres } from "../support/databases.ts";
import type { Answered } from "../support/decision-point.ts";
import { type EdgeProcess, startEdge } from "../support/edge-process.ts";
import { type Enforcement, openEnforcement } from "../support/enforcement.ts";
import { slapdMissing } from "../support/slapd.ts";
import { tempFolders } from "../support/temp-folders.ts";

const missing = opensslMissing() ?? slapdMissing() ?? postgresMissing();
const folder = tempFolders("edge-live");
const MAX_AGE_SECONDS = 8;

const edgeCaller = (mayRead: boolean): string => `
  - name: edge
    is: [{ authority: acme, dns: edge.acme.example }]
    may: { subjects: [], actions: [], resources: [], readSnapshot: ${mayRead} }
`;

describe("an edge decision point", () => {
  let postgres: Awaited<ReturnType<typeof startPostgres>>;
  let world: Enforcement;
  let network: BreakableNetwork;
  let edge: EdgeProcess;
  let ticking: NodeJS.Timeout;
  let args: readonly string[];
  let kept: string;
  let callers: string;
  beforeEach((ctx) => {
    if (missing !== undefined) ctx.skip(missing);
  });
  beforeAll(async () => {
    if (missing !== undefined) return;
    postgres = await startPostgres();
    const at = folder();
    world = await openEnforcement(at, { name: "gate", resource: { type: "policy", id: "vpn" } }, ["alice", "bob"], postgres.url);
    const { story, file, caFile, callersFile } = world;
    // The story's clock stands still by itself; an edge in another process has the machine's.
    ticking = setInterval(() => story.clock.set(instantOfEpochMs(Date.now())), 100);
    callers = readFileSync(callersFile, "utf8");
    writeFileSync(callersFile, callers + edgeCaller(true));
    const front = oneAfterAnother([story.app.decisionPoint, story.app.publication.point]);
    const listener = (await story.app.callers.listen(decisionsOnly(front)))!;
    network = await openNetwork("127.0.0.1", listener.port);
    const own = world.authority.issue({ commonName: "edge", untilDays: 1, names: "DNS:edge.acme.example", purpose: "clientAuth" });
    kept = folder();
    const given = {
      from: `https://localhost:${network.port}`,
      ca: caFile,
      data: kept,
      certificate: file("edge.pem", own.certificatePem),
      "certificate-key": file("edge.key", own.keyPem),
      key: formatVerifierKey(await loadVerifierKey(story.app.database.db)),
      callers: callersFile,
      "max-age": String(MAX_AGE_SECONDS),
    };
    args = Object.entries(given).flatMap(([option, value]) => [`--${option}`, value]);
    edge = await startEdge(args);
  });
  afterAll(async () => {
    await edge?.kill();
    clearInterval(ticking);
    await network?.close();
    await world?.close();
    await postgres?.stop();
  });

  const ask = (name: string): Promise<Answered> =>
    edge.ask(
      {
        subject: { type: "user", id: world.people.get(name)!.subject.key },
        action: { name: "sign_in", properties: { method: "password" } },
        resource: { type: "policy", id: "vpn" },
      },
      world.token(),
    );
  const code = async (name: string): Promise<string> => {
    const { status, body } = await ask(name);
    return status === 200 ? (body as { context: { reason: { code: string } } }).context.reason.code : String(status);
  };
  const becomes = (name: string, wanted: string): Promise<string> =>
    world.story.until(
      () => code(name),
      (found) => found === wanted,
      wanted,
    );

  test("lets in by an exception that was granted at the server, and no longer once that was revoked there", async () => {
    await becomes("alice", "exception_needed");
    const shown = await world.grant("alice", "P1D");
    await becomes("alice", "permitted_by_exception");
    await world.revoke(shown);
    expect(await becomes("alice", "exception_ended")).toBe("exception_ended");
  });

  test("is known at the server to answer in its place: what it lets through is counted nowhere there, and nothing is called unused", async () => {
    const { decisionLog, database } = world.story.app;
    await decisionLog.flush();
    expect((await executeSql(database.db, "select distinct caller from decision_edge")).rows).toEqual([{ caller: "edge" }]);
  });

  test("answers while the server is away, denies after its age and says why, and recovers by itself", async () => {
    await world.grant("bob", "P1D");
    await becomes("bob", "permitted_by_exception");
    network.cut();
    expect(await code("bob")).toBe("permitted_by_exception");
    await becomes("bob", "snapshot_too_old");
    expect(await edge.health()).toMatchObject({ status: 503, text: expect.stringContaining("not followed: it cannot be reached") });
    network.heal();
    await becomes("bob", "permitted_by_exception");
    expect(await edge.health()).toMatchObject({ status: 200, text: "ready\n" });
  });

  test("denies also where the server is silent and the connection stays", async () => {
    network.stall();
    await becomes("bob", "snapshot_too_old");
    network.heal();
    await becomes("bob", "permitted_by_exception");
  });

  test("denies once the server itself has heard nothing of its journal, however often it signs", async () => {
    const { follower } = world.story.app;
    await follower.stop();
    await becomes("bob", "snapshot_too_old");
    expect(await edge.health()).toMatchObject({ status: 503 });
    follower.start();
    await becomes("bob", "permitted_by_exception");
  });

  test("killed and started again without the server answers from its disk, and not for longer than its age", async () => {
    network.cut();
    await edge.kill();
    edge = await startEdge([...args, "--max-age", "600"]);
    expect(await code("bob")).toBe("permitted_by_exception");
    await edge.kill();
    edge = await startEdge(args);
    await becomes("bob", "snapshot_too_old");
    network.heal();
    await becomes("bob", "permitted_by_exception");
  });

  test("whose files were changed on its disk takes none of them, and fetches them anew", async () => {
    await edge.kill();
    network.cut();
    const held = join(kept, "snapshot");
    for (const name of readdirSync(held)) writeFileSync(join(held, name), "changed");
    edge = await startEdge(args);
    expect(await code("bob")).toBe("503");
    expect(edge.logged.join("")).toContain("kept snapshot not usable");
    network.heal();
    await becomes("bob", "permitted_by_exception");
  });

  test("told a key that is not the log's believes nothing", async () => {
    const { story } = world;
    const other = formatVerifierKey({ ...(await loadVerifierKey(story.app.database.db)) }).replace(/^[^+]+/, "other.example");
    await expect(startEdge(args.map((each, i) => (args[i - 1] === "--key" ? other : each)))).rejects.toThrow("verifier key");
  });

  test("that the server no longer lets read goes on aging, and denies", async () => {
    writeFileSync(world.callersFile, callers + edgeCaller(false));
    await becomes("bob", "snapshot_too_old");
    expect((await edge.health()).text).toContain("does not let us read the snapshot (403)");
    writeFileSync(world.callersFile, callers + edgeCaller(true));
    await becomes("bob", "permitted_by_exception");
  });
});
