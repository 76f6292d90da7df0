/** What a drill can be of: the words of the catalogue, and what a run sheet is made from. */
import type { ProbeKind } from "./probe.ts";

/** Moments of a drill that are measured from: the failure begins, somebody notices, what to do is decided, people are in, all is as before. */
export const MARKS = ["failed", "detected", "decided", "inside", "restored"] as const;
export type Mark = (typeof MARKS)[number];

/** What is measured, each from the moment of the failure. */
export const TIMES = ["detect", "decide", "access", "restore"] as const;
export type TimeKind = (typeof TIMES)[number];

/** The moment at which each ends. */
export const MARK_OF: Readonly<Record<TimeKind, Mark>> = { detect: "detected", decide: "decided", access: "inside", restore: "restored" };

/** Minutes allowed; null: measured where it is marked, and not judged. */
export type Targets = Readonly<Record<TimeKind, number | null>>;

export interface Step {
  readonly text: string;
  /** The moment that ticking it marks. */
  readonly marks: Mark | null;
}

export const SUBJECT_KINDS = ["operation", "path", "component"] as const;
export type SubjectKind = (typeof SUBJECT_KINDS)[number];

export interface Exercise {
  readonly key: string;
  readonly name: string;
  /** What is expected to hold; the drill tries to show that it does not. */
  readonly hypothesis: string;
  /** Whom it may touch at worst. */
  readonly blastRadius: string;
  /** When to stop at once. */
  readonly abort: string;
  readonly steps: readonly Step[];
  /** Judged by the observers, each; what nobody judged is unknown, which is not met. */
  readonly criteria: readonly string[];
  /** A plan holds a probe of at least one of these kinds; none: people see all there is to see. */
  readonly probes: readonly ProbeKind[];
  /** Days between two, at most, by tier 1 to 4. */
  readonly everyDays: readonly [number, number, number, number];
  /** How many observers it takes at least; they take no part. */
  readonly observers: number;
  readonly about: readonly SubjectKind[];
  readonly targets: Targets;
  readonly shows: readonly Shown[];
  /** Whether Postern can hold it alone: its steps are Postern's own, and its probes say all there is to say. */
  readonly byItself: boolean;
}

/**
 * What one that passed says of the estate: `path`: somebody got in by the way it is about; `failure`: what it lets fail really failed, so
 * that how long it took to be back is the time of a repair. What people only talked through shows neither.
 */
export const SHOWN = ["path", "failure"] as const;
export type Shown = (typeof SHOWN)[number];

export const NO_TARGETS: Targets = { detect: null, decide: null, access: null, restore: null };

export function step(text: string, marks: Mark | null = null): Step {
  return { text, marks };
}
