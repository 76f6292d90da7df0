export { estateRoutes } from "./routes.ts";
export { createEstateService, type EstateService } from "./service.ts";
export { estateReplays } from "./store.ts";
