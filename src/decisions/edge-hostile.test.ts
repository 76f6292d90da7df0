import { generateKeyPairSync } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { describe, expect, test } from "vitest";

import { answerOf, closing, edgeScene, folder, MAX_AGE_MS, row, signed, START } from "../../test/support/edge-scene.ts";
import { openSnapshotServer } from "../../test/support/snapshot-server.ts";
import { createSigner } from "../journal/signing.ts";
import { hexDigest } from "../platform/hex-digest.ts";
import { createLog } from "../platform/log.ts";
import { openRemote } from "../platform/remote-files.ts";
import { openEdgeFiles } from "./edge-files-service.ts";
import { createEdge } from "./edge-service.ts";

describe("an edge keeps what it has, and says why, when", () => {
  test("the manifest is changed by a byte", async () => {
    const { server, look, ask } = await edgeScene();
    const note = await server.publish();
    server.answer(
      (path, response) => path === "/decisions/v1/snapshot" && (response.end(note.replace('"sequence":1', '"sequence":9')), true),
    );
    expect(await look()).toContain("not signed by log.example (bad_signature)");
    expect(ask()).toBe("permitted_by_exception");
  });

  test("it is signed by another key, of the same name", async () => {
    const { server, look } = await edgeScene();
    const stranger = await openSnapshotServer(() => START);
    closing.push(() => stranger.stop());
    const note = await stranger.publish();
    server.answer((path, response) => path === "/decisions/v1/snapshot" && (response.end(note), true));
    expect(await look()).toContain("unknown_key");
  });

  test("a checkpoint is shown for a manifest, or a text that the same key signed for something else", async () => {
    const { server, look } = await edgeScene();
    server.answer((path, response) => path === "/decisions/v1/snapshot" && (response.end(server.sign("log.example\n1\nAAAA\n")), true));
    expect(await look()).toContain("the manifest is none");
  });

  test("a manifest of yesterday is shown again: it makes nothing young", async () => {
    const { server, look, ask } = await edgeScene();
    const old = await server.publish();
    expect(await look()).toBeUndefined();
    server.answer((path, response) => path === "/decisions/v1/snapshot" && (response.end(old), true));
    expect(await look()).toContain("older than the one that was seen before");
    for (let i = 0; i < 3; i++) await look();
    expect(ask()).toBe("snapshot_too_old");
  });

  test("the newest manifest is shown again and again while its clock is set back: it makes nothing young", async () => {
    const { server, edge, ask, pass, setBack } = await edgeScene();
    const note = server.note();
    server.answer((path, response) => path === "/decisions/v1/snapshot" && (response.end(note), true));
    pass(MAX_AGE_MS - 10_000);
    await edge.look();
    expect([edge.trouble(), ask()]).toEqual([undefined, "permitted_by_exception"]);
    setBack(MAX_AGE_MS - 10_000);
    await edge.look();
    pass(11_000);
    expect([edge.trouble(), ask()]).toEqual([undefined, "snapshot_too_old"]);
  });

  test("its clock is set back in the middle of a look that takes long: it grows old all the same", async () => {
    const { server, edge, ask, pass, setBack } = await edgeScene();
    const asked = new Promise<void>((resolve) => {
      server.answer((path) => path === "/decisions/v1/snapshot" && (resolve(), true));
    });
    void edge.look();
    await asked;
    setBack(3_600_000);
    pass(MAX_AGE_MS + 1);
    expect(ask()).toBe("snapshot_too_old");
  });

  test("a revocation is taken back by an old manifest after a start from the disk", async () => {
    const { server, look, again } = await edgeScene();
    const old = await server.publish();
    server.put("exc_1", [row("ended")]);
    server.commit();
    expect(await look()).toBeUndefined();
    server.answer((path, response) => path === "/decisions/v1/snapshot" && (response.end(old), true));
    const other = await again();
    await other.look();
    expect(other.trouble()).toContain("it goes back from entry 2 to 1");
  });

  test("a manifest is dated ahead, to be shown when it is due", async () => {
    const { server, look } = await edgeScene();
    server.answer(
      (path, response) =>
        path === "/decisions/v1/snapshot" && (response.end(signed(server, (m) => ({ ...m, publishedAtMs: START + 1e7 }))), true),
    );
    expect(await look()).toContain("dated in the future");
  });

  test("the journal is another one from some place on, of the same size, larger, or shorter", async () => {
    const { server, look } = await edgeScene();
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
    const { server, look, ask, dataDir } = await edgeScene();
    server.put("exc_1", [row("ended")]);
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
    const { server, look, ask } = await edgeScene();
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
    const { server, look } = await edgeScene();
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
    const { look, dataDir } = await edgeScene();
    writeFileSync(join(dataDir, "token"), "stranger");
    expect(await look()).toContain("does not know who asks (401)");
  });

  test("a file on its own disk is damaged: it is fetched again", async () => {
    const { again, server, dataDir } = await edgeScene();
    const kept = join(dataDir, "kept", "snapshot");
    for (const name of readdirSync(kept)) writeFileSync(join(kept, name), "damaged");
    const other = await again();
    expect(other.snapshot()).toBeUndefined();
    await other.look();
    expect(other.trouble()).toBeUndefined();
    expect(answerOf(other, START)).toBe("permitted_by_exception");
    expect(server.asked.length).toBeGreaterThan(0);
    expect(readFileSync(join(dataDir, "kept", "manifest.note"), "utf8")).toContain("log.example/decision-snapshot");
  });
});

test("an edge told another key than the log's takes nothing", async () => {
  const { server, dataDir } = await edgeScene();
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
