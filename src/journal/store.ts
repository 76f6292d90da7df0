/** Rows of the journal as the sequencer, the proofs and the verifier need them. Entries are written by append.ts alone. */
import { sql } from "kysely";

import { HASH_BYTES, type ReadNode } from "../kernel/merkle.ts";
import type { Instant } from "../kernel/time.ts";
import type { Db, Tx } from "../platform/db.ts";
import { sha256 } from "./signing.ts";
import { readThroughTiles } from "./tile.ts";

type Tables = {
  journal_log: { is_only: boolean; verifier_key: string };
  journal_tile: { level: number; index: number; hashes: Uint8Array };
  journal_checkpoint: { size: number; root: Uint8Array; note: string; at: string };
  journal_entry: {
    position: number;
    id: string;
    subject_kind: string;
    subject: string;
    subject_version: number;
    type: string;
    at: string;
    actor: string;
    body: string;
    leaf_index: number | null;
  };
};

/** An entry with the columns kept beside its body for searching. */
export type EntryRow = Readonly<Tables["journal_entry"]>;

/** The newest checkpoint. */
export interface Tip {
  readonly size: number;
  readonly root: Uint8Array;
  /** Signed note. */
  readonly note: string;
}

export interface StoredTile {
  readonly level: number;
  readonly index: number;
  readonly hashes: Uint8Array;
}

const tables = (db: Db | Tx) => db.withTables<Tables>();

/** The verifier key of the log, as one line; undefined before its first start. */
export async function findLogKey(db: Db | Tx): Promise<string | undefined> {
  return (await tables(db).selectFrom("journal_log").select("verifier_key").executeTakeFirst())?.verifier_key;
}

/** Keeps the key of a new log; of replicas starting together the first one counts. */
export async function keepLogKey(db: Db | Tx, key: string): Promise<void> {
  await tables(db)
    .insertInto("journal_log")
    .values({ is_only: true, verifier_key: key })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function findTip(db: Db | Tx): Promise<Tip | undefined> {
  return tables(db).selectFrom("journal_checkpoint").select(["size", "root", "note"]).orderBy("size", "desc").limit(1).executeTakeFirst();
}

export type CheckpointRow = Pick<Tables["journal_checkpoint"], "size" | "at" | "note">;

/** Signed notes of checkpoints beyond a size: larger ones smallest first, or smaller ones the newest first. */
export async function listCheckpoints(
  db: Db | Tx,
  from: { readonly size: number; readonly order: "smallest" | "newest" },
  limit: number,
): Promise<CheckpointRow[]> {
  const isUp = from.order === "smallest";
  return tables(db)
    .selectFrom("journal_checkpoint")
    .select(["size", "at", "note"])
    .where("size", isUp ? ">" : "<", from.size)
    .orderBy("size", isUp ? "asc" : "desc")
    .limit(limit)
    .execute();
}

export async function saveCheckpoint(tx: Tx, checkpoint: Tip & { at: Instant }): Promise<void> {
  await tables(tx)
    .insertInto("journal_checkpoint")
    .values({ ...checkpoint, root: Buffer.from(checkpoint.root) })
    .execute();
}

/** Entries without a leaf, in the order they were inserted. Within a subject that is the order of its versions. */
export async function listUnsequenced(db: Db | Tx, limit: number): Promise<{ position: number; body: string }[]> {
  return tables(db)
    .selectFrom("journal_entry")
    .select(["position", "body"])
    .where("leaf_index", "is", null)
    .orderBy("position")
    .limit(limit)
    .execute();
}

/** Gives the entries at these positions consecutive leaves from `first`. Throws when one of them has a leaf already. */
export async function assignLeaves(tx: Tx, positions: readonly number[], first: number): Promise<void> {
  const result = await sql`
    update journal_entry as entry set leaf_index = ${first}::bigint + place.ordinal - 1
    from unnest(${sql.val([...positions])}::bigint[]) with ordinality as place (position, ordinal)
    where entry.position = place.position and entry.leaf_index is null`.execute(tx);
  if (result.numAffectedRows !== BigInt(positions.length)) throw new Error("an entry was given a leaf twice");
}

/** Entries whose leaf is in `[start, end)`, in order, with all their columns. */
export async function listEntries(db: Db | Tx, start: number, end: number): Promise<EntryRow[]> {
  return tables(db)
    .selectFrom("journal_entry")
    .selectAll()
    .where("leaf_index", ">=", start)
    .where("leaf_index", "<", end)
    .orderBy("leaf_index")
    .execute();
}

/** What the entries in `[start, end)` are about, in order, without what they say. */
export async function listChanges(
  db: Db | Tx,
  start: number,
  end: number,
): Promise<Pick<EntryRow, "leaf_index" | "subject_kind" | "subject" | "at">[]> {
  return tables(db)
    .selectFrom("journal_entry")
    .select(["leaf_index", "subject_kind", "subject", "at"])
    .where("leaf_index", ">=", start)
    .where("leaf_index", "<", end)
    .orderBy("leaf_index")
    .execute();
}

/** Entries that no checkpoint of `size` covers, in the order they were inserted. */
export async function listUncovered(db: Db | Tx, size: number, afterPosition: number, limit: number): Promise<EntryRow[]> {
  return tables(db)
    .selectFrom("journal_entry")
    .selectAll()
    .where((either) => either.or([either("leaf_index", "is", null), either("leaf_index", ">=", size)]))
    .where("position", ">", afterPosition)
    .orderBy("position")
    .limit(limit)
    .execute();
}

export async function findEntry(db: Db | Tx, id: string): Promise<EntryRow | undefined> {
  return tables(db).selectFrom("journal_entry").selectAll().where("id", "=", id).executeTakeFirst();
}

/** What entries are looked for by. */
export interface EntryFilter {
  readonly kind?: string | undefined;
  readonly subject?: string | undefined;
  readonly actor?: string | undefined;
  readonly type?: string | undefined;
  readonly from?: Instant | undefined;
  readonly until?: Instant | undefined;
}

/** Entries that fit, newest first, after the one at `cursor`. */
export async function searchEntries(db: Db | Tx, filter: EntryFilter, cursor: number | undefined, limit: number): Promise<EntryRow[]> {
  let query = tables(db).selectFrom("journal_entry").selectAll();
  const columns = { subject_kind: filter.kind, subject: filter.subject, actor: filter.actor, type: filter.type };
  for (const [column, value] of Object.entries(columns)) {
    if (value !== undefined) query = query.where(column as keyof typeof columns, "=", value);
  }
  if (filter.from !== undefined) query = query.where("at", ">=", filter.from);
  if (filter.until !== undefined) query = query.where("at", "<", filter.until);
  if (cursor !== undefined) {
    query = query.where(sql<boolean>`(at, position) < (select at, position from journal_entry where position = ${cursor})`);
  }
  return query.orderBy("at", "desc").orderBy("position", "desc").limit(limit).execute();
}

/** Entries of one subject after a version, oldest first. */
export async function listSubjectEntries(db: Db | Tx, subject: string, afterVersion: number, limit: number): Promise<EntryRow[]> {
  return tables(db)
    .selectFrom("journal_entry")
    .selectAll()
    .where("subject", "=", subject)
    .where("subject_version", ">", afterVersion)
    .orderBy("subject_version")
    .limit(limit)
    .execute();
}

export async function findTile(db: Db | Tx, level: number, index: number): Promise<Uint8Array | undefined> {
  const query = tables(db).selectFrom("journal_tile").select("hashes").where("level", "=", level).where("index", "=", index);
  return (await query.executeTakeFirst())?.hashes;
}

export async function saveTiles(tx: Tx, tiles: readonly StoredTile[]): Promise<void> {
  await tables(tx)
    .insertInto("journal_tile")
    .values(tiles.map((tile) => ({ ...tile, hashes: Buffer.from(tile.hashes) })))
    .onConflict((conflict) => conflict.columns(["level", "index"]).doUpdateSet((row) => ({ hashes: row.ref("excluded.hashes") })))
    .execute();
}

/** Reads complete nodes of the stored tree of `size`. Throws RangeError when a tile it needs is missing or too short. */
export function readStoredNodes(db: Db | Tx, size: number): ReadNode {
  return readThroughTiles(sha256, size, async (tile) => {
    const hashes = (await findTile(db, tile.level, tile.index)) ?? new Uint8Array();
    return hashes.subarray(0, tile.width * HASH_BYTES);
  });
}

/** A stored state, as a list of subjects has it. */
export interface StateRow {
  readonly subject: string;
  readonly version: number;
  readonly state: unknown;
  /** The other columns of the row, derived from the state. */
  readonly columns?: Readonly<Record<string, unknown>>;
}

/** The states of these subjects of one table; those that are there. */
export async function findStates(db: Db | Tx, table: string, subjects: readonly string[]): Promise<{ subject: string; state: unknown }[]> {
  const result = await sql<{ id: string; state: unknown }>`
    select id, state from ${sql.table(table)} where id = any(${[...subjects]}::text[])`.execute(db);
  return result.rows.map(({ id, state }) => ({ subject: id, state }));
}

/** States of one table after a subject, in the order of their ids. */
export async function listStates(db: Db | Tx, table: string, afterSubject: string, limit: number): Promise<StateRow[]> {
  const result = await sql<{ id: string; version: number; state: unknown }>`
    select * from ${sql.table(table)} where id > ${afterSubject} order by id limit ${limit}`.execute(db);
  return result.rows.map(({ id, version, state, ...columns }) => ({ subject: id, version, state, columns }));
}
