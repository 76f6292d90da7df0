/** What stands when some things have failed: exact, and linear in the size of the model. */
import { type Expression, keysOf, partsOf } from "../estate/expression.ts";
import type { AccessPath, Operation } from "../estate/operation.ts";
import { bottomUp } from "./bottom-up.ts";
import { leafName, readLeaf } from "./leaf.ts";
import type { LockoutModel } from "./model.ts";
import { waysIn } from "./ways-in.ts";

export interface Standing {
  /** A component, or a common cause by its failure. */
  isDown(failure: string): boolean;
  isOpen(path: Pick<AccessPath, "needs">): boolean;
  /** The ways in that remain. */
  remaining(operation: Operation): readonly AccessPath[];
  /** How a path hangs on something that failed: from the first it needs to what failed, each needed by the one before. */
  chain(path: Pick<AccessPath, "needs">): readonly string[];
}

/** After these failures, by their texts. */
export function standingAfter({ components, commonCauses }: LockoutModel, failed: readonly string[]): Standing {
  const byKey = new Map(components.map((each) => [each.key, each]));
  const failures = new Set(failed);
  const struckBy = new Map<string, string>();
  for (const { key, members, status } of commonCauses) {
    const cause = leafName({ kind: "cause", key });
    if (status === "active" && failures.has(cause)) for (const member of members) struckBy.set(member, cause);
  }
  const known = new Map<string, boolean>();
  const needsOf = (key: string) => keysOf(byKey.get(key)?.requires ?? null);
  const isStanding = (key: string): boolean => {
    for (const each of bottomUp(key, needsOf, (other) => known.has(other))) known.set(each, isUp(each));
    return known.get(key)!;
  };
  const isUp = (key: string): boolean => {
    const component = byKey.get(key);
    if (component?.status !== "active" || failures.has(key) || struckBy.has(key)) return false;
    // What is not known by now is part of a circle, which does not stand by itself.
    return component.requires === null || holdsWith(component.requires, (below) => known.get(below) === true);
  };
  const holds = (needs: Expression): boolean => holdsWith(needs, isStanding);
  const fallen = (needs: Expression): readonly string[] => {
    if (holds(needs)) return [];
    return typeof needs === "string" ? [needs] : partsOf(needs).flatMap(fallen);
  };
  const next = (key: string): readonly string[] => {
    if (failures.has(key)) return [];
    const cause = struckBy.get(key);
    return cause !== undefined ? [cause] : fallen(byKey.get(key)?.requires ?? { all: [] });
  };
  return {
    isDown: (text) => (readLeaf(text).kind === "cause" ? failures.has(text) : !isStanding(text)),
    isOpen: ({ needs }) => holds(needs),
    remaining: (operation) => waysIn(operation).filter((path) => holds(path.needs)),
    chain: ({ needs }) => shortest(fallen(needs), next, (key) => failures.has(key)),
  };
}

function holdsWith(needs: Expression, isStanding: (key: string) => boolean): boolean {
  if (typeof needs === "string") return isStanding(needs);
  const standing = partsOf(needs).filter((part) => holdsWith(part, isStanding)).length;
  return standing >= ("all" in needs ? needs.all.length : "any" in needs ? 1 : needs.atLeast);
}

/** An operation that loses ways in, and those it is left with. */
export interface Loss {
  readonly operation: Operation;
  readonly lost: readonly AccessPath[];
  readonly left: readonly AccessPath[];
}

/** What these failures do to the operations: `lockedOut` are left with no way in, `weakened` with fewer. */
export function lossesAfter(
  model: LockoutModel,
  failed: readonly string[],
): { readonly lockedOut: readonly Loss[]; readonly weakened: readonly Loss[]; readonly after: Standing } {
  const [before, after] = [standingAfter(model, []), standingAfter(model, failed)];
  const hit = model.operations
    .filter(({ status }) => status === "active")
    .map((operation): Loss => {
      const left = after.remaining(operation);
      return { operation, left, lost: before.remaining(operation).filter((path) => !left.includes(path)) };
    })
    .filter(({ lost }) => lost.length > 0);
  return { lockedOut: hit.filter(({ left }) => left.length === 0), weakened: hit.filter(({ left }) => left.length > 0), after };
}

/** The shortest way along `next` from any of the first to one that is looked for. */
function shortest(
  first: readonly string[],
  next: (key: string) => readonly string[],
  isFound: (key: string) => boolean,
): readonly string[] {
  const ways = first.map((key): readonly string[] => [key]);
  const seen = new Set(first);
  for (let i = 0; i < ways.length; i++) {
    const way = ways[i]!;
    const last = way.at(-1)!;
    if (isFound(last)) return way;
    for (const key of next(last)) {
      if (!seen.has(key)) ways.push([...way, key]);
      seen.add(key);
    }
  }
  return [];
}
