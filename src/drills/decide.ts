import { type Decision, decline, unless } from "../kernel/decision.ts";
import type { Refusal } from "../kernel/problem.ts";
import { addDuration, duration, type Instant } from "../kernel/time.ts";
import type { PersonId } from "../people/person.ts";
import { exerciseOf } from "./catalogue.ts";
import { type Acting, governs, type Somebody } from "./decide-plan.ts";
import type { Drill, DrillEvent, Part, Run, Running, Sheet } from "./drill.ts";
import { judge, markedAt } from "./judge.ts";
import type { DrillPlan } from "./plan.ts";
import type { EvidenceFile, ProbeResult } from "./probe.ts";
import { refuseIf } from "./refusals.ts";

/** What is on the sheet of a drill that is begun now. Where Postern holds it alone, its probes are its steps. */
export function sheetOf({ name, exercise, subject, tier, owner, probes, fails, targets }: DrillPlan, unattended: boolean): Sheet {
  const { hypothesis, blastRadius, abort, criteria, observers, ...more } = exerciseOf(exercise);
  const steps = unattended ? [] : more.steps;
  const what = { name, exercise, subject, tier, owner, hypothesis, blastRadius, abort };
  return { ...what, steps, criteria, probes, fails, targets, observers, unattended };
}

/** No sheet needs more of any kind of line; a program that writes without end is stopped. */
const MOST_LINES = 200;
/** Who does not finish within this leaves it unknown how it went: the clock ends it. */
export const LONGEST_RUN = duration("P7D");

export interface Starting extends Acting {
  readonly participants: readonly PersonId[];
  readonly observers: readonly PersonId[];
}

export interface StartFacts {
  readonly plan: DrillPlan;
  readonly people: ReadonlyMap<string, Somebody>;
}

export function decideStart(drill: Drill, starting: Starting, { plan, people }: StartFacts): Decision<DrillEvent> {
  const { by, roles, at, participants, observers } = starting;
  const sheet = sheetOf(plan, false);
  const strangers = [...participants, ...observers].filter((id) => people.get(id)?.active !== true);
  const reasons = [
    ...waitingReasons(drill),
    ...refuseIf(by !== plan.owner && !governs(roles), "drills.notYours", "Only the plan's owner, IAM and governance begin it."),
    ...refuseIf(strangers.length > 0, "drills.personUnknown", `Not here, or not known: ${strangers.join(", ")}.`),
    ...refuseIf(overlap(participants, observers), "drills.observerTakesPart", "Name each on one side only.", "/observers"),
    ...refuseIf(
      new Set(observers).size < sheet.observers,
      "drills.observerNeeded",
      `It takes ${sheet.observers} who look on and take no part.`,
      "/observers",
    ),
    ...refuseIf(sheet.observers > 0 && participants.length === 0, "drills.participantNeeded", "Name who takes part.", "/participants"),
  ];
  return unless<DrillEvent>(reasons, () => [
    // That it is begun late is on its sheet, whether or not the tick has come by.
    ...overdueBy(drill, at),
    { type: "drillStarted", data: { by, at, sheet, participants: unique(participants), observers: unique(observers) } },
  ]);
}

export function decideSkip(drill: Drill, { by, roles, at }: Acting, reason: string, owner: PersonId): Decision<DrillEvent> {
  const reasons = [
    ...waitingReasons(drill),
    ...refuseIf(by !== owner && !governs(roles), "drills.notYours", "Only the plan's owner, IAM and governance skip it."),
  ];
  return unless<DrillEvent>(reasons, () => [...overdueBy(drill, at), { type: "drillSkipped", data: { by, at, reason } }]);
}

/** The clock's: what was not begun in time is overdue, what was not finished in time is aborted; else nothing. */
export function decideByClock(drill: Drill, now: Instant): readonly DrillEvent[] {
  if (drill.state !== "running") return overdueBy(drill, now);
  if (!hasRunOut(drill, now)) return [];
  return [{ type: "drillAborted", data: { by: null, at: now, reason: "Nobody finished it within seven days: how it went is unknown." } }];
}

export function overdueBy(drill: Drill, now: Instant): readonly DrillEvent[] {
  return drill.state === "scheduled" && now >= drill.dueAt ? [{ type: "drillOverdue", data: { dueAt: drill.dueAt } }] : [];
}

/** By the clock, whether or not the tick has ended it. */
function hasRunOut({ run }: Running, now: Instant): boolean {
  return now >= addDuration(run.startedAt, LONGEST_RUN);
}

export function decideStep(drill: Drill, acting: Acting, step: number): Decision<DrillEvent> {
  return writing(drill, acting, ({ run }) => {
    const marks = run.sheet.steps[step]?.marks ?? null;
    const reasons = [
      ...refuseIf(run.sheet.steps[step] === undefined, "drills.noSuchLine", `The sheet has no step ${step}.`),
      ...refuseIf(
        run.done.some((each) => each.step === step),
        "drills.alreadyDone",
        "This step was ticked before; its time stays.",
      ),
      ...refuseIf(
        marks !== null &&
          marks !== "failed" &&
          markedAt(run, "failed") === undefined &&
          run.sheet.steps.some((each) => each.marks === "failed"),
        "drills.clockNotStarted",
        "Tick the step by which the failure begins first: times are measured from it.",
      ),
    ];
    return { reasons, event: { type: "drillStepDone", data: { step, by: acting.by, at: acting.at } } };
  });
}

export function decideNote(drill: Drill, acting: Acting, text: string): Decision<DrillEvent> {
  return writing(drill, acting, ({ run }) => ({
    reasons: full(run.notes),
    event: { type: "drillNoted", data: { text, by: acting.by, at: acting.at } },
  }));
}

export function decideEvidence(drill: Drill, acting: Acting, file: EvidenceFile): Decision<DrillEvent> {
  return writing(drill, acting, ({ run }) => ({
    reasons: full(run.files),
    event: { type: "drillEvidenceAdded", data: { file, by: acting.by, at: acting.at } },
  }));
}

export function decideAsk(drill: Drill, acting: Acting, probe: string): Decision<DrillEvent> {
  return writing(drill, acting, ({ run }) => ({
    reasons: [
      ...refuseIf(!run.sheet.probes.some(({ key }) => key === probe), "drills.noSuchLine", `The sheet has no probe "${probe}".`),
      ...refuseIf(isAwaited(run, probe), "drills.probeWaits", "Its result is awaited."),
      ...full(run.probed),
    ],
    event: { type: "drillProbeAsked", data: { probe, by: acting.by, at: acting.at } },
  }));
}

export interface ProbeTry {
  readonly probe: string;
  /** Counted from 1. */
  readonly attempt: number;
}

/** Whether a probe was asked for and has not answered. */
export function isAwaited({ asked, probed }: Pick<Run, "asked" | "probed">, probe: string): boolean {
  return triesOf({ asked }, probe) > probed.filter((each) => each.probe === probe).length;
}

/** How often a probe was asked for: the number of its last try. */
export function triesOf({ asked }: Pick<Run, "asked">, probe: string): number {
  return asked.filter((each) => each.probe === probe).length;
}

/**
 * A result nobody waits for is dropped: the drill is over, or a probe that was cut off ran again. One of an earlier try is dropped as
 * well: what was seen before somebody asked again does not answer them.
 */
export function decideProbed(drill: Drill, { probe, attempt }: ProbeTry, result: ProbeResult): readonly DrillEvent[] {
  if (drill.state !== "running" || !isAwaited(drill.run, probe) || attempt !== triesOf(drill.run, probe)) return [];
  return [{ type: "drillProbed", data: { probe, result } }];
}

export function decideJudge(drill: Drill, acting: Acting, criterion: number, met: boolean): Decision<DrillEvent> {
  const { by, at } = acting;
  return writing(drill, acting, (running) => ({
    reasons: [
      ...refuseIf(running.run.sheet.criteria[criterion] === undefined, "drills.noSuchLine", `The sheet has no criterion ${criterion}.`),
      ...signerReasons(running, by),
      ...full(running.run.judged),
    ],
    event: { type: "drillJudged", data: { criterion, met, by, at } },
  }));
}

export function decideJoin(drill: Drill, acting: Acting, joining: { person: PersonId; as: Part }, person: Somebody): Decision<DrillEvent> {
  return writing(drill, acting, ({ run }) => {
    const [own, other] = joining.as === "observer" ? [run.observers, run.participants] : [run.participants, run.observers];
    const reasons = [
      ...refuseIf(person?.active !== true, "drills.personUnknown", "Name somebody who is here.", "/person"),
      ...refuseIf(own.includes(joining.person), "drills.alreadyDone", "They are on the sheet."),
      ...refuseIf(other.includes(joining.person), "drills.observerTakesPart", "They are on the other side of the sheet.", "/person"),
      ...refuseIf(
        joining.as === "observer" && (!mayBegin(run, acting) || run.participants.includes(acting.by)),
        "drills.notYours",
        "Only who began it, its owner, IAM and governance say who looks on, and none of them who takes part: nobody chooses who judges them.",
        "/as",
      ),
      ...full(own),
    ];
    return { reasons, event: { type: "drillJoined", data: { ...joining, by: acting.by, at: acting.at } } };
  });
}

export function decideAbort(drill: Drill, acting: Acting, reason: string): Decision<DrillEvent> {
  const { by, at } = acting;
  const write = () => ({ reasons: [], event: { type: "drillAborted", data: { by, at, reason } } as const });
  return writing(drill, acting, write, { isStop: true });
}

export interface Signing extends Acting {
  readonly assertion: string;
  /** Of what was signed. */
  readonly contentHash: string;
}

/** `by` signed the run and what it amounts to; the assertion was verified before. `contentHash`: of the drill as it is now. */
export function decideFinish(drill: Drill, signing: Signing, signer: Somebody, contentHash: string): Decision<DrillEvent> {
  const { by, at, assertion } = signing;
  return writing(drill, signing, (running) => ({
    reasons: [
      ...signerReasons(running, by),
      ...refuseIf(
        signing.contentHash !== contentHash,
        "drills.sheetChanged",
        "Something was written on the sheet after it was read. Read it again.",
      ),
      ...refuseIf(signer?.active !== true, "drills.personUnknown", "Only somebody who is here signs."),
      ...refuseIf(
        running.run.sheet.probes.some(({ key }) => isAwaited(running.run, key)),
        "drills.probeWaits",
        "A probe still runs. Wait for what it sees, or abort.",
      ),
    ],
    event: { type: "drillFinished", data: { by, at, assertion, ...judge(running.run) } },
  }));
}

/** Who looks on and takes no part judges; where the exercise needs nobody to look on and nobody does, its owner. */
export function maySign({ run }: Pick<Running, "run">, person: string): boolean {
  if (run.sheet.unattended) return false;
  if (run.participants.some((each) => each === person)) return false;
  if (run.observers.length > 0) return run.observers.some((each) => each === person);
  return run.sheet.observers === 0 && run.sheet.owner === person;
}

/** Who is on the sheet, or sees that the drill is held. */
export function mayWrite({ run }: Pick<Running, "run">, { by, roles }: Pick<Acting, "by" | "roles">): boolean {
  return governs(roles) || [...run.participants, ...run.observers, run.sheet.owner, run.startedBy].includes(by);
}

/** Who sees that it is held: they begin it, and say who looks on. */
function mayBegin({ sheet, startedBy }: Run, { by, roles }: Acting): boolean {
  return governs(roles) || by === sheet.owner || by === startedBy;
}

function signerReasons(running: Running, by: PersonId): readonly Refusal[] {
  return refuseIf(!maySign(running, by), "drills.onlyObserversJudge", "Only who looks on and takes no part judges and signs.");
}

interface Line {
  readonly reasons: readonly Refusal[];
  readonly event: DrillEvent;
}

function writing(drill: Drill, acting: Acting, write: (running: Running) => Line, { isStop } = { isStop: false }): Decision<DrillEvent> {
  if (drill.state !== "running") return decline(...refuseIf(true, "drills.notInThisState", `The drill is ${drill.state}, not running.`));
  const { reasons, event } = write(drill);
  const general = [
    ...refuseIf(!mayWrite(drill, acting), "drills.notOnTheSheet", "You take no part in this drill and do not observe it."),
    ...refuseIf(
      drill.run.sheet.unattended && !isStop,
      "drills.unattended",
      "Postern holds this one by itself: nobody writes on its sheet. It can be stopped.",
    ),
    ...refuseIf(hasRunOut(drill, acting.at), "drills.notInThisState", "Seven days have passed since it began: how it went is unknown."),
  ];
  return unless<DrillEvent>([...general, ...reasons], () => [event]);
}

function waitingReasons({ state }: Drill): readonly Refusal[] {
  const isWaiting = state === "scheduled" || state === "overdue";
  return refuseIf(!isWaiting, "drills.notInThisState", `The drill is ${state}.`);
}

function full(lines: readonly unknown[]): readonly Refusal[] {
  return refuseIf(lines.length >= MOST_LINES, "drills.sheetFull", `A sheet takes ${MOST_LINES} lines of a kind.`);
}

function overlap(some: readonly string[], others: readonly string[]): boolean {
  return some.some((each) => others.includes(each));
}

function unique<T>(list: readonly T[]): readonly T[] {
  return [...new Set(list)];
}
