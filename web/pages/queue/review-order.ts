/** The order in which reviews are answered: what is alike together, the riskiest first, then what is due first. */
import type { ReviewsView } from "../../../src/exceptions/contract-lists.ts";
import { CARRIED_AT_MOST } from "../../../src/exceptions/contract-lists.ts";

export interface QueuedReview {
  readonly row: ReviewsView;
  readonly review: ReviewsView["reviews"][number];
}

/** Reviews that ask the same about the same kind of bypass; only whom they let through differs. */
export interface Alike {
  readonly key: string;
  readonly items: readonly QueuedReview[];
}

const RISKS = ["low", "moderate", "high", "critical"];

export function inGroups(rows: readonly ReviewsView[]): readonly Alike[] {
  const queued = rows.flatMap((row) => row.reviews.map((review) => ({ row, review })));
  const groups = Object.entries(Object.groupBy(queued, ({ review }) => review.alike)).map(([key, items = []]) => ({
    key,
    items: items.toSorted((a, b) => compare(a.review.dueAt, b.review.dueAt) || compare(a.row.ref, b.row.ref)),
  }));
  return groups.toSorted((a, b) => riskOf(b) - riskOf(a) || compare(dueOf(a), dueOf(b)) || compare(a.key, b.key));
}

export function inOrder(rows: readonly ReviewsView[]): readonly QueuedReview[] {
  return inGroups(rows).flatMap(({ items }) => items);
}

/** Not stated counts as the highest: nobody said that it is less. */
function riskOf({ items }: Alike): number {
  const stated = RISKS.indexOf(items[0]?.row.residualRisk ?? "");
  return stated === -1 ? RISKS.length : stated;
}

function dueOf({ items }: Alike): string {
  return items[0]?.review.dueAt ?? "";
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A sentence just given, offered for the next review alike. Kept for this visit only. */
interface Carried {
  readonly alike: string;
  readonly sentence: string;
  readonly from: string;
  readonly times: number;
}

let carried: Carried | undefined;

/** Notes the sentence by which one was retained, to be offered for the next. */
export function carry({ row, review }: QueuedReview, sentence: string): void {
  const isSame = carried?.alike === review.alike && carried.sentence === sentence;
  carried = { alike: review.alike, sentence, from: row.ref, times: isSame ? (carried?.times ?? 0) + 1 : 1 };
}

/** What the last sentence offers this review: nothing where each is answered on its own, and a fresh look after so many. */
export function carriedTo({ review }: QueuedReview): { readonly sentence: string; readonly from: string } | "look again" | undefined {
  if (carried?.alike !== review.alike || review.whyAlone !== null) return undefined;
  return carried.times >= CARRIED_AT_MOST ? "look again" : carried;
}
