export type { AccessRequest } from "./access-request.ts";
export { createRequestExtensions } from "./extension-service.ts";
export { createOffers } from "./offer-service.ts";
export { accessRequestRoutes } from "./routes.ts";
export { createRequestService, type DraftClaim, type RequestService } from "./service.ts";
export { accessRequestReplays } from "./store.ts";
