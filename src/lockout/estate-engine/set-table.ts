/** Sets of two or three numbers, in tables that are emptied by counting up instead of by wiping. */

const FEWEST = 64;

/** Whether a pair or a triple was added since the table was last emptied. What is asked is sorted, smallest first. */
export interface SetTable {
  readonly empty: (expected: number) => void;
  /** False when it was there already. */
  readonly add: (a: number, b: number, c: number) => boolean;
  readonly has: (a: number, b: number, c: number) => boolean;
}

/** For pairs, c is always 0. */
export function createSetTable(): SetTable {
  let size = FEWEST;
  let entries = new Int32Array(size * 4);
  let round = 1;
  let used = 0;

  /** Where it is, or where it would be. */
  const place = (a: number, b: number, c: number): number => {
    let mixed = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b) ^ Math.imul(c, 0xc2b2ae35);
    mixed ^= mixed >>> 15;
    let at = (mixed & (size - 1)) << 2;
    const mask = (size << 2) - 1;
    while (entries[at] === round && (entries[at + 1] !== a || entries[at + 2] !== b || entries[at + 3] !== c)) at = (at + 4) & mask;
    return at;
  };

  const grow = (to: number): void => {
    const old = entries;
    const was = round;
    size = to;
    entries = new Int32Array(size * 4);
    round = 1;
    for (let at = 0; at < old.length; at += 4) {
      if (old[at] === was) write(place(old[at + 1]!, old[at + 2]!, old[at + 3]!), old[at + 1]!, old[at + 2]!, old[at + 3]!);
    }
  };

  const write = (at: number, a: number, b: number, c: number): void => {
    entries[at] = round;
    entries[at + 1] = a;
    entries[at + 2] = b;
    entries[at + 3] = c;
  };

  return {
    empty(expected) {
      round = round === 0x7fffffff ? 1 : round + 1;
      if (round === 1) entries.fill(0);
      used = 0;
      if (expected * 2 > size) grow(2 ** Math.ceil(Math.log2(expected * 2)));
    },
    add(a, b, c) {
      const at = place(a, b, c);
      if (entries[at] === round) return false;
      write(at, a, b, c);
      used += 1;
      if (used * 2 > size) grow(size * 2);
      return true;
    },
    has(a, b, c) {
      return entries[place(a, b, c)] === round;
    },
  };
}
