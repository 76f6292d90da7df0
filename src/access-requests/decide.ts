/** What may become of an access request. Pure. */
import { canonicalText } from "../kernel/canonical.ts";
import { type Decision, unless } from "../kernel/decision.ts";
import { type Refusal, refusal } from "../kernel/problem.ts";
import type { ExceptionState } from "../exceptions/exception.ts";
import { whyNotOpen } from "../exceptions/in-force.ts";
import { addDuration, duration, earliest, type Instant } from "../kernel/time.ts";
import type { PersonId } from "../people/person.ts";
import { type AccessRequest, type AccessRequestEvent, isWaiting, type TakenUp } from "./access-request.ts";
import type { RequestRefusal } from "./refusals.ts";

/** More than this from one caller is a fault of it, or somebody at play. */
export const MOST_WAITING = { ofCaller: 500, ofPerson: 5 } as const;

/** However long it was wanted: an emergency is over by then, or is none. */
const EMERGENCY_LASTS = duration("PT4H");

export function shortest(wanted: Instant | null, now: Instant): Instant {
  const most = addDuration(now, EMERGENCY_LASTS);
  return wanted === null ? most : earliest(wanted, most);
}

/**
 * Since when somebody has to look back on an emergency that nobody foresaw: what it was granted for is over, however far its end was moved
 * meanwhile. Undefined where nothing was granted.
 */
export function lookBackSince(request: AccessRequest, { dossier }: ExceptionState): Instant | undefined {
  const [first] = dossier.grants;
  if (request.state !== "taken_up" || !request.emergency || request.use !== null || first === undefined) return undefined;
  const most = earliest(first.validUntil, addDuration(first.validFrom, EMERGENCY_LASTS));
  const [ending] = dossier.endings;
  return ending === undefined ? most : earliest(most, ending.rightEndedAt);
}

/** What a passkey signs to look back on an emergency; its subject is the exception, its content {@link lookBackText}, hashed. */
export const LOOK_BACK_ACTION = "requests.lookBack";

/** Canonical JSON of what is said looking back: `version` is the hash of what was granted. */
export function lookBackText(version: string, sentence: string): string {
  return canonicalText({ version, sentence });
}

/** Approved in advance, and in force but for a use of it. */
export function standsReady(exception: ExceptionState, now: Instant): boolean {
  return whyNotOpen(exception, now)?.reason === "not_in_use";
}

export function isUnderReview({ dossier }: ExceptionState): boolean {
  return dossier.reviews.some(({ kind, decision, settled }) => kind === "post_use" && decision === null && settled === null);
}

/** Who said no has to say it once a day at most. */
export const DECLINED_HOLDS_FOR = duration("PT24H");

export function refuse(code: RequestRefusal, words: string): Refusal {
  return refusal(code, words);
}

interface Waiting {
  readonly ofCaller: number;
  readonly ofPerson: number;
}

/** Counted before the one that is filed, or with it. */
export function isTooMany({ ofCaller, ofPerson }: Waiting, counted: "before it" | "with it"): boolean {
  const one = counted === "with it" ? 0 : 1;
  return ofCaller + one > MOST_WAITING.ofCaller || ofPerson + one > MOST_WAITING.ofPerson;
}

/** Whether another may be filed beside what there is: `twins` are all for the same need, whoever passed them on. */
export function filingReasons(twins: readonly AccessRequest[], waiting: Waiting, now: Instant): readonly Refusal[] {
  const declined = twins.some((twin) => twin.state === "declined" && now < addDuration(twin.at, DECLINED_HOLDS_FOR));
  return [
    ...(declined ? [refuse("requests.declinedLately", "The person it is about declined the same less than a day ago.")] : []),
    ...(isTooMany(waiting, "before it") ? [refuse("requests.tooMany", "Too many wait already: of this caller, or for this person.")] : []),
  ];
}

export function takeUp(request: AccessRequest, taken: TakenUp): Decision<AccessRequestEvent> {
  return unless(notWaiting(request, taken.at), () => [{ type: "accessRequestTakenUp", data: taken }]);
}

export function decline(request: AccessRequest, by: PersonId, reason: string, at: Instant): Decision<AccessRequestEvent> {
  return unless(notWaiting(request, at), () => [{ type: "accessRequestDeclined", data: { by, reason, at } }]);
}

/** By the caller that passed it on, as long as nobody has made anything of it. */
export function cancel(request: AccessRequest, comment: string, at: Instant): Decision<AccessRequestEvent> {
  return unless(notWaiting(request, at), () => [{ type: "accessRequestCancelled", data: { comment, at } }]);
}

function notWaiting(request: AccessRequest, now: Instant): readonly Refusal[] {
  if (isWaiting(request, now)) return [];
  const words = request.state === "waiting" ? "over: nobody took it up in time" : request.state.replaceAll("_", " ");
  return [refuse("requests.notWaiting", `It does not wait any more; it is ${words}.`)];
}
