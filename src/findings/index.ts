export type { FindingSeen, FindingSource } from "./finding.ts";
export { findingRoutes } from "./routes.ts";
export { createFindingService, type FindingService } from "./service.ts";
export { createFindingStore, findingReplays, type FindingStore } from "./store.ts";
