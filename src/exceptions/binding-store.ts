import type { Instant } from "../kernel/time.ts";
import type { Db } from "../platform/db.ts";
import type { Binding } from "./exception.ts";

type Tables = {
  exception_binding: {
    exception: string;
    id: string;
    connection: string;
    policy: string;
    subject_key: string;
    desired: string;
    live: boolean;
    last_read_at: string | null;
  };
};

/** Exceptions that want a policy of a connection to be open for a subject, and are still looked at. */
export async function exceptionsHolding(untyped: Db, { connection, policy, subject }: Held): Promise<readonly string[]> {
  const rows = await untyped
    .withTables<Tables>()
    .selectFrom("exception_binding")
    .select("exception")
    .where("connection", "=", connection)
    .where("live", "=", true)
    .where("policy", "=", policy)
    .where("subject_key", "=", subject.key)
    .where("desired", "=", "present")
    .execute();
  return rows.map(({ exception }) => exception);
}

type Held = Pick<Binding, "connection" | "policy" | "subject">;

/**
 * When each binding that is still looked at was last read back; null where it never was. The journal is told of a reading only
 * where it is news, so the state alone says less.
 */
export async function lastLooks(untyped: Db, exceptions: readonly string[]): Promise<ReadonlyMap<string, Instant | null>> {
  if (exceptions.length === 0) return new Map();
  const rows = await untyped
    .withTables<Tables>()
    .selectFrom("exception_binding")
    .select(["id", "last_read_at"])
    .where("exception", "in", [...exceptions])
    .where("live", "=", true)
    .execute();
  return new Map(rows.map(({ id, last_read_at }) => [id, last_read_at as Instant | null]));
}
