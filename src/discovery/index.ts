export { discoveryRoutes } from "./routes.ts";
export { type AccountHolder, createDiscoveryService, type DiscoveryService, type DiscoveryWorld } from "./service.ts";
