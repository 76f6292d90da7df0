/** What was announced about an exception and still waits for somebody: reminders of its end, escalations nobody took on. */
import type { Instant } from "../kernel/time.ts";
import { type ExceptionState, grantedUntil, type Review } from "./exception.ts";
import { isAwaited } from "./review-record.ts";
import { END_STATES } from "./transitions.ts";
import type { Role } from "./version.ts";

export interface Notice {
  readonly kind: "reminder" | "escalation";
  readonly key: string;
  /** `T-7` of a reminder, the level of an escalation. */
  readonly level: string;
  /** `ends` of a reminder, what an escalation is about. */
  readonly cause: string;
  readonly to: readonly Role[];
  readonly dueAt: Instant;
  readonly raisedAt: Instant;
}

/** Longest due first. What is over, and reminders of an end that was moved since, ask nobody for anything. */
export function openNotices(state: ExceptionState): readonly Notice[] {
  if (isOver(state)) return [];
  const notices = [...remindersOfEnd(state), ...escalationsNotTakenOn(state)];
  return notices.sort((a, b) => (a.dueAt < b.dueAt ? -1 : a.dueAt > b.dueAt ? 1 : 0));
}

function remindersOfEnd({ state, dossier }: ExceptionState): readonly Notice[] {
  const end = grantedUntil(dossier);
  if (end === undefined || (state !== "active" && state !== "suspended")) return [];
  return dossier.reminders
    .filter(({ key }) => key.startsWith(`${end} `))
    .map(({ key, daysBefore, to, dueAt, raisedAt }) => ({
      kind: "reminder",
      key,
      level: `T-${daysBefore}`,
      cause: "ends",
      to,
      dueAt,
      raisedAt,
    }));
}

function escalationsNotTakenOn({ dossier }: ExceptionState): readonly Notice[] {
  return dossier.escalations
    .filter(({ acknowledged }) => acknowledged === null)
    .map(({ key, level, cause, assignees, dueAt, raisedAt }) => ({
      kind: "escalation",
      key,
      level,
      cause,
      to: assignees,
      dueAt,
      raisedAt,
    }));
}

/** Reviews that wait for an answer, the first due first. */
export function awaitedReviews(state: ExceptionState): readonly Review[] {
  if (isOver(state)) return [];
  return state.dossier.reviews.filter(isAwaited).sort((a, b) => (a.dueAt < b.dueAt ? -1 : a.dueAt > b.dueAt ? 1 : 0));
}

function isOver({ state }: ExceptionState): boolean {
  return (END_STATES as readonly string[]).includes(state);
}
