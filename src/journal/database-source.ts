/** A journal read from its database, all of it as of one moment. */
import type { Db, Tx } from "../platform/db.ts";
import type { Replays } from "./replay.ts";
import { cutTile, type JournalSource, type StoredState, type TailEntry } from "./source.ts";
import * as store from "./store.ts";

const PAGE = 500;

/** Opens a snapshot for as long as `read` takes. */
export function readDatabase<T>(db: Db, replays: Replays, read: (source: JournalSource) => Promise<T>): Promise<T> {
  return db
    .transaction()
    .setIsolationLevel("repeatable read")
    .setAccessMode("read only")
    .execute((tx) => read(sourceOf(tx, replays)));
}

function sourceOf(tx: Tx, replays: Replays): JournalSource {
  return {
    isSnapshot: true,
    latest: async () => (await store.findTip(tx))?.note,
    async *checkpoints() {
      for (let after = -1; ;) {
        const page = await store.listCheckpoints(tx, { order: "smallest", size: after }, PAGE);
        for (const { note } of page) yield note;
        if (page.length < PAGE) return;
        after = page.at(-1)!.size;
      }
    },
    entries: async (start, end) => {
      const rows = await store.listEntries(tx, start, end);
      return rows.map((row) => ({ leaf: row.leaf_index!, body: Buffer.from(row.body), row }));
    },
    tile: async (level, index, width) => cutTile(await store.findTile(tx, level, index), width),
    states: () => allStates(tx, replays),
    async *tail(size) {
      for (let after = 0; ;) {
        const page = await store.listUncovered(tx, size, after, PAGE);
        for (const row of page) yield { body: Buffer.from(row.body), row } satisfies TailEntry;
        if (page.length < PAGE) return;
        after = page.at(-1)!.position;
      }
    },
  };
}

async function* allStates(db: Db | Tx, replays: Replays): AsyncGenerator<StoredState> {
  for (let after = { kind: "", subject: "" }; ;) {
    const page = await listReplayStates(db, replays, after, PAGE);
    yield* page;
    if (page.length < PAGE) return;
    after = page.at(-1)!;
  }
}

/** Stored states of all kinds in turn, after a place in that order. */
export async function listReplayStates(
  db: Db | Tx,
  replays: Replays,
  after: { readonly kind: string; readonly subject: string },
  limit: number,
): Promise<StoredState[]> {
  const kinds = Object.keys(replays).sort();
  const found: StoredState[] = [];
  for (const kind of kinds.filter((kind) => kind >= after.kind)) {
    const from = kind === after.kind ? after.subject : "";
    const rows = await store.listStates(db, replays[kind]!.table, from, limit - found.length);
    found.push(...rows.map((row) => ({ kind, ...row })));
    if (found.length >= limit) break;
  }
  return found;
}
