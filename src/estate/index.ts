export { readModelFile } from "./load-file.ts";
export type { ModelService } from "./model-service.ts";
export type { VersionedModel } from "./model-store.ts";
export { estateRoutes } from "./routes.ts";
export { createEstateService, type EstateDependencies, type EstateService } from "./service.ts";
export { estateReplays } from "./store.ts";
