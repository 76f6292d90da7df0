/** A list of whole numbers that is filled again and again, and marks on leaves that are taken off by counting up. */
import { NONE } from "./family.ts";

export interface Numbers {
  readonly clear: () => void;
  readonly push1: (a: number) => void;
  readonly push2: (a: number, b: number) => void;
  readonly push3: (a: number, b: number, c: number) => void;
  readonly length: () => number;
  /** The list as it stands; valid until the next push. */
  readonly peek: () => Int32Array;
  readonly copy: () => Int32Array;
}

export function createNumbers(): Numbers {
  let list = new Int32Array(256);
  let used = 0;
  const room = (more: number) => {
    if (used + more <= list.length) return;
    const wider = new Int32Array(list.length * 2);
    wider.set(list);
    list = wider;
  };
  return {
    clear() {
      used = 0;
    },
    push1(a) {
      room(1);
      list[used++] = a;
    },
    push2(a, b) {
      room(2);
      const isSorted = a < b;
      list[used++] = isSorted ? a : b;
      list[used++] = isSorted ? b : a;
    },
    push3(a, b, c) {
      room(3);
      const least = Math.min(a, b, c);
      const most = Math.max(a, b, c);
      list[used++] = least;
      // Exact: the numbers are small.
      list[used++] = a + b + c - least - most;
      list[used++] = most;
    },
    length: () => used,
    peek: () => list,
    copy: () => (used === 0 ? NONE : list.slice(0, used)),
  };
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
