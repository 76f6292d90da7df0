/** The pages of critical operations and of what locks them out. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { signedIn } from "./routes-frame.tsx";
import { operationSearch, operationsSearch, whatIfSearch } from "./searches.ts";

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

const whatIf = createRoute({
  getParentRoute: () => signedIn,
  path: "/what-if",
  validateSearch: whatIfSearch,
  component: lazyRouteComponent(() => import("./pages/operations/what-if-page.tsx"), "WhatIfPage"),
});

export const operationRoutes = [operations, operation, whatIf] as const;
