export { type Canary, columnsOf as canaryColumns, evolve as evolveCanary } from "./canary.ts";
export { canaryRoutes } from "./routes.ts";
export { createWatchService, type WatchService } from "./watch-service.ts";
export { type CanaryService, createCanaryService, type OpenCanary } from "./service.ts";
