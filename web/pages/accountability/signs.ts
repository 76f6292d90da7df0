import type { JourneyView } from "../../../src/accountability/contract.ts";
import type { ShiftView } from "../../../src/accountability/contract-rotas.ts";
import type { WaysBackView } from "../../../src/accountability/contract-coverage.ts";
import type { Sign } from "../../parts/tone.ts";

export const APPROVAL_SIGNS = {
  approved: { word: "Approved", tone: "ok", shape: "shut" },
  void: { word: "Approval void", tone: "bad", shape: "crossed" },
  missing: { word: "Never approved", tone: "wait", shape: "dashed" },
} as const satisfies Record<JourneyView["approval"]["state"], Sign>;

/** What a seat without anybody shows, in shape and word. */
export const SEAT_SIGNS = {
  nobody: { word: "Nobody", tone: "wait", shape: "dashed" },
  left: { word: "Left", tone: "bad", shape: "crossed" },
  empty: { word: "Empty team", tone: "bad", shape: "crossed" },
  unknown: { word: "Not known", tone: "unknown", shape: "question" },
} as const satisfies Record<string, Sign>;

export const BY_WORDS: Readonly<Record<ShiftView["by"], string>> = {
  rotation: "in turn",
  override: "covers",
  feed: "by the calendar",
  nobody: "nobody",
  unknown: "not known",
};

export const VOIDED_WORDS: Readonly<Record<JourneyView["approval"]["voidedBy"][number], string>> = {
  content: "what was approved was changed since",
  approverLeft: "whoever approved it has left",
  approverRole: "whoever approved it holds no role any more that decides",
  approverMaintains: "whoever approved it maintains it now",
};

export const POPULATION_WORDS: Readonly<Record<JourneyView["population"], string>> = {
  human: "People",
  privileged: "Privileged people",
  machine: "Machines",
  "third-party": "Third parties",
};

export const ROLE_WORDS: Readonly<Record<WaysBackView["asked"][number], string>> = {
  primary: "Primary path",
  fallback: "Fallback",
  recovery: "Recovery",
  "break-glass": "Break-glass",
  rollback: "Rollback",
};

/** `People to Payroll on Managed laptops` */
export function journeyTitle({ population, about, deviceClass }: Pick<JourneyView, "population" | "about" | "deviceClass">): string {
  const on = deviceClass === null ? "" : ` on ${deviceClass.name ?? deviceClass.key}`;
  return `${POPULATION_WORDS[population]} to ${about.name ?? about.key}${on}`;
}
