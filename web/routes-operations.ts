/** The pages of critical operations and of what locks them out. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { signedIn } from "./routes-frame.tsx";
import { modelSearch, operationSearch, operationsSearch, whatIfSearch } from "./searches.ts";

const operations = createRoute({
  getParentRoute: () => signedIn,
  path: "/operations",
  validateSearch: operationsSearch,
  component: lazyRouteComponent(() => import("./pages/operations/operations-page.tsx"), "OperationsPage"),
});

const operation = createRoute({
  getParentRoute: () => signedIn,
  path: "/operations/$key",
  validateSearch: operationSearch,
  component: lazyRouteComponent(() => import("./pages/operations/operation-page.tsx"), "OperationPage"),
});

const changeOperation = createRoute({
  getParentRoute: () => signedIn,
  path: "/operations/$key/change",
  component: lazyRouteComponent(() => import("./pages/operations/change-operation-page.tsx"), "ChangeOperationPage"),
});

const components = createRoute({
  getParentRoute: () => signedIn,
  path: "/components",
  validateSearch: modelSearch,
  component: lazyRouteComponent(() => import("./pages/components/components-page.tsx"), "ComponentsPage"),
});

const component = createRoute({
  getParentRoute: () => signedIn,
  path: "/components/$key",
  component: lazyRouteComponent(() => import("./pages/components/component-page.tsx"), "ComponentPage"),
});

const changeComponent = createRoute({
  getParentRoute: () => signedIn,
  path: "/components/$key/change",
  component: lazyRouteComponent(() => import("./pages/components/change-component-page.tsx"), "ChangeComponentPage"),
});

const causes = createRoute({
  getParentRoute: () => signedIn,
  path: "/common-causes",
  validateSearch: modelSearch,
  component: lazyRouteComponent(() => import("./pages/components/causes-page.tsx"), "CausesPage"),
});

const cause = createRoute({
  getParentRoute: () => signedIn,
  path: "/common-causes/$key",
  component: lazyRouteComponent(() => import("./pages/components/cause-page.tsx"), "CausePage"),
});

const changeCause = createRoute({
  getParentRoute: () => signedIn,
  path: "/common-causes/$key/change",
  component: lazyRouteComponent(() => import("./pages/components/change-cause-page.tsx"), "ChangeCausePage"),
});

const whatIf = createRoute({
  getParentRoute: () => signedIn,
  path: "/what-if",
  validateSearch: whatIfSearch,
  component: lazyRouteComponent(() => import("./pages/operations/what-if-page.tsx"), "WhatIfPage"),
});

export const operationRoutes = [
  operations,
  operation,
  changeOperation,
  components,
  component,
  changeComponent,
  causes,
  cause,
  changeCause,
  whatIf,
] as const;
