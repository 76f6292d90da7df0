import type { ExceptionEvent } from "./events.ts";

/** Events after which somebody may have to be told: asked, reminded, alarmed, or told how it ended. */
export const TOLD_AFTER: ReadonlySet<string> = new Set<ExceptionEvent["type"]>([
  "VersionSubmitted",
  "ReturnedToDraft",
  "VoteCast",
  "StageOpened",
  "SilenceNoted",
  "VersionApproved",
  "VersionRejected",
  "RequestWithdrawn",
  "SuspensionBegun",
  "SuspensionBroken",
  "RevocationBegun",
  "RevocationFailed",
  "Closed",
  "Reopened",
  "UseBegun",
  "ReviewOpened",
  "ReviewHandedOn",
  "OwnerTookOver",
  "EscalationRaised",
  "ReminderRaised",
]);
