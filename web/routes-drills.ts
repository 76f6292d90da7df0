/** The pages of drills: what is due, one's run sheet, and the form that plans one. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { peopleLike } from "./pages/request/request-queries.ts";
import { queries } from "./queries.ts";
import { signedIn } from "./routes-frame.tsx";
import { planDrillSearch } from "./searches.ts";

const drills = createRoute({
  getParentRoute: () => signedIn,
  path: "/drills",
  component: lazyRouteComponent(() => import("./pages/drills/drills-page.tsx"), "DrillsPage"),
});

const planDrill = createRoute({
  getParentRoute: () => signedIn,
  path: "/drills/plan",
  loader: () => void queries.prefetchQuery(peopleLike("")),
  validateSearch: planDrillSearch,
  component: lazyRouteComponent(() => import("./pages/drills/plan-page.tsx"), "PlanDrillPage"),
});

const drill = createRoute({
  getParentRoute: () => signedIn,
  path: "/drills/$id",
  loader: () => void queries.prefetchQuery(peopleLike("")),
  component: lazyRouteComponent(() => import("./pages/drills/sheet-page.tsx"), "SheetPage"),
});

export const drillRoutes = [drills, planDrill, drill] as const;
