export type { Connection, ConnectionEvent } from "./connection.ts";
export { evolve as evolveConnection } from "./connection.ts";
export { reaching } from "./reaching.ts";
export { connectionRoutes, type ImportPeople } from "./routes.ts";
export { type ConnectionService, createConnectionService, type Sealer } from "./service.ts";
export { createConnectionStore } from "./store.ts";
