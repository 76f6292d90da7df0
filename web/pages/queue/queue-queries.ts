import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { listReviews } from "../../../src/exceptions/contract-lists.ts";
import { listExceptions } from "../../../src/exceptions/contract.ts";
import { listDelegations } from "../../../src/people/contract.ts";
import { read } from "../../queries.ts";
import { useSession } from "../../session.tsx";

/** What one page of a queue shows; who has more waiting works off the first ones first. */
export const MOST = 200;

/** Requests that wait for a vote of the caller's; not their own, which others decide on. */
export function useVotesOfMine() {
  const { person } = useSession();
  const list = useQuery(read(listExceptions, { query: { mine: "true", sort: "ends", limit: MOST } }));
  const items = list.data?.items;
  const rows = useMemo(() => items?.filter((row) => row.requester !== person.id), [items, person.id]);
  return { list, rows };
}

export const REVIEWS_OF_MINE = read(listReviews, { query: { mine: "true", limit: MOST } });

/** Delegations a person gave or holds that are not over. */
export const delegationsOf = (person: string) => read(listDelegations, { query: { person, open: "true", limit: 100 } });

/** `12`, `200+` where there are more; undefined until it is known, and where there is nothing. */
export function countOf(page: { readonly items: readonly unknown[]; readonly next?: string | undefined } | undefined): string | undefined {
  if (page === undefined || page.items.length === 0) return undefined;
  return `${page.items.length}${page.next === undefined ? "" : "+"}`;
}
