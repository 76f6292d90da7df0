import type { Sign } from "../../parts/tone.ts";

/** What an operation survives beside what it has to. */
export const TOLERANCE_SIGNS = {
  lockedOut: { word: "No way in", tone: "bad", shape: "crossed" },
  broken: { word: "Falls short", tone: "bad", shape: "alarm" },
  unknown: { word: "Not known", tone: "unknown", shape: "question" },
  held: { word: "Survives enough", tone: "ok", shape: "watched" },
} as const satisfies Record<string, Sign>;

export const WAY_SIGNS = {
  open: { word: "Open", tone: "ok", shape: "ring" },
  lost: { word: "Lost", tone: "bad", shape: "crossed" },
  none: { word: "No way in", tone: "idle", shape: "barred" },
} as const satisfies Record<string, Sign>;

export const FATE_SIGNS = {
  A: { word: "A: one failure takes both", tone: "bad", shape: "alarm" },
  B: { word: "B: shared, one can do without", tone: "wait", shape: "half" },
  C: { word: "C: alike in layer only", tone: "idle", shape: "dashed" },
  none: { word: "Nothing shared", tone: "ok", shape: "ring" },
} as const satisfies Record<string, Sign>;

/** `tolerates` as people say it. */
export function toSurvive(tolerates: number): string {
  if (tolerates === 0) return "nothing";
  return tolerates === 1 ? "any one failure" : `any ${tolerates} failures`;
}
