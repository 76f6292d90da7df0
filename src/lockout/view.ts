/** The answers as the API shows them: keys with their names, and sentences. */
import type { z } from "zod";

import type { CommonCause, Component } from "../estate/component.ts";
import type { Operation } from "../estate/operation.ts";
import type { FailureView, OperationRow, readOperationAnswer } from "./contract.ts";
import type { EstateAnswers, OperationStanding } from "./estate-answers.ts";
import { leafName, readLeaf } from "./leaf.ts";
import type { LockoutModel } from "./model.ts";
import type { OperationSets } from "./analysis.ts";
import type { OperationAnswer } from "./operation-answer.ts";
import { namesIn } from "./names.ts";
import { pictureOf } from "./picture.ts";
import { chainWords, fixWords, type NamesOf, type Sentence, setsWords } from "./words.ts";

export interface PersonView {
  readonly id: string;
  readonly name: string;
  readonly active: boolean;
}
/** Those who are named in an answer, by id. */
export type People = ReadonlyMap<string, PersonView>;

/** Everything that can fail by itself, as it is shown. */
export function failuresIn({ components, commonCauses }: LockoutModel, people: People): ReadonlyMap<string, FailureView> {
  return new Map([
    ...components.map((each) => [each.key, componentView(each, people)] as const),
    ...commonCauses.map((each) => [leafName({ kind: "cause", key: each.key }), causeView(each)] as const),
  ]);
}

function componentView({ key, name, kind, layer, owner }: Component, people: People): FailureView {
  return { failure: key, name, kind, layer, owner: personView(owner, people) };
}

function causeView({ key, name, kind }: CommonCause): FailureView {
  return { failure: leafName({ kind: "cause", key }), name, kind, layer: null, owner: null };
}

function personView(id: string | null, people: People): PersonView | null {
  return id === null ? null : (people.get(id) ?? { id, name: id, active: false });
}

export function rowView(standing: OperationStanding, names: NamesOf, people: People): OperationRow {
  const { operation, singles, counts, completeTo, smallest, tolerance } = standing;
  const { key, name, criticality, tolerates } = operation;
  // How far was looked is beside it, once for the whole list.
  const words = setsWords(key, { singles, counts, completeTo: null }, names);
  const businessOwner = personView(operation.businessOwner, people);
  return { key, name, criticality, businessOwner, tolerates, tolerance, smallest, completeTo, words: said(words) };
}

/** Persons that an answer about these operations and components names. */
export function peopleOf({ components, operations }: Pick<LockoutModel, "components" | "operations">): readonly string[] {
  return [...components.map(({ owner }) => owner), ...operations.flatMap(answering)].filter((id) => id !== null);
}

function answering({ businessOwner, modelApprover, maintainer, onCall }: Operation) {
  return [businessOwner, modelApprover, maintainer, onCall];
}

const MOST_SETS = 50;

interface Told {
  readonly model: LockoutModel & { readonly version: number };
  readonly estate: Pick<EstateAnswers, "blast">;
  readonly operation: Operation;
  readonly answer: OperationAnswer;
  readonly deep: OperationSets;
  /** Of the sets that are shown. */
  readonly undrilled: readonly { readonly set: readonly string[]; readonly fails: readonly string[] }[];
}

/** What a drill lets fail to try a set: components; of a common cause all that it takes, which is what it would do. */
export function asComponents({ commonCauses }: LockoutModel, set: readonly string[]): readonly string[] {
  const keys = set.flatMap((failure) => {
    const { kind, key } = readLeaf(failure);
    return kind === "component" ? [key] : (commonCauses.find((each) => each.key === key)?.members ?? []);
  });
  return [...new Set(keys)].toSorted();
}

/** The sets of an operation that are shown. */
export function shownSets({ sets }: OperationSets): readonly (readonly string[])[] {
  return sets.slice(0, MOST_SETS);
}

export function answerView(
  { model, estate, operation, answer, deep, undrilled }: Told,
  people: People,
): z.input<(typeof readOperationAnswer)["reply"]> {
  const names = namesIn(model);
  const failures = failuresIn(model, people);
  const { businessOwner, modelApprover, maintainer, onCall, withinMinutes, application } = operation;
  const byKey = new Map(model.components.map((each) => [each.key, each]));
  const { singles } = answer.standing;
  return {
    ...rowView(answer.standing, names, people),
    version: model.version,
    withinMinutes,
    application,
    people: {
      businessOwner: personView(businessOwner, people),
      modelApprover: personView(modelApprover, people),
      maintainer: personView(maintainer, people),
      onCall: personView(onCall, people),
    },
    paths: answer.paths.map(({ path: { key, name, population, role, minutes }, ...rest }) => ({
      key,
      name,
      population,
      role,
      minutes,
      ...rest,
    })),
    singles: answer.chains.map(({ failure, chains }) => ({
      ...failures.get(failure)!,
      chains: chains.map(({ path, chain }) => ({
        path,
        chain: [...chain],
        words: said(chainWords(operation.key, path, failure, chain, names)),
      })),
    })),
    fixes: answer.fixes.map(({ tried, by }) => ({
      words: said(fixWords(operation.key, tried, names)),
      removes: [...tried.removes],
      leaves: [...tried.leaves],
      by: personView(by, people),
    })),
    counts: [...deep.counts],
    sets: shownSets(deep).map((set) => [...set]),
    undrilled: undrilled.map(({ set, fails }) => ({ set: [...set], fails: [...fails] })),
    fates: answer.fates.map(({ shares, ...fate }) => ({
      ...fate,
      shares: shares.map(({ chains, ...share }) => ({
        ...share,
        chains: { primary: [...chains.primary], fallback: [...chains.fallback] },
      })),
    })),
    probability: answer.probability,
    unmeasured: answer.unmeasured,
    estimated: answer.estimated,
    importance: answer.importance,
    components: answer.below.map((failure) => ({
      ...failures.get(failure)!,
      evidence: byKey.get(failure)?.evidence ?? null,
      operations: estate.blast.get(failure)?.length ?? 0,
    })),
    picture: drawn(pictureOf(model, operation, new Set(singles === "down" ? [] : singles))),
  };
}

function drawn(picture: ReturnType<typeof pictureOf>) {
  return picture && { nodes: [...picture.nodes], edges: [...picture.edges] };
}

/** A sentence as the contract writes it. */
export function said(sentence: Sentence) {
  return sentence.map((part) => (typeof part === "string" ? part : { ...part }));
}
