export { discoveryRoutes } from "./routes.ts";
export { createDiscoveryService, type DiscoveryService, type DiscoveryWorld } from "./service.ts";
