import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { readModelFile } from "../estate/index.ts";
import { modelOfFile } from "../estate/model-of-file.ts";
import type { PlainDate } from "../kernel/time.ts";
import type { LockoutModel } from "./model.ts";
import { modelOfTree } from "./model-of-tree.ts";
import { readFaultTree } from "./open-psa/read-fault-tree.ts";
import { writeFaultTree } from "./open-psa/write-fault-tree.ts";
import { analyse } from "./solver/analyse.ts";
import type { FaultTree, Formula } from "./solver/fault-tree.ts";
import { treeOfOperation } from "./tree-of-operation.ts";

const NOTHING: LockoutModel = { components: [], commonCauses: [], operations: [] };
const today = "2026-11-22" as PlainDate;

const ESTATE = `
components:
  - { key: idp, name: IdP, kind: idp, layer: identity, requires: { all: [dns, { any: [fibre, radio] }] }, unavailability: { p: 0.001, source: slo, asOf: 2026-01-01 } }
  - { key: dns, name: DNS, kind: dns, layer: network }
  - { key: fibre, name: Fibre, kind: telecom, layer: network, unavailability: { p: 0.01, source: slo, asOf: 2026-01-01 } }
  - { key: radio, name: Radio, kind: telecom, layer: network }
  - { key: ada, name: Ada, kind: person, layer: people }
  - { key: ben, name: Ben, kind: person, layer: people }
  - { key: cleo, name: Cleo, kind: person, layer: people }
commonCauses:
  - { key: flood, name: Flood, kind: region, members: [dns, fibre], unavailability: { p: 0.0001, source: expert, asOf: 2026-01-01 } }
operations:
  - key: pay
    name: Pay
    criticality: 1
    paths:
      - { key: passkey, name: Passkey, population: human, role: primary, needs: idp }
      - { key: safe, name: Safe, population: human, role: break-glass, needs: { atLeast: 2, of: [ada, ben, cleo] } }
`;

function modelIn(text: string): LockoutModel {
  const reading = readModelFile(text);
  if (!reading.ok) throw new Error(JSON.stringify(reading.faults));
  return reading.model;
}

function treeOf(model: LockoutModel, key: string): FaultTree {
  const tree = treeOfOperation(model, key);
  if ("kind" in tree) throw new Error(tree.kind);
  return tree;
}

/** The items as the model they make. */
function modelOf(tree: FaultTree, model = NOTHING): LockoutModel {
  const made = modelOfTree(tree, { operation: "pay", model, today });
  if ("refused" in made) throw new Error(JSON.stringify(made.refused));
  const others = { people: [], teams: [], applications: [], deviceClasses: [], vendors: [], rotas: [], journeys: [] };
  const file = { ...others, ...made.items };
  const { model: after, faults } = modelOfFile(file, (path) => path.join("/"));
  expect(faults).toEqual([]);
  return after;
}

const refusedOf = (tree: FaultTree) => {
  const made = modelOfTree(tree, { operation: "pay", model: NOTHING, today });
  return "refused" in made ? made.refused.map(({ code, at }) => `${code} ${at}`) : [];
};
const setsOf = (tree: FaultTree) =>
  analyse(tree, {})
    .sets(10_000, "size")
    .map((set) => set.toSorted().join(" "))
    .toSorted();

const plain = (model: LockoutModel) =>
  JSON.parse(JSON.stringify({ components: model.components, commonCauses: model.commonCauses, operations: model.operations })) as unknown;
const sorted = (model: LockoutModel) => ({
  ...model,
  components: model.components.toSorted((a, b) => (a.key < b.key ? -1 : 1)),
});

describe("an operation written out and read back", () => {
  const before = modelIn(ESTATE);
  const written = writeFaultTree(treeOf(before, "pay"));
  const read = readFaultTree(written, { file: "pay.xml" });
  const tree = "tree" in read ? read.tree : undefined!;

  test("is what it was, into a model that has it: names, kinds and owners stay, nothing changes", () => {
    expect(plain(sorted(modelOf(tree, before)))).toEqual(plain(sorted(before)));
  });

  test("has the same lock-out sets and probabilities in a model that has nothing of it", () => {
    const after = modelOf(tree);
    expect(setsOf(treeOf(after, "pay"))).toEqual(setsOf(treeOf(before, "pay")));
    expect(after.components.find(({ key }) => key === "fibre")?.unavailability).toEqual({ p: 0.01, source: "expert", asOf: today });
    expect(after.operations[0]!.paths.map(({ key, role }) => [key, role])).toEqual([
      ["passkey", "primary"],
      ["safe", "fallback"],
    ]);
  });
});

const keyed = (name: string) => (name === "A 1" ? "a-1" : `${name.toLowerCase()}x`);
const leaf = fc.constantFrom("A 1", "B", "C", "D", "E").map((event): Formula => ({ event }));
const { formula } = fc.letrec<{ formula: Formula }>((tie) => {
  const parts = fc.array(tie("formula"), { minLength: 1, maxLength: 3 });
  return {
    formula: fc.oneof(
      { maxDepth: 4 },
      leaf,
      parts.map((and) => ({ and })),
      parts.map((or) => ({ or })),
      fc.tuple(parts, fc.nat()).map(([of, n]) => ({ atLeast: 1 + (n % of.length), of })),
    ),
  };
});

test("whatever coherent tree is taken over has the sets it had", () => {
  fc.assert(
    fc.property(formula, formula, (top, shared) => {
      const gates = new Map<string, Formula>([
        ["top", { or: [top, { and: [{ gate: "shared" }, top] }] }],
        ["shared", shared],
      ]);
      const events = new Map(["A 1", "B", "C", "D", "E"].map((name) => [name, 0.1]));
      const tree: FaultTree = { name: "any", top: "top", gates, events };
      const named = analyse(tree, {})
        .sets(10_000, "size")
        .map((set) => set.map(keyed).toSorted().join(" "))
        .toSorted();
      expect(setsOf(treeOf(modelOf(tree), "pay"))).toEqual(named);
    }),
    { numRuns: 500 },
  );
});

test("what the model cannot say is refused, all at once and by name", () => {
  const events = new Map([["a1", null]]);
  const tree = (gates: Record<string, Formula>): FaultTree => ({ name: "t", top: "top", gates: new Map(Object.entries(gates)), events });
  const not: Formula = { not: { event: "a1" } };
  expect(refusedOf(tree({ top: { or: [not, { xor: [{ event: "a1" }, not] }] } }))).toEqual([
    "lockout.treeNotAModel not",
    "lockout.treeNotAModel xor",
  ]);
  expect(refusedOf(tree({ top: { and: [{ constant: false }, { event: "a1" }] } }))).toEqual(["lockout.treeNotAModel way-1"]);
  const doubling = Object.fromEntries(
    Array.from({ length: 20 }, (_, i): [string, Formula] => [
      `g${i}`,
      { atLeast: 1, of: [{ gate: `g${i + 1}` }, { and: [{ gate: `g${i + 1}` }, { event: "a1" }] }] },
    ]),
  );
  expect(refusedOf(tree({ top: { or: [{ gate: "g0" }, { event: "a1" }] }, ...doubling, g20: { event: "a1" } }))).toEqual([
    "lockout.treeNotAModel top",
  ]);
});
