/** What is said of the whole estate at once: for each operation what takes it away alone, and for each failure what it takes away. */
import type { Operation } from "../estate/operation.ts";
import type { LockoutModel } from "./model.ts";
import { createSingles } from "./singles.ts";
import { type Tolerance, toleranceOf, TOLERANCES } from "./tolerance.ts";

export interface OperationStanding {
  readonly operation: Operation;
  readonly singles: readonly string[] | "down";
  /** Minimal sets by size, as far as was counted. */
  readonly counts: readonly string[];
  readonly completeTo: number | null;
  readonly smallest: number | null;
  readonly tolerance: Tolerance;
}

/** Counts of one operation up to a size, from size 0 on. */
export type Counts = ReadonlyMap<string, readonly string[]>;

export interface EstateAnswers {
  readonly byKey: ReadonlyMap<string, OperationStanding>;
  /** Furthest from what they have to survive first. */
  readonly operations: readonly OperationStanding[];
  /** Keys of operations by what locks each out alone, the most important first; the failure that takes the most first. */
  readonly blast: ReadonlyMap<string, readonly string[]>;
  readonly tolerance: Readonly<Record<Tolerance, number>>;
  readonly completeTo: number;
}

/** `counted`: what the shared engine counted up to a size; without it, single failures only. */
export function estateAnswers(model: LockoutModel, counted?: { readonly counts: Counts; readonly completeTo: number }): EstateAnswers {
  const singles = createSingles(model);
  const completeTo = counted?.completeTo ?? 1;
  const standings = model.operations
    .filter(({ status }) => status === "active")
    .map((operation) => standingOf(operation, singles.ofOperation(operation), counted?.counts.get(operation.key), completeTo));
  const operations = standings.toSorted(
    (a, b) => RANK[a.tolerance] - RANK[b.tolerance] || a.operation.criticality - b.operation.criticality || shortOf(b) - shortOf(a),
  );
  const blast = new Map<string, string[]>();
  for (const { operation, singles: those } of operations) {
    if (those === "down") continue;
    for (const failure of those) {
      const keys = blast.get(failure);
      if (keys === undefined) blast.set(failure, [operation.key]);
      else keys.push(operation.key);
    }
  }
  return {
    byKey: new Map(standings.map((each) => [each.operation.key, each])),
    operations,
    blast: worstFirst(blast, operations),
    tolerance: Object.fromEntries(
      TOLERANCES.map((each) => [each, standings.filter(({ tolerance }) => tolerance === each).length]),
    ) as Record<Tolerance, number>,
    completeTo,
  };
}

/** First what takes the most that must survive it, then what takes the most; and of those, what takes the more important. */
function worstFirst(
  blast: ReadonlyMap<string, readonly string[]>,
  operations: readonly OperationStanding[],
): ReadonlyMap<string, readonly string[]> {
  const place = new Map(operations.map(({ operation: { key } }, i) => [key, i]));
  const broken = new Set(operations.filter(({ tolerance }) => tolerance === "broken").map(({ operation: { key } }) => key));
  const ranked = [...blast].map(([failure, keys]) => {
    const first = Math.min(...keys.map((key) => place.get(key)!));
    return { failure, keys, first, hard: keys.filter((key) => broken.has(key)).length };
  });
  ranked.sort((a, b) => b.hard - a.hard || b.keys.length - a.keys.length || a.first - b.first || (a.failure < b.failure ? -1 : 1));
  return new Map(ranked.map(({ failure, keys }) => [failure, keys]));
}

const RANK: Readonly<Record<Tolerance, number>> = { lockedOut: 0, broken: 1, unknown: 2, held: 3 };

function standingOf(
  operation: Operation,
  alone: ReadonlySet<string> | "down",
  counts: readonly string[] | undefined,
  completeTo: number,
): OperationStanding {
  const singles = alone === "down" ? alone : [...alone];
  const known = counts ?? (alone === "down" ? ["1"] : ["0", String(alone.size)]);
  const first = known.findIndex((count) => count !== "0");
  const smallest = alone === "down" ? 0 : alone.size > 0 ? 1 : first < 0 ? null : first;
  const tolerance = toleranceOf(operation, { smallest, completeTo });
  return { operation, singles, counts: known, completeTo, smallest, tolerance };
}

/** By how many failures it falls short of what it has to survive. */
function shortOf({ operation: { tolerates }, smallest, completeTo }: OperationStanding): number {
  return tolerates + 1 - (smallest ?? (completeTo ?? 9) + 1);
}
