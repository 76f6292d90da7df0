/** "Really off?": what the register says held against what the provider was last seen to hold. */
import type { ExceptionRowView } from "../../../src/exceptions/contract-views.ts";
import { lengthWords } from "../../parts/time-words.ts";
import type { Sign } from "../../parts/tone.ts";

type Seen = Pick<ExceptionRowView, "state" | "inForce" | "observed" | "isStale" | "overstayMinutes" | "endsAt">;

export interface ReallyOff {
  readonly sign: Sign;
  /** How long it was on without the right, where it was. */
  readonly detail?: string;
}

const NOTHING_ORDERED: Sign = { word: "Nothing ordered", tone: "idle", shape: "dashed" };
const NOT_KNOWN: Sign = { word: "Not known", tone: "unknown", shape: "question" };
const ON_AS_GRANTED: Sign = { word: "On, as granted", tone: "open", shape: "solid" };
const STILL_ON: Sign = { word: "Still on", tone: "bad", shape: "alarm" };
const ON_STANDBY: Sign = { word: "On standby", tone: "open", shape: "watched" };
const OFF: Sign = { word: "Off, seen", tone: "ok", shape: "shut" };
const OFF_THOUGH_GRANTED: Sign = { word: "Off, though granted", tone: "wait", shape: "barred" };

/** A state never answers this: only what was read back does, and not for long. What was still on is not let off for being old. */
export function reallyOff(row: Seen, nowMs: number): ReallyOff {
  const sign = signOfSeen(row, nowMs);
  if (row.isStale && sign !== STILL_ON) return { sign: NOT_KNOWN, detail: `${sign.word.toLowerCase()}, when last read` };
  if (row.overstayMinutes === 0) return { sign };
  const over = lengthWords(row.overstayMinutes * 60_000);
  return { sign, detail: sign === STILL_ON ? `${over} over` : `was ${over} over` };
}

/** Held ready for an emergency: the provider is meant to hold it, though it lets nobody through until a use of it begins. */
export function isOnStandby({ state, inForce, observed, endsAt }: Seen, nowMs: number): boolean {
  return state === "active" && !inForce && observed === "present" && endsAt !== null && Date.parse(endsAt) > nowMs;
}

function signOfSeen(row: Seen, nowMs: number): Sign {
  const { inForce, observed } = row;
  switch (observed) {
    case "none":
      return NOTHING_ORDERED;
    case "unknown":
      return NOT_KNOWN;
    case "present":
      if (inForce) return ON_AS_GRANTED;
      return isOnStandby(row, nowMs) ? ON_STANDBY : STILL_ON;
    case "absent":
      return inForce ? OFF_THOUGH_GRANTED : OFF;
  }
}
