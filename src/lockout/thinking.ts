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
import { OUTAGES, type StruckHere, struckHere } from "./outages.ts";
import { analyse } from "./solver/analyse.ts";
import { treeOfOperation, type TreeFault } from "./tree-of-operation.ts";

export type Question =
  | { readonly ask: "model"; readonly model: LockoutModel }
  | { readonly ask: "counts" }
  | { readonly ask: "outages" }
  | { readonly ask: "findings" }
  | { readonly ask: "sets"; readonly operation: string }
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
  readonly sets: OperationSets | TreeFault;
  readonly difference: Difference | Loops;
}

/** Up to so many operations, sets of three are counted, too. */
const FEW_OPERATIONS = 2_000;
const MOST_SETS = 200;

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
      case "sets":
        return setsOf(model, question.operation, outOfTime());
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

function setsOf(model: LockoutModel, key: string, outOfTime: () => boolean): OperationSets | TreeFault {
  const tree = treeOfOperation(model, key);
  if ("kind" in tree) return tree;
  const analysis = analyse(tree, { outOfTime });
  return {
    counts: analysis.histogram.map(String),
    completeTo: analysis.completeToOrder,
    sets: analysis.sets(MOST_SETS, "size"),
    probability: analysis.topEventProbability,
    birnbaum: analysis.birnbaum ?? new Map<string, number>(),
  };
}
