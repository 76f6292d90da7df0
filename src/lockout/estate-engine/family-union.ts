/** Minimal sets of "any of these". */
import { ALWAYS, type Family, isNever, NEVER, NONE, type Order } from "./family.ts";
import { createMarks, createNumbers } from "./numbers.ts";
import { createSetTable } from "./set-table.ts";

export function createUnion(order: Order): (of: readonly Family[]) => Family {
  const marks = createMarks();
  const list = createNumbers();
  const pairTable = createSetTable();
  const tripleTable = createSetTable();

  const singlesOf = (of: readonly Family[]): Int32Array => {
    marks.clear();
    list.clear();
    for (const { singles } of of) {
      for (let i = 0; i < singles.length; i += 1) {
        const leaf = singles[i]!;
        if (marks.has(leaf)) continue;
        marks.set(leaf);
        list.push1(leaf);
      }
    }
    return list.copy();
  };

  /** A pair with a leaf that is enough by itself is none any more. */
  const pairsOf = (of: readonly Family[]): Int32Array => {
    const total = sum(of, "pairs");
    if (total === 0) return NONE;
    list.clear();
    pairTable.empty(total / 2);
    for (const { pairs } of of) {
      for (let i = 0; i < pairs.length; i += 2) {
        const a = pairs[i]!;
        const b = pairs[i + 1]!;
        if (!marks.has(a) && !marks.has(b) && pairTable.add(a, b, 0)) list.push2(a, b);
      }
    }
    return list.copy();
  };

  const holdsPair = (a: number, b: number, c: number) => pairTable.has(a, b, 0) || pairTable.has(a, c, 0) || pairTable.has(b, c, 0);

  const triplesOf = (of: readonly Family[], hasPairs: boolean): Int32Array => {
    const total = sum(of, "triples");
    if (total === 0) return NONE;
    list.clear();
    tripleTable.empty(total / 3);
    for (const { triples } of of) {
      for (let i = 0; i < triples.length; i += 3) {
        const a = triples[i]!;
        const b = triples[i + 1]!;
        const c = triples[i + 2]!;
        if (marks.has(a) || marks.has(b) || marks.has(c) || (hasPairs && holdsPair(a, b, c))) continue;
        if (tripleTable.add(a, b, c)) list.push3(a, b, c);
      }
    }
    return list.copy();
  };

  return (all) => {
    if (all.some(({ always }) => always)) return ALWAYS;
    const of = all.length === 1 ? all : all.filter((each) => !isNever(each));
    if (of.length <= 1) return of[0] ?? NEVER;
    const singles = singlesOf(of);
    const pairs = order >= 2 ? pairsOf(of) : NONE;
    const triples = order === 3 ? triplesOf(of, pairs.length > 0) : NONE;
    return { always: false, singles, pairs, triples };
  };
}

function sum(of: readonly Family[], what: "pairs" | "triples"): number {
  let total = 0;
  for (const each of of) total += each[what].length;
  return total;
}
