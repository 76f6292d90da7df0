/** Parts of a whole laid end to end. */
import { scaleLinear } from "d3-scale";

export interface Segment {
  readonly key: string;
  readonly x: number;
  readonly width: number;
}

/** Segments of the parts that there are, on a line where `most` takes the whole `width`. */
export function stack(parts: readonly (readonly [key: string, count: number])[], most: number, width: number): readonly Segment[] {
  const across = scaleLinear()
    .domain([0, Math.max(1, most)])
    .range([0, width]);
  const segments: Segment[] = [];
  let before = 0;
  for (const [key, count] of parts) {
    if (count > 0) segments.push({ key, x: across(before), width: across(before + count) - across(before) });
    before += count;
  }
  return segments;
}
