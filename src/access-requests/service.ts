/** Access requests: filed by callers, taken up or declined by the people they are about. What it asks of the others is wired by compose. */
import { type ExceptionState, versionInEffect } from "../exceptions/exception.ts";
import type { ExceptionId } from "../exceptions/version.ts";
import { type CommitContext, retryOnConflict, type SubjectChange, VersionConflict } from "../journal/append.ts";
import type { Actor } from "../journal/entry.ts";
import type { Decision } from "../kernel/decision.ts";
import { refusal, Refused } from "../kernel/problem.ts";
import type { Instant } from "../kernel/time.ts";
import { commitOnce, type PersonId } from "../people/index.ts";
import type { Db, Tx } from "../platform/db.ts";
import { type AccessRequest, type AccessRequestEvent, type AskedAccount, type Filed, isWaiting, waitsUntil } from "./access-request.ts";
import { cancel, decline, filingReasons, isTooMany, isUnderReview, refuse, shortest, standsReady, takeUp } from "./decide.ts";
import type { Denial, Named } from "./denial.ts";
import type { RequestRefusal } from "./refusals.ts";
import { progressOf } from "./status.ts";
import { createRequestStore, type RequestStore, type StoredRequest } from "./store.ts";

export interface RequestWorld {
  /** The one person a subject of a question stands for, and their account; undefined where it is nobody, or not one alone. */
  personBehind(subject: Named): Promise<{ readonly person: PersonId; readonly account: AskedAccount } | undefined>;
  /** Everybody tied to a person now, on either side: none of them decides what the other wants. */
  actsFor(person: string, now: Instant): Promise<readonly PersonId[]>;
  /** Those in whose place a person stands now, in everything: what waits for them waits for that person too. */
  standsInFor(person: string, now: Instant): Promise<readonly PersonId[]>;
  exception(id: string): Promise<ExceptionState | undefined>;
  /** By its id, or as people refer to it. */
  exceptionId(idOrRef: string): Promise<string | undefined>;
  nameOf(person: string): Promise<string | undefined>;
  /** What people call an application, a policy, an action. */
  resourceName(resource: Named): Promise<string>;
  /** Opens a draft out of what was denied, committed with what `together` gives, or not at all. Returns the exception's id. */
  openDraft(claim: DraftClaim): Promise<string>;
  /** Whether this person is on point now, or holds a seat that reviews emergencies. */
  answersEmergencies(person: string, now: Instant): Promise<boolean>;
  /** Begins a bounded use of a standing exception, committed with what `together` gives, or not at all. */
  beginUse(
    exception: ExceptionId,
    use: Use & { by: PersonId; now: Instant; together: () => Promise<readonly SubjectChange[]> },
  ): Promise<void>;
}

export interface DraftClaim {
  readonly request: AccessRequest;
  readonly category: string;
  readonly unit: string;
  readonly requester: PersonId;
  readonly now: Instant;
  readonly together: (exception: string) => Promise<readonly SubjectChange[]>;
}

export interface RequestDependencies extends CommitContext {
  readonly world: RequestWorld;
}

interface Shared extends RequestDependencies {
  readonly store: RequestStore;
}

/** What a caller files: the denial is its own, and what it says beside it is what it says. */
export interface Filing extends Pick<Filed, "justification" | "wantedUntil" | "emergency"> {
  readonly denial: Denial;
  /** Marks of the caller's own name for it and of what it sent under that. */
  readonly key: { readonly name: string; readonly body: string } | undefined;
}

export interface Told {
  readonly request: AccessRequest;
  /** As it is now, where one came of it. */
  readonly exception: ExceptionState | undefined;
}

/** More than this nobody reads on one page. */
const MOST_SHOWN = 50;

export type RequestService = ReturnType<typeof createRequestService>;

export function createRequestService(given: RequestDependencies) {
  const deps: Shared = { ...given, store: createRequestStore(given.db) };
  const { store, world } = deps;
  return {
    file: (filing: Filing, now: Instant) => file(deps, filing, now),
    namesIn: async ({ person, denial }: AccessRequest) => ({
      personName: (await world.nameOf(person)) ?? person,
      resourceName: await world.resourceName(denial.resource),
    }),
    /** To any caller but the one that filed it there is none. */
    task: async (id: string, caller: string): Promise<Told> => told(deps, (await ofCaller(deps, id, caller)).state),
    cancel: (id: string, caller: string, comment: string, now: Instant): Promise<Told> =>
      retryOnConflict(async () => {
        const before = await ofCaller(deps, id, caller);
        const after = await save(deps, before, decided(cancel(before.state, comment, now)), actorOf(caller), now);
        return told(deps, after);
      }),
    /** What waits for a person, or for whom they act for. */
    async waitingFor(person: string, now: Instant): Promise<readonly AccessRequest[]> {
      const persons = [person, ...(await world.standsInFor(person, now))];
      return (await store.waitingFor(persons, now, MOST_SHOWN)).map(({ state }) => state);
    },
    async ofException(idOrRef: string): Promise<readonly AccessRequest[]> {
      const exception = await world.exceptionId(idOrRef);
      return exception === undefined ? [] : (await store.ofException(exception, MOST_SHOWN)).map(({ state }) => state);
    },
    takeUp: (id: string, as: { category: string; unit: string }, by: PersonId, now: Instant) => takeUpInto(deps, id, { ...as, by, now }),
    /** Emergencies that wait for somebody who is no party to them; of whom that is, is told when it is begun. */
    async emergencies(person: string, now: Instant): Promise<readonly AccessRequest[]> {
      if (!(await world.answersEmergencies(person, now))) return [];
      const partial = new Set<string>([person, ...(await world.actsFor(person, now))]);
      return (await store.emergencies(now, MOST_SHOWN)).map(({ state }) => state).filter((each) => !partial.has(each.person));
    },
    usable: async ({ standing }: AccessRequest) => (standing === null ? null : ((await usable(deps, standing)) ?? null)),
    async loadUsable(id: string, by: PersonId, now: Instant) {
      const { standing } = (await ofEmergency(deps, id, by, now)).state;
      const found = standing === null ? undefined : await usable(deps, standing);
      if (found === undefined) throw refused("requests.notStanding", "No emergency access stands ready for it.", 409);
      return found;
    },
    begin: (id: string, use: Use, by: PersonId, now: Instant) => begin(deps, id, { ...use, by, now }),
    decline: (id: string, reason: string, by: PersonId, now: Instant): Promise<void> =>
      retryOnConflict(async () => {
        const asked = await ofPerson(deps, id, by, now);
        // Whoever passed it on: the same is not asked a second time.
        const all = [asked, ...(await waitingTwins(deps, asked, now))];
        const changes = changesOf(deps, all, (state) => decline(state, by, reason, now));
        await commitOnce(deps, { at: now, actor: { kind: "person", id: by }, changes });
      }),
  };
}

async function file(deps: Shared, filing: Filing, now: Instant): Promise<Told> {
  return retryOnConflict(async () => {
    const known = (await knownAlready(deps, filing, now))?.state;
    if (known !== undefined) await keepKey(deps, filing, known, now);
    return told(deps, known ?? (await fileNew(deps, filing, now)));
  });
}

/** The same denial, the same need of the same caller, or the same name for it, is the same request. */
async function knownAlready(deps: Shared, { denial, key }: Filing, now: Instant): Promise<StoredRequest | undefined> {
  const { store } = deps;
  const kept = key && (await store.findKey(denial.caller, key.name, now));
  if (kept !== undefined && kept.body !== key!.body) {
    const words = "This Idempotency-Key came with another submission before. Take a fresh one.";
    throw new Refused([refuse("requests.keyTaken", words)], 409);
  }
  return kept === undefined ? store.findByEvaluation(denial.evaluation) : store.find(kept.request);
}

/** Throws where somebody was faster with the same key: what it stands for then is read again. */
async function keepKey(
  { db, store }: Shared,
  { denial, key }: Filing,
  request: AccessRequest,
  now: Instant,
  tx: Db | Tx = db,
): Promise<void> {
  if (key === undefined) return;
  const isKept = await store.putKey(tx, denial.caller, key.name, { body: key.body, request: request.id }, now);
  if (!isKept) throw new VersionConflict("the key was taken meanwhile");
}

async function fileNew(deps: Shared, filing: Filing, now: Instant): Promise<AccessRequest> {
  const { denial, key: _, ...said } = filing;
  if (denial.expiresAt <= now) {
    throw refused("requests.denialExpired", "The denial was told too long ago: ask the decision point again.", 410);
  }
  const behind = await deps.world.personBehind(denial.subject);
  if (behind === undefined) {
    throw refused(
      "requests.notRequestable",
      "Nobody stands behind this subject who could ask: not known, not here any more, or several.",
      400,
    );
  }
  const standing = said.emergency ? await standingFor(deps, denial, now) : null;
  const filed: Filed = {
    ...said,
    wantedUntil: said.emergency ? shortest(said.wantedUntil, now) : said.wantedUntil,
    standing,
    ...behind,
    denial,
    id: deps.ids.next("accessRequest"),
    filedAt: now,
    expiresAt: waitsUntil(now, said.emergency),
  };
  const twins = await deps.store.ofTwin(filed);
  const own = await goingOn(
    deps,
    twins.filter(({ state }) => state.denial.caller === denial.caller),
    now,
  );
  if (own !== undefined) {
    await keepKey(deps, filing, own, now);
    return own;
  }
  const others = twins.map(({ state }) => state);
  const reasons = filingReasons(others, await deps.store.countWaiting(denial.caller, filed.person, now), now);
  if (reasons.length > 0) throw new Refused(reasons, reasons.some(({ code }) => code === "requests.tooMany") ? 429 : 409);
  const events: AccessRequestEvent[] = [{ type: "accessRequested", data: filed }];
  // Another caller passed the same on before, and the person is at it: this one goes along.
  const other = await goingOn(deps, twins, now);
  if (other?.state === "taken_up") {
    events.push({ type: "accessRequestTakenUp", data: { exception: other.exception, by: other.by, at: now, use: other.use } });
  }
  const { change, after } = deps.store.change(undefined, events);
  await commitOnce(deps, {
    at: now,
    actor: actorOf(denial.caller),
    changes: [...lapsed(deps, twins, denial.caller, now), change],
    alongside: async (tx) => {
      await deps.store.holdCaller(tx, denial.caller);
      const counted = await deps.store.countWaiting(denial.caller, filed.person, now, tx);
      if (isTooMany(counted, "with it")) throw new VersionConflict("others were filed meanwhile");
      await keepKey(deps, filing, after, now, tx);
    },
  });
  return after;
}

/** The exception that nearly let through, where it stands ready for emergencies. While its last use is under review there is no next. */
async function standingFor({ world }: Shared, { exception }: Denial, now: Instant): Promise<ExceptionId | null> {
  const found = exception === null ? undefined : await world.exception(exception);
  if (found === undefined || !standsReady(found, now)) return null;
  if (isUnderReview(found)) {
    throw refused("requests.useUnderReview", "The last use of it is not reviewed yet; there is no next one before that.", 409);
  }
  return found.dossier.id;
}

/** One that waits, or that became an exception which is not in force yet: asking again changes nothing. */
async function goingOn(deps: Shared, twins: readonly StoredRequest[], now: Instant): Promise<AccessRequest | undefined> {
  for (const { state } of twins) {
    if (isWaiting(state, now)) return state;
    if (state.state !== "taken_up") continue;
    const { status, step } = progressOf(state, await deps.world.exception(state.exception), now);
    if (status === "pending" || step === "activation") return state;
  }
  return undefined;
}

/** What is over by its own end makes room, and is noted as that. */
function lapsed({ store }: Shared, twins: readonly StoredRequest[], caller: string, now: Instant): readonly SubjectChange[] {
  const over = twins.filter(({ state }) => state.denial.caller === caller && state.state === "waiting" && !isWaiting(state, now));
  return over.map((before) => store.change(before, [{ type: "accessRequestLapsed", data: { at: now } }]).change);
}

interface TakingUp {
  readonly category: string;
  readonly unit: string;
  readonly by: PersonId;
  readonly now: Instant;
}

/** Everything that waits for the same need of this person becomes one draft. */
async function takeUpInto(deps: Shared, id: string, { category, unit, by, now }: TakingUp): Promise<string> {
  const asked = await ofPerson(deps, id, by, now);
  const taken = (exception: string) => ({ exception: exception as ExceptionId, by, at: now, use: null });
  decided(takeUp(asked.state, taken("")), 409);
  return deps.world.openDraft({
    request: asked.state,
    category,
    unit,
    requester: by,
    now,
    together: async (exception) => {
      const current = await ofPerson(deps, id, by, now);
      return changesOf(deps, [current, ...(await waitingTwins(deps, current, now))], (state) => takeUp(state, taken(exception)));
    },
  });
}

/** The others that wait for the same need, whoever passed them on. */
async function waitingTwins({ store }: Shared, { state: { id, ...like } }: StoredRequest, now: Instant): Promise<readonly StoredRequest[]> {
  return (await store.ofTwin(like)).filter(({ state }) => state.id !== id && isWaiting(state, now));
}

function changesOf(
  { store }: Shared,
  all: readonly StoredRequest[],
  decide: (request: AccessRequest) => Decision<AccessRequestEvent>,
): readonly SubjectChange[] {
  return all.map((before) => store.change(before, decided(decide(before.state), 409)).change);
}

export interface Use {
  readonly until: Instant;
  readonly reason: string;
  /** Hash of the version that is used, as it was read. */
  readonly version: string;
  /** Reference of the verified assertion over exactly this. */
  readonly assertion: string;
}

/** What a use is about, before anybody signs: the exception that is used, the hash of its version, and how long one may last. */
async function usable({ world }: Shared, exception: ExceptionId) {
  const dossier = (await world.exception(exception))?.dossier;
  const version = dossier && versionInEffect(dossier);
  const perUse = dossier?.grants.findLast(({ kind }) => kind !== "emergency")?.perUse;
  return version === undefined || perUse == null ? undefined : { exception, version: version.contentHash, perUse };
}

/** A use of what stands ready is begun for it, by somebody who answers for emergencies and is no party to this one. */
async function begin(deps: Shared, id: string, use: Use & { readonly by: PersonId; readonly now: Instant }): Promise<void> {
  const { by, now } = use;
  const { standing } = (await ofEmergency(deps, id, by, now)).state;
  if (standing === null) throw refused("requests.notStanding", "No emergency access stands ready for it.", 409);
  await deps.world.beginUse(standing, {
    ...use,
    together: async () => {
      const before = await ofEmergency(deps, id, by, now);
      const grants = (await deps.world.exception(standing))?.dossier.grants.length ?? 0;
      const taken = { exception: standing, by, at: now, use: grants + 1 };
      const others = (await waitingTwins(deps, before, now)).filter(({ state }) => state.standing === standing);
      return changesOf(deps, [before, ...others], (state) => takeUp(state, taken));
    },
  });
}

/** To whom it is about, to whoever acts for them, and to who answers for no emergencies there is none. */
async function ofEmergency({ store, world }: Shared, id: string, by: PersonId, now: Instant): Promise<StoredRequest> {
  const found = await store.find(id);
  if (found?.state.emergency !== true || !(await world.answersEmergencies(by, now))) throw notFound(id);
  const partial = found.state.person === by || (await world.actsFor(by, now)).includes(found.state.person);
  if (partial) throw notFound(id);
  return found;
}

async function told({ world }: Shared, request: AccessRequest): Promise<Told> {
  return { request, exception: request.state === "taken_up" ? await world.exception(request.exception) : undefined };
}

async function ofCaller({ store }: Shared, id: string, caller: string): Promise<StoredRequest> {
  const found = await store.find(id);
  if (found?.state.denial.caller !== caller) throw notFound(id);
  return found;
}

/** To whom it is not about, and who does not stand in for them, there is none. */
async function ofPerson({ store, world }: Shared, id: string, person: PersonId, now: Instant): Promise<StoredRequest> {
  const found = await store.find(id);
  if (found === undefined) throw notFound(id);
  const theirs = found.state.person === person || (await world.standsInFor(person, now)).includes(found.state.person);
  if (!theirs) throw notFound(id);
  return found;
}

function notFound(id: string): Refused {
  return refused("requests.notFound", `There is no access request ${id}.`, 404);
}

function refused(code: RequestRefusal, words: string, status: number): Refused {
  return new Refused([refusal(code, words)], status);
}

async function save(deps: Shared, before: StoredRequest, events: readonly AccessRequestEvent[], actor: Actor, at: Instant) {
  const { change, after } = deps.store.change(before, events);
  await commitOnce(deps, { at, actor, changes: [change] });
  return after;
}

function decided<Event>(decision: Decision<Event>, status = 409): readonly Event[] {
  if (!decision.accepted) throw new Refused(decision.reasons, status);
  return decision.events;
}

/** A caller is a workload: it acts by rule, in nobody's name. */
function actorOf(caller: string): Actor {
  return { kind: "system", id: `caller:${caller}` };
}
