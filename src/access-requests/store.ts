import { createHash } from "node:crypto";

import { sql } from "kysely";

import type { JournalEntry } from "../journal/entry.ts";
import type { Hash, SignedDecision } from "../journal/signed-decision.ts";
import { createSubjects, replayOf, type Stored, type SubjectSpec } from "../journal/subjects.ts";
import type { Replays } from "../journal/replay.ts";
import { subtractDuration, duration, type Instant } from "../kernel/time.ts";
import type { Db, Tx } from "../platform/db.ts";
import { type AccessRequest, type AccessRequestEvent, evolve, type LookedBack } from "./access-request.ts";
import { LOOK_BACK_ACTION, lookBackText } from "./decide.ts";
import { twinText } from "./denial.ts";

export type StoredRequest = Stored<AccessRequest>;

/** Of any length; an index takes no text of any length. */
function twinOf({ person, denial }: Pick<AccessRequest, "person" | "denial">): string {
  return createHash("sha256").update(twinText(person, denial)).digest("hex");
}

const REQUESTS: SubjectSpec<AccessRequest, AccessRequestEvent> = {
  kind: "accessRequest",
  table: "access_request",
  evolve,
  columns: (request) => ({
    status: request.state,
    caller: request.denial.caller,
    person: request.person,
    exception: request.state === "taken_up" ? request.exception : null,
    evaluation: request.denial.evaluation,
    twin: twinOf(request),
    filed_at: request.filedAt,
    expires_at: request.expiresAt,
  }),
};

export const accessRequestReplays: Replays = { accessRequest: { ...replayOf(REQUESTS), decision: lookedBackOn } };

/** Signed over the exception that it is about. */
function lookedBackOn(before: unknown, { type, data }: JournalEntry, hash: Hash): SignedDecision | undefined {
  if (type !== "accessRequestReviewed") return undefined;
  const { by, sentence, version, assertion } = data as LookedBack;
  const request = before as AccessRequest | undefined;
  if (request?.state !== "taken_up") throw new RangeError("nothing came of it to look back on");
  return {
    assertion,
    person: by,
    action: LOOK_BACK_ACTION,
    subject: request.exception,
    contentHash: hash(lookBackText(version, sentence)),
  };
}

/** So long a caller's own name for a submission is kept. */
const KEYS_KEPT_FOR = duration("PT24H");
const MOST_TWINS = 200;
const CANCELLED_COUNTS_FOR = duration("PT24H");

interface Row {
  readonly version: number;
  readonly state: AccessRequest;
}

export interface Waiting {
  readonly ofCaller: number;
  readonly ofPerson: number;
}

export interface KeptKey {
  readonly body: string;
  readonly request: string;
}

/** Rows of access requests; the only file here that knows SQL. */
export function createRequestStore(db: Db) {
  const requests = createSubjects(db, REQUESTS);
  const rows = async (query: ReturnType<typeof sql<Row>>): Promise<StoredRequest[]> => {
    const found = await query.execute(db);
    return found.rows.map(({ version, state }) => ({ version, state }));
  };
  return {
    ...requests,
    async findByEvaluation(evaluation: string): Promise<StoredRequest | undefined> {
      return (await rows(sql<Row>`select version, state from access_request where evaluation = ${evaluation}`))[0];
    },
    /** Every request for the same need, whoever passed it on: what still means something before what was taken back or is over, the newest first. */
    ofTwin: (like: Pick<AccessRequest, "person" | "denial">): Promise<StoredRequest[]> =>
      rows(sql<Row>`
        select version, state from access_request
        where person = ${like.person} and twin = ${twinOf(like)}
        order by status in ('cancelled', 'lapsed'), id desc limit ${MOST_TWINS}`),
    ofException: (exception: string, limit: number): Promise<StoredRequest[]> =>
      rows(sql<Row>`select version, state from access_request where exception = ${exception} order by id limit ${limit}`),
    /** What waits for any of these people, the newest first. */
    waitingFor: (persons: readonly string[], now: Instant, limit: number): Promise<StoredRequest[]> =>
      rows(sql<Row>`
        select version, state from access_request
        where person = any(${sql.val([...persons])}::text[]) and status = 'waiting' and expires_at > ${now}
        order by id desc limit ${limit}`),
    /** Emergencies that stand ready to be begun, the oldest first. */
    emergencies: (now: Instant, limit: number): Promise<StoredRequest[]> =>
      rows(sql<Row>`
        select version, state from access_request
        where status = 'waiting' and expires_at > ${now} and state ->> 'standing' is not null order by id limit ${limit}`),
    /** Emergencies that nobody foresaw, and that nobody has looked back on; one of each exception. */
    notLookedBackOn: (): Promise<StoredRequest[]> =>
      rows(sql<Row>`
        select distinct on (exception) version, state from access_request as asked
        where status = 'taken_up' and state ->> 'emergency' = 'true' and state ->> 'use' is null and not exists (
          select 1 from access_request as said where said.exception = asked.exception and said.state -> 'lookedBack' is not null)
        order by exception, id`),
    async isLookedBackOn(exception: string): Promise<boolean> {
      const found = await rows(sql<Row>`
        select version, state from access_request where exception = ${exception} and state -> 'lookedBack' is not null limit 1`);
      return found.length > 0;
    },
    /** What a caller took back counts for a day as if it still waited: to file and to take back again fills a journal too. */
    async countWaiting(caller: string, person: string, now: Instant, tx: Db | Tx = db): Promise<Waiting> {
      const { rows: found } = await sql<{ of_caller: string; of_person: string }>`
        select count(*) as of_caller, count(*) filter (where person = ${person}) as of_person
        from access_request
        where caller = ${caller} and (
          (status = 'waiting' and expires_at > ${now}) or
          (status = 'cancelled' and filed_at > ${subtractDuration(now, CANCELLED_COUNTS_FOR)}))`.execute(tx);
      return { ofCaller: Number(found[0]!.of_caller), ofPerson: Number(found[0]!.of_person) };
    },
    /** Until the transaction ends nobody else files for this caller: what is counted then stays as it was counted. */
    async holdCaller(tx: Tx, caller: string): Promise<void> {
      await sql`select pg_advisory_xact_lock(hashtextextended(${`access requests of ${caller}`}, 0))`.execute(tx);
    },
    async findKey(caller: string, key: string, now: Instant): Promise<KeptKey | undefined> {
      const { rows: found } = await sql<KeptKey>`
        select body, request from access_request_key
        where caller = ${caller} and key = ${key} and created_at > ${subtractDuration(now, KEYS_KEPT_FOR)}`.execute(db);
      return found[0];
    },
    /** False where the key was kept for something else meanwhile: of two at the same moment the first one's stays. */
    async putKey(tx: Db | Tx, caller: string, key: string, kept: KeptKey, now: Instant): Promise<boolean> {
      const old = subtractDuration(now, KEYS_KEPT_FOR);
      await sql`delete from access_request_key where created_at <= ${old}`.execute(tx);
      await sql`
        insert into access_request_key (caller, key, body, request, created_at)
        values (${caller}, ${key}, ${kept.body}, ${kept.request}, ${now}) on conflict do nothing`.execute(tx);
      const { rows: found } = await sql<KeptKey>`
        select body, request from access_request_key where caller = ${caller} and key = ${key}`.execute(tx);
      return found[0]?.body === kept.body && found[0].request === kept.request;
    },
  };
}
export type RequestStore = ReturnType<typeof createRequestStore>;
