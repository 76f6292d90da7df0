/** The saved filters of the register: what each asks the server for, and what its emptiness means. */
import type { z } from "zod";

import type { listExceptions } from "../../../src/exceptions/contract.ts";
import type { RegisterView, registerSearch } from "../../searches.ts";

export type RegisterSearch = ReturnType<typeof registerSearch>;
type Query = z.input<(typeof listExceptions)["query"]>;

interface View {
  readonly words: string;
  readonly states?: string;
  readonly more?: (nowMs: number) => Query;
  readonly sort: NonNullable<RegisterSearch["sort"]>;
  readonly empty: { readonly title: string; readonly words: string };
}

const ENDING_MS = 30 * 86_400_000;
const STANDING = "approved,activating,active,suspending,suspended";

export const VIEWS: Readonly<Record<RegisterView, View>> = {
  open: {
    words: "Open",
    states: STANDING,
    sort: "ends",
    empty: { title: "No exception is open", words: "Everyone signs in through the front gate, as far as this register knows." },
  },
  ending: {
    words: "Ending in 30 days",
    states: STANDING,
    // Asked by the hour, so that the question does not change with every look at the clock.
    more: (nowMs) => ({ endsBefore: new Date(Math.ceil((nowMs + ENDING_MS) / 3_600_000) * 3_600_000).toISOString() }),
    sort: "ends",
    empty: { title: "Nothing ends in the next 30 days", words: "What ends later is under Open." },
  },
  deciding: {
    words: "In approval",
    states: "in_approval",
    sort: "-opened",
    empty: { title: "Nothing is waiting for a decision", words: "Requests appear here once they are submitted." },
  },
  leaving: {
    words: "Being removed",
    states: "revoking,verifying,revoke_failed",
    sort: "ends",
    empty: { title: "Nothing is on its way out", words: "What has ended is here until the provider was read back and it is gone." },
  },
  overstaying: {
    words: "Overstaying",
    more: () => ({ overstaying: "true" }),
    sort: "ends",
    empty: { title: "Nothing has overstayed", words: "Whatever ended was seen to be gone in time." },
  },
  sharedFate: {
    words: "Fallback shares fate",
    states: STANDING,
    more: () => ({ sharedFate: "true" }),
    sort: "ends",
    empty: {
      title: "No fallback shares the fate of what it stands in for",
      words: "As far as the model knows what each depends on. One failure that takes both would leave no way in.",
    },
  },
  ended: {
    words: "Ended",
    states: "closed,rejected,withdrawn",
    sort: "-opened",
    empty: { title: "Nothing has ended yet", words: "Ended, rejected and withdrawn exceptions are kept here; nothing is deleted." },
  },
  drafts: {
    words: "Drafts",
    states: "draft",
    sort: "-opened",
    empty: { title: "There are no drafts", words: "A request that was saved but not submitted waits here." },
  },
  all: {
    words: "All",
    sort: "-opened",
    empty: {
      title: "Nothing is registered yet",
      words: "Connect a directory to see the bypasses that exist, or request the first exception.",
    },
  },
};

export const ROWS_PER_PAGE = 50;

/** What the server is asked for. */
export function queryOf(search: RegisterSearch, nowMs: number): Query {
  const view = VIEWS[search.view ?? "open"];
  const { category, unit, owner, cursor } = search;
  return {
    limit: ROWS_PER_PAGE,
    sort: search.sort ?? view.sort,
    ...(view.states !== undefined && { state: view.states }),
    ...view.more?.(nowMs),
    ...(search.search !== undefined && { search: search.search }),
    ...(category !== undefined && { category }),
    ...(unit !== undefined && { unit }),
    ...(owner !== undefined && { owner }),
    ...(cursor !== undefined && { cursor }),
  };
}

/** True when less than the whole view is shown. */
export function isNarrowed({ search, category, unit, owner }: RegisterSearch): boolean {
  return [search, category, unit, owner].some((each) => each !== undefined);
}
