export { type AssertionRecord, type Decided } from "./assertion.ts";
export { evolve as evolveInvitation, type Invitation, type InvitationEvent } from "./invitation.ts";
export { evolve as evolvePasskey, type Passkey, type PasskeyEvent } from "./passkey.ts";
export type { PersonDirectory } from "./person-directory.ts";
export { ACCESS_REFUSALS } from "./refusals.ts";
export { accessReplays } from "./replays.ts";
export { accessRoutes } from "./routes.ts";
export { type Access, ACCESS_ACTIONS, type AccessDependencies, createAccess } from "./service.ts";
export { type AssertionVerdict, type KnownPasskey, verifyAssertionRecord } from "./verify-assertion.ts";
