/**
 * One database face for both homes of the data: a PostgreSQL server, or PGlite on disk behind its own node-postgres bridge.
 * One driver (`pg`), one dialect (Kysely's PostgreSQL), one type mapping, so no store can tell them apart.
 */
import { CompiledQuery, Kysely, PostgresDialect, type Transaction } from "kysely";
import { type CustomTypesConfig, Pool, type PoolClient, types as builtinTypes } from "pg";

import { type Instant, instantOfEpochMs } from "../kernel/time.ts";
import { openEmbedded } from "./embedded.ts";

/** Stores narrow this to their own tables with `db.withTables<…>()`. */
export type Db = Kysely<unknown>;
export type Tx = Transaction<unknown>;

export interface Database {
  readonly db: Db;
  readonly home: "embedded" | "postgresql";
  readonly pool: Pool;
  /** Copies an embedded database into a new folder while it is in use; a PostgreSQL server has its own tools for that. */
  readonly copyTo?: (folder: string) => Promise<void>;
  close(): Promise<void>;
}

const TIMESTAMPTZ = 1184;
const INT8 = 20;
const DATE = 1082;

/** Instants come back as canonical text, counts as numbers (all of ours stay far below 2^53), dates as plain text. */
const types: CustomTypesConfig = {
  getTypeParser(oid: number, format?: "text" | "binary") {
    if (oid === TIMESTAMPTZ) return instantOfText;
    if (oid === INT8) return Number;
    if (oid === DATE) return String;
    return builtinTypes.getTypeParser(oid, format);
  },
};

function instantOfText(text: string): Instant {
  return instantOfEpochMs(Date.parse(text.replace(" ", "T").replace(/([+-]\d{2})$/, "$1:00")));
}

/** Opens PostgreSQL when a URL is given, else the embedded database in `dataDir`. The caller closes it. */
export async function openDatabase(where: { databaseUrl?: string; dataDir?: string; poolSize?: number }): Promise<Database> {
  if (where.databaseUrl === undefined) {
    if (where.dataDir === undefined) throw new Error("openDatabase needs a URL or a folder");
    const embedded = await openEmbedded(where.dataDir);
    const pool = new Pool({ ...embedded.poolConfig, max: 1, types });
    const copyTo = async (folder: string): Promise<void> => {
      await pool.query("checkpoint");
      embedded.copyTo(folder);
    };
    return { ...wrap(pool, "embedded", () => embedded.close()), copyTo };
  }
  const pool = new Pool({ connectionString: where.databaseUrl, max: where.poolSize ?? 10, types });
  // Without a listener an idle connection cut by the server would end the process; the next query reports it instead.
  pool.on("error", () => undefined);
  // The same for one that is cut in the middle of a transaction: its query fails, and that is enough.
  pool.on("connect", (client) => client.on("error", () => undefined));
  return wrap(pool, "postgresql", () => Promise.resolve());
}

/** A connection of its own, for whoever must not wait for others, nor for ever. */
export interface Reader {
  readonly db: Db;
  /** Gives up what runs on it, at once; it is of no more use then. */
  abandon(): void;
}

/** Never hangs on a server that takes no connection; what a query waits for is for the caller to say. */
export function openReader(databaseUrl: string, connectWithinMs: number): Reader {
  const pool = new Pool({ connectionString: databaseUrl, max: 1, connectionTimeoutMillis: connectWithinMs, keepAlive: true, types });
  const clients = new Set<PoolClient>();
  pool.on("error", () => undefined);
  pool.on("connect", (client) => {
    client.on("error", () => undefined);
    clients.add(client);
  });
  pool.on("remove", (client) => clients.delete(client));
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  return {
    db,
    abandon() {
      // Ending politely would wait for an answer from a server that gives none.
      for (const client of clients) (client as unknown as { connection?: { stream?: { destroy(): void } } }).connection?.stream?.destroy();
      void db.destroy().catch(() => undefined);
    },
  };
}

function wrap(pool: Pool, home: Database["home"], closeRest: () => Promise<void>): Database {
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  return {
    db,
    home,
    pool,
    close: async () => {
      await db.destroy();
      await closeRest();
    },
  };
}

/** Runs SQL text on a connection or transaction; for migrations and libraries that bring their own SQL. */
export async function executeSql(db: Db | Tx, text: string, values: readonly unknown[] = []): Promise<{ rows: unknown[] }> {
  const result = await db.executeQuery(CompiledQuery.raw(text, [...values]));
  return { rows: [...result.rows] };
}

/** True for errors worth one more try: serialization failure and deadlock. */
export function isTransient(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === "40001" || code === "40P01";
}

/** True where the server cannot be reached, or takes nobody just now; not where it says that something is wrong with whoever asks. */
export function isAway(error: unknown): boolean {
  const { code = "", message = "" } = (error ?? {}) as { code?: string; message?: string };
  return /^(ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|E(HOST|NET)UNREACH|EPIPE|57P0|08|53)/.test(code) || /timeout|terminated/i.test(message);
}

/** True when a row of the same key is there already: somebody else made the same thing a moment before. */
export function isDuplicate(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === "23505";
}
