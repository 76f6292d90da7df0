import type { FindingView } from "../../../src/findings/contract.ts";
import type { Sign } from "../../parts/tone.ts";

/** What was found, in a word or two. */
export const KIND_WORDS: Readonly<Record<FindingView["kind"], string>> = {
  unregisteredBypass: "Unregistered bypass",
  exceptionOverstay: "Overstay",
  revokeFailed: "Removal failed",
  controlStale: "Control not tested",
  ownerInvalid: "Owner is gone",
  deniedOutsideScope: "Tried outside its scope",
  emergencyNotReviewed: "Emergency not reviewed",
  riskReopened: "Risk reopened",
  accountabilityGap: "Nobody answers",
  departedPerson: "Person left",
  teamWithoutPerson: "Team without people",
  modelNotApproved: "Model not approved",
  onCallGap: "Nobody on call",
  pathMissing: "Way in missing",
  pathWeaker: "Weaker way in",
  singlePointOfFailure: "Single point of failure",
  toleranceExceeded: "Tolerates too little",
  sharedFate: "Shared fate",
  fallbackSharesFate: "Fallback shares fate",
  bootstrapLoop: "Circle at cold start",
  drillOverdue: "Drill overdue",
  drillFailed: "Drill failed",
  drillSkipped: "Drill skipped",
  notDrilled: "Never drilled",
  probeFailed: "Probe failed",
  certificateExpiring: "Certificate ends",
};

const STATE_SIGNS = {
  open: { word: "Open", tone: "wait", shape: "half" },
  overdue: { word: "Overdue", tone: "bad", shape: "alarm" },
  accepted: { word: "Accepted", tone: "open", shape: "solid" },
  mended: { word: "Mended", tone: "ok", shape: "shut" },
} as const satisfies Record<string, Sign>;

export function findingSign({ state, overdue }: Pick<FindingView, "state" | "overdue">): Sign {
  return STATE_SIGNS[overdue ? "overdue" : state];
}

export const SEVERITY_TONES = { critical: "bad", high: "bad", medium: "wait", low: "idle" } as const;

const PAGES_OF: Partial<Record<FindingView["subject"]["kind"], (id: string) => string>> = {
  exception: (id) => `/exceptions/${id}`,
  person: (id) => `/people/${id}`,
  risk: (id) => `/risks/${id}`,
  operation: (id) => `/operations/${id}`,
  journey: (id) => `/accountability/${id}`,
  rota: (id) => `/rotas/${id}`,
  bypass: () => "/bypasses",
  connection: () => "/connections",
  team: () => "/teams",
};

/** Where what it is about is shown; undefined: on no page of its own. */
export function pathOf({ kind, id }: FindingView["subject"]): string | undefined {
  return PAGES_OF[kind]?.(id);
}
