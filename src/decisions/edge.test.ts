import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { afterEach, describe, expect, test } from "vitest";

import { openSnapshotServer, type SnapshotServer } from "../../test/support/snapshot-server.ts";
import { tempFolders } from "../../test/support/temp-folders.ts";
import { generateKeyPairSync } from "node:crypto";
import { createSigner } from "../journal/signing.ts";
import { hexDigest } from "../platform/hex-digest.ts";
import { createLog } from "../platform/log.ts";
import { openRemote } from "../platform/remote-files.ts";
import { decide } from "./decide.ts";
import { openEdgeFiles } from "./edge-files-service.ts";
import { createEdge, type Edge } from "./edge-service.ts";
import type { GrantRow } from "./grant-row.ts";
import { NEVER } from "./grant-row.ts";
import { type Manifest, manifestText } from "./published.ts";
import { NONE, type Question } from "./question.ts";

const folder = tempFolders("edge");
const START = Date.parse("2026-03-02T09:00:00Z");
const MAX_AGE_MS = 60_000;
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

const question: Question = {
  subject: { type: "user", id: "anna", properties: NONE },
  action: { name: "sign_in", properties: { method: "password" } },
  resource: { type: "application", id: "app_1", properties: NONE },
  context: NONE,
};

function row(stand: GrantRow["stand"] = "open", exception = "exc_1", key = "anna"): GrantRow {
  return {
    exception,
    ref: "EXC-1",
    owner: null,
    subject: { connection: "con_1", kind: "user", key },
    person: null,
    resource: { kind: "application", id: "app_1" },
    method: "password",
    conditions: { networks: null, deviceClasses: null, hours: null },
    from: 0,
    until: NEVER,
    stand,
    ends: NEVER,
  };
}

interface Scene {
  readonly server: SnapshotServer;
  readonly edge: Edge;
  readonly dataDir: string;
  readonly logged: string[];
  /** What an edge answers now: the reason. */
  readonly ask: () => string;
  readonly pass: (ms: number) => void;
  /** Looks until it has nothing against what it is told, or says what. */
  readonly look: () => Promise<string | undefined>;
  /** Another process on the same disk. */
  readonly again: () => Promise<Edge>;
}

async function scene(): Promise<Scene> {
  const at = { wall: START, elapsed: 1_000_000 };
  const server = await openSnapshotServer(() => at.wall);
  closing.push(() => server.stop());
  server.layer.putException("exc_1", [row()]);
  await server.publish();
  const dataDir = folder();
  const logged: string[] = [];
  writeFileSync(join(dataDir, "token"), "edge\n");
  const open = async (): Promise<Edge> => {
    const edge = createEdge({
      remote: openRemote({ url: server.url, tokenFile: join(dataDir, "token"), timeoutMs: 2000 }),
      files: await openEdgeFiles(join(dataDir, "kept")),
      key: server.key,
      nowMs: () => at.wall,
      elapsedMs: () => at.elapsed,
      maxAgeMs: MAX_AGE_MS,
      log: createLog(
        () => "now",
        (line) => void logged.push(line),
      ),
      lookEveryMs: 1_000_000,
    });
    closing.push(() => edge.stop());
    await edge.start();
    return edge;
  };
  mkdirSync(join(dataDir, "kept"));
  const edge = await open();
  await edge.look();
  const asking = (of: Edge) => {
    const snapshot = of.snapshot();
    return snapshot === undefined ? "nothing" : decide(question, snapshot.ruleSets.get("default")!, snapshot, at.wall).code;
  };
  return {
    server,
    edge,
    dataDir,
    logged,
    ask: () => asking(edge),
    pass(ms) {
      at.wall += ms;
      at.elapsed += ms;
    },
    async look() {
      at.elapsed += 20_000;
      at.wall += 20_000;
      await server.publish();
      await edge.look();
      return edge.trouble();
    },
    again: open,
  };
}

describe("an edge decision point", () => {
  test("answers as the register does, and a revocation reaches it", async () => {
    const { server, ask, look } = await scene();
    expect(ask()).toBe("permitted_by_exception");
    server.layer.putException("exc_1", [row("ended")]);
    server.commit();
    expect(await look()).toBeUndefined();
    expect(ask()).toBe("exception_ended");
  });

  test("fetches what changed and not the whole again, however often something does", async () => {
    const { server, look, edge } = await scene();
    for (let i = 0; i < 40; i++) {
      server.layer.putException(`exc_${i + 10}`, [row("open", `exc_${i + 10}`, `key-${i}`)]);
      server.commit();
      expect(await look()).toBeUndefined();
    }
    expect(edge.snapshot()!.register.size).toBe(41);
    const fetched = server.asked.filter((path) => path.includes("/files/"));
    expect(new Set(fetched).size).toBe(fetched.length);
    expect(fetched.length).toBeLessThanOrEqual(45);
  });

  test("takes a new chain whole after its publisher began again", async () => {
    const { server, look, ask } = await scene();
    await server.restart();
    server.layer.putException("exc_1", [row("suspended")]);
    server.commit();
    expect(await look()).toBeUndefined();
    expect(ask()).toBe("exception_suspended");
  });

  test("denies once its snapshot is too old, says so, and recovers by itself", async () => {
    const { server, ask, pass, look, edge } = await scene();
    server.answer((_, response) => (response.destroy(), true));
    pass(MAX_AGE_MS - 21_000);
    expect(await look()).toContain("cannot be reached");
    expect(ask()).toBe("permitted_by_exception");
    pass(2000);
    await edge.look();
    expect(ask()).toBe("snapshot_too_old");
    server.answer(undefined);
    expect(await look()).toBeUndefined();
    expect(ask()).toBe("permitted_by_exception");
  });

  test("is no fresher than its publisher: one that lost its database makes nothing young by signing it again", async () => {
    const { server, ask, look } = await scene();
    server.freshAt(START);
    for (let i = 0; i < 4; i++) expect(await look()).toBeUndefined();
    expect(ask()).toBe("snapshot_too_old");
  });

  test("starts from its disk without the server, as old as what it kept", async () => {
    const { server, again, pass } = await scene();
    server.answer((_, response) => (response.destroy(), true));
    const other = await again();
    expect(decide(question, other.snapshot()!.ruleSets.get("default")!, other.snapshot()!, START).permit).toBe(true);
    pass(MAX_AGE_MS + 1);
    const later = await again();
    expect(decide(question, later.snapshot()!.ruleSets.get("default")!, later.snapshot()!, START + MAX_AGE_MS + 1).code).toBe(
      "snapshot_too_old",
    );
  });

  test("with its clock behind what it saw cannot tell how old that is, and denies until it hears anew", async () => {
    const { server, again, pass } = await scene();
    server.answer((_, response) => (response.destroy(), true));
    pass(-3_600_000);
    const other = await again();
    expect(decide(question, other.snapshot()!.ruleSets.get("default")!, other.snapshot()!, START - 3_600_000).code).toBe(
      "snapshot_too_old",
    );
  });
});

describe("an edge keeps what it has, and says why, when", () => {
  test("the manifest is changed by a byte", async () => {
    const { server, look, ask } = await scene();
    const note = await server.publish();
    server.answer(
      (path, response) => path === "/decisions/v1/snapshot" && (response.end(note.replace('"sequence":1', '"sequence":9')), true),
    );
    expect(await look()).toContain("not signed by log.example (bad_signature)");
    expect(ask()).toBe("permitted_by_exception");
  });

  test("it is signed by another key, of the same name", async () => {
    const { server, look } = await scene();
    const stranger = await openSnapshotServer(() => START);
    closing.push(() => stranger.stop());
    const note = await stranger.publish();
    server.answer((path, response) => path === "/decisions/v1/snapshot" && (response.end(note), true));
    expect(await look()).toContain("unknown_key");
  });

  test("a checkpoint is shown for a manifest, or a text that the same key signed for something else", async () => {
    const { server, look } = await scene();
    server.answer((path, response) => path === "/decisions/v1/snapshot" && (response.end(server.sign("log.example\n1\nAAAA\n")), true));
    expect(await look()).toContain("the manifest is none");
  });

  test("a manifest of yesterday is shown again: it makes nothing young", async () => {
    const { server, look, ask } = await scene();
    const old = await server.publish();
    expect(await look()).toBeUndefined();
    server.answer((path, response) => path === "/decisions/v1/snapshot" && (response.end(old), true));
    expect(await look()).toContain("older than the one that was seen before");
    for (let i = 0; i < 3; i++) await look();
    expect(ask()).toBe("snapshot_too_old");
  });

  test("a revocation is taken back by an old manifest after a start from the disk", async () => {
    const { server, look, again } = await scene();
    const old = await server.publish();
    server.layer.putException("exc_1", [row("ended")]);
    server.commit();
    expect(await look()).toBeUndefined();
    server.answer((path, response) => path === "/decisions/v1/snapshot" && (response.end(old), true));
    const other = await again();
    await other.look();
    expect(other.trouble()).toContain("it goes back from entry 2 to 1");
  });

  test("a manifest is dated ahead, to be shown when it is due", async () => {
    const { server, look } = await scene();
    server.answer(
      (path, response) =>
        path === "/decisions/v1/snapshot" && (response.end(signed(server, (m) => ({ ...m, publishedAtMs: START + 1e7 }))), true),
    );
    expect(await look()).toContain("dated in the future");
  });

  test("the journal is another one from some place on, of the same size, larger, or shorter", async () => {
    const { server, look } = await scene();
    for (let i = 0; i < 6; i++) server.commit();
    expect(await look()).toBeUndefined();
    server.fork(3, 7);
    await server.restart();
    expect(await look()).toContain("the log was forked");
    server.fork(3, 12);
    await server.restart();
    expect(await look()).toContain("the log was forked");
    server.fork(3, 5);
    await server.restart();
    expect(await look()).toMatch(/goes back|shorter/);
  });

  test.each<[string, (bytes: Buffer, response: ServerResponse) => void, string]>([
    [
      "changed by a byte",
      (bytes, response) => response.end(Buffer.concat([bytes.subarray(0, -1), Buffer.from([bytes.at(-1)! ^ 1])])),
      "not what the manifest was signed for",
    ],
    ["cut off", (bytes, response) => response.end(bytes.subarray(0, -5)), "cut off"],
    [
      "cut off by the network",
      (bytes, response) =>
        void response.writeHead(200, { "Content-Length": bytes.length }).write(bytes.subarray(0, 10), () => response.destroy()),
      "cannot be reached",
    ],
    [
      "longer than it may be",
      (bytes, response) => response.end(Buffer.concat([bytes, Buffer.alloc(100_000)])),
      "longer than the manifest says",
    ],
    ["another one", (_, response) => response.end(gzipSync("{}")), "cut off"],
    ["packed on its way", (bytes, response) => void response.setHeader("Content-Encoding", "gzip").end(gzipSync(bytes)), "packed"],
    ["somewhere else", (_, response) => void response.writeHead(302, { Location: "http://127.0.0.1:1/" }).end(), "not followed"],
    ["not there", (_, response) => void response.writeHead(404).end(), "answers 404"],
  ])("a file is %s", async (_, spoil, words) => {
    const { server, look, ask, dataDir } = await scene();
    server.layer.putException("exc_1", [row("ended")]);
    server.commit();
    let spoilt = true;
    server.answer((path, response) => {
      if (!spoilt || !path.includes("/files/")) return false;
      spoil(server.file(path.split("/").at(-1)!), response);
      return true;
    });
    expect(await look()).toContain(words);
    expect(ask()).toBe("permitted_by_exception");
    expect(readdirSync(join(dataDir, "kept", "snapshot")).filter((name) => !/^[0-9a-f]{64}(\.part)?$/.test(name))).toEqual([]);
    spoilt = false;
    expect(await look()).toBeUndefined();
    expect(ask()).toBe("exception_ended");
  });

  test("a file unfolds to far more than was said, though its digest is right", async () => {
    const { server, look, ask } = await scene();
    const bomb = gzipSync(Buffer.alloc(50_000_000, 32));
    const digest = hexDigest(bomb);
    server.answer((path, response) => {
      if (path.endsWith(digest)) return (response.end(bomb), true);
      if (path !== "/decisions/v1/snapshot") return false;
      response.end(
        signed(server, (manifest) => ({ ...manifest, deltas: [...manifest.deltas, { digest, size: bomb.length, plain: 1000 }] })),
      );
      return true;
    });
    expect(await look()).toContain("unfolds to more");
    expect(ask()).toBe("permitted_by_exception");
  });

  test("the answer has no end", async () => {
    const { server, look } = await scene();
    server.answer((path, response) => {
      if (path !== "/decisions/v1/snapshot") return false;
      const fill = () => {
        while (!response.destroyed && response.write("x".repeat(100_000)));
      };
      response.on("drain", fill);
      fill();
      return true;
    });
    expect(await look()).toContain("more than there can be");
  });

  test("it is not let in", async () => {
    const { look, dataDir } = await scene();
    writeFileSync(join(dataDir, "token"), "stranger");
    expect(await look()).toContain("does not know who asks (401)");
  });

  test("a file on its own disk is damaged: it is fetched again", async () => {
    const { again, server, dataDir } = await scene();
    const kept = join(dataDir, "kept", "snapshot");
    for (const name of readdirSync(kept)) writeFileSync(join(kept, name), "damaged");
    const other = await again();
    expect(other.snapshot()).toBeUndefined();
    await other.look();
    expect(other.trouble()).toBeUndefined();
    expect(decide(question, other.snapshot()!.ruleSets.get("default")!, other.snapshot()!, START).permit).toBe(true);
    expect(server.asked.length).toBeGreaterThan(0);
    expect(readFileSync(join(dataDir, "kept", "manifest.note"), "utf8")).toContain("log.example/decision-snapshot");
  });
});

test("an edge told another key than the log's takes nothing", async () => {
  const { server, dataDir } = await scene();
  const { privateKey } = generateKeyPairSync("ed25519");
  const edge = createEdge({
    remote: openRemote({ url: server.url, tokenFile: join(dataDir, "token") }),
    files: await openEdgeFiles(folder()),
    key: createSigner("log.example", privateKey).key,
    nowMs: () => START,
    elapsedMs: () => 0,
    maxAgeMs: MAX_AGE_MS,
    log: createLog(
      () => "now",
      () => undefined,
    ),
  });
  closing.push(() => edge.stop());
  await edge.start();
  await edge.look();
  expect([edge.snapshot(), edge.trouble()]).toEqual([undefined, expect.stringContaining("unknown_key")]);
});

/** What the holder of the key says instead. */
function signed(server: SnapshotServer, change: (manifest: Manifest) => Manifest): string {
  const [name, json] = server.note().split("\n");
  return server.sign(manifestText(name!, change(JSON.parse(json!) as Manifest)));
}
