/** Where moments fall on a line of a given width, and which moments to write below it. */

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export interface TimeScale {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly width: number;
  /** Pixels from the left, kept inside the line. */
  x(atMs: number): number;
}

/** A scale over all moments with some air at both ends; a single moment gets a day around it. */
export function timeScale(moments: readonly number[], width: number): TimeScale {
  const first = Math.min(...moments);
  const last = Math.max(...moments);
  const air = Math.max((last - first) * 0.04, HOUR);
  const fromMs = first - air;
  const untilMs = last + air;
  return {
    fromMs,
    untilMs,
    width,
    x: (atMs) => Math.min(width, Math.max(0, ((atMs - fromMs) / (untilMs - fromMs)) * width)),
  };
}

export interface Tick {
  readonly atMs: number;
  readonly words: string;
}

const STEPS_MS = [HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY, 14 * DAY];
const STEPS_MONTHS = [1, 2, 3, 6, 12, 24, 60];
const MONTH_MS = 30.44 * DAY;

/** Round moments (of UTC) across a scale, at least `spacing` pixels apart. */
export function ticksOf(scale: TimeScale, spacing = 84): Tick[] {
  const span = scale.untilMs - scale.fromMs;
  const most = Math.max(1, Math.floor(scale.width / spacing));
  const stepMs = STEPS_MS.find((step) => span / step <= most);
  if (stepMs !== undefined) return evenTicks(scale, stepMs);
  const months = STEPS_MONTHS.find((step) => span / (step * MONTH_MS) <= most) ?? 120;
  return monthTicks(scale, months);
}

const hour = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const day = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", day: "numeric", month: "short" });
const month = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", month: "short", year: "numeric" });

function evenTicks(scale: TimeScale, stepMs: number): Tick[] {
  const ticks: Tick[] = [];
  for (let atMs = Math.ceil(scale.fromMs / stepMs) * stepMs; atMs <= scale.untilMs; atMs += stepMs) {
    ticks.push({ atMs, words: atMs % DAY === 0 ? day.format(atMs) : hour.format(atMs) });
  }
  return ticks;
}

function monthTicks(scale: TimeScale, months: number): Tick[] {
  const start = new Date(scale.fromMs);
  const first = start.getUTCFullYear() * 12 + start.getUTCMonth() + 1;
  const ticks: Tick[] = [];
  for (let at = Math.ceil(first / months) * months; ; at += months) {
    const atMs = Date.UTC(Math.floor(at / 12), at % 12, 1);
    if (atMs > scale.untilMs) return ticks;
    ticks.push({ atMs, words: month.format(atMs) });
  }
}

export interface Placed<T> {
  readonly x: number;
  readonly members: readonly T[];
}

/** Brings what would overlap together: each group stands where its first member is. */
export function cluster<T extends { readonly atMs: number }>(items: readonly T[], scale: TimeScale, apart = 15): Placed<T>[] {
  const placed: { x: number; members: T[] }[] = [];
  for (const item of items.toSorted((a, b) => a.atMs - b.atMs)) {
    const x = scale.x(item.atMs);
    const last = placed.at(-1);
    if (last !== undefined && x - last.x < apart) last.members.push(item);
    else placed.push({ x, members: [item] });
  }
  return placed;
}
