/** A list of whole numbers that is filled again and again, and marks on leaves that are taken off by counting up. */
import { NO_LEAVES, NONE } from "./family.ts";

export interface Numbers {
  readonly list: number[];
  /** How much of the list is in use. */
  used: number;
}

export function createNumbers(): Numbers {
  return { list: [], used: 0 };
}

export function push2(into: Numbers, a: number, b: number): void {
  const { list, used } = into;
  if (a < b) {
    list[used] = a;
    list[used + 1] = b;
  } else {
    list[used] = b;
    list[used + 1] = a;
  }
  into.used = used + 2;
}

export function push3(into: Numbers, a: number, b: number, c: number): void {
  const { list, used } = into;
  const least = Math.min(a, b, c);
  const most = Math.max(a, b, c);
  list[used] = least;
  list[used + 1] = a + b + c - least - most;
  list[used + 2] = most;
  into.used = used + 3;
}

export function singlesOf({ list, used }: Numbers): readonly number[] {
  return used === 0 ? NO_LEAVES : list.slice(0, used);
}

export function setsOf({ list, used }: Numbers): Int32Array {
  if (used === 0) return NONE;
  const copy = new Int32Array(used);
  for (let i = 0; i < used; i += 1) copy[i] = list[i]!;
  return copy;
}

export interface Marks {
  readonly clear: () => void;
  readonly set: (leaf: number) => void;
  readonly has: (leaf: number) => boolean;
}

export function createMarks(): Marks {
  let marks = new Int32Array(1024);
  let round = 1;
  return {
    clear() {
      round = round === 0x7fffffff ? 1 : round + 1;
      if (round === 1) marks.fill(0);
    },
    set(leaf) {
      if (leaf >= marks.length) {
        const wider = new Int32Array(Math.max(leaf + 1, marks.length * 2));
        wider.set(marks);
        marks = wider;
      }
      marks[leaf] = round;
    },
    has: (leaf) => leaf < marks.length && marks[leaf] === round,
  };
}
