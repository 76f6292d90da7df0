export { evidenceRoutes } from "./routes.ts";
export { createEvidenceService } from "./service.ts";
export { verifyPack } from "./verify-service.ts";
