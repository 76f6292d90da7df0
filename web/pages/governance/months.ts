/** The figures of which the board keeps the months: what each means, and how it is drawn. Of all of them less is better. */
import type { BoardView } from "../../../src/exceptions/contract-board.ts";
import type { MonthValue } from "../../charts/months.ts";
import { lengthWords } from "../../parts/time-words.ts";
import type { Tone } from "../../parts/tone.ts";

type MonthFigures = NonNullable<BoardView["months"][number]["figures"]>;

export interface MonthlyFigure {
  readonly key: keyof MonthFigures;
  readonly name: string;
  readonly means: string;
  readonly kind: "line" | "columns";
  readonly tone: Tone;
  /** In the unit drawn. */
  readonly value?: (raw: number) => number;
  readonly words?: (value: number) => string;
}

export const MONTHLY: readonly MonthlyFigure[] = [
  {
    key: "granted",
    name: "Exceptions granted",
    means: "Exceptions under a running grant at the end of the month, suspended ones included.",
    kind: "line",
    tone: "open",
  },
  {
    key: "grantedOverYear",
    name: "Granted for over a year",
    means: "Of those, the ones granted first more than 365 days before, through every renewal and every asking again.",
    kind: "line",
    tone: "wait",
  },
  {
    key: "overstayMinutes",
    name: "Hours of overstay",
    means: "How long in this month providers still held bypasses to which the right had ended, all added up, in hours.",
    kind: "columns",
    tone: "bad",
    value: (minutes) => Math.round(minutes / 6) / 10,
    words: (hours) => `${hours} h`,
  },
  {
    key: "minutesToRevoke",
    name: "Minutes to revoke",
    means:
      "From the end of the right until the provider was seen to hold it no more: the median of what was seen to go in the month. Not known where nothing went.",
    kind: "columns",
    tone: "open",
    words: (minutes) => lengthWords(minutes * 60_000),
  },
  {
    key: "reviewsMissed",
    name: "Reviews missed",
    means: "Reviews of which the deadline passed in the month without an answer.",
    kind: "columns",
    tone: "wait",
  },
  {
    key: "asked",
    name: "New requests",
    means: "Exceptions opened in the month, drafts included.",
    kind: "columns",
    tone: "idle",
  },
];

export function valuesOf(months: BoardView["months"], { key, value = (raw) => raw }: MonthlyFigure): MonthValue[] {
  return months.map(({ month, isWhole, figures }) => {
    const raw = figures?.[key] ?? null;
    return { month, isWhole, value: raw === null ? null : value(raw) };
  });
}
