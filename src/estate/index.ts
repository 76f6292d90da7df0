export type { ApplyRequest } from "./apply-service.ts";
export type { Application, DeviceClass, EstateFact, Organisation, Vendor } from "./estate.ts";
export type { Plan } from "./plan-words.ts";
export { ESTATE_REFUSALS } from "./refusals.ts";
export { estateRoutes } from "./routes.ts";
export { createEstateService, type EstateDependencies, type EstateService } from "./service.ts";
export { estateReplays } from "./store.ts";
