/**
 * Category policies in force: the shipped ones, each replaced by what the organisation made of it. Every edit is a journal
 * entry with the whole policy, so that what a decision was held to can be read years later.
 */
import { type CommitContext, retryOnConflict, type SubjectChange } from "../journal/append.ts";
import { entriesOfSubject } from "../journal/index.ts";
import type { Id } from "../kernel/id.ts";
import { type Refusal, refusal, Refused } from "../kernel/problem.ts";
import type { Instant } from "../kernel/time.ts";
import { commitOnce } from "../people/index.ts";
import type { Tx } from "../platform/db.ts";
import { DEFAULT_CATEGORIES } from "./categories.ts";
import type { Actor } from "./exception.ts";
import { type CategoryPolicy, validatePolicy } from "./policy.ts";
import { END_STATES } from "./transitions.ts";

type Tables = {
  category_policy: { id: string; version: number; state: unknown; key: string };
  exception: { category: string; status: string; due_at: string | null };
};

export interface PolicyRecord {
  readonly id: Id<"policy">;
  readonly policy: CategoryPolicy;
  /** Reference of the signature of whoever made it the rule. */
  readonly assertion: string;
}

export interface PolicyOrder {
  readonly policy: CategoryPolicy;
  readonly actor: Actor;
  /** Reference of a verified assertion over this policy. */
  readonly assertion: string;
  readonly now: Instant;
}

/** `at` and `by` are null for the one that ships. */
export interface PolicyVersion {
  readonly at: Instant | null;
  readonly by: string | null;
  readonly policy: CategoryPolicy;
}

export interface PolicyEdited {
  readonly type: "policyEdited";
  readonly data: PolicyRecord;
}

/** The newest edit is the policy. */
export function evolvePolicy(_state: PolicyRecord | undefined, event: PolicyEdited): PolicyRecord {
  return event.data;
}

export type CategoryRegister = ReturnType<typeof createCategoryRegister>;

export function createCategoryRegister(context: CommitContext) {
  const db = context.db.withTables<Tables>();
  const findRow = (key: string) => db.selectFrom("category_policy").selectAll().where("key", "=", key).executeTakeFirst();
  return {
    async find(key: string): Promise<CategoryPolicy | undefined> {
      const row = await findRow(key);
      return row === undefined ? shipped(key) : (row.state as PolicyRecord).policy;
    },
    async list(): Promise<readonly CategoryPolicy[]> {
      const rows = await db.selectFrom("category_policy").selectAll().execute();
      const edited = new Map(rows.map((row) => [row.key, (row.state as PolicyRecord).policy]));
      const added = [...edited.values()].filter((policy) => shipped(policy.key) === undefined);
      return [...DEFAULT_CATEGORIES.map((policy) => edited.get(policy.key) ?? policy), ...added];
    },
    /** Every version there was, newest first, the shipped one last. Empty for a category that is not known. */
    async versions(key: string): Promise<readonly PolicyVersion[]> {
      const row = await findRow(key);
      const entries = row === undefined ? [] : await entriesOfSubject(context.db, row.id);
      const edited = entries.map(({ at, actor, data }) => ({ at, by: actor.id, policy: (data as PolicyRecord).policy }));
      const first = shipped(key);
      return [...edited.toReversed(), ...(first === undefined ? [] : [{ at: null, by: null, policy: first }])];
    },
    /** Replaces a policy by its next version. Refuses what no policy may relax, all faults at once. */
    edit: (order: PolicyOrder): Promise<CategoryPolicy> => retryOnConflict(() => edit(order)),
  };

  async function edit({ policy, actor, assertion, now }: PolicyOrder): Promise<CategoryPolicy> {
    const row = await findRow(policy.key);
    const before = row === undefined ? undefined : (row.state as PolicyRecord);
    const faults = [...validatePolicy(policy), ...versionFaults(policy, before?.policy ?? shipped(policy.key))];
    if (faults.length > 0) throw new Refused(faults);
    const record: PolicyRecord = { id: before?.id ?? context.ids.next("policy"), policy, assertion };
    const entries = [{ type: "policyEdited", data: record }];
    const fromVersion = row?.version ?? 0;
    const change: SubjectChange = {
      kind: "policy",
      subject: record.id,
      fromVersion,
      entries,
      state: record,
      table: "category_policy",
      columns: { key: policy.key },
    };
    await commitOnce(context, { at: now, actor, changes: [change], alongside: (tx) => lookAgain(tx, policy.key, now) });
    return policy;
  }
}

/** What is due when follows from the policy: the next tick finds out anew for all that it holds for. */
async function lookAgain(tx: Tx, category: string, now: Instant): Promise<void> {
  await tx
    .withTables<Tables>()
    .updateTable("exception")
    .set({ due_at: now })
    .where("category", "=", category)
    .where("status", "not in", [...END_STATES])
    .where((of) => of.or([of("due_at", "is", null), of("due_at", ">", now)]))
    .execute();
}

const shipped = (key: string): CategoryPolicy | undefined => DEFAULT_CATEGORIES.find((policy) => policy.key === key);

function versionFaults(policy: CategoryPolicy, current: CategoryPolicy | undefined): Refusal[] {
  const version = current?.version ?? 0;
  if (policy.version === version + 1) return [];
  return [refusal("exceptions.changedMeanwhile", `The policy is at version ${version}; send version ${version + 1}.`, { at: "/version" })];
}
