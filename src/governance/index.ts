export { governanceRoutes } from "./routes.ts";
export { createGovernanceService, type GovernanceService, type GovernanceWorld } from "./service.ts";
export { governanceReplays } from "./store.ts";
