import { useQuery } from "@tanstack/react-query";

import { listConnections } from "../src/connections/contract.ts";
import { apart } from "./parts/apart.ts";
import { read } from "./queries.ts";

/** The name of a connection by its id; the id itself until it is known. */
export function useConnectionNames(): (id: string) => string {
  const { data } = useQuery(read(listConnections, {}));
  return (id) => apart(data?.items.find((connection) => connection.id === id)?.name ?? id);
}
