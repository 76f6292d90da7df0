/** Where the figures of months fall in a small drawing. A month of which nothing is known has no height; it is never drawn as zero. */
import { scaleBand, scaleLinear } from "d3-scale";
import { line } from "d3-shape";

export interface MonthValue {
  /** `2026-10` */
  readonly month: string;
  /** False for the one that is running. */
  readonly isWhole: boolean;
  /** Null: not known. */
  readonly value: number | null;
}

export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface Placed extends MonthValue {
  /** Left edge of the month's place. */
  readonly x: number;
  readonly width: number;
  readonly middle: number;
  /** Of the value, from above; undefined when it is not known. */
  readonly y: number | undefined;
}

export interface MonthDrawing {
  readonly places: readonly Placed[];
  /** Height of nothing. */
  readonly floor: number;
  /** Lines across: their value and height, from the floor up. */
  readonly levels: readonly { readonly value: number; readonly y: number }[];
  /** Through what is known, broken where it is not. */
  readonly path: string;
}

export function drawMonths(values: readonly MonthValue[], frame: Frame): MonthDrawing {
  const most = values.reduce((max, { value }) => Math.max(max, value ?? 0), 0);
  const floor = frame.height - frame.bottom;
  const across = scaleBand<number>()
    .domain(values.map((_, i) => i))
    .range([frame.left, frame.width - frame.right])
    .padding(0.28);
  // One at least, so that a year of nothing lies on the floor and not in the middle.
  const up = scaleLinear()
    .domain([0, Math.max(1, most)])
    .nice(2)
    .range([floor, frame.top]);
  const places = values.map((each, i) => {
    const x = across(i) ?? frame.left;
    const middle = x + across.bandwidth() / 2;
    return { ...each, x, width: across.bandwidth(), middle, y: each.value === null ? undefined : up(each.value) };
  });
  const path = line<Placed>()
    .defined(({ y }) => y !== undefined)
    .x(({ middle }) => round(middle))
    .y(({ y }) => round(y ?? floor));
  const top = up.domain()[1] ?? 1;
  const levels = [0, top / 2, top].filter(Number.isInteger).map((value) => ({ value, y: up(value) }));
  return { places, floor, levels, path: path(places) ?? "" };
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}

const short = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", month: "short" });
const long = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", month: "long", year: "numeric" });

/** `2026-10` → `Oct` or `October 2026`. */
export function monthWords(month: string, length: "short" | "long" = "long"): string {
  return (length === "short" ? short : long).format(Date.parse(`${month}-01T00:00:00Z`));
}
