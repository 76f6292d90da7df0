export { createExchange } from "./exchange-service.ts";
export { exchangeRoutes } from "./exchange-routes.ts";
export { createAnalyst } from "./analyst-service.ts";
export { lockOutRoutes } from "./routes.ts";
export { createLockOutFindings, createLockOutService, type LockOutService } from "./service.ts";
