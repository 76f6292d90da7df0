import type { Sign } from "../../parts/tone.ts";

export const ISSUE_SIGNS = {
  open: { word: "Open", tone: "wait", shape: "half" },
  resolved: { word: "Resolved", tone: "ok", shape: "shut" },
  closed: { word: "Closed", tone: "idle", shape: "barred" },
} as const satisfies Record<string, Sign>;

const RISK_SIGNS = {
  proposed: { word: "Proposed", tone: "wait", shape: "half" },
  inForce: { word: "Accepted", tone: "open", shape: "solid" },
  over: { word: "Over", tone: "idle", shape: "barred" },
  reopened: { word: "Reopened", tone: "bad", shape: "question" },
  withdrawn: { word: "Withdrawn", tone: "idle", shape: "crossed" },
} as const satisfies Record<string, Sign>;

/** Accepted and over are one stored state: the clock tells them apart. */
export function riskSign({ state, inForce }: { state: "proposed" | "accepted" | "reopened" | "withdrawn"; inForce: boolean }): Sign {
  if (state !== "accepted") return RISK_SIGNS[state];
  return inForce ? RISK_SIGNS.inForce : RISK_SIGNS.over;
}

export const VERDICT_SIGNS = {
  better: { word: "Better", tone: "ok", shape: "falling" },
  worse: { word: "Worse", tone: "bad", shape: "rising" },
  same: { word: "The same", tone: "idle", shape: "barred" },
  unknown: { word: "Not known", tone: "unknown", shape: "question" },
} as const satisfies Record<string, Sign>;
