/** Emergencies: what stands ready is begun for them, and what nobody foresaw is looked back on. */
import { type ExceptionState, versionInEffect } from "../exceptions/exception.ts";
import { isSentence } from "../exceptions/decide-review.ts";
import type { ExceptionId } from "../exceptions/version.ts";
import { retryOnConflict } from "../journal/append.ts";
import { refusal, Refused } from "../kernel/problem.ts";
import type { Instant } from "../kernel/time.ts";
import { commitOnce, type PersonId } from "../people/index.ts";
import type { AccessRequest } from "./access-request.ts";
import { lookBackSince, takeUp } from "./decide.ts";
import { changesOf, notFound, refused, type Shared, type Use, waitingTwins } from "./shared-service.ts";
import type { StoredRequest } from "./store.ts";

/** What a use is about, before anybody signs: the exception that is used, the hash of its version, and how long one may last. */
export async function usable({ world }: Shared, exception: ExceptionId) {
  const dossier = (await world.exception(exception))?.dossier;
  const version = dossier && versionInEffect(dossier);
  const perUse = dossier?.grants.findLast(({ kind }) => kind !== "emergency")?.perUse;
  return version === undefined || perUse == null ? undefined : { exception, version: version.contentHash, perUse };
}

/** A use of what stands ready is begun for it, by somebody who answers for emergencies and is no party to this one. */
export async function begin(deps: Shared, id: string, use: Use & { readonly by: PersonId; readonly now: Instant }): Promise<void> {
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
export async function ofEmergency({ store, world }: Shared, id: string, by: PersonId, now: Instant): Promise<StoredRequest> {
  const found = await store.find(id);
  if (found?.state.emergency !== true || !(await world.answersEmergencies(by, now))) throw notFound(id);
  const partial = found.state.person === by || (await world.actsFor(by, now)).includes(found.state.person);
  if (partial) throw notFound(id);
  return found;
}

/** An exception that an emergency became, which nobody foresaw, and which waits to be looked back on; undefined where it does not. */
export async function toLookBackOn({ store, world }: Shared, request: AccessRequest, now: Instant): Promise<ExceptionState | undefined> {
  const exception = request.state === "taken_up" ? await world.exception(request.exception) : undefined;
  const since = exception && lookBackSince(request, exception);
  if (exception === undefined || since === undefined || since > now) return undefined;
  return (await store.isLookedBackOn(exception.dossier.id)) ? undefined : exception;
}

/** What is looked back on, before anybody signs: the exception, and the hash of what was granted. */
export async function loadLookBack(deps: Shared, id: string, now: Instant) {
  const found = await deps.store.find(id);
  if (found === undefined) throw notFound(id);
  const exception = await toLookBackOn(deps, found.state, now);
  const granted = exception?.dossier.grants[0];
  if (granted === undefined) {
    throw refused("requests.notToLookBackOn", "It is no emergency that is over, or somebody has looked back on it.", 409);
  }
  return { found, exception: exception!, version: granted.contentHash };
}

export interface LookBack {
  readonly sentence: string;
  readonly version: string;
  /** Reference of the verified assertion over exactly this. */
  readonly assertion: string;
}

/** One word on an exception is enough, however many callers passed the need on. */
export function lookBack(deps: Shared, id: string, { sentence, version, assertion }: LookBack, by: PersonId, now: Instant): Promise<void> {
  return retryOnConflict(async () => {
    const { found, exception, version: current } = await loadLookBack(deps, id, now);
    const reasons = [
      ...(await deps.world.lookBackReasons(exception, by, now)),
      ...(isSentence(sentence)
        ? []
        : [refusal("exceptions.sentenceNeeded", "Say in a sentence whether it was right.", { at: "/sentence" })]),
      ...(version === current ? [] : [refusal("exceptions.contentChanged", "What you signed is not what was granted. Read it again.")]),
    ];
    if (reasons.length > 0) throw new Refused(reasons, 422);
    const reviewed = { type: "accessRequestReviewed", data: { by, sentence, version, assertion, at: now } } as const;
    const { change } = deps.store.change(found, [reviewed]);
    await commitOnce(deps, { at: now, actor: { kind: "person", id: by }, changes: [change] });
  });
}
