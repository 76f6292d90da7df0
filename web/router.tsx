import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";

const root = createRootRoute();

// Not built into what is shipped.
const development = import.meta.env.DEV
  ? [
      createRoute({
        getParentRoute: () => root,
        path: "/parts",
        component: lazyRouteComponent(() => import("./pages/parts/parts-page.tsx"), "PartsPage"),
      }),
    ]
  : [];

export const router = createRouter({
  routeTree: root.addChildren(development),
  defaultPreload: "intent",
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
