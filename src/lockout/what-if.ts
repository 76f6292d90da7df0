/** What stands when some things have failed: exact, and linear in the size of the model. */
import { type Expression, partsOf } from "../estate/expression.ts";
import type { AccessPath, Operation } from "../estate/operation.ts";
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
  const isStanding = (key: string): boolean => {
    const found = known.get(key);
    if (found !== undefined) return found;
    known.set(key, false);
    const component = byKey.get(key);
    const isUp =
      component?.status === "active" &&
      !failures.has(key) &&
      !struckBy.has(key) &&
      (component.requires === null || holds(component.requires));
    known.set(key, isUp);
    return isUp;
  };
  const holds = (needs: Expression): boolean => {
    if (typeof needs === "string") return isStanding(needs);
    const standing = partsOf(needs).filter(holds).length;
    return standing >= ("all" in needs ? needs.all.length : "any" in needs ? 1 : needs.atLeast);
  };
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
