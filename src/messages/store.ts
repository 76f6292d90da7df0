import { sql } from "kysely";

import { readCursor, writeCursor } from "../kernel/paging.ts";
import type { Instant, PlainDate } from "../kernel/time.ts";
import type { Db, Tx } from "../platform/db.ts";
import type { Urgency } from "./matter.ts";
import { type Channel, type Line, type Notification, type Preferences, type Result, type Template, UNTOUCHED } from "./notification.ts";

type NotificationRow = {
  id: string;
  recipient: string | null;
  channel: Channel;
  template: Template;
  dedupe_key: string;
  lines: unknown;
  made_at: Instant;
  result: Result;
  answer: string | null;
  tries: number;
  tried_at: Instant | null;
  sent_at: Instant | null;
  read_at: Instant | null;
};
type NewsRow = {
  person: string;
  key: string;
  subject: string;
  urgency: Urgency;
  noted_at: Instant;
  told_in: string | null;
  dropped_at: Instant | null;
};
type Tables = {
  notification: NotificationRow;
  message_news: NewsRow;
  message_preference: { person: string; muted: boolean; language: Preferences["language"] };
};

export interface NewsNote {
  readonly person: string;
  readonly key: string;
  /** What it is about: an exception, a connection, a design issue or a risk. */
  readonly subject: string;
  readonly urgency: Urgency;
}

export interface NotificationFilter {
  readonly recipient?: string;
  readonly result?: Result;
  readonly limit: number;
  readonly cursor?: string;
}

const BATCH = 500;

/** Rows of messages, of what waits to be told, and of how each person wants it; the only file here that knows their SQL. */
export function createMessageStore(untyped: Db) {
  const db = typed(untyped);
  return {
    ...createNewsRows(db),
    ...createNotificationRows(db),
    async preferences(person: string): Promise<Preferences> {
      const row = await db.selectFrom("message_preference").select(["muted", "language"]).where("person", "=", person).executeTakeFirst();
      return row ?? UNTOUCHED;
    },
    async savePreferences(person: string, { muted, language }: Preferences): Promise<void> {
      await db
        .insertInto("message_preference")
        .values({ person, muted, language })
        .onConflict((conflict) => conflict.column("person").doUpdateSet({ muted, language }))
        .execute();
    },
  };
}
export type MessageStore = ReturnType<typeof createMessageStore>;
const typed = (untyped: Db) => untyped.withTables<Tables>();
type Typed = ReturnType<typeof typed>;

function createNewsRows(db: Typed) {
  return {
    /** What was noted before stays as it was: told, dropped or waiting. */
    async noteNews(notes: readonly NewsNote[], at: Instant): Promise<void> {
      for (let from = 0; from < notes.length; from += BATCH) {
        const rows = notes.slice(from, from + BATCH).map((note) => ({ ...note, noted_at: at, told_in: null, dropped_at: null }));
        await db
          .insertInto("message_news")
          .values(rows)
          .onConflict((conflict) => conflict.columns(["person", "key"]).doNothing())
          .execute();
      }
    },
    /** A page of the persons with anything untold of this urgency; without those who had their digest of `day`, or want none. */
    async waitingPersons(urgency: Urgency, day: PlainDate, after: string, limit: number): Promise<string[]> {
      const waiting = sql`
        select distinct person from message_news n
        where told_in is null and dropped_at is null and urgency = ${urgency} and person > ${after}`;
      const wanting = sql`
        and not exists (select 1 from message_preference p where p.person = n.person and p.muted)
        and not exists (
          select 1 from notification d where d.channel = 'mail' and d.recipient = n.person and d.dedupe_key = ${digestKey(day)})`;
      const all = urgency === "incident" ? waiting : sql`${waiting} ${wanting}`;
      const { rows } = await sql<{ person: string }>`${all} order by person limit ${limit}`.execute(db);
      return rows.map(({ person }) => person);
    },
    untoldOf: (person: string): Promise<NewsRow[]> =>
      db
        .selectFrom("message_news")
        .selectAll()
        .where("person", "=", person)
        .where("told_in", "is", null)
        .where("dropped_at", "is", null)
        .orderBy("noted_at")
        .orderBy("key")
        .limit(BATCH)
        .execute(),
    /** Everything that was noted for a person and did not turn out to be over: what a calendar looks through. */
    async subjectsOf(person: string, limit: number): Promise<string[]> {
      const rows = await db
        .selectFrom("message_news")
        .select("subject")
        .distinct()
        .where("person", "=", person)
        .where("dropped_at", "is", null)
        .orderBy("subject", "desc")
        .limit(limit)
        .execute();
      return rows.map(({ subject }) => subject);
    },
    async drop(person: string, keys: readonly string[], at: Instant): Promise<void> {
      if (keys.length === 0) return;
      await db
        .updateTable("message_news")
        .set({ dropped_at: at })
        .where("person", "=", person)
        .where("key", "in", [...keys])
        .execute();
    },
    /** The day of the latest digest and the moment of the latest incident made for a person. */
    async reached(person: string): Promise<{ digestDay: PlainDate | null; incidentAt: Instant | null }> {
      const latest = async (template: Template) =>
        db
          .selectFrom("notification")
          .select(["dedupe_key", "made_at"])
          .where("recipient", "=", person)
          .where("channel", "=", "mail")
          .where("template", "=", template)
          .orderBy("id", "desc")
          .executeTakeFirst();
      const [digest, incident] = [await latest("digest"), await latest("incident")];
      return { digestDay: (digest?.dedupe_key.slice(DIGEST.length) ?? null) as PlainDate | null, incidentAt: incident?.made_at ?? null };
    },
  };
}

const DIGEST = "digest ";
export const digestKey = (day: PlainDate): string => `${DIGEST}${day}`;

function createNotificationRows(db: Typed) {
  return {
    /** False when there is one of that recipient, channel and key already: then nothing was written, and nothing is to be sent. */
    async insert(tx: Tx, notification: Notification, tells: readonly string[]): Promise<boolean> {
      const typedTx = tx.withTables<Tables>();
      const made = await typedTx
        .insertInto("notification")
        .values(rowOf(notification))
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      if (made.numInsertedOrUpdatedRows !== 1n) return false;
      if (tells.length > 0 && notification.recipient !== null) {
        await typedTx
          .updateTable("message_news")
          .set({ told_in: notification.id })
          .where("person", "=", notification.recipient)
          .where("key", "in", [...tells])
          .execute();
      }
      return true;
    },
    async find(id: string): Promise<Notification | undefined> {
      const row = await db.selectFrom("notification").selectAll().where("id", "=", id).executeTakeFirst();
      return row && notificationOf(row);
    },
    async saveResult(id: string, result: Result, answer: string | null, at: Instant): Promise<void> {
      await db
        .updateTable("notification")
        .set((of) => ({ result, answer, tries: of("tries", "+", 1), tried_at: at, sent_at: result === "sent" ? at : null }))
        .where("id", "=", id)
        .where("result", "in", ["waiting", "deferred"])
        .execute();
    },
    /** True when it is this person's; the first time counts. */
    async markRead(id: string, recipient: string, at: Instant): Promise<boolean> {
      const { rows } = await sql`
        update notification set read_at = coalesce(read_at, ${at}) where id = ${id} and recipient = ${recipient} returning id`.execute(db);
      return rows.length === 1;
    },
    /** Newest first. */
    async list({ recipient, result, limit, cursor }: NotificationFilter): Promise<{ items: Notification[]; next: string | undefined }> {
      let query = db.selectFrom("notification").selectAll();
      if (recipient !== undefined) query = query.where("recipient", "=", recipient);
      if (result !== undefined) query = query.where("result", "=", result);
      if (cursor !== undefined) query = query.where("id", "<", readCursor(cursor, 1)[0]!);
      const rows = await query
        .orderBy("id", "desc")
        .limit(limit + 1)
        .execute();
      const items = rows.slice(0, limit);
      const last = items.at(-1);
      return { items: items.map(notificationOf), next: rows.length > limit && last !== undefined ? writeCursor([last.id]) : undefined };
    },
    /** Messages made since an instant that did not arrive, yet or at all. */
    async countUndelivered(since: Instant): Promise<number> {
      const { rows } = await sql<{ n: number }>`
        select count(*) as n from notification
        where result in ('waiting', 'deferred', 'given_up', 'bounced') and made_at >= ${since}`.execute(db);
      return rows[0]!.n;
    },
  };
}

function rowOf(notification: Notification): NotificationRow {
  return {
    id: notification.id,
    recipient: notification.recipient,
    channel: notification.channel,
    template: notification.template,
    dedupe_key: notification.dedupeKey,
    lines: JSON.stringify(notification.lines),
    made_at: notification.madeAt,
    result: notification.result,
    answer: notification.answer,
    tries: notification.tries,
    tried_at: notification.triedAt,
    sent_at: notification.sentAt,
    read_at: notification.readAt,
  };
}

function notificationOf(row: NotificationRow): Notification {
  return {
    id: row.id,
    recipient: row.recipient,
    channel: row.channel,
    template: row.template,
    dedupeKey: row.dedupe_key,
    lines: row.lines as Line[],
    madeAt: row.made_at,
    result: row.result,
    answer: row.answer,
    tries: row.tries,
    triedAt: row.tried_at,
    sentAt: row.sent_at,
    readAt: row.read_at,
  };
}
