/** Access requests: filed by callers, taken up or declined by the people they are about. What it asks of the others is wired by compose. */
import type { ExceptionState } from "../exceptions/exception.ts";
import type { ExceptionId } from "../exceptions/version.ts";
import { retryOnConflict, type SubjectChange, VersionConflict } from "../journal/append.ts";
import type { Actor } from "../journal/entry.ts";
import { Refused } from "../kernel/problem.ts";
import type { Instant } from "../kernel/time.ts";
import { commitOnce, type PersonId } from "../people/index.ts";
import type { Db, Tx } from "../platform/db.ts";
import { type AccessRequest, type AccessRequestEvent, type Filed, isWaiting, waitsUntil } from "./access-request.ts";
import { cancel, decline, filingReasons, isTooMany, isUnderReview, refuse, shortest, standsReady, takeUp } from "./decide.ts";
import type { Denial } from "./denial.ts";
import { begin, type LookBack, loadLookBack, lookBack, ofEmergency, toLookBackOn, usable } from "./emergency-service.ts";
import { changesOf, decided, notFound, refused, type RequestDependencies, type Shared, type Use, waitingTwins } from "./shared-service.ts";
import { progressOf } from "./status.ts";
import { createRequestStore, type StoredRequest } from "./store.ts";

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
    async namesIn(request: AccessRequest) {
      const { person, denial } = request;
      const reviewer = request.state === "taken_up" ? request.lookedBack?.by : undefined;
      return {
        personName: (await world.nameOf(person)) ?? person,
        reviewerName: reviewer === undefined ? "" : ((await world.nameOf(reviewer)) ?? reviewer),
        resourceName: await world.resourceName(denial.resource),
      };
    },
    /** Of one that waits: whom to tell. Where an exception stands ready, that is whoever is on point too, but for those tied to whom it is about. */
    async toTell(id: string, now: Instant) {
      const state = (await store.find(id))?.state;
      if (state === undefined || !isWaiting(state, now)) return undefined;
      const tied = new Set<string>([state.person, ...(await world.actsFor(state.person, now))]);
      const onPoint = state.standing === null ? null : (await world.onPoint(now)).filter((person) => !tied.has(person));
      return { request: state, resource: await world.resourceName(state.denial.resource), onPoint, tied: [...tied] };
    },
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
    /** The hash of what was granted, where a request's exception waits to be looked back on. */
    async toLookBackOn(request: AccessRequest, now: Instant) {
      const version = (await toLookBackOn(deps, request, now))?.dossier.grants[0]?.contentHash;
      return version === undefined ? null : { version };
    },
    async loadLookBack(id: string, now: Instant) {
      const { exception, version } = await loadLookBack(deps, id, now);
      return { exception: exception.dossier.id, version };
    },
    lookBack: (id: string, word: LookBack, by: PersonId, now: Instant) => lookBack(deps, id, word, by, now),
    /** Every exception that waits to be looked back on. */
    async unreviewed(now: Instant): Promise<readonly ExceptionState[]> {
      const asked = await Promise.all((await store.notLookedBackOn()).map(({ state }) => toLookBackOn(deps, state, now)));
      return asked.filter((each) => each !== undefined);
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
  if (said.emergency) await refuseUnreviewed(deps, twins, now);
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
      await deps.requestTelling(tx, filed.id);
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

/** An emergency that nobody foresaw and nobody has looked back on yet: until then there is no next one of the same need. */
async function refuseUnreviewed(deps: Shared, twins: readonly StoredRequest[], now: Instant): Promise<void> {
  for (const { state } of twins) {
    if ((await toLookBackOn(deps, state, now)) === undefined) continue;
    throw refused("requests.useUnderReview", "Nobody has looked back on the last emergency yet; there is no next one before that.", 409);
  }
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

async function save(deps: Shared, before: StoredRequest, events: readonly AccessRequestEvent[], actor: Actor, at: Instant) {
  const { change, after } = deps.store.change(before, events);
  await commitOnce(deps, { at, actor, changes: [change] });
  return after;
}

/** A caller is a workload: it acts by rule, in nobody's name. */
function actorOf(caller: string): Actor {
  return { kind: "system", id: `caller:${caller}` };
}
