/** Plans and their drills: load, decide, commit. What it asks of the other modules is wired by compose. */
import { createHash } from "node:crypto";

import type { SubjectChange } from "../journal/append.ts";
import { type CommitContext, retryOnConflict } from "../journal/append.ts";
import type { Actor } from "../journal/entry.ts";
import type { Decision } from "../kernel/decision.ts";
import { refusal, Refused } from "../kernel/problem.ts";
import type { Instant } from "../kernel/time.ts";
import type { LockoutModel } from "../lockout/model.ts";
import { commitOnce, type PersonId } from "../people/index.ts";
import type { Tx } from "../platform/db.ts";
import type { Acting, Somebody } from "./decide-plan.ts";
import {
  decideAbort,
  decideAsk,
  decideByClock,
  decideEvidence,
  decideFinish,
  decideJoin,
  decideJudge,
  decideNote,
  decideSkip,
  decideStart,
  decideStep,
  type Signing,
  triesOf,
} from "./decide.ts";
import { type Drill, type DrillEvent, endedAt, hasPassed, type Joined, type NewDrill } from "./drill.ts";
import { type DrillPlan, type DrillPlanId, nextDueAt } from "./plan.ts";
import type { EvidenceFile } from "./probe.ts";
import { runText } from "./judge.ts";
import { createDrillStore, type DrillStore } from "./store.ts";
import type { Stored, SubjectFilter } from "../journal/subjects.ts";

export interface DrillWorld {
  person(id: string): Promise<Somebody>;
  /** What is active in the estate. */
  model(): Promise<LockoutModel>;
}

export interface DrillDependencies extends CommitContext {
  readonly world: DrillWorld;
  /** `sha256:` and hex, of text. */
  readonly hash: (text: string) => string;
  /** Asks, within the commit, whom to tell of what became of one. */
  readonly requestTelling: (tx: Tx, subject: string) => Promise<void>;
  /** Asks, within the commit, for a probe of a drill to be run; `attempt` is the number of this try. */
  readonly requestProbe: (tx: Tx, drill: string, probe: string, attempt: number) => Promise<void>;
}

export interface Shared extends DrillDependencies {
  readonly store: DrillStore;
}

/** The clock's own acts. */
export const CLOCK: Actor = { kind: "system", id: "drills" };
const MAX_EVIDENCE_BYTES = 512 * 1024;

export type DrillService = ReturnType<typeof createDrillService>;

export function createDrillService(deps: Shared) {
  const { store } = deps;
  const act = (id: string, acting: Acting, decide: (drill: Drill) => Decision<DrillEvent>) =>
    actOn(deps, id, acting.at, personOf(acting.by), (drill) => decided(decide(drill)));
  return {
    find: async (id: string): Promise<Drill | undefined> => (await store.drills.find(id))?.state,
    load: async (id: string): Promise<Drill> => (await loadDrill(deps, id)).state,
    list: (filter: SubjectFilter) => store.drills.list(filter),
    listTimed: (since: Instant, until: Instant) => store.listTimed(since, until),
    /** What is to come or runs of the plans that a person answers for. */
    comingOf: (owner: string) => store.listOpenOf(owner),
    start: (id: string, acting: Acting, people: { participants: readonly PersonId[]; observers: readonly PersonId[] }) =>
      start(deps, id, acting, people),
    skip: async (id: string, acting: Acting, reason: string) => {
      const plan = await planOf(deps, id);
      return act(id, acting, (drill) => decideSkip(drill, acting, reason, plan.owner));
    },
    tick: (id: string, acting: Acting, step: number) => act(id, acting, (drill) => decideStep(drill, acting, step)),
    note: (id: string, acting: Acting, text: string) => act(id, acting, (drill) => decideNote(drill, acting, text)),
    judge: (id: string, acting: Acting, criterion: number, met: boolean) =>
      act(id, acting, (drill) => decideJudge(drill, acting, criterion, met)),
    join: async (id: string, acting: Acting, joining: Pick<Joined, "person" | "as">) => {
      const person = await deps.world.person(joining.person);
      return act(id, acting, (drill) => decideJoin(drill, acting, joining, person));
    },
    /** Asks for a probe of the sheet; what it sees is written on it when it is known. */
    probe: (id: string, acting: Acting, probe: string) =>
      actOn(
        deps,
        id,
        acting.at,
        personOf(acting.by),
        (drill) => decided(decideAsk(drill, acting, probe)),
        (tx, after) => deps.requestProbe(tx, id, probe, "run" in after ? triesOf(after.run, probe) : 0),
      ),
    addEvidence: async (id: string, acting: Acting, name: string, bytes: Uint8Array) => {
      refuseTooLarge(bytes);
      const digest = digestOf(bytes);
      const file: EvidenceFile = { name, digest, bytes: bytes.length };
      decided(decideEvidence((await loadDrill(deps, id)).state, acting, file));
      await store.keepEvidence(digest, bytes, acting.at);
      return act(id, acting, (drill) => decideEvidence(drill, acting, file));
    },
    /** A file that a drill names, of its people or of its probes. */
    readEvidence: (drill: Drill, digest: string) => readEvidence(deps, drill, digest),
    abort: (id: string, acting: Acting, reason: string) => act(id, acting, (drill) => decideAbort(drill, acting, reason)),
    /** What is signed is what is read in the commit: a line written in between is not covered by the signature. */
    finish: async (id: string, signing: Signing) => {
      const signer = await deps.world.person(signing.by);
      return act(id, signing, (drill) => decideFinish(drill, signing, signer, contentHashOf(deps, drill)));
    },
    /** What time alone demands: what was not begun is overdue, what was not finished has ended unknown. */
    async runClock(now: Instant): Promise<void> {
      for (const id of await store.listDue(now)) await actOn(deps, id, now, CLOCK, (drill) => decideByClock(drill, now));
    },
  };
}

export function createShared(deps: DrillDependencies): Shared {
  return { ...deps, store: createDrillStore(deps.db) };
}

async function start(
  deps: Shared,
  id: string,
  acting: Acting,
  people: { participants: readonly PersonId[]; observers: readonly PersonId[] },
) {
  const plan = await planOf(deps, id);
  const named = [...new Set([...people.participants, ...people.observers])];
  const known = new Map<string, Somebody>(await Promise.all(named.map(async (each) => [each, await deps.world.person(each)] as const)));
  return actOn(deps, id, acting.at, personOf(acting.by), (drill) =>
    decided(decideStart(drill, { ...acting, ...people }, { plan, people: known })),
  );
}

/** Commits what was decided; where the drill ends by it, the next one of its plan is scheduled in the same commit. */
export async function actOn(
  deps: Shared,
  id: string,
  at: Instant,
  actor: Actor,
  decide: (drill: Drill) => readonly DrillEvent[],
  alongside: (tx: Tx, after: Drill) => Promise<void> = () => Promise.resolve(),
): Promise<Drill> {
  return retryOnConflict(async () => {
    const before = await loadDrill(deps, id);
    const events = decide(before.state);
    if (events.length === 0) return before.state;
    const { change, after } = deps.store.drills.change(before, events);
    const plan = endedAt(after) === null ? undefined : (await deps.store.plans.find(after.plan))?.state;
    const changes = plan?.status === "active" ? [change, nextDrill(deps, plan, after)] : [change];
    await commitAndTell(deps, at, actor, changes, (tx) => alongside(tx, after));
    return after;
  });
}

/** Commits, and asks whom to tell of each subject that changed. */
export async function commitAndTell(
  deps: Shared,
  at: Instant,
  actor: Actor,
  changes: readonly SubjectChange[],
  alongside: (tx: Tx) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  await commitOnce(deps, {
    at,
    actor,
    changes,
    alongside: async (tx) => {
      await alongside(tx);
      for (const { kind, subject } of changes) if (kind === "drill") await deps.requestTelling(tx, subject);
    },
  });
}

function nextDrill(deps: Shared, plan: DrillPlan, ended: Drill): SubjectChange {
  const at = endedAt(ended)!;
  return scheduledChange(deps, plan.id, nextDueAt(plan, at, hasPassed(ended)), at);
}

export function scheduledChange({ ids, store }: Shared, plan: DrillPlanId, dueAt: Instant, scheduledAt: Instant): SubjectChange {
  const data: NewDrill = { id: ids.next("drill"), plan, dueAt, scheduledAt };
  return store.drills.change(undefined, [{ type: "drillScheduled", data }]).change;
}

/** Of what is signed; empty where there is nothing to sign. */
export function contentHashOf({ hash }: Pick<DrillDependencies, "hash">, drill: Drill): string {
  return drill.state === "running" ? hash(runText(drill, drill.run)) : "";
}

async function readEvidence({ store }: Shared, drill: Drill, digest: string): Promise<{ file: EvidenceFile; bytes: Uint8Array }> {
  const run = "run" in drill ? drill.run : undefined;
  const files = [...(run?.files ?? []).map(({ file }) => file), ...(run?.probed ?? []).flatMap(({ result }) => result.evidence)];
  const file = files.find((each) => each.digest === digest);
  const bytes = file && (await store.readEvidence(digest));
  if (file === undefined || bytes === undefined) throw notFound(`The drill names no file ${digest} that is kept.`);
  // What was signed is the digest: other bytes under its name are shown to nobody.
  if (digestOf(bytes) !== digest)
    throw new Refused([refusal("drills.evidenceDamaged", `What is kept of ${file.name} is not what was added: its digest differs.`)], 409);
  return { file, bytes };
}

async function loadDrill({ store }: Shared, id: string): Promise<Stored<Drill>> {
  const found = await store.drills.find(id);
  if (found === undefined) throw notFound(`There is no drill ${id}.`);
  return found;
}

export async function planOf(deps: Shared, drill: string): Promise<DrillPlan> {
  const { plan } = (await loadDrill(deps, drill)).state;
  return (await deps.store.plans.find(plan))!.state;
}

export function notFound(detail: string): Refused {
  return new Refused([refusal("drills.notFound", detail)], 404);
}

function refuseTooLarge({ length }: Uint8Array): void {
  if (length <= MAX_EVIDENCE_BYTES) return;
  throw new Refused([refusal("drills.evidenceTooLarge", `A file may have ${MAX_EVIDENCE_BYTES} bytes; this one has ${length}.`)], 413);
}

/** By which evidence is named. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

export function decided<Event>(decision: Decision<Event>): readonly Event[] {
  if (!decision.accepted) throw new Refused(decision.reasons, 422);
  return decision.events;
}

export function personOf(id: PersonId): Actor {
  return { kind: "person", id };
}
