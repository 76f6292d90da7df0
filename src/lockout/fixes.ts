/**
 * Which single change would take a single point of failure away. Each was tried on the model before it is said; what nobody can try (is the
 * other provider trusted there?) is the reader's to judge.
 */
import type { Component } from "../estate/component.ts";
import { type Expression, partsOf } from "../estate/expression.ts";
import type { AccessPath, Operation } from "../estate/operation.ts";
import { readLeaf } from "./leaf.ts";
import type { LockoutModel } from "./model.ts";
import { createSingles, type Singles } from "./singles.ts";
import { standingAfter } from "./what-if.ts";

export type Fix =
  /** Give the operation a way in that another operation has. */
  | { readonly kind: "addPath"; readonly from: { readonly operation: string; readonly path: string } }
  /** Let `component`, or the path itself where it is null, do with `alternative` where it needs `needs`. */
  | {
      readonly kind: "alternative";
      readonly path: string;
      readonly component: string | null;
      readonly needs: string;
      readonly alternative: string | null;
    }
  /** A path that would help takes too long. */
  | { readonly kind: "quicken"; readonly path: string; readonly minutes: number; readonly withinMinutes: number };

export interface TriedFix {
  readonly fix: Fix;
  /** Single points of failure that it takes away, and that stay. */
  readonly removes: readonly string[];
  readonly leaves: readonly string[];
}

const MOST_FIXES = 4;
const MOST_TRIED = 300;
/** Single points of failure that a way out is looked for. Where there are more, what takes all of these away is what helps. */
const MOST_FAILURES = 20;

export function fixesOf(model: LockoutModel, operation: Operation): readonly TriedFix[] {
  const before = createSingles(model).ofOperation(operation);
  if (before === "down" || before.size === 0) return [];
  const tried: TriedFix[] = [];
  const judge = (fix: Fix, after: Singles) => {
    if (after === "down" || after.size >= before.size) return;
    const removes = [...before].filter((failure) => !after.has(failure));
    if (removes.length > 0) tried.push({ fix, removes, leaves: [...after] });
  };
  tryQuicker(model, operation, judge);
  tryAlternatives(model, operation, before, judge);
  tryOthersPaths(model, operation, judge);
  const best = tried.toSorted((a, b) => a.leaves.length - b.leaves.length || ORDER[a.fix.kind] - ORDER[b.fix.kind]);
  return best.slice(0, MOST_FIXES);
}

/** What changes least is said first. */
const ORDER = { alternative: 0, quicken: 1, addPath: 2 } as const;

type Judge = (fix: Fix, after: Singles) => void;

function tryQuicker(model: LockoutModel, operation: Operation, judge: Judge): void {
  const { withinMinutes, paths } = operation;
  for (const path of paths) {
    if (withinMinutes === null || path.minutes === null || !isTooSlow(operation, path)) continue;
    const quick = { ...path, minutes: withinMinutes };
    const after = createSingles(model).ofOperation({ ...operation, paths: paths.map((each) => (each === path ? quick : each)) });
    judge({ kind: "quicken", path: path.key, minutes: path.minutes, withinMinutes }, after);
  }
}

/** Where a fallback hangs on what fails, let it do with another of the same kind, or with none. */
function tryAlternatives(model: LockoutModel, operation: Operation, before: ReadonlySet<string>, judge: Judge): void {
  const byKey = new Map(model.components.map((each) => [each.key, each]));
  const stand = operation.paths.filter(({ role }) => role !== "primary" && role !== "rollback");
  for (const failure of [...before].slice(0, MOST_FAILURES)) {
    const standing = standingAfter(model, [failure]);
    for (const path of stand.length > 0 ? stand : operation.paths) {
      const chain = standing.chain(path).filter((text) => readLeaf(text).kind === "component");
      const needs = chain.at(-1);
      if (needs === undefined) continue;
      const component = chain.at(-2) ?? null;
      const kind = byKey.get(needs)?.kind;
      const others = model.components.filter((each) => each.kind === kind && each.key !== needs && !standing.isDown(each.key));
      const edge = { path: path.key, component, needs };
      for (const { key } of others.slice(0, 3)) {
        judge({ kind: "alternative", ...edge, alternative: key }, withAlternative(model, operation, edge, { any: [needs, key] }));
      }
      if (others.length === 0)
        judge({ kind: "alternative", ...edge, alternative: null }, withAlternative(model, operation, edge, { all: [] }));
    }
  }
}

function withAlternative(
  model: LockoutModel,
  operation: Operation,
  { path, component, needs }: { readonly path: string; readonly component: string | null; readonly needs: string },
  instead: Expression,
): Singles {
  if (component === null) {
    const paths = operation.paths.map((each) => (each.key === path ? { ...each, needs: replaced(each.needs, needs, instead) } : each));
    return createSingles(model).ofOperation({ ...operation, paths });
  }
  const changed = (each: Component): Component =>
    each.key === component && each.requires !== null ? { ...each, requires: replaced(each.requires, needs, instead) } : each;
  return createSingles({ ...model, components: model.components.map(changed) }).ofOperation(operation);
}

function replaced(expression: Expression, key: string, instead: Expression): Expression {
  if (typeof expression === "string") return expression === key ? instead : expression;
  const parts = partsOf(expression).map((part) => replaced(part, key, instead));
  if ("all" in expression) return { all: parts };
  return "any" in expression ? { any: parts } : { atLeast: expression.atLeast, of: parts };
}

/** A path that takes longer than the operation may wait. */
function isTooSlow({ withinMinutes }: Operation, { minutes }: AccessPath): boolean {
  return withinMinutes !== null && minutes !== null && minutes > withinMinutes;
}

/** A way in of another operation that would serve this one, too. */
function tryOthersPaths(model: LockoutModel, operation: Operation, judge: Judge): void {
  const singles = createSingles(model);
  const populations = new Set(operation.paths.map(({ population }) => population));
  const others = model.operations.filter(({ key, status }) => key !== operation.key && status === "active");
  const seen = new Set<string>();
  const offered: { readonly from: string; readonly path: AccessPath }[] = [];
  for (const { key, paths } of others) {
    for (const path of paths) {
      const text = JSON.stringify(path.needs);
      if (path.role === "rollback" || !populations.has(path.population) || isTooSlow(operation, path) || seen.has(text)) continue;
      seen.add(text);
      offered.push({ from: key, path });
    }
  }
  // Who answers for both can give one what the other has.
  const isOwn = (key: string) => others.find((each) => each.key === key)?.businessOwner === operation.businessOwner;
  const near = offered.slice(0, MOST_TRIED).toSorted((a, b) => Number(isOwn(b.from)) - Number(isOwn(a.from)));
  for (const { from, path } of near) {
    const after = singles.ofOperation({ ...operation, paths: [...operation.paths, path] });
    judge({ kind: "addPath", from: { operation: from, path: path.key } }, after);
  }
}
