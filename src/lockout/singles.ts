/**
 * Which failures, each alone, take something away: exact, and linear in the size of the model. `down` is what does not stand even with
 * nothing failed: it needs something that is not there, or itself.
 */
import { bottomUp } from "./bottom-up.ts";
import { leafName } from "./leaf.ts";
import type { LockoutModel } from "./model.ts";
import { waysIn } from "./ways-in.ts";
import { type Expression, keysOf, partsOf } from "../estate/expression.ts";
import type { AccessPath, Operation } from "../estate/operation.ts";

export type Singles = ReadonlySet<string> | "down";

export interface SinglesOf {
  ofComponent(key: string): Singles;
  ofPath(path: Pick<AccessPath, "needs">): Singles;
  /** What leaves no way in at all. */
  ofOperation(operation: Operation): Singles;
}

export function createSingles({ components, commonCauses }: LockoutModel): SinglesOf {
  const byKey = new Map(components.map((each) => [each.key, each]));
  const causesOf = new Map<string, string[]>();
  for (const { key, members, status } of commonCauses) {
    if (status === "active")
      for (const member of members) causesOf.set(member, [...(causesOf.get(member) ?? []), leafName({ kind: "cause", key })]);
  }
  const known = new Map<string, Singles>();
  const needsOf = (key: string) => keysOf(byKey.get(key)?.requires ?? null);
  const ofComponent = (key: string): Singles => {
    for (const each of bottomUp(key, needsOf, (other) => known.has(other))) known.set(each, workOut(each));
    return known.get(key)!;
  };
  const workOut = (key: string): Singles => {
    const component = byKey.get(key);
    if (component?.status !== "active") return "down";
    // What is not known by now is part of a circle: it waits for this one, which does not stand by it.
    const needed = component.requires === null ? new Set<string>() : leftOf(component.requires, (below) => known.get(below) ?? "down");
    return needed === "down" ? needed : new Set([key, ...(causesOf.get(key) ?? []), ...needed]);
  };
  const ofExpression = (needs: Expression): Singles => leftOf(needs, ofComponent);
  return {
    ofComponent,
    ofPath: ({ needs }) => ofExpression(needs),
    ofOperation: (operation) =>
      leftWith(
        waysIn(operation).map(({ needs }) => ofExpression(needs)),
        1,
      ),
  };
}

function leftOf(needs: Expression, ofComponent: (key: string) => Singles): Singles {
  if (typeof needs === "string") return ofComponent(needs);
  const parts = partsOf(needs).map((part) => leftOf(part, ofComponent));
  return leftWith(parts, "all" in needs ? parts.length : "any" in needs ? 1 : needs.atLeast);
}

/** What leaves fewer than `needed` of the parts standing. */
function leftWith(parts: readonly Singles[], needed: number): Singles {
  const standing = parts.filter((part) => part !== "down");
  const spare = standing.length - needed;
  if (spare < 0) return "down";
  const counts = new Map<string, number>();
  for (const part of standing) for (const failure of part) counts.set(failure, (counts.get(failure) ?? 0) + 1);
  return new Set([...counts].flatMap(([failure, count]) => (count > spare ? [failure] : [])));
}
