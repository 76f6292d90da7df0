export type { Asked, DecisionLog } from "./asked.ts";
export { createDecisionLog, type DecisionLogService } from "./log-service.ts";
export { LATENCY_MS } from "./pulse.ts";
