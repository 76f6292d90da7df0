/** The result of deciding a command: either everything that happened, or every reason why nothing did. */
import type { Refusal } from "./problem.ts";

export type Decision<Event> = Accepted<Event> | Declined;

export interface Accepted<Event> {
  readonly accepted: true;
  readonly events: readonly Event[];
}

export interface Declined {
  readonly accepted: false;
  readonly reasons: readonly Refusal[];
}

export function accept<Event>(...events: readonly Event[]): Accepted<Event> {
  return { accepted: true, events };
}

export function decline(...reasons: readonly Refusal[]): Declined {
  return { accepted: false, reasons };
}

/** Declines with all reasons at once, or else accepts what `events` gives. */
export function unless<Event>(reasons: readonly Refusal[], events: () => readonly Event[]): Decision<Event> {
  return reasons.length > 0 ? { accepted: false, reasons } : { accepted: true, events: events() };
}
