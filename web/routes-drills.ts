/** The pages of drills: what is due, plans and run sheets, and the accounts that drills sign in with. */
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

const plan = createRoute({
  getParentRoute: () => signedIn,
  path: "/drills/plans/$id",
  component: lazyRouteComponent(() => import("./pages/drills/plan-detail-page.tsx"), "PlanPage"),
});

const changePlan = createRoute({
  getParentRoute: () => signedIn,
  path: "/drills/plans/$id/change",
  loader: () => void queries.prefetchQuery(peopleLike("")),
  component: lazyRouteComponent(() => import("./pages/drills/change-plan-page.tsx"), "ChangePlanPage"),
});

const drill = createRoute({
  getParentRoute: () => signedIn,
  path: "/drills/$id",
  loader: () => void queries.prefetchQuery(peopleLike("")),
  component: lazyRouteComponent(() => import("./pages/drills/sheet-page.tsx"), "SheetPage"),
});

const canaries = createRoute({
  getParentRoute: () => signedIn,
  path: "/canaries",
  component: lazyRouteComponent(() => import("./pages/canaries/canaries-page.tsx"), "CanariesPage"),
});

export const drillRoutes = [drills, canaries, planDrill, plan, changePlan, drill] as const;
