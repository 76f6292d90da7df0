/** What the thread of the analysis is asked, and how it answers: everything that costs time, and nothing that waits. */
import type { OperationSets } from "./analysis.ts";
import type { Edit } from "./estate-engine/estate-graph.ts";
import { createLiveEstate, type LiveEstate } from "./estate-engine/live-estate.ts";
import type { Difference } from "./estate-engine/difference.ts";
import type { Loops } from "./estate-engine/edit.ts";
import type { FindingSeen } from "../findings/finding.ts";
import { estateAnswers } from "./estate-answers.ts";
import { findingsOfEstate } from "./findings-of-estate.ts";
import type { LockoutModel } from "./model.ts";
import { namesIn } from "./names.ts";
import { type OperationAnswer, operationAnswer } from "./operation-answer.ts";
import { OUTAGES, type StruckHere, struckHere } from "./outages.ts";
import { analyse } from "./solver/analyse.ts";
import { treeOfOperation, type TreeFault } from "./tree-of-operation.ts";

export type Question =
  | { readonly ask: "model"; readonly model: LockoutModel }
  | { readonly ask: "counts" }
  | { readonly ask: "outages" }
  | { readonly ask: "findings" }
  | { readonly ask: "operation"; readonly operation: string }
  | { readonly ask: "standing"; readonly operation: string }
  | { readonly ask: "difference"; readonly edits: readonly Edit[] };

export interface EstateCounts {
  readonly counts: ReadonlyMap<string, readonly string[]>;
  readonly completeTo: number;
}

export interface Answers {
  readonly model: null;
  readonly counts: EstateCounts | Loops;
  readonly outages: readonly StruckHere[];
  readonly findings: readonly FindingSeen[];
  readonly operation: OperationTold | TreeFault;
  readonly standing: OperationStands | TreeFault;
  readonly difference: Difference | Loops;
}

/** Everything that is said of one operation, as far as the rest of the estate has no part in it. */
export interface OperationTold {
  readonly deep: OperationSets;
  readonly answer: OperationAnswer;
}

/** What locks an operation out, so that it can be compared with what it was: of the same model always the same, however busy the machine. */
export interface OperationStands {
  /** How many minimal sets of each size, from size 0 on. */
  readonly counts: readonly string[];
  readonly completeTo: number | null;
  /** All of the smaller sizes, in the order of their names; as many sizes as can be listed whole. */
  readonly sets: readonly (readonly string[])[];
}

/** Up to so many operations, sets of three are counted, too. */
const FEW_OPERATIONS = 2_000;
const MOST_SETS = 200;
/** A budget in nodes and not in time. */
const STANDING_NODES = 500_000;
const MOST_STANDING = 5_000n;

/** `outOfTime` is made anew for each question of one operation. */
export function createThinker(outOfTime: () => () => boolean) {
  let model: LockoutModel = { components: [], commonCauses: [], operations: [] };
  let live: LiveEstate | Loops | undefined;
  const estate = () => (live ??= createLiveEstate(model, { order: model.operations.length > FEW_OPERATIONS ? 2 : 3 }));
  return (question: Question): Answers[Question["ask"]] => {
    switch (question.ask) {
      case "model":
        model = question.model;
        live = undefined;
        return null;
      case "counts":
        return countsOf(estate());
      case "findings":
        return findingsIn(model, countsOf(estate()));
      case "outages":
        return OUTAGES.map(({ id }) => struckHere(model, id)!);
      case "operation":
        return toldOf(model, question.operation, outOfTime());
      case "standing":
        return standsOf(model, question.operation);
      case "difference": {
        const at = estate();
        return "kind" in at ? at : at.preview(question.edits);
      }
    }
  };
}

function countsOf(live: LiveEstate | Loops): EstateCounts | Loops {
  if ("kind" in live) return live;
  const counts = new Map(live.operations().map((key) => [key, (live.counts(key) ?? []).slice(0, live.order + 1).map(String)]));
  return { counts, completeTo: live.order };
}

function findingsIn(model: LockoutModel, counted: EstateCounts | Loops): readonly FindingSeen[] {
  // A circle is no reason to say nothing of the rest: single failures are counted all the same.
  return findingsOfEstate(model, estateAnswers(model, "kind" in counted ? undefined : counted), namesIn(model));
}

function toldOf(model: LockoutModel, key: string, outOfTime: () => boolean): OperationTold | TreeFault {
  const tree = treeOfOperation(model, key);
  if ("kind" in tree) return tree;
  const analysis = analyse(tree, { outOfTime });
  const deep = {
    counts: analysis.histogram.map(String),
    completeTo: analysis.completeToOrder,
    sets: analysis.sets(MOST_SETS, "size"),
    probability: analysis.topEventProbability,
    birnbaum: analysis.birnbaum ?? new Map<string, number>(),
    structural: analysis.structural ?? new Map<string, number>(),
  };
  const operation = model.operations.find((each) => each.key === key && each.status === "active")!;
  return { deep, answer: operationAnswer(model, operation, deep) };
}

function standsOf(model: LockoutModel, key: string): OperationStands | TreeFault {
  const tree = treeOfOperation(model, key);
  if ("kind" in tree) return tree;
  const analysis = analyse(tree, { nodes: STANDING_NODES });
  let listed = 0n;
  const beyond = analysis.histogram.findIndex((count) => (listed += count) > MOST_STANDING);
  const size = beyond < 0 ? Infinity : beyond - 1;
  const small = analysis.sets(Number(MOST_STANDING), "size").filter((set) => set.length <= size);
  const named = small.map((set) => set.toSorted()).toSorted((a, b) => a.length - b.length || (a.join(" ") < b.join(" ") ? -1 : 1));
  return { counts: analysis.histogram.map(String), completeTo: analysis.completeToOrder, sets: named };
}
