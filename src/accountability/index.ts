export type { ReadCalendar } from "./feed-service.ts";
export type { AccountabilityWorld } from "./load-map.ts";
export { accountabilityRoutes } from "./routes.ts";
export { type AccountabilityService, createAccountabilityService } from "./service.ts";
export { accountabilityReplays } from "./store.ts";
