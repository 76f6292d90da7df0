/**
 * How the register did, month by month (of UTC). Counted anew from what each exception remembers of itself, so that no figure is kept
 * beside the journal that could differ from it. A month that ended before anything was recorded is undefined, never zero.
 */
import { addDuration, duration, type Instant, minutesBetween } from "../kernel/time.ts";
import type { Dossier, ExceptionState } from "./exception.ts";
import { quantile } from "./metrics.ts";
import { END_STATES } from "./transitions.ts";

const YEAR = duration("P365D");

/** Half open; null while it lasts. */
export interface Span {
  readonly from: Instant;
  readonly to: Instant | null;
}

/** What one exception adds to the months. */
export interface History {
  readonly openedAt: Instant;
  readonly firstGrantedAt: Instant | null;
  readonly granted: readonly Span[];
  readonly rightEndedAt: Instant | undefined;
  readonly overstays: readonly Span[];
  readonly removals: readonly { readonly closedAt: Instant; readonly minutes: number }[];
  readonly missedReviewsAt: readonly Instant[];
}

export interface MonthFigures {
  /** Under a running grant at the end of the month, suspended ones included. */
  readonly granted: number;
  /** Of those, granted first more than 365 days before. */
  readonly grantedOverYear: number;
  /** Risks that an executive answered for at the end of the month. */
  readonly risksAccepted: number;
  /** Still held by a provider at the end of the month, though the right had ended. */
  readonly overstaying: number;
  readonly overstayMinutes: number;
  readonly asked: number;
  readonly ended: number;
  /** Median over what was seen to be gone in the month; undefined when nothing was. */
  readonly minutesToRevoke: number | undefined;
  readonly reviewsMissed: number;
}

export interface Month {
  /** `2026-10` */
  readonly month: string;
  /** False for the one that is running. */
  readonly isWhole: boolean;
  readonly figures: MonthFigures | undefined;
}

export function historyOf(state: ExceptionState): History {
  const { dossier } = state;
  const overAt = (END_STATES as readonly string[]).includes(state.state) ? state.since : undefined;
  const rightEndedAt = dossier.endings[0]?.rightEndedAt ?? overAt;
  const granted = dossier.grants.length === 0 ? [] : grantedSpans(dossier, rightEndedAt);
  return {
    openedAt: dossier.openedAt,
    firstGrantedAt: dossier.lineage.firstGrantedAt,
    granted,
    rightEndedAt: dossier.grants.length === 0 ? undefined : rightEndedAt,
    overstays: dossier.bindings.flatMap((binding) => binding.overstays).filter(({ from, to }) => to === null || to > from),
    removals: dossier.endings.flatMap(({ rightEndedAt: from, closedAt }) =>
      closedAt === null ? [] : [{ closedAt, minutes: minutesBetween(from, closedAt) }],
    ),
    missedReviewsAt: dossier.reviews.flatMap(({ missedAt }) => missedAt ?? []),
  };
}

function grantedSpans({ grants }: Dossier, rightEndedAt: Instant | undefined): readonly Span[] {
  return grants
    .filter((grant) => grant.kind !== "emergency")
    .map(({ validFrom, grantedAt, validUntil }) => ({
      from: validFrom > grantedAt ? validFrom : grantedAt,
      to: rightEndedAt !== undefined && rightEndedAt < validUntil ? rightEndedAt : validUntil,
    }))
    .filter(({ from, to }) => from < to);
}

/** The last `count` months, the running one included. `since`: when anything was recorded first. */
export function trendOf(
  histories: readonly History[],
  risks: readonly Span[],
  { now, since, count }: { readonly now: Instant; readonly since: Instant | undefined; readonly count: number },
): readonly Month[] {
  return monthsUntil(now, count).map((month) => {
    const from = firstInstant(month);
    const next = firstInstant(monthAfter(month));
    const until = next <= now ? next : now;
    const isKnown = since !== undefined && since < until;
    return { month, isWhole: next <= now, figures: isKnown ? figuresOf(histories, risks, { from, to: until }) : undefined };
  });
}

function figuresOf(histories: readonly History[], risks: readonly Span[], month: { from: Instant; to: Instant }): MonthFigures {
  const within = (at: Instant): boolean => month.from <= at && at < month.to;
  const atEnd = ({ from, to }: Span): boolean => from < month.to && (to === null || to >= month.to);
  const granted = histories.filter((one) => one.granted.some(atEnd));
  const overstays = histories.flatMap((one) => one.overstays);
  const removals = histories.flatMap((one) => one.removals).filter(({ closedAt }) => within(closedAt));
  return {
    granted: granted.length,
    grantedOverYear: granted.filter(({ firstGrantedAt }) => firstGrantedAt !== null && addDuration(firstGrantedAt, YEAR) < month.to).length,
    risksAccepted: risks.filter(atEnd).length,
    overstaying: histories.filter((one) => one.overstays.some(atEnd)).length,
    overstayMinutes: overstays.reduce((sum, span) => sum + minutesIn(span, month), 0),
    asked: histories.filter(({ openedAt }) => within(openedAt)).length,
    ended: histories.filter(({ rightEndedAt }) => rightEndedAt !== undefined && within(rightEndedAt)).length,
    minutesToRevoke: quantile(
      removals.map(({ minutes }) => minutes),
      0.5,
    ),
    reviewsMissed: histories.flatMap((one) => one.missedReviewsAt).filter(within).length,
  };
}

function minutesIn({ from, to }: Span, month: { from: Instant; to: Instant }): number {
  const start = from > month.from ? from : month.from;
  const end = to !== null && to < month.to ? to : month.to;
  return start < end ? minutesBetween(start, end) : 0;
}

/** `2026-10`, the oldest first. */
function monthsUntil(now: Instant, count: number): readonly string[] {
  const last = Number(now.slice(0, 4)) * 12 + Number(now.slice(5, 7)) - 1;
  return Array.from({ length: count }, (_, i) => monthText(last - count + 1 + i));
}

function monthAfter(month: string): string {
  return monthText(Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)));
}

function monthText(months: number): string {
  return `${Math.floor(months / 12)}-${String((months % 12) + 1).padStart(2, "0")}`;
}

function firstInstant(month: string): Instant {
  return `${month}-01T00:00:00.000Z` as Instant;
}
