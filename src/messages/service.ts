/** Tells people: notes whom a change concerns, makes their messages when it is time, hands them over, keeps how that ended. */
import type { Ids } from "../kernel/id.ts";
import { isMailAddress } from "../kernel/mail-address.ts";
import { refusal, Refused } from "../kernel/problem.ts";
import { addDuration, type Clock, dayIn, type Instant, subtractDuration, duration, wallClock, type Zone } from "../kernel/time.ts";
import type { Db, Tx } from "../platform/db.ts";
import { type Log, words } from "../platform/log.ts";
import type { Mailer } from "../platform/mail.ts";
import type { SendResult } from "../platform/send-result.ts";
import type { Webhook } from "../platform/webhook.ts";
import { letterOf, postOf } from "./letter.ts";
import { linesOf, type MattersWorld, mattersFor } from "./load-matters.ts";
import { type Channel, isOver, type Line, type Notification, type Result, type Template } from "./notification.ts";
import { isDigestTime, planMessages } from "./plan.ts";
import { digestKey, type MessageStore } from "./store.ts";

/** A person as the post knows them. */
export interface Mailbox {
  readonly active: boolean;
  readonly isAway: boolean;
  readonly address: string | null;
}

export interface MessagesWorld extends MattersWorld {
  zone(): Promise<Zone>;
  /** What time alone may have made news of: design issues and risks. */
  timed(now: Instant): Promise<readonly string[]>;
  mailbox(person: string, now: Instant): Promise<Mailbox | undefined>;
}

export interface MessageDependencies {
  readonly db: Db;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly log: Log;
  readonly origin: string;
  readonly world: MessagesWorld;
  readonly store: MessageStore;
  /** Absent: nobody set a mail server up, and nobody is told by mail. */
  readonly mailer: Mailer | undefined;
  readonly webhook: Webhook | undefined;
  /** Asks for a message to be handed over, as part of the transaction. */
  readonly requestDelivery: (tx: Tx, notification: string) => Promise<void>;
}

/** Persons looked up at a time. */
const PAGE = 200;
/** A longer letter is not read to its end; the rest comes the next day, and is in the console all the time. */
const MAX_LINES = 50;
/** Undelivered messages older than this are history, not a fault of today. */
const FAULT_DAYS = duration("P2D");

export type MessageService = ReturnType<typeof createMessageService>;

export function createMessageService(deps: MessageDependencies) {
  return {
    note: (subject: string) => note(deps, subject),
    noteTimed: createTimedNotes(deps),
    tell: (now: Instant) => tell(deps, now),
    deliver: (id: string, isLastTry: boolean) => deliver(deps, id, isLastTry),
    sendTrial: (person: string, now: Instant) => sendTrial(deps, person, now),
    hasMail: deps.mailer !== undefined,
    hasChat: deps.webhook !== undefined,
    countUndelivered: () => deps.store.countUndelivered(subtractDuration(deps.clock.now(), FAULT_DAYS)),
  };
}

/** Days matter here and not minutes: looked at once an hour. What was noted before stays as it was, so twice does no harm. */
const TIMED_EVERY = duration("PT1H");

function createTimedNotes(deps: MessageDependencies) {
  let notedAt: Instant | undefined;
  return async (now: Instant): Promise<void> => {
    if (notedAt !== undefined && notedAt <= now && now < addDuration(notedAt, TIMED_EVERY)) return;
    for (const subject of await deps.world.timed(now)) await note(deps, subject);
    notedAt = now;
  };
}

/** After a change of a subject: whom it concerns is written down, and the chat is told of what is an incident. */
async function note(deps: MessageDependencies, subject: string): Promise<void> {
  const now = deps.clock.now();
  const found = await mattersFor(deps.world, subject, now);
  const notes = found.flatMap(({ matter, persons }) =>
    persons.map((person) => ({ person, key: matter.key, subject, urgency: matter.urgency })),
  );
  await deps.store.noteNews(notes, now);
  if (deps.webhook === undefined) return;
  for (const { matter, line } of found.filter((each) => each.matter.urgency === "incident")) {
    await make(deps, { recipient: null, channel: "chat", template: "incident", dedupeKey: matter.key, lines: [line] }, [], now);
  }
}

/** Part of the tick. One person's fault stops nobody else's messages. */
async function tell(deps: MessageDependencies, now: Instant): Promise<void> {
  if (deps.mailer === undefined) return;
  const zone = await deps.world.zone();
  const urgencies = isDigestTime(zone, now) ? (["incident", "digest"] as const) : (["incident"] as const);
  for (const urgency of urgencies) {
    for (let after = ""; ;) {
      const persons = await deps.store.waitingPersons(urgency, dayIn(now, zone), after, PAGE);
      for (const person of persons) {
        await tellPerson(deps, person, zone, now).catch((error: unknown) =>
          deps.log.error("person not told", { person, error: words(error) }),
        );
      }
      const last = persons.at(-1);
      if (last === undefined || persons.length < PAGE) break;
      after = last;
    }
  }
}

async function tellPerson(deps: MessageDependencies, person: string, zone: Zone, now: Instant): Promise<void> {
  const { store } = deps;
  const untold = await store.untoldOf(person);
  const mailbox = await deps.world.mailbox(person, now);
  if (mailbox?.active !== true) {
    await store.drop(
      person,
      untold.map(({ key }) => key),
      now,
    );
    return;
  }
  const { muted } = await store.preferences(person);
  const plan = planMessages(untold, await store.reached(person), muted || mailbox.isAway, zone, now);
  for (const template of ["incident", "digest"] as const) {
    const due = untold.filter(({ key }) => plan[template].includes(key)).slice(0, MAX_LINES);
    const { lines, over } = await linesOf(deps.world, person, due, now);
    await store.drop(person, over, now);
    if (lines.length === 0) continue;
    const dedupeKey = template === "digest" ? digestKey(dayIn(now, zone)) : `incident ${lines[0]!.key}`;
    const tells = lines.map(({ key }) => key);
    const result = isMailAddress(mailbox.address ?? "") ? "waiting" : "no_address";
    await make(deps, { recipient: person, channel: "mail", template, dedupeKey, lines: lines.map(({ line }) => line), result }, tells, now);
  }
}

interface Making {
  readonly recipient: string | null;
  readonly channel: Channel;
  readonly template: Template;
  readonly dedupeKey: string;
  readonly lines: readonly Line[];
  readonly result?: Result;
}

/** The message, what it tells and the work of handing it over: all of it is there afterwards, or none. */
async function make(deps: MessageDependencies, making: Making, tells: readonly string[], now: Instant): Promise<Notification | undefined> {
  const { result = "waiting" } = making;
  const fresh = { answer: null, tries: 0, triedAt: null, sentAt: null, readAt: null };
  const notification: Notification = { id: deps.ids.next("notification"), ...making, result, madeAt: now, ...fresh };
  return deps.db.transaction().execute(async (tx) => {
    if (!(await deps.store.insert(tx, notification, tells))) return undefined;
    if (result === "waiting") await deps.requestDelivery(tx, notification.id);
    return notification;
  });
}

/**
 * One try. Throws when it was put off, so that it is tried again. Killed after the server took it and before that is written
 * down, it is sent again: at least once, under the same Message-ID.
 */
async function deliver(deps: MessageDependencies, id: string, isLastTry: boolean): Promise<void> {
  const notification = await deps.store.find(id);
  if (notification === undefined || isOver(notification.result)) return;
  const unwanted = await reasonNotToSend(deps, notification);
  const now = deps.clock.now();
  if (unwanted !== undefined) return deps.store.saveResult(id, unwanted, null, now);
  const { kind, words: answer } = await send(deps, notification);
  const result = ({ accepted: "sent", refused: "bounced", deferred: isLastTry ? "given_up" : "deferred" } as const)[kind];
  await deps.store.saveResult(id, result, answer, deps.clock.now());
  if (result === "given_up" || result === "bounced") deps.log.error("message not delivered", { notification: id, result });
  if (result === "deferred") throw new Error(`put off: ${answer}`);
}

/** Looked at again just before: who muted their messages since, or left, gets none. */
async function reasonNotToSend(deps: MessageDependencies, { recipient, template }: Notification): Promise<Result | undefined> {
  if (recipient === null) return undefined;
  const mailbox = await deps.world.mailbox(recipient, deps.clock.now());
  if (mailbox?.active !== true) return "left";
  if (!isMailAddress(mailbox.address ?? "")) return "no_address";
  return template === "digest" && (await deps.store.preferences(recipient)).muted ? "muted" : undefined;
}

async function send(deps: MessageDependencies, notification: Notification): Promise<SendResult> {
  const { recipient, id } = notification;
  const sender = { origin: deps.origin, zone: await deps.world.zone() };
  if (recipient === null) return deps.webhook?.post(id, postOf(notification, sender)) ?? NOT_SET_UP;
  const to = (await deps.world.mailbox(recipient, deps.clock.now()))?.address;
  if (deps.mailer === undefined || typeof to !== "string") return NOT_SET_UP;
  const { language } = await deps.store.preferences(recipient);
  return deps.mailer.send({ to, ...letterOf(notification, language, sender) });
}

/** Made by a process that had one, or before the configuration changed. */
const NOT_SET_UP: SendResult = { kind: "deferred", words: "No server is set up for this." };

/** Once a minute: a way to see whether the mail server works, not a way to fill somebody's mailbox. */
async function sendTrial(deps: MessageDependencies, person: string, now: Instant): Promise<Notification> {
  if (deps.mailer === undefined) {
    throw new Refused([refusal("messages.mailNotSetUp", "No mail server is set up. Start Postern with POSTERN_SMTP_URL.")], 409);
  }
  const mailbox = await deps.world.mailbox(person, now);
  if (!isMailAddress(mailbox?.address ?? "")) {
    throw new Refused([refusal("messages.addressMissing", "You have no mail address here. Have it added under People.")], 409);
  }
  const minute = wallClock(now, "UTC" as Zone).minuteOfDay;
  const dedupeKey = `trial ${now.slice(0, 10)} ${minute}`;
  const made = await make(deps, { recipient: person, channel: "mail", template: "trial", dedupeKey, lines: [] }, [], now);
  if (made === undefined) throw new Refused([refusal("messages.trialJustSent", "One was sent within this minute. Look at it first.")], 409);
  return made;
}
