/** A message to one person, or to the chat: what was said, where it went and how that ended. */
import type { Instant } from "../kernel/time.ts";
import type { MatterKind } from "./matter.ts";

export const CHANNELS = ["mail", "chat"] as const;
export type Channel = (typeof CHANNELS)[number];

export const TEMPLATES = ["digest", "incident", "trial"] as const;
export type Template = (typeof TEMPLATES)[number];

export const LANGUAGES = ["en", "de"] as const;
export type Language = (typeof LANGUAGES)[number];

/**
 * `waiting`: not tried yet. `deferred`: tried and put off, it is tried again. `sent`: the next server took it. `bounced`: refused
 * for good. `given_up`: put off for more than a day. `no_address`, `muted`, `left`: not sent, and why.
 */
export const RESULTS = ["waiting", "deferred", "sent", "bounced", "given_up", "no_address", "muted", "left"] as const;
export type Result = (typeof RESULTS)[number];

/** Results after which nothing is tried any more. */
export function isOver(result: Result): boolean {
  return result !== "waiting" && result !== "deferred";
}

/** One thing said. Nothing else of an exception leaves Postern: no justification, no account, no name. */
export interface Line {
  readonly kind: MatterKind;
  readonly ref: string;
  readonly title: string;
  readonly until: Instant | null;
  readonly path: string;
}

export interface Notification {
  readonly id: string;
  /** Null for the chat, which is nobody in particular. */
  readonly recipient: string | null;
  readonly channel: Channel;
  readonly template: Template;
  /** Unique for recipient and channel: the database itself lets no second one be made. */
  readonly dedupeKey: string;
  readonly lines: readonly Line[];
  readonly madeAt: Instant;
  readonly result: Result;
  /** What the other side answered, or why it was not asked. */
  readonly answer: string | null;
  readonly tries: number;
  readonly triedAt: Instant | null;
  readonly sentAt: Instant | null;
  readonly readAt: Instant | null;
}

export interface Preferences {
  readonly muted: boolean;
  readonly language: Language;
}

export const UNTOUCHED: Preferences = { muted: false, language: "en" };
