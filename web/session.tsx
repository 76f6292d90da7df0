import { queryOptions, useQuery } from "@tanstack/react-query";
import { createContext, type ReactNode, use } from "react";
import type { z } from "zod";

import { readSession } from "../src/access/contract.ts";
import { call } from "./api.ts";

export type Session = z.output<(typeof readSession)["reply"]>;

/** Who is signed in here. Fails with `signedOut` when nobody is. */
export const sessionQuery = queryOptions({
  queryKey: [readSession.id],
  queryFn: ({ signal }) => call(readSession, {}, { signal, asksToSignIn: false }),
  staleTime: 60_000,
});

const SessionContext = createContext<Session | undefined>(undefined);

/** Gives the pages below it who is signed in; `given` is what the router read before it showed them. */
export function SessionProvider({ given, children }: { given: Session; children: ReactNode }) {
  const { data } = useQuery({ ...sessionQuery, initialData: given });
  return <SessionContext value={data}>{children}</SessionContext>;
}

/** The caller: only below the pages that need one. */
export function useSession(): Session {
  const session = use(SessionContext);
  if (session === undefined) throw new Error("useSession outside of the signed-in pages");
  return session;
}
