import { QueryClient, queryOptions } from "@tanstack/react-query";

import type { Endpoint } from "../src/kernel/contract.ts";
import { call, CallFailed, type Given } from "./api.ts";

const FRESH_MS = 5_000;
const MAX_RETRIES = 2;

/** Only silence is worth asking again about: a refusal stays one. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: FRESH_MS,
      networkMode: "always",
      retry: (failures, error) => error instanceof CallFailed && error.kind === "offline" && failures < MAX_RETRIES,
    },
    mutations: { networkMode: "always", retry: false },
  },
});

/** The query of an endpoint: its key is the endpoint's id and what it was given. */
export function read<E extends Endpoint>(endpoint: E, given: Given<E>) {
  return queryOptions({
    queryKey: [endpoint.id, given],
    queryFn: ({ signal }) => call(endpoint, given, { signal }),
  });
}
