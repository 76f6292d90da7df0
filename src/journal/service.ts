/** Reading the journal for people and programs. Nothing here changes anything. */
import { encodeBase64 } from "../kernel/base64.ts";
import { consistencyPath, inclusionPath, proofOf, type Range } from "../kernel/merkle.ts";
import { refusal, Refused } from "../kernel/problem.ts";
import type { Db } from "../platform/db.ts";
import { listReplayStates } from "./database-source.ts";
import { loadVerifierKey } from "./log-key.ts";
import { formatVerifierKey } from "./note.ts";
import { formatProof } from "./proof.ts";
import type { Replays } from "./replay.ts";
import { sha256 } from "./signing.ts";
import { cutTile } from "./source.ts";
import * as store from "./store.ts";
import { encodeBundle, type TileName, tileWidth, TILE_WIDTH } from "./tile.ts";

export interface ShownProof {
  readonly text: string;
  readonly size: number;
  readonly path: { start: number; end: number; hash: string }[];
}

export interface Page<Item> {
  readonly items: Item[];
  readonly next?: string;
}

export type JournalService = ReturnType<typeof createJournalService>;

export function createJournalService(db: Db, replays: Replays) {
  return {
    verifierKey: async (): Promise<string> => formatVerifierKey(await loadVerifierKey(db)),

    /** The newest signed note. There is one from the sequencer's first step on. */
    checkpoint: (): Promise<string> => newestCheckpoint(db),

    async checkpoints(order: "smallest" | "newest", cursor: string | undefined, limit: number): Promise<Page<store.CheckpointRow>> {
      const beyond = order === "smallest" ? -1 : Number.MAX_SAFE_INTEGER;
      const items = await store.listCheckpoints(db, { order, size: numberOf(cursor, beyond) }, limit);
      return page(items, limit, (last) => String(last.size));
    },

    /** What happened, newest first. */
    async search(filter: store.EntryFilter, cursor: string | undefined, limit: number): Promise<Page<store.EntryRow>> {
      const items = await store.searchEntries(db, filter, cursor === undefined ? undefined : numberOf(cursor, 0), limit);
      return page(items, limit, (last) => String(last.position));
    },

    /** The bytes of a tile or bundle. Refuses `journal.tileNotFound` what the newest checkpoint does not cover. */
    async tile(tile: TileName | undefined): Promise<Uint8Array> {
      const bytes = tile && (await readTile(db, tile));
      if (bytes === undefined) throw new Refused([refusal("journal.tileNotFound", "The journal has no such tile, or not yet.")], 404);
      return bytes;
    },

    /** Refuses `journal.entryNotFound`. */
    entry: (id: string): Promise<store.EntryRow> => loadEntry(db, id),

    /** The offline proof under the newest checkpoint; undefined while none covers the entry. */
    async proof(entry: store.EntryRow): Promise<ShownProof | undefined> {
      const tip = await store.findTip(db);
      if (tip === undefined || entry.leaf_index === null || entry.leaf_index >= tip.size) return undefined;
      const ranges = inclusionPath(entry.leaf_index, { start: 0, end: tip.size });
      const inclusion = await proofOf(sha256, ranges, store.readStoredNodes(db, tip.size));
      const text = formatProof({ entry: Buffer.from(entry.body), index: entry.leaf_index, inclusion, checkpoint: tip.note });
      return { text, size: tip.size, path: ranges.map((range: Range, i) => ({ ...range, hash: encodeBase64(inclusion[i]!) })) };
    },

    async subjectEntries(subject: string, cursor: string | undefined, limit: number): Promise<Page<store.EntryRow>> {
      const items = await store.listSubjectEntries(db, subject, numberOf(cursor, 0), limit);
      if (items.length === 0 && cursor === undefined) throw noEntry();
      return page(items, limit, (last) => String(last.subject_version));
    },

    /** The states of these subjects of one kind, as they are stored; those that are there. */
    async statesOf(kind: string, subjects: readonly string[]): Promise<readonly { subject: string; state: unknown }[]> {
      const table = replays[kind]?.table;
      return table === undefined || subjects.length === 0 ? [] : store.findStates(db, table, subjects);
    },

    async states(cursor: string | undefined, limit: number) {
      const [kind = "", subject = ""] = (cursor ?? "").split(":", 2);
      const stored = await listReplayStates(db, replays, { kind, subject }, limit);
      const items = stored.map((each) => ({ kind: each.kind, subject: each.subject, version: each.version, state: each.state }));
      return page(items, limit, (last) => `${last.kind}:${last.subject}`);
    },
  };
}

export async function newestCheckpoint(db: Db): Promise<string> {
  return (await loadTip(db)).note;
}

/** Hashes, base 64, that show the journal of `from` entries to be the beginning of that of `to`; undefined where it is none, or not yet. */
export async function proveGrowth(db: Db, from: number, to: number): Promise<readonly string[] | undefined> {
  const tip = await store.findTip(db);
  if (tip === undefined || from < 1 || from > to || to > tip.size) return undefined;
  const path = consistencyPath({ start: 0, end: from }, to);
  return (await proofOf(sha256, path, store.readStoredNodes(db, to))).map(encodeBase64);
}

async function loadTip(db: Db): Promise<store.Tip> {
  const tip = await store.findTip(db);
  if (tip === undefined)
    throw new Refused([refusal("journal.notCoveredYet", "The journal was begun a moment ago and has no checkpoint yet.")], 404);
  return tip;
}

async function loadEntry(db: Db, id: string): Promise<store.EntryRow> {
  const entry = await store.findEntry(db, id);
  if (entry === undefined) throw noEntry();
  return entry;
}

/** What does not exist and what the caller may not read look the same. */
export function noEntry(): Refused {
  return new Refused([refusal("journal.entryNotFound", "The journal has no such entry, or none you may read.")], 404);
}

async function readTile(db: Db, tile: TileName): Promise<Uint8Array | undefined> {
  const tip = await store.findTip(db);
  if (tip === undefined || tile.width > tileWidth(tile.level, tile.index, tip.size)) return undefined;
  if (tile.level !== "entries") return cutTile(await store.findTile(db, tile.level, tile.index), tile.width);
  const start = tile.index * TILE_WIDTH;
  const rows = await store.listEntries(db, start, start + tile.width);
  return rows.length === tile.width ? encodeBundle(rows.map((row) => Buffer.from(row.body))) : undefined;
}

function numberOf(cursor: string | undefined, otherwise: number): number {
  const value = cursor === undefined ? otherwise : Number(cursor);
  if (!Number.isSafeInteger(value))
    throw new Refused([refusal("http.invalidInput", "The cursor is not one of ours.", { at: "query:/cursor" })], 400);
  return value;
}

function page<Item>(items: Item[], limit: number, cursorOf: (last: Item) => string): Page<Item> {
  return items.length < limit ? { items } : { items, next: cursorOf(items.at(-1)!) };
}
