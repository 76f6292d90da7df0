import { describe, expect, test } from "vitest";

import { drawing, randomModel, setName, truthOf } from "../../../test/support/lockout-models.ts";
import type { Unavailability } from "../../estate/component.ts";
import { leafName } from "../leaf.ts";
import type { LockoutModel } from "../model.ts";
import { analyse } from "../solver/analyse.ts";
import type { FaultTree } from "../solver/fault-tree.ts";
import { treeOfOperation } from "../tree-of-operation.ts";
import { fussellVesely } from "./exact.ts";
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

const activeOf = (model: LockoutModel) => model.operations.filter(({ status }) => status === "active");

const withChance = (model: LockoutModel, chance: (name: string, p: number) => number | null): LockoutModel => {
  const given = <T extends { readonly unavailability: Unavailability | null }>(one: T, name: string): T => {
    const p = chance(name, one.unavailability!.p);
    return { ...one, unavailability: p === null ? null : { ...one.unavailability!, p } };
  };
  return {
    ...model,
    components: model.components.map((each) => given(each, each.key)),
    commonCauses: model.commonCauses.map((each) => given(each, leafName({ kind: "cause", key: each.key }))),
  };
};
const neverFailing = (model: LockoutModel, leaf: string) => withChance(model, (name, p) => (name === leaf ? 0 : p));
const silent = (model: LockoutModel) => withChance(model, () => null);

describe("what is exactly known of an operation", () => {
  test("is what the truth table says: sets by size, probability, and Birnbaum's importance of every leaf", () => {
    let compared = 0;
    for (let seed = 0; seed < 500; seed += 1) {
      const model = randomModel(drawing(seed), { components: 5 + (seed % 4), causes: 2 });
      const estate = live(model);
      for (const operation of activeOf(model)) {
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
    expect(compared).toBeGreaterThan(1500);
  });

  test("tells Fussell–Vesely's importance as the share that goes when a leaf never fails, and nothing where a probability is missing", () => {
    for (let seed = 0; seed < 100; seed += 1) {
      const model = randomModel(drawing(seed));
      for (const operation of activeOf(model)) {
        const exact = live(model).exact(operation.key)!;
        if (exact.probability === 0) continue;
        const shares = fussellVesely(exact)!;
        exact.leaves.forEach((leaf, i) => {
          const without = truthOf(neverFailing(model, leaf), operation).probability;
          expect(shares[i], `seed ${seed} ${leaf}`).toBeCloseTo((exact.probability! - without) / exact.probability!, 9);
        });
        const unknown = live(silent(model)).exact(operation.key)!;
        expect([unknown.probability, fussellVesely(unknown)]).toEqual(exact.leaves.length > 0 ? [null, null] : [1, []]);
        expect(unknown.minimalSets).toBe(exact.minimalSets);
      }
    }
  });

  test("gives up where a diagram would outgrow its budget, and answers the next question", () => {
    const model = randomModel(drawing(3), { components: 60, causes: 6, operations: 40 });
    const estate = createLiveEstate(model, { limits: { nodes: 12 } }) as LiveEstate;
    const answers = estate.operations().map((key) => estate.exact(key));
    expect(answers).toContain(null);
    expect(answers.some((each) => each !== null)).toBe(true);
    expect(estate.exact("nobody")).toBeUndefined();
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
