/** What two people changed in the same thing, brought together; nothing of either is lost without a person choosing. */
import { canonicalText } from "./canonical.ts";

export const isSame = (a: unknown, b: unknown): boolean => canonicalText(a) === canonicalText(b);

/** The value both would agree on; undefined where each changed it to something else. */
export function merged<T>(base: T, mine: T, theirs: T): { readonly value: T } | undefined {
  if (isSame(mine, base) || isSame(mine, theirs)) return { value: theirs };
  if (isSame(theirs, base)) return { value: mine };
  return Array.isArray(base) && Array.isArray(mine) && Array.isArray(theirs)
    ? (mergedLists(base, mine, theirs) as { value: T })
    : undefined;
}

/**
 * Item by item while neither took any away: each item changed by one alone is taken from that one, and what both added is kept,
 * theirs first. Otherwise the whole list is one thing, and somebody has to choose.
 */
function mergedLists<T>(base: readonly T[], mine: readonly T[], theirs: readonly T[]): { readonly value: readonly T[] } | undefined {
  if (mine.length < base.length || theirs.length < base.length) return undefined;
  const kept = base.map((item, i) => merged(item, mine[i]!, theirs[i]!));
  if (kept.some((item) => item === undefined)) return undefined;
  const added = theirs.slice(base.length);
  const more = mine.slice(base.length).filter((item) => !added.some((other) => isSame(item, other)));
  return { value: [...kept.map((item) => item!.value), ...added, ...more] };
}
