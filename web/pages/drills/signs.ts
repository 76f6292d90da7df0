import type { DrillView, PlanView } from "../../../src/drills/contract-views.ts";
import type { Sign } from "../../parts/tone.ts";

export type DrillRow = NonNullable<PlanView["open"]>;

export const DRILL_SIGNS = {
  scheduled: { word: "To come", tone: "idle", shape: "dashed" },
  overdue: { word: "Overdue", tone: "bad", shape: "alarm" },
  running: { word: "Running", tone: "open", shape: "half" },
  passed: { word: "Passed", tone: "ok", shape: "shut" },
  failed: { word: "Failed", tone: "bad", shape: "crossed" },
  aborted: { word: "Stopped", tone: "bad", shape: "barred" },
  skipped: { word: "Left out", tone: "bad", shape: "barred" },
} as const satisfies Record<string, Sign>;

/** The clock tells what is overdue; the result tells what was finished. */
export function drillSign({ state, isOverdue, outcome }: Pick<DrillRow, "state" | "isOverdue" | "outcome">): Sign {
  if (isOverdue) return DRILL_SIGNS.overdue;
  return state === "finished" ? DRILL_SIGNS[outcome ?? "failed"] : DRILL_SIGNS[state];
}

/** Why a control has failed. */
export const FAILED_WORDS: Readonly<Record<NonNullable<PlanView["failed"]>["why"], string>> = {
  overdue: "Overdue",
  failed: "The last drill failed",
  aborted: "The last drill was stopped",
  skipped: "The last drill was left out",
};

const PROBE_SIGNS = {
  passed: { word: "Passed", tone: "ok", shape: "shut" },
  failed: { word: "Failed", tone: "bad", shape: "crossed" },
  unknown: { word: "Not known", tone: "unknown", shape: "question" },
  running: { word: "Running", tone: "open", shape: "half" },
  notRun: { word: "Not run", tone: "idle", shape: "dashed" },
} as const satisfies Record<string, Sign>;

export function probeSign({ isRunning, result }: Pick<DrillView["probes"][number], "isRunning" | "result">): Sign {
  return isRunning ? PROBE_SIGNS.running : PROBE_SIGNS[result?.outcome ?? "notRun"];
}

const MET_SIGNS = {
  met: { word: "Met", tone: "ok", shape: "shut" },
  notMet: { word: "Not met", tone: "bad", shape: "crossed" },
  unknown: { word: "Not judged", tone: "unknown", shape: "question" },
} as const satisfies Record<string, Sign>;

export function metSign(met: boolean | null): Sign {
  return met === null ? MET_SIGNS.unknown : met ? MET_SIGNS.met : MET_SIGNS.notMet;
}

export const TIME_SIGNS = {
  kept: { word: "In time", tone: "ok", shape: "shut" },
  missed: { word: "Too late", tone: "bad", shape: "crossed" },
  open: { word: "Not marked", tone: "idle", shape: "dashed" },
  free: { word: "No target", tone: "idle", shape: "ring" },
} as const satisfies Record<string, Sign>;

/** What is measured, in the words of the sheet. */
export const TIME_WORDS = {
  detect: "to detect",
  decide: "to decide",
  access: "to get in",
  restore: "to restore",
} as const;
