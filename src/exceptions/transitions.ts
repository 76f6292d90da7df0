/** The state machine as a table. The fold moves by it, the diagram is drawn from it, the database may constrain by it. */
import type { EventType } from "./events.ts";
import type { StateName } from "./exception.ts";
import { from, type Transition } from "../kernel/transitions.ts";

const BEFORE_GRANT = ["draft", "in_approval", "approved"] as const satisfies readonly StateName[];
const HELD = ["activating", "active", "suspending", "suspended"] as const satisfies readonly StateName[];

export const TRANSITIONS: readonly Transition<StateName, EventType>[] = [
  ...from(["nothing"], "DraftOpened", "draft"),
  ...from(["draft"], "DraftRevised", "draft"),
  ...from(["draft"], "InheritedClaimed", "draft"),
  ...from(["draft"], "VersionSubmitted", "in_approval"),
  ...from(["in_approval"], "ReturnedToDraft", "draft"),
  ...from(["in_approval"], "VersionApproved", "approved"),
  ...from(["in_approval", "approved"], "VersionRejected", "rejected"),
  ...from(BEFORE_GRANT, "RequestWithdrawn", "withdrawn"),
  // A bypass that was inherited is really there: whatever ends the request has to take it away.
  ...from(BEFORE_GRANT, "RevocationBegun", "revoking"),
  ...from(["approved"], "ActivationBegun", "activating"),
  ...from(["activating"], "Activated", "active"),
  ...from(["active"], "VersionSubmitted", "active"),
  ...from(["active"], "VersionApproved", "active"),
  ...from(["active"], "PendingEnded", "active"),
  ...from(["activating", "active"], "SuspensionBegun", "suspending"),
  ...from(["suspending"], "SuspensionConfirmed", "suspended"),
  ...from(["suspending", "suspended"], "SuspensionBroken", "suspending"),
  ...from(["suspended"], "ResumeBegun", "activating"),
  ...from(HELD, "RevocationBegun", "revoking"),
  ...from(["revoking", "revoke_failed"], "RemovalReported", "verifying"),
  ...from(["verifying"], "Closed", "closed"),
  ...from(["revoking", "verifying"], "RevocationFailed", "revoke_failed"),
  ...from(["verifying", "revoke_failed"], "RevocationRetried", "revoking"),
  ...from(["closed"], "Reopened", "revoking"),
];

/** Where an event leads from a state; undefined when it moves nothing. */
export function nextState(from: StateName, event: EventType): StateName | undefined {
  return TRANSITIONS.find((transition) => transition.from === from && transition.event === event)?.to;
}

export const END_STATES = ["rejected", "withdrawn", "closed"] as const satisfies readonly StateName[];
