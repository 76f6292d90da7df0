/** What the services here share: what they ask of the others, and how what was decided becomes changes. */
import type { ExceptionState } from "../exceptions/exception.ts";
import type { ExceptionId } from "../exceptions/version.ts";
import type { CommitContext, SubjectChange } from "../journal/append.ts";
import type { Decision } from "../kernel/decision.ts";
import { type Refusal, refusal, Refused } from "../kernel/problem.ts";
import type { Instant } from "../kernel/time.ts";
import type { PersonId } from "../people/index.ts";
import type { Tx } from "../platform/db.ts";
import { type AccessRequest, type AccessRequestEvent, type AskedAccount, isWaiting } from "./access-request.ts";
import type { Named } from "./denial.ts";
import type { RequestRefusal } from "./refusals.ts";
import type { RequestStore, StoredRequest } from "./store.ts";

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
  /** Everybody who is on point now, in any rota. */
  onPoint(now: Instant): Promise<readonly PersonId[]>;
  /** Whether this person is on point now, or holds a seat that reviews emergencies. */
  answersEmergencies(person: string, now: Instant): Promise<boolean>;
  /** Why this person may not look back on what an exception let in; none where they may. */
  lookBackReasons(exception: ExceptionState, person: PersonId, now: Instant): Promise<readonly Refusal[]>;
  /** Begins a bounded use of a standing exception, committed with what `together` gives, or not at all. */
  beginUse(
    exception: ExceptionId,
    use: Use & { by: PersonId; now: Instant; together: () => Promise<readonly SubjectChange[]> },
  ): Promise<void>;
}

export interface Use {
  readonly until: Instant;
  readonly reason: string;
  /** Hash of the version that is used, as it was read. */
  readonly version: string;
  /** Reference of the verified assertion over exactly this. */
  readonly assertion: string;
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
  /** Asks, within the commit, whom to tell of a request. */
  readonly requestTelling: (tx: Tx, request: string) => Promise<void>;
}

export interface Shared extends RequestDependencies {
  readonly store: RequestStore;
}

/** The others that wait for the same need, whoever passed them on. */
export async function waitingTwins(
  { store }: Shared,
  { state: { id, ...like } }: StoredRequest,
  now: Instant,
): Promise<readonly StoredRequest[]> {
  return (await store.ofTwin(like)).filter(({ state }) => state.id !== id && isWaiting(state, now));
}

export function changesOf(
  { store }: Shared,
  all: readonly StoredRequest[],
  decide: (request: AccessRequest) => Decision<AccessRequestEvent>,
): readonly SubjectChange[] {
  return all.map((before) => store.change(before, decided(decide(before.state), 409)).change);
}

export function notFound(id: string): Refused {
  return refused("requests.notFound", `There is no access request ${id}.`, 404);
}

export function refused(code: RequestRefusal, words: string, status: number): Refused {
  return new Refused([refusal(code, words)], status);
}

export function decided<Event>(decision: Decision<Event>, status = 409): readonly Event[] {
  if (!decision.accepted) throw new Refused(decision.reasons, status);
  return decision.events;
}
