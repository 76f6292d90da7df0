export { type Canary, columnsOf as canaryColumns, evolve as evolveCanary } from "./canary.ts";
export { canaryRoutes } from "./routes.ts";
export { type CanaryService, createCanaryService, type OpenCanary } from "./service.ts";
