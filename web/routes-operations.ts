/** The pages of critical operations and of what locks them out. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { signedIn } from "./routes-frame.tsx";
import { componentsSearch, operationSearch, operationsSearch, whatIfSearch } from "./searches.ts";

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
  validateSearch: componentsSearch,
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

const whatIf = createRoute({
  getParentRoute: () => signedIn,
  path: "/what-if",
  validateSearch: whatIfSearch,
  component: lazyRouteComponent(() => import("./pages/operations/what-if-page.tsx"), "WhatIfPage"),
});

export const operationRoutes = [operations, operation, changeOperation, components, component, changeComponent, whatIf] as const;
