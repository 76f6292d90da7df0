export { createAnalyst } from "./analyst-service.ts";
export { lockOutRoutes } from "./routes.ts";
export { createLockOutService, type LockOutService } from "./service.ts";
