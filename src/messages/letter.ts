/** A notification as a letter, and as a post in the chat. Pure: the same notification is the same letter, whoever sends it again. */
import { dayIn, type Instant, wallClock, type Zone } from "../kernel/time.ts";
import { escapeHtml, inertLine } from "./inert.ts";
import type { Language, Line, Notification } from "./notification.ts";
import { type Texts, TEXTS } from "./texts.ts";

export interface Letter {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** The same at every try, so that a mail program shows what came twice once. */
  readonly messageId: string;
  readonly date: Instant;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Sender {
  /** `https://postern.example`, without a slash at the end. */
  readonly origin: string;
  readonly zone: Zone;
}

/** Where everything that waits for a person is, and where they choose. */
const HOME = "/";
const SETTINGS = "/messages";
/** Subjects name the first few; the letter names all. */
const REFS_IN_SUBJECT = 3;

export function letterOf(notification: Notification, language: Language, sender: Sender): Letter {
  const { id, template, lines, madeAt } = notification;
  const { origin } = sender;
  const texts = TEXTS[language];
  const settings = `${origin}${SETTINGS}`;
  return {
    subject: subjectOf(notification, texts),
    text: textOf(notification, texts, sender),
    html: htmlOf(notification, texts, sender, language),
    messageId: `<${id}@${hostOf(origin)}>`,
    date: madeAt,
    headers: {
      "Auto-Submitted": "auto-generated",
      "X-Auto-Response-Suppress": "All",
      // Muting needs a sign-in, so this names the page and promises no unsubscription by one click.
      ...(template === "digest" && { "List-Unsubscribe": `<${settings}>` }),
      ...(lines.some(({ kind }) => kind !== "granted") && template === "incident" && { Importance: "high" }),
    },
  };
}

function subjectOf({ template, lines }: Notification, texts: Texts): string {
  if (template === "trial") return texts.trialSubject;
  if (template === "digest") return texts.digestSubject(lines.length);
  const refs = [...new Set(lines.map(({ ref }) => inertLine(ref)))];
  const shown = refs.slice(0, REFS_IN_SUBJECT);
  return texts.incidentSubject(refs.length > shown.length ? [...shown, `+${refs.length - shown.length}`] : shown);
}

function openingOf({ template }: Notification, texts: Texts): string {
  return { digest: texts.digestOpening, incident: texts.incidentOpening, trial: texts.trialOpening }[template];
}

/** Sentences below the matters: each with a link or without. */
function closingOf({ template }: Notification, texts: Texts, { origin }: Sender): readonly { words: string; link?: string }[] {
  const settings = { words: texts.settings, link: `${origin}${SETTINGS}` };
  if (template === "incident") return [{ words: texts.incidentWhy }];
  return template === "digest" ? [{ words: texts.rest, link: `${origin}${HOME}` }, settings] : [settings];
}

function textOf(notification: Notification, texts: Texts, sender: Sender): string {
  const matters = notification.lines.flatMap((line) => [
    `${inertLine(line.ref)} ${sentenceOf(line, texts, sender)}`,
    ...(line.title === "" ? [] : [`  ${inertLine(line.title)}`]),
    `  ${linkOf(line, notification, sender)}`,
    "",
  ]);
  const closing = closingOf(notification, texts, sender).map(({ words, link }) => (link === undefined ? words : `${words} ${link}`));
  return [openingOf(notification, texts), "", ...matters, "-- ", ...closing, ""].join("\n");
}

function htmlOf(notification: Notification, texts: Texts, sender: Sender, language: Language): string {
  const matters = notification.lines.map((line) => {
    const ref = inertLine(line.ref);
    const sentence = escapeHtml(`${ref} ${sentenceOf(line, texts, sender)}`);
    const title = line.title === "" ? "" : `${escapeHtml(inertLine(line.title))}<br>`;
    return `<p><b>${sentence}</b><br>${title}${anchor(linkOf(line, notification, sender), `${texts.openLink} ${ref}`)}</p>`;
  });
  const closing = closingOf(notification, texts, sender).map(
    ({ words, link }) => `<p><small>${escapeHtml(words)}${link === undefined ? "" : ` ${anchor(link, link)}`}</small></p>`,
  );
  const opening = `<p>${escapeHtml(openingOf(notification, texts))}</p>`;
  return `<!doctype html><html lang="${language}"><body>${[opening, ...matters, ...closing].join("\n")}</body></html>`;
}

function anchor(link: string, words: string): string {
  return `<a href="${escapeHtml(link)}">${escapeHtml(words)}</a>`;
}

/** `is waiting for your decision, by 2026-11-27 09:00 (Europe/Zurich)` */
function sentenceOf({ kind, until }: Line, texts: Texts, { zone }: Sender): string {
  if (until === null) return texts.sentence[kind];
  const minute = wallClock(until, zone).minuteOfDay;
  const time = `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
  return `${texts.sentence[kind]}, ${texts.until(dayIn(until, zone), time, zone)}`;
}

/** Leads to exactly what is asked. The message's id beside it says, once its recipient is signed in, that it was read. */
function linkOf({ path }: Line, { id }: Notification, { origin }: Sender): string {
  return `${origin}${path}${path.includes("?") ? "&" : "?"}m=${id}`;
}

/** What a chat tool gets. `text` is what Slack, Mattermost and Teams' workflows show; the rest is for programs. */
export function postOf(notification: Notification, sender: Sender) {
  const lines = notification.lines.map((line) => ({
    kind: line.kind,
    ref: inertLine(line.ref),
    title: inertLine(line.title),
    until: line.until,
    link: `${sender.origin}${line.path}`,
  }));
  const text = lines
    .map((line, i) => `${chatText(line.ref)} ${sentenceOf(notification.lines[i]!, TEXTS.en, sender)}: ${chatText(line.title)} ${line.link}`)
    .join("\n");
  return { type: `postern.${notification.template}`, id: notification.id, timestamp: notification.madeAt, text, data: { lines } };
}

/** Chat tools read `<…>`, `@channel` and `*…*` as commands; in a title they are only characters. */
function chatText(title: string): string {
  return title
    .replaceAll(/[<>&@*_~`[\]|]/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim();
}

function hostOf(origin: string): string {
  return origin.replace(/^[a-z]+:\/\//, "").replace(/:\d+$/, "");
}
