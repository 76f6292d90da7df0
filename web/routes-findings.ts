/** The pages of what is not as it must be. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { signedIn } from "./routes-frame.tsx";
import { findingsSearch } from "./searches.ts";

const findings = createRoute({
  getParentRoute: () => signedIn,
  path: "/findings",
  validateSearch: findingsSearch,
  component: lazyRouteComponent(() => import("./pages/findings/findings-page.tsx"), "FindingsPage"),
});

const finding = createRoute({
  getParentRoute: () => signedIn,
  path: "/findings/$id",
  component: lazyRouteComponent(() => import("./pages/findings/finding-page.tsx"), "FindingPage"),
});

export const findingRoutes = [findings, finding] as const;
