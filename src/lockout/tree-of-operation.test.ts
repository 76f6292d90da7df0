import { describe, expect, test } from "vitest";

import { drawing, isLockedOut, leavesOf, randomModel } from "../../test/support/lockout-models.ts";
import { readLeaf } from "./leaf.ts";
import { loopsOf } from "./loops.ts";
import type { FaultTree, Formula } from "./solver/fault-tree.ts";
import { treeOfOperation } from "./tree-of-operation.ts";

function fails(tree: FaultTree, failed: ReadonlySet<string>, formula: Formula = { gate: tree.top }): boolean {
  const of = (parts: readonly Formula[]) => parts.map((part) => fails(tree, failed, part));
  if ("event" in formula) return failed.has(formula.event);
  if ("gate" in formula) return fails(tree, failed, tree.gates.get(formula.gate));
  if ("and" in formula) return of(formula.and).every(Boolean);
  if ("or" in formula) return of(formula.or).some(Boolean);
  if ("atLeast" in formula) return of(formula.of).filter(Boolean).length >= formula.atLeast;
  if ("constant" in formula) return formula.constant;
  throw new Error("A tree of an operation is coherent.");
}

describe("the tree of an operation", () => {
  test("fails exactly when the words of the model leave no way in, whatever has failed", () => {
    let compared = 0;
    for (let seed = 0; seed < 400; seed += 1) {
      const model = randomModel(drawing(seed));
      const leaves = [...leavesOf(model).keys()];
      for (const operation of model.operations.filter(({ status }) => status === "active")) {
        const tree = treeOfOperation(model, operation.key) as FaultTree;
        for (let bits = 0; bits < 1 << leaves.length; bits += 7) {
          const failed = new Set(leaves.filter((_, i) => bits & (1 << i)));
          if (fails(tree, failed) !== isLockedOut(model, operation, failed))
            throw new Error(`seed ${seed}, ${operation.key}, ${[...failed].join()}`);
          compared += 1;
        }
      }
    }
    expect(compared).toBeGreaterThan(10_000);
  });

  test("names only events it has, each by a component or a cause of the model, with its probability", () => {
    for (let seed = 0; seed < 100; seed += 1) {
      const model = randomModel(drawing(seed));
      const known = leavesOf(model);
      for (const { key } of model.operations.filter(({ status }) => status === "active")) {
        for (const [name, p] of (treeOfOperation(model, key) as FaultTree).events) expect([name, p]).toEqual([name, known.get(name)]);
      }
    }
    expect(readLeaf("cause_eu-west")).toEqual({ kind: "cause", key: "eu-west" });
    expect(readLeaf("idp-0")).toEqual({ kind: "component", key: "idp-0" });
  });

  test("is refused for an operation that is not there, and for circles, which are named", () => {
    const { operations, commonCauses } = randomModel(drawing(1));
    const model = { components: [need("vault", "idp"), need("idp", "vault"), need("alone", null)], commonCauses, operations };
    const through = (key: string) => ({ ...operations[0]!, key, status: "active" as const, withinMinutes: null, paths: [path(key)] });
    const both = { ...model, operations: [through("vault"), through("alone")] };
    expect(treeOfOperation(both, "nobody")).toEqual({ kind: "unknownOperation", key: "nobody" });
    expect(treeOfOperation(both, "vault")).toEqual({ kind: "loops", loops: [["idp", "vault", "idp"]] });
    expect(treeOfOperation(both, "alone")).toMatchObject({ top: "operation_alone" });
  });
});

const path = (needs: string) => ({ key: "in", name: "in", population: "human" as const, role: "primary" as const, needs, minutes: null });
const need = (key: string, requires: string | null) => ({
  ...randomModel(drawing(1)).components[0]!,
  key,
  requires,
  status: "active" as const,
});

const of = (...pairs: readonly (readonly [string, string | null])[]) => pairs.map(([key, requires]) => need(key, requires));

describe("circles of components", () => {
  test("are all found, each once, and what is retired closes none", () => {
    expect(loopsOf(of(["a", "b"], ["b", "c"], ["c", "b"], ["d", "d"], ["e", null]))).toEqual([
      ["b", "c", "b"],
      ["d", "d"],
    ]);
    expect(loopsOf(of(["a", "b"], ["b", "a"]).map((each) => ({ ...each, status: "retired" as const })))).toEqual([]);
  });

  test("are found in a chain of twenty thousand", () => {
    const chain = Array.from({ length: 20_000 }, (_, i) => ({
      key: `c${i}`,
      requires: `c${(i + 1) % 20_000}`,
      status: "active" as const,
    }));
    expect(loopsOf(chain).map(({ length }) => length)).toEqual([20_001]);
    expect(loopsOf(chain.slice(1))).toHaveLength(0);
  });
});
