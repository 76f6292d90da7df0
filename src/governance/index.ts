export { governanceRoutes } from "./routes.ts";
export { createGovernanceService, type GovernanceService, type GovernanceWorld } from "./service.ts";
export type { StandingWorld } from "./standing-service.ts";
export { createRiskFindings } from "./findings-service.ts";
export { governanceReplays } from "./store.ts";
