/** How a row of the register answers an attempt at a moment, and which of several answers is told. Pure. */
import { meets } from "../exceptions/in-force.ts";
import { instantOfEpochMs, wallClock } from "../kernel/time.ts";
import type { Id } from "../kernel/id.ts";
import type { GrantRow, Stand } from "./grant-row.ts";
import type { Attempt, Found } from "./register.ts";
import type { GrantTold, Obligation } from "./verdict.ts";

type Row = Omit<GrantRow, "subject" | "person" | "resource">;
type Denial = Extract<Found, { kind: "none" }>["code"];
/** Why a row does not let through, and in words. */
type Why = readonly [Denial, string];

export const NO_GRANT: Found = {
  kind: "none",
  code: "exception_needed",
  words: "No rule permits it, and no exception for this subject on this resource is known.",
};

/** What is told of several that do not let through: the one that is nearest to doing so. */
const NEARNESS: readonly Denial[] = ["outside_exception_scope", "exception_suspended", "exception_not_started", "exception_ended"];

const WORDS_OF_STAND: Readonly<Record<Exclude<Stand, "open">, Why>> = {
  not_begun: ["exception_not_started", "It was approved and has not begun."],
  not_held: ["exception_not_started", "The provider was not seen to hold it yet."],
  not_in_use: ["exception_not_started", "It lets through only while a use of it runs."],
  suspended: ["exception_suspended", "It is suspended."],
  review_missed: ["exception_suspended", "A review of it that was due was not answered."],
  ended: ["exception_ended", "It has ended."],
};

/** Of the rows for a subject on a resource: the one that lets through the longest, else what nearly would. */
export function judge(rows: Iterable<Row>, attempt: Attempt, nowMs: number): Found {
  let best: Row | undefined;
  let near: { row: Row; why: Why } | undefined;
  for (const row of rows) {
    const why = whyClosed(row, attempt, nowMs);
    if (why === undefined) best = best === undefined || isBefore(row, best) ? row : best;
    else if (near === undefined || isNearer(row, why, near)) near = { row, why };
  }
  if (best !== undefined) return { kind: "grant", grant: told(best, best.until), obligations: obligationsOf(best, nowMs) };
  if (near === undefined) return NO_GRANT;
  const { row, why } = near;
  return { kind: "none", code: why[0], words: `${row.ref}: ${why[1]}`, grant: told(row, row.ends) };
}

function whyClosed(row: Row, attempt: Attempt, nowMs: number): Why | undefined {
  // Written so that a moment that is no number is in no stretch.
  if (!(row.from <= nowMs)) return ["exception_not_started", "It has not begun."];
  if (!(nowMs < row.until)) return WORDS_OF_STAND.ended;
  if (row.stand !== "open") return WORDS_OF_STAND[row.stand];
  if (row.method !== attempt.method) return ["outside_exception_scope", "It is for another method."];
  return isUnconditional(row) || meets(row.conditions, instantOfEpochMs(nowMs), attempt)
    ? undefined
    : ["outside_exception_scope", "Network, device or hour is not what was approved."];
}

function isUnconditional({ conditions: { networks, deviceClasses, hours } }: Row): boolean {
  return networks === null && deviceClasses === null && hours === null;
}

/** The same of several whatever the order they are found in. */
function isBefore(a: Row, b: Row): boolean {
  if (a.until !== b.until) return a.until > b.until;
  return a.ref === b.ref ? JSON.stringify(a.conditions) < JSON.stringify(b.conditions) : a.ref < b.ref;
}

function isNearer(row: Row, [code, words]: Why, than: { row: Row; why: Why }): boolean {
  const [a, b] = [NEARNESS.indexOf(code), NEARNESS.indexOf(than.why[0])];
  if (a !== b) return a < b;
  if (row.ends !== than.row.ends) return row.ends > than.row.ends;
  return row.ref === than.row.ref ? words < than.why[1] : row.ref < than.row.ref;
}

function told({ exception, ref, owner }: Row, until: number): GrantTold {
  return { exception: exception as Id<"exception">, ref, validUntil: instantOfEpochMs(until), owner: owner as Id<"person"> | null };
}

function obligationsOf({ conditions, until }: Row, nowMs: number): readonly Obligation[] {
  const seconds = Math.floor((Math.min(until, hoursEnd(conditions.hours, nowMs)) - nowMs) / 1000);
  const session: Obligation = { type: "session_length", seconds };
  return conditions.networks === null ? [session] : [{ type: "restricted_network", networks: conditions.networks }, session];
}

const HOUR = 3_600_000;

/** When at the latest the hours of a grant are over: where the clock is set forward in between, sooner than it shows. */
function hoursEnd(hours: GrantRow["conditions"]["hours"], nowMs: number): number {
  if (hours === null) return Infinity;
  const clock = (ms: number): number => wallClock(instantOfEpochMs(ms), hours.zone).minuteOfDay;
  const left = (hours.untilMinute - clock(nowMs)) * 60_000 - (nowMs % 60_000);
  return nowMs + (clock(nowMs + left - 1) === hours.untilMinute - 1 ? left : Math.max(0, left - HOUR));
}
