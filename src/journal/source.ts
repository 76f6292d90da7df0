/**
 * Where a verifier reads a journal from: the database, a running server, or an exported folder. A source only hands over what
 * it has; whether that is true is the verifier's business.
 */
import { HASH_BYTES } from "../kernel/merkle.ts";
import type { EntryRow, StateRow } from "./store.ts";

/** A state as it is stored, to be compared with the replay of its entries. */
export interface StoredState extends StateRow {
  readonly kind: string;
}

export interface SourceEntry {
  readonly leaf: number;
  readonly body: Uint8Array;
  /** Only a database keeps columns beside the body; they must say the same. */
  readonly row?: EntryRow;
}

/** An entry that no checkpoint covers yet. */
export interface TailEntry {
  readonly body: Uint8Array;
  readonly row?: EntryRow;
}

export interface JournalSource {
  /** All of it is of one moment. A running server's is not: its log may be newer than the states read before. */
  readonly isSnapshot: boolean;
  /** Signed note of the largest checkpoint. */
  latest(): Promise<string | undefined>;
  /** Signed notes of all checkpoints kept, smallest first. */
  checkpoints(): AsyncIterable<string>;
  /** Entries with a leaf in `[start, end)`, which lie in one bundle; fewer when some are missing. */
  entries(start: number, end: number): Promise<readonly SourceEntry[]>;
  /** The hashes of a tile one after the other, `width` of them, or undefined when there are fewer. */
  tile(level: number, index: number, width: number): Promise<Uint8Array | undefined>;
  states(): AsyncIterable<StoredState>;
  /** Entries that a checkpoint of `size` does not cover, where the source can tell. */
  tail(size: number): AsyncIterable<TailEntry>;
}

/** A tile cut to a width, or undefined when it is shorter. */
export function cutTile(hashes: Uint8Array | undefined, width: number): Uint8Array | undefined {
  return hashes === undefined || hashes.length < width * HASH_BYTES ? undefined : hashes.subarray(0, width * HASH_BYTES);
}
