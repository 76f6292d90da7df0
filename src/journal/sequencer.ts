/**
 * The sequencer gives entries their place in the log and signs a checkpoint over it. Writers never wait for it: they insert
 * entries in transactions of their own, and one sequencer at a time, whichever replica's, takes what has no leaf yet, in
 * batches, each batch in one transaction. A sequencer that is killed leaves either the whole batch or nothing.
 */
import { sql } from "kysely";

import { createFrontier, equalBytes, type Frontier, HASH_BYTES, hashLeaf, nodesOfRange, type ReadNode } from "../kernel/merkle.ts";
import type { Clock, Instant } from "../kernel/time.ts";
import type { Db, Tx } from "../platform/db.ts";
import { type Log, words } from "../platform/log.ts";
import { type Signer, sha256, signCheckpoint } from "./signing.ts";
import * as store from "./store.ts";
import { TILE_HEIGHT, TILE_WIDTH } from "./tile.ts";

/** Entries a batch: at most 64 MB of them, and short enough that the lock is free again within a fraction of a second. */
const BATCH = 1000;

/** An entry is covered within a second: half of it to wait, half for the work itself. Fewer, larger batches keep checkpoints few. */
const LOOK_EVERY_MS = 500;

/** An advisory lock is a number; this one is the journal's. */
const LOCK = 7_350_283_562;

/** The stored tree is not the one last signed: signing on would make a second history. Nothing is signed until it is repaired. */
export class JournalForked extends Error {
  override readonly name = "JournalForked";
}

export interface SequencerContext {
  readonly db: Db;
  readonly signer: Signer;
}

/** What a step did; `busy` when another replica is at it. */
export type Step = { readonly sequenced: number; readonly size: number } | "busy";

/** Sequences one batch and signs the checkpoint over it. Throws {@link JournalForked} rather than sign over a damaged tree. */
export async function sequenceBatch(context: SequencerContext, now: Instant, limit = BATCH): Promise<Step> {
  return context.db
    .transaction()
    .setIsolationLevel("read committed")
    .execute(async (tx) => {
      const locked = await sql<{ got: boolean }>`select pg_try_advisory_xact_lock(${LOCK}) as got`.execute(tx);
      if (locked.rows[0]?.got !== true) return "busy";
      const tip = await store.findTip(tx);
      const entries = await store.listUnsequenced(tx, limit);
      // Even an empty log has a signed checkpoint, so that nobody can later say it had not been there yet.
      if (entries.length === 0 && tip !== undefined) return { sequenced: 0, size: tip.size };
      const size = tip?.size ?? 0;
      const read = store.readStoredNodes(tx, size);
      const frontier = await resumeFrontier(size, tip?.root, read);
      const tiles = await growTree(tx, frontier, entries);
      if (tiles.length > 0) await store.saveTiles(tx, tiles);
      if (entries.length > 0) {
        await store.assignLeaves(
          tx,
          entries.map((entry) => entry.position),
          size,
        );
      }
      const tree = { size: frontier.size(), root: frontier.root() };
      await store.saveCheckpoint(tx, { ...tree, note: signCheckpoint(context.signer, tree), at: now });
      return { sequenced: entries.length, size: tree.size };
    });
}

/** Sequences until nothing is left. Returns the size of the log, or `busy`. */
export async function sequenceAll(context: SequencerContext, now: Instant): Promise<Step> {
  for (let sequenced = 0; ;) {
    const step = await sequenceBatch(context, now);
    if (step === "busy") return step;
    sequenced += step.sequenced;
    if (step.sequenced === 0) return { sequenced, size: step.size };
  }
}

async function resumeFrontier(size: number, signedRoot: Uint8Array | undefined, read: ReadNode): Promise<Frontier> {
  const peaks = [];
  for (const node of nodesOfRange({ start: 0, end: size })) {
    peaks.push(
      await read(node.level, node.index).catch((error: unknown) => {
        throw new JournalForked(`the stored tree of ${size} entries is incomplete: ${words(error)}`);
      }),
    );
  }
  const frontier = createFrontier(sha256, size, peaks);
  if (signedRoot !== undefined && !equalBytes(frontier.root(), signedRoot)) {
    throw new JournalForked(`the stored tree of ${size} entries does not have the root that was signed`);
  }
  return frontier;
}

/** Appends the entries and returns the tiles that grew, whole. */
async function growTree(tx: Tx, frontier: Frontier, entries: readonly { body: string }[]): Promise<store.StoredTile[]> {
  const added: { level: number; index: number; hash: Uint8Array }[] = [];
  for (const entry of entries) {
    frontier.append(hashLeaf(sha256, Buffer.from(entry.body)), (level, index, hash) => {
      if (level % TILE_HEIGHT === 0) added.push({ level: level / TILE_HEIGHT, index, hash });
    });
  }
  const grown = new Map<string, { level: number; index: number; hashes: Uint8Array[] }>();
  for (const { level, index, hash } of added) {
    const tileIndex = Math.floor(index / TILE_WIDTH);
    const key = `${level}/${tileIndex}`;
    const tile = grown.get(key) ?? { level, index: tileIndex, hashes: await firstHashes(tx, level, index) };
    tile.hashes.push(hash);
    grown.set(key, tile);
  }
  return [...grown.values()].map((tile) => ({ ...tile, hashes: Buffer.concat(tile.hashes) }));
}

/** The hashes that a tile holds before its hash number `index` of the level is added. */
async function firstHashes(tx: Tx, level: number, index: number): Promise<Uint8Array[]> {
  const width = (index % TILE_WIDTH) * HASH_BYTES;
  if (width === 0) return [];
  const stored = await store.findTile(tx, level, Math.floor(index / TILE_WIDTH));
  if (stored === undefined || stored.length < width)
    throw new JournalForked(`tile ${level}/${Math.floor(index / TILE_WIDTH)} is too short`);
  return [stored.subarray(0, width)];
}

export interface Sequencer {
  /** Waits for the batch under way, then stops. */
  stop(): Promise<void>;
}

/** Sequences in the background until stopped. Faults are logged and tried again: entries wait, nothing is lost. */
export function startSequencer(context: SequencerContext & { clock: Clock; log: Log }): Sequencer {
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  const look = async (): Promise<void> => {
    try {
      await sequenceAll(context, context.clock.now());
    } catch (error) {
      context.log.error("journal not sequenced", { error: words(error) });
    }
    if (!isStopped) timer = setTimeout(lookAgain, LOOK_EVERY_MS);
  };
  const lookAgain = (): void => {
    running = look();
  };
  lookAgain();
  return {
    stop: async () => {
      isStopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
