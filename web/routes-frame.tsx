/** What every page stands in: the whole console, and the part of it that wants somebody signed in. */
import { createRootRoute, createRoute, Outlet, redirect } from "@tanstack/react-router";

import { listConnections } from "../src/connections/contract.ts";
import { CallFailed } from "./api.ts";
import { Broken, Missing } from "./pages/broken.tsx";
import { ExampleLabel } from "./pages/example/label.tsx";
import { SignedIn } from "./pages/signed-in.tsx";
import { queries, read } from "./queries.ts";
import { sessionQuery } from "./session.tsx";

export const root = createRootRoute({ component: Root, notFoundComponent: Missing, errorComponent: Broken });

export const signedIn = createRoute({
  getParentRoute: () => root,
  id: "signed-in",
  beforeLoad: async ({ location }) => {
    // Most pages name providers, and some ask on from there: asked for beside the session, not after it.
    if (queries.getQueryData(sessionQuery.queryKey) === undefined) void queries.prefetchQuery(read(listConnections, {}));
    try {
      return { session: await queries.ensureQueryData(sessionQuery) };
    } catch (error) {
      if (!(error instanceof CallFailed) || error.kind !== "signedOut") throw error;
      throw redirect({ to: "/sign-in", search: location.href === "/" ? {} : { to: location.href } });
    }
  },
  component: SignedIn,
  errorComponent: Broken,
});

function Root() {
  return (
    <>
      <ExampleLabel />
      <Outlet />
    </>
  );
}
