/** An edge decision point and what it follows, in one process, on clocks that stand still until told otherwise. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterEach } from "vitest";

import { decide } from "../../src/decisions/decide.ts";
import { openEdgeFiles } from "../../src/decisions/edge-files-service.ts";
import { createEdge, type Edge } from "../../src/decisions/edge-service.ts";
import { type GrantRow, NEVER } from "../../src/decisions/grant-row.ts";
import { type Manifest, manifestText } from "../../src/decisions/published.ts";
import { NONE, type Question } from "../../src/decisions/question.ts";
import { createLog } from "../../src/platform/log.ts";
import { openRemote } from "../../src/platform/remote-files.ts";
import { openSnapshotServer, type SnapshotServer } from "./snapshot-server.ts";
import { tempFolders } from "./temp-folders.ts";

export const folder = tempFolders("edge");
export const START = Date.parse("2026-03-02T09:00:00Z");
export const MAX_AGE_MS = 60_000;
export const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

const question: Question = {
  subject: { type: "user", id: "anna", properties: NONE },
  action: { name: "sign_in", properties: { method: "password" } },
  resource: { type: "application", id: "app_1", properties: NONE },
  context: NONE,
};

/** What an edge answers to anna's question at a moment: the reason. */
export function answerOf(edge: Edge, nowMs: number): string {
  const snapshot = edge.snapshot();
  return snapshot === undefined ? "nothing" : decide(question, snapshot.ruleSets.get("default")!, snapshot, nowMs).code;
}

/** A grant of anna's, or another's. */
export function row(stand: GrantRow["stand"] = "open", exception = "exc_1", key = "anna"): GrantRow {
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

export interface EdgeScene {
  readonly server: SnapshotServer;
  readonly edge: Edge;
  readonly dataDir: string;
  readonly logged: string[];
  /** What an edge answers now: the reason. */
  readonly ask: () => string;
  readonly pass: (ms: number) => void;
  readonly setBack: (ms: number) => void;
  /** Looks until it has nothing against what it is told, or says what. */
  readonly look: () => Promise<string | undefined>;
  /** Another process on the same disk. */
  readonly again: () => Promise<Edge>;
}

export async function edgeScene(): Promise<EdgeScene> {
  const at = { wall: START, elapsed: 1_000_000 };
  const server = await openSnapshotServer(() => at.wall);
  closing.push(() => server.stop());
  server.put("exc_1", [row()]);
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
  return {
    server,
    edge,
    dataDir,
    logged,
    ask: () => answerOf(edge, at.wall),
    pass(ms) {
      at.wall += ms;
      at.elapsed += ms;
    },
    setBack(ms) {
      at.wall -= ms;
    },
    async look() {
      at.wall += 20_000;
      await server.publish();
      // A look of its own accord may have come while nothing was published, and asks for a pause.
      for (let tries = 0; tries === 0 || (tries < 5 && edge.trouble() === "it answers 503"); tries++) {
        at.elapsed += 20_000;
        await edge.look();
      }
      return edge.trouble();
    },
    again: open,
  };
}

/** What the holder of the key says instead. */
export function signed(server: SnapshotServer, change: (manifest: Manifest) => Manifest): string {
  const [name, json] = server.note().split("\n");
  return server.sign(manifestText(name!, change(JSON.parse(json!) as Manifest)));
}
