export { createBypassFindings } from "./findings-service.ts";
export { type Bypass, type Coverage, evolve as evolveBypass } from "./bypass.ts";
export { accountFor, type Documented } from "./documented.ts";
export { bypassRoutes, type CoversOf, type LastRead, type OpenDraftFromBypass } from "./routes.ts";
export { createPassStore } from "./pass-store.ts";
export { type BypassService, createBypassService } from "./service.ts";
export { bypassColumns, type BypassStore, createBypassStore, type OpenGroup } from "./store.ts";
