import { sql } from "kysely";

import type { Instant } from "../kernel/time.ts";
import type { Db } from "../platform/db.ts";

type Tables = {
  exception: { id: string; ref: string; ends_at: string; first_granted_at: string | null; status: string; state: unknown };
  exception_binding: { exception: string; connection: string; policy: string; subject_key: string; observed: string };
};

/** One grant of an exception for one subject. */
export interface SubjectGrant {
  readonly exception: string;
  readonly ref: string;
  readonly connection: string;
  readonly policy: string;
  readonly subjectKey: string;
  readonly until: Instant;
  /** By somebody or by a rule, and not by its time: revoked, or its end moved to be earlier than was approved. */
  readonly endedEarly: boolean;
}

const ENDED_EARLY = sql<boolean>`
  jsonb_path_exists(exception.state, '$.dossier.grants[*].cuts[*]') or
  jsonb_path_exists(exception.state, '$.dossier.endings[*] ? (@.cause != "expired")')`.as("ended_early");

/** What was granted to these subjects and had not ended before an instant, the earliest end first. */
export async function grantsOfSubjects(untyped: Db, keys: readonly string[], endedAfter: Instant): Promise<SubjectGrant[]> {
  if (keys.length === 0) return [];
  const rows = await untyped
    .withTables<Tables>()
    .selectFrom("exception_binding as binding")
    .innerJoin("exception", "exception.id", "binding.exception")
    .select(["exception.id", "ref", "ends_at", "connection", "policy", "subject_key"])
    .select(ENDED_EARLY)
    .where("subject_key", "in", [...keys])
    .where("first_granted_at", "is not", null)
    .where("ends_at", ">=", endedAfter)
    .orderBy("ends_at")
    .execute();
  return rows.map(({ id, ref, ends_at, connection, policy, subject_key, ended_early }) => ({
    exception: id,
    ref,
    connection,
    policy,
    subjectKey: subject_key,
    until: ends_at as Instant,
    endedEarly: ended_early,
  }));
}
