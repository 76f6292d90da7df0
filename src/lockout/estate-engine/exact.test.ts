import { describe, expect, test } from "vitest";

import { drawing, randomModel, setName, truthOf } from "../../../test/support/lockout-models.ts";
import type { LockoutModel } from "../model.ts";
import { analyse } from "../solver/analyse.ts";
import type { FaultTree } from "../solver/fault-tree.ts";
import { treeOfOperation } from "../tree-of-operation.ts";
import { createLiveEstate, type LiveEstate } from "./live-estate.ts";

const live = (model: LockoutModel) => createLiveEstate(model) as LiveEstate;
const histogramOf = (sets: readonly string[]) => {
  const counts: bigint[] = [];
  for (const set of sets) {
    const size = set === "" ? 0 : set.split(" ").length;
    while (counts.length <= size) counts.push(0n);
    counts[size]! += 1n;
  }
  return counts;
};

describe("what is exactly known of an operation", () => {
  test("is what the truth table says: sets by size, probability, and Birnbaum's importance of every leaf", () => {
    let compared = 0;
    for (let seed = 0; seed < 1500; seed += 1) {
      const model = randomModel(drawing(seed), { components: 5 + (seed % 4), causes: 2 });
      const estate = live(model);
      for (const operation of model.operations.filter(({ status }) => status === "active")) {
        const truth = truthOf(model, operation);
        const exact = estate.exact(operation.key)!;
        const where = `seed ${seed} ${operation.key}`;
        expect(exact.histogram, where).toEqual(histogramOf(truth.sets));
        expect(exact.minimalSets, where).toBe(BigInt(truth.sets.length));
        expect(Math.abs(exact.probability! - truth.probability), where).toBeLessThan(1e-12);
        const inSets = new Set(truth.sets.flatMap((set) => (set === "" ? [] : set.split(" "))));
        expect(setName(exact.leaves), where).toBe(setName([...inSets]));
        exact.leaves.forEach((leaf, i) => {
          expect(Math.abs(exact.birnbaum[i]! - truth.birnbaum.get(leaf)!), `${where} ${leaf}`).toBeLessThan(1e-12);
        });
        compared += truth.sets.length;
      }
    }
    expect(compared).toBeGreaterThan(5000);
  });

  test("is what the solver of single trees says, on operations with more leaves than a table could hold", () => {
    for (let seed = 0; seed < 60; seed += 1) {
      const model = randomModel(drawing(seed), { components: 40, causes: 6, operations: 6 });
      const estate = live(model);
      for (const key of estate.operations()) {
        const exact = estate.exact(key)!;
        const single = analyse(treeOfOperation(model, key) as FaultTree);
        expect(exact.minimalSets, `seed ${seed} ${key}`).toBe(single.minimalCutSets);
        expect(exact.probability! / single.topEventProbability! - 1 || 0).toBeCloseTo(0, 9);
        exact.leaves.forEach((leaf, i) => {
          expect(exact.birnbaum[i]! - single.birnbaum!.get(leaf)!).toBeCloseTo(0, 9);
        });
      }
    }
  });
});
