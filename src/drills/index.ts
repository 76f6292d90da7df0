export { createDrillFindings } from "./findings-service.ts";
export { createPlanService, type PlanService } from "./plan-service.ts";
export { createProbeService, type ProbeService } from "./probe-service.ts";
export { createDrillResults, type DrillResults } from "./results-service.ts";
export { drillRoutes } from "./routes.ts";
export { createDrillService, createShared, type DrillService } from "./service.ts";
export { createDrillStore, drillReplays } from "./store.ts";
export { createUnattendedService, type UnattendedService } from "./unattended-service.ts";
