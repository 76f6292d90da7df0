/** What fails when any, all, or so many of several things have failed: unions and products of families, up to a size. */
import { ALWAYS, type Family, isNever, NEVER, type Order } from "./family.ts";
import { createProduct } from "./family-product.ts";
import { createUnion } from "./family-union.ts";

export interface FamilyAlgebra {
  readonly order: Order;
  /** Fails when any of them does. */
  readonly union: (of: readonly Family[]) => Family;
  /** Fails when all of them do. */
  readonly product: (of: readonly Family[]) => Family;
  /** Fails when so many of them do. */
  readonly atLeast: (least: number, of: readonly Family[]) => Family;
}

/** Keeps its working memory from one call to the next. */
export function createFamilyAlgebra(order: Order): FamilyAlgebra {
  const union = createUnion(order);
  const productOfTwo = createProduct(order);

  const product = (of: readonly Family[]): Family => {
    // The small ones first keep what is between small.
    const bySize = of.length > 2 ? [...of].sort((a, b) => weight(a) - weight(b)) : of;
    let result = ALWAYS;
    for (const each of bySize) {
      result = productOfTwo(result, each);
      if (isNever(result)) return NEVER;
    }
    return result;
  };

  const atLeast = (least: number, of: readonly Family[]): Family => {
    if (least <= 0) return ALWAYS;
    if (least > of.length) return NEVER;
    if (least === 1) return union(of);
    if (least === of.length) return product(of);
    // After each one: what fails at least 0, 1, 2 … of those so far.
    const reached: Family[] = [ALWAYS, ...Array.from({ length: least }, () => NEVER)];
    for (const each of of) {
      for (let n = least; n >= 1; n -= 1) reached[n] = union([reached[n]!, productOfTwo(reached[n - 1]!, each)]);
    }
    return reached[least]!;
  };

  return { order, union, product, atLeast };
}

const weight = ({ singles, pairs, triples }: Family): number => singles.length + pairs.length + triples.length;
