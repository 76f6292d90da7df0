export type { Connection, ConnectionEvent } from "./connection.ts";
export { evolve as evolveConnection } from "./connection.ts";
export { evolve as evolveDrift } from "./drift.ts";
export { createDriftService, type DriftService, type OriginOf, type Placed } from "./drift-service.ts";
export { createDriftStore, driftColumns } from "./drift-store.ts";
export { reaching } from "./reaching.ts";
export { connectionRoutes, driftRoutes, type ImportPeople } from "./routes.ts";
export { type ConnectionService, createConnectionService, type Sealer } from "./service.ts";
export { createConnectionStore } from "./store.ts";
