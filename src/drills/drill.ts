/** One drill of a plan: until when it is to be held, who held it, all that was done and seen, and what came of it. */
import type { Tier } from "../estate/estate.ts";
import type { Id } from "../kernel/id.ts";
import type { Instant } from "../kernel/time.ts";
import type { PersonId } from "../people/person.ts";
import type { ExerciseKey } from "./catalogue.ts";
import type { Step, Targets, TimeKind } from "./exercise.ts";
import type { DrillPlanId, PlannedProbe, Subject } from "./plan.ts";
import type { EvidenceFile, ProbeOutcome, ProbeResult } from "./probe.ts";

export type DrillId = Id<"drill">;

export interface NewDrill {
  readonly id: DrillId;
  readonly plan: DrillPlanId;
  /** Held up to, not including, this instant; after it the control has failed. */
  readonly dueAt: Instant;
  readonly scheduledAt: Instant;
}

/** What a drill is run by: the plan and the catalogue as they were when it was started. */
export interface Sheet {
  readonly name: string;
  readonly exercise: ExerciseKey;
  readonly subject: Subject;
  readonly tier: Tier;
  readonly owner: PersonId;
  readonly hypothesis: string;
  readonly blastRadius: string;
  readonly abort: string;
  readonly steps: readonly Step[];
  readonly criteria: readonly string[];
  readonly probes: readonly PlannedProbe[];
  readonly fails: readonly string[];
  readonly targets: Targets;
  /** How many observers it takes at least. */
  readonly observers: number;
  /** Postern holds it by itself: nobody takes part, nobody writes on it, and nobody signs it. */
  readonly unattended: boolean;
}

interface By {
  readonly by: PersonId;
  readonly at: Instant;
}

export interface StepDone extends By {
  /** Its place on the sheet, from 0. */
  readonly step: number;
}
export interface Judged extends By {
  readonly criterion: number;
  readonly met: boolean;
}
export interface ProbeAsked {
  readonly probe: string;
  /** Null: by Postern itself. */
  readonly by: PersonId | null;
  readonly at: Instant;
}
export interface Probed {
  readonly probe: string;
  readonly result: ProbeResult;
}
export interface Note extends By {
  readonly text: string;
}
export interface FileAdded extends By {
  readonly file: EvidenceFile;
}
export const PARTS = ["participant", "observer"] as const;
export type Part = (typeof PARTS)[number];
export interface Joined extends By {
  readonly person: PersonId;
  readonly as: Part;
}

export interface Started {
  /** Null: by Postern itself. */
  readonly by: PersonId | null;
  readonly at: Instant;
  readonly sheet: Sheet;
  readonly participants: readonly PersonId[];
  readonly observers: readonly PersonId[];
}

/** All that was done and seen, in the order it was. */
export interface Run {
  readonly sheet: Sheet;
  readonly startedBy: PersonId | null;
  readonly startedAt: Instant;
  readonly wasOverdue: boolean;
  readonly participants: readonly PersonId[];
  readonly observers: readonly PersonId[];
  readonly done: readonly StepDone[];
  readonly asked: readonly ProbeAsked[];
  readonly probed: readonly Probed[];
  readonly judged: readonly Judged[];
  readonly notes: readonly Note[];
  readonly files: readonly FileAdded[];
}

/** Why a drill failed: each by what it is of. */
export type Fault =
  | { readonly of: "step"; readonly step: number }
  | { readonly of: "probe"; readonly probe: string; readonly outcome: Exclude<ProbeOutcome, "passed"> }
  | { readonly of: "criterion"; readonly criterion: number; readonly is: "notMet" | "unknown" }
  | { readonly of: "time"; readonly time: TimeKind; readonly is: "missed" | "unknown" };

/** Milliseconds from the failure; null: not marked. */
export type Times = Readonly<Record<TimeKind, number | null>>;

export interface Outcome {
  readonly outcome: "passed" | "failed";
  readonly faults: readonly Fault[];
  readonly times: Times;
}

export interface Finished extends By, Outcome {
  /** Digest of the passkey assertion over the whole run and its outcome. */
  readonly assertion: string;
}
/** Of one that was unattended: what vouches for it is the log of this installation, and no person. */
export interface Concluded extends Outcome {
  readonly by: null;
  readonly at: Instant;
  /** Of the whole run and its outcome, by which `postern verify` holds it. */
  readonly contentHash: string;
}
export interface Aborted {
  /** Null: nobody finished it, and the clock did. */
  readonly by: PersonId | null;
  readonly at: Instant;
  readonly reason: string;
}
export interface Skipped extends By {
  readonly reason: string;
}

interface Waiting extends NewDrill {
  readonly state: "scheduled";
}
interface Overdue extends NewDrill {
  readonly state: "overdue";
  readonly overdueSince: Instant;
}
export interface Running extends NewDrill {
  readonly state: "running";
  readonly run: Run;
}
interface Over extends NewDrill {
  readonly run: Run;
}

export type Drill =
  | Waiting
  | Overdue
  | Running
  | (Over & { readonly state: "finished"; readonly finished: Finished | Concluded })
  | (Over & { readonly state: "aborted"; readonly aborted: Aborted })
  | (NewDrill & { readonly state: "skipped"; readonly skipped: Skipped });
export const DRILL_STATES = [
  "scheduled",
  "overdue",
  "running",
  "finished",
  "aborted",
  "skipped",
] as const satisfies readonly Drill["state"][];
export type DrillState = (typeof DRILL_STATES)[number];

export type DrillEvent =
  | { readonly type: "drillScheduled"; readonly data: NewDrill }
  | { readonly type: "drillOverdue"; readonly data: { readonly dueAt: Instant } }
  | { readonly type: "drillStarted"; readonly data: Started }
  | { readonly type: "drillStepDone"; readonly data: StepDone }
  | { readonly type: "drillProbeAsked"; readonly data: ProbeAsked }
  | { readonly type: "drillProbed"; readonly data: Probed }
  | { readonly type: "drillJudged"; readonly data: Judged }
  | { readonly type: "drillNoted"; readonly data: Note }
  | { readonly type: "drillEvidenceAdded"; readonly data: FileAdded }
  | { readonly type: "drillJoined"; readonly data: Joined }
  | { readonly type: "drillFinished"; readonly data: Finished }
  | { readonly type: "drillConcluded"; readonly data: Concluded }
  | { readonly type: "drillAborted"; readonly data: Aborted }
  | { readonly type: "drillSkipped"; readonly data: Skipped };

/** Whether one that should have been begun was not, at a moment: by the clock, whatever the tick has noted. */
export function isOverdueAt(drill: Drill, now: Instant): boolean {
  return drill.state === "overdue" || (drill.state === "scheduled" && now >= drill.dueAt);
}

/** When it ended; null while it has not. */
export function endedAt(drill: Drill): Instant | null {
  if (drill.state === "finished") return drill.finished.at;
  if (drill.state === "aborted") return drill.aborted.at;
  return drill.state === "skipped" ? drill.skipped.at : null;
}

export function hasPassed(drill: Drill): boolean {
  return drill.state === "finished" && drill.finished.outcome === "passed";
}
