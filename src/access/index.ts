export type { CompanySettings } from "./company-provider.ts";
export type { PersonDirectory } from "./person-directory.ts";
export { createRateLimit, PREVIEW_LIMIT } from "./rate-limit.ts";
export { accessReplays } from "./replays.ts";
export { accessRoutes } from "./routes.ts";
export { type Access, createAccess } from "./service.ts";
export { verifyAssertionRecord } from "./verify-assertion.ts";
