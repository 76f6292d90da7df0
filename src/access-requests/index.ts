export type { AccessRequest } from "./access-request.ts";
export { createEmergencyFindings } from "./findings-service.ts";
export { createRequestExtensions } from "./extension-service.ts";
export { createOffers } from "./offer-service.ts";
export { accessRequestRoutes } from "./routes.ts";
export { createRequestService, type RequestService } from "./service.ts";
export type { DraftClaim } from "./shared-service.ts";
export { accessRequestReplays } from "./store.ts";
