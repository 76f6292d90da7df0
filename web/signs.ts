/** The word and the shape of every state people see. One place, so that a state looks the same wherever it is met. */
import type { Sign } from "./parts/tone.ts";

/** States of an exception. Blue is a way in that is granted; green is never used for one: only for what was seen to be gone. */
export const STATE_SIGNS = {
  draft: { word: "Draft", tone: "idle", shape: "dashed" },
  in_approval: { word: "In approval", tone: "wait", shape: "half" },
  approved: { word: "Approved", tone: "open", shape: "ring" },
  rejected: { word: "Rejected", tone: "idle", shape: "crossed" },
  withdrawn: { word: "Withdrawn", tone: "idle", shape: "barred" },
  activating: { word: "Activating", tone: "open", shape: "rising" },
  active: { word: "Active", tone: "open", shape: "solid" },
  suspending: { word: "Suspending", tone: "wait", shape: "pausing" },
  suspended: { word: "Suspended", tone: "wait", shape: "paused" },
  revoking: { word: "Revoking", tone: "wait", shape: "falling" },
  verifying: { word: "Verifying", tone: "wait", shape: "watched" },
  revoke_failed: { word: "Revoke failed", tone: "bad", shape: "alarm" },
  closed: { word: "Closed", tone: "ok", shape: "shut" },
} as const satisfies Record<string, Sign>;

/** What the provider was last seen to hold, whatever the register says. */
export const SEEN_SIGNS = {
  present: { word: "On", tone: "open", shape: "solid" },
  absent: { word: "Off, seen", tone: "ok", shape: "shut" },
  unknown: { word: "Not known", tone: "unknown", shape: "question" },
} as const satisfies Record<string, Sign>;

export const BYPASS_SIGNS = {
  unregistered: { word: "Unregistered", tone: "bad", shape: "alarm" },
  registered: { word: "Registered", tone: "open", shape: "solid" },
  claimed: { word: "Claimed", tone: "wait", shape: "half" },
  escalated: { word: "Escalated", tone: "bad", shape: "alarm" },
  removed: { word: "Removed", tone: "ok", shape: "shut" },
  gone: { word: "Gone", tone: "idle", shape: "barred" },
} as const satisfies Record<string, Sign>;

export const VOTE_SIGNS = {
  approve: { word: "Approved", tone: "ok", shape: "shut" },
  reject: { word: "Rejected", tone: "bad", shape: "crossed" },
  request_changes: { word: "Asked for changes", tone: "wait", shape: "barred" },
} as const satisfies Record<string, Sign>;

/** The sign of a key, or one that says openly that the console does not know it. */
export function signOf(signs: Readonly<Record<string, Sign>>, key: string): Sign {
  return signs[key] ?? { word: key.replaceAll("_", " "), tone: "unknown", shape: "question" };
}
