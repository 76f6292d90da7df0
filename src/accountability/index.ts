export type { Answered } from "./as-findings.ts";
export type { ReadCalendar } from "./feed-service.ts";
export { createAccountabilityFindings } from "./findings-service.ts";
export type { AccountabilityWorld } from "./load-map.ts";
export { accountabilityRoutes } from "./routes.ts";
export { type AccountabilityService, createAccountabilityService } from "./service.ts";
export { accountabilityReplays } from "./store.ts";
