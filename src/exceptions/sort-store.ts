/** By which expression each list is sorted. Each has an index on itself and the id, so that a page is found and not computed. */
import { type RawBuilder, sql } from "kysely";

import type { CursorPart } from "../kernel/paging.ts";
import type { RegisterSortKey } from "./register-sorts.ts";

/** `notices` and `reviews` list only what has any that is open, the longest due first. */
export type ListSort = RegisterSortKey | "notices" | "reviews";

export const SORTS: Readonly<Record<ListSort, RawBuilder<string | number | null>>> = {
  ref: sql`ref`,
  title: sql`lower(title) collate "C"`,
  state: sql`status`,
  observed: sql`observed`,
  owner: sql`coalesce(owner, '')`,
  ends: sql`ends_at`,
  opened: sql`opened_at`,
  /** What was never granted is the youngest. */
  age: sql`coalesce(first_granted_at, timestamptz '9999-12-31 00:00:00+00')`,
  repeats: sql`repeats`,
  headcount: sql`coalesce(headcount, -1)`,
  notices: sql`notice_due_at`,
  reviews: sql`review_due_at`,
};

const INSTANTS: readonly ListSort[] = ["ends", "opened", "age", "notices", "reviews"];
const COUNTS: readonly ListSort[] = ["repeats", "headcount"];

/** What a cursor says of the place within a sort. */
export function placeOf(sort: ListSort): CursorPart {
  if (INSTANTS.includes(sort)) return "instant";
  return COUNTS.includes(sort) ? "count" : "text";
}

/** The oldest was granted first: by age, what comes first in time comes last. */
export function isDownwards(sort: ListSort, descending: boolean): boolean {
  return sort === "age" ? !descending : descending;
}
