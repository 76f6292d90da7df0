export type { OperationSets } from "./analysis.ts";
export { lockOutRoutes } from "./routes.ts";
export { createLockOutService, type LockOutService } from "./service.ts";
