/** Minimal sets of "any of these". */
import { ALWAYS, type Family, isNever, NEVER, NONE, type Order } from "./family.ts";
import { createMarks, createNumbers, push2, push3, setsOf, singlesOf } from "./numbers.ts";
import { createSetTable } from "./set-table.ts";

export function createUnion(order: Order): (of: readonly Family[]) => Family {
  const marks = createMarks();
  const list = createNumbers();
  const pairTable = createSetTable();
  const tripleTable = createSetTable();

  const singlesOfAny = (of: readonly Family[]): readonly number[] => {
    marks.clear();
    list.used = 0;
    for (const { singles } of of) {
      for (let i = 0; i < singles.length; i += 1) {
        const leaf = singles[i]!;
        if (marks.has(leaf)) continue;
        marks.set(leaf);
        list.list[list.used++] = leaf;
      }
    }
    return singlesOf(list);
  };

  /** A pair with a leaf that is enough by itself is none any more. */
  const pairsOf = (of: readonly Family[]): Int32Array => {
    const total = sum(of, "pairs");
    if (total === 0) return NONE;
    list.used = 0;
    pairTable.empty(total / 2);
    for (const { pairs } of of) {
      for (let i = 0; i < pairs.length; i += 2) {
        const a = pairs[i]!;
        const b = pairs[i + 1]!;
        if (!marks.has(a) && !marks.has(b) && pairTable.add(a, b, 0)) push2(list, a, b);
      }
    }
    return setsOf(list);
  };

  const holdsPair = (a: number, b: number, c: number) => pairTable.has(a, b, 0) || pairTable.has(a, c, 0) || pairTable.has(b, c, 0);

  const triplesOf = (of: readonly Family[], hasPairs: boolean): Int32Array => {
    const total = sum(of, "triples");
    if (total === 0) return NONE;
    list.used = 0;
    tripleTable.empty(total / 3);
    for (const { triples } of of) {
      for (let i = 0; i < triples.length; i += 3) {
        const a = triples[i]!;
        const b = triples[i + 1]!;
        const c = triples[i + 2]!;
        if (marks.has(a) || marks.has(b) || marks.has(c) || (hasPairs && holdsPair(a, b, c))) continue;
        if (tripleTable.add(a, b, c)) push3(list, a, b, c);
      }
    }
    return setsOf(list);
  };

  return (all) => {
    let failing = 0;
    for (const each of all) {
      if (each.always) return ALWAYS;
      if (!isNever(each)) failing += 1;
    }
    const of = failing === all.length ? all : all.filter((each) => !isNever(each));
    if (failing <= 1) return of[0] ?? NEVER;
    const singles = singlesOfAny(of);
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
