/** The pages of who answers for a way in, and who is on point. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { signedIn } from "./routes-frame.tsx";
import { accountabilitySearch } from "./searches.ts";

const accountability = createRoute({
  getParentRoute: () => signedIn,
  path: "/accountability",
  validateSearch: accountabilitySearch,
  component: lazyRouteComponent(() => import("./pages/accountability/accountability-page.tsx"), "AccountabilityPage"),
});

const journey = createRoute({
  getParentRoute: () => signedIn,
  path: "/accountability/$id",
  component: lazyRouteComponent(() => import("./pages/accountability/journey-page.tsx"), "JourneyPage"),
});

const rotas = createRoute({
  getParentRoute: () => signedIn,
  path: "/rotas",
  component: lazyRouteComponent(() => import("./pages/accountability/rotas-page.tsx"), "RotasPage"),
});

const rota = createRoute({
  getParentRoute: () => signedIn,
  path: "/rotas/$id",
  component: lazyRouteComponent(() => import("./pages/accountability/rota-page.tsx"), "RotaPage"),
});

export const accountabilityRoutes = [accountability, journey, rotas, rota] as const;
