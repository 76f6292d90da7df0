import type { Replays } from "../journal/replay.ts";
import { createSubjects, replayOf, type Stored, type SubjectSpec } from "../journal/subjects.ts";
import type { Instant } from "../kernel/time.ts";
import type { Db, Tx } from "../platform/db.ts";
import { OUT_OF_SCOPE } from "./caller.ts";
import { evolveStoredRules, signedRules, type StoredRules, storedRulesColumns, type StoredRulesEvent } from "./stored-rules.ts";

type Tables = {
  rule_set: { id: string; version: number; state: unknown; name: string; status: string };
  rule_text: { digest: string; text: string };
  decision_log: { id: number; at: Instant; rule_set: string; whole: boolean; question: string; permit: boolean; code: string };
};

/** Of the newest entries of the log so many are looked through. */
const LOOKED_THROUGH = 500_000;

const RULES: SubjectSpec<StoredRules, StoredRulesEvent> = {
  kind: "ruleSet",
  table: "rule_set",
  evolve: evolveStoredRules,
  columns: storedRulesColumns,
};

/** Rows of stored rule sets and their texts; SQL of rules is here and nowhere else. */
export function createRulesStore(untyped: Db) {
  const db = untyped.withTables<Tables>();
  const subjects = createSubjects(untyped, RULES);
  return {
    change: (before: Stored<StoredRules> | undefined, event: StoredRulesEvent) => subjects.change(before, [event]),
    all: () => subjects.all(),
    async findByName(name: string): Promise<Stored<StoredRules> | undefined> {
      return (await subjects.list({ where: { name }, limit: 1 })).items[0];
    },
    async findText(digest: string): Promise<string | undefined> {
      return (await db.selectFrom("rule_text").select("text").where("digest", "=", digest).executeTakeFirst())?.text;
    },
    /** The same text may be in force twice, or under two names. */
    async putText(tx: Tx, digest: string, text: string): Promise<void> {
      await tx
        .withTables<Tables>()
        .insertInto("rule_text")
        .values({ digest, text })
        .onConflict((conflict) => conflict.column("digest").doNothing())
        .execute();
    },
    /** The newest questions that a set was asked and that were kept whole, as the log holds them; none that its caller could not ask. */
    async recentQuestions(name: string, limit: number): Promise<readonly { readonly question: string; readonly at: Instant }[]> {
      const { newest } = await db
        .selectFrom("decision_log")
        .select(({ fn }) => fn.max("id").as("newest"))
        .executeTakeFirstOrThrow();
      return (
        db
          .selectFrom("decision_log")
          .select(["question", "at"])
          .where("rule_set", "=", name)
          .where("whole", "=", true)
          .where("code", "!=", OUT_OF_SCOPE.code)
          // No index leads to a set's own, and the embedded database answers nobody while it looks.
          .where("id", ">", (newest ?? 0) - LOOKED_THROUGH)
          .orderBy("id", "desc")
          .limit(limit)
          .execute()
      );
    },
  };
}

export const ruleReplays: Replays = {
  ruleSet: { ...replayOf(RULES), decision: (_, entry, hash) => signedRules(entry, hash) },
};
