/** The public face of the decision point. */
export { type Admission, OPEN } from "./admission.ts";
export type { Asked, DecisionLog } from "./asked.ts";
export { createDecisionPoint, type DecisionPoint, type DecisionPointDependencies } from "./authzen-routes.ts";
export { type Extensions, NO_EXTENSIONS } from "./extension.ts";
export type { Authenticate } from "./caller.ts";
export { createCallers } from "./callers-service.ts";
export { readCallers } from "./load-callers.ts";
export { createFollower, type Follower } from "./follower-service.ts";
export { createAdmission } from "./limiter.ts";
export { createDecisionLog, type DecisionLogService } from "./log-service.ts";
export { LATENCY_MS } from "./pulse.ts";
export { loadRuleSets } from "./load-rule-sets.ts";
export { rulesRoutes } from "./rules-routes.ts";
export { createRulesService, type RulesDependencies, type RulesService } from "./rules-service.ts";
export { ruleReplays } from "./rules-store.ts";
