export type { Answered } from "./as-findings.ts";
export type { ReadCalendar } from "./feed-service.ts";
export { createAccountabilityFindings } from "./findings-service.ts";
export type { AccountabilityWorld } from "./load-map.ts";
export { accountabilityRoutes } from "./routes.ts";
export { createFeedKeeping, type FeedKeeping } from "./rota-service.ts";
export { type AccountabilityService, createAccountabilityService } from "./service.ts";
export { accountabilityReplays, createAccountabilityStore } from "./store.ts";
