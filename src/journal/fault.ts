/** What a verifier finds wrong, and exactly where. */

export type FaultCode =
  | "no_checkpoint"
  | "checkpoint_invalid"
  | "checkpoint_order"
  | "checkpoint_root"
  | "rollback"
  | "entry_missing"
  | "entry_unreadable"
  | "entry_columns"
  | "entry_unsequenced"
  | "leaf_hash"
  | "leaf_uncovered"
  | "tile"
  | "version_gap"
  | "kind_changed"
  | "kind_unknown"
  | "replay_failed"
  | "decision_unsigned"
  | "decision_differs"
  | "signature_reused"
  | "state_missing"
  | "state_differs"
  | "state_stale"
  | "state_without_entries";

export interface Fault {
  readonly code: FaultCode;
  readonly detail: string;
  readonly leaf?: number;
  readonly entry?: string;
  readonly subject?: string;
}

/** One line for people: `leaf_hash at leaf 17, entry ent_…, subject exc_…: …`. */
export function describeFault(fault: Fault): string {
  const places = [
    fault.leaf !== undefined && `leaf ${fault.leaf}`,
    fault.entry !== undefined && `entry ${fault.entry}`,
    fault.subject !== undefined && `subject ${fault.subject}`,
  ].filter((place) => place !== false);
  return `${fault.code}${places.length > 0 ? ` at ${places.join(", ")}` : ""}: ${fault.detail}`;
}
