/**
 * What a decision point was asked to pass on: somebody was denied, and asks for an exception. It is none and opens none by itself: the
 * person it is about takes it up, and only then there is a draft, in their name and of their making.
 */
import type { Id } from "../kernel/id.ts";
import { addDuration, duration, type Instant } from "../kernel/time.ts";
import { from, type Transition } from "../kernel/transitions.ts";
import type { PersonId } from "../people/person.ts";
import type { ExceptionId } from "../exceptions/version.ts";
import type { Denial } from "./denial.ts";

export type AccessRequestId = Id<"accessRequest">;

/** The account the question was about, as its provider knows it. */
export interface AskedAccount {
  readonly connection: Id<"connection">;
  readonly key: string;
}

export interface Filed {
  readonly id: AccessRequestId;
  readonly denial: Denial;
  /** Whom the subject of the question stands for: nobody else is asked, and nobody else asks. */
  readonly person: PersonId;
  readonly account: AskedAccount;
  /** Empty where none was given. Of the one who asked, by way of the caller: words, and no proof of anything. */
  readonly justification: string;
  readonly wantedUntil: Instant | null;
  readonly emergency: boolean;
  /** Of an emergency: the exception that stands ready for it and lets through only while a use of it runs. */
  readonly standing: ExceptionId | null;
  readonly filedAt: Instant;
  /** Nobody took it up until then: it is over, without anything having to notice. */
  readonly expiresAt: Instant;
}

export interface TakenUp {
  readonly exception: ExceptionId;
  readonly by: PersonId;
  readonly at: Instant;
  /** Which grant of a standing exception was begun for it; null where a draft was opened. */
  readonly use: number | null;
}

/** Of an emergency that nobody foresaw: what somebody who had no part in it says of it afterwards. */
export interface LookedBack {
  readonly by: PersonId;
  readonly sentence: string;
  /** Hash of the content that was granted. */
  readonly version: string;
  readonly assertion: string;
  readonly at: Instant;
}

/** `lapsed` is only noted when the same is asked again: that one is over says its own end. */
export type AccessRequest = Filed &
  (
    | { readonly state: "waiting" }
    | ({ readonly state: "taken_up"; readonly lookedBack?: LookedBack } & TakenUp)
    | { readonly state: "declined"; readonly by: PersonId; readonly reason: string; readonly at: Instant }
    | { readonly state: "cancelled"; readonly comment: string; readonly at: Instant }
    | { readonly state: "lapsed"; readonly at: Instant }
  );

export type AccessRequestEvent =
  | { readonly type: "accessRequested"; readonly data: Filed }
  | {
      readonly type: "accessRequestTakenUp";
      readonly data: TakenUp;
    }
  | { readonly type: "accessRequestReviewed"; readonly data: LookedBack }
  | { readonly type: "accessRequestDeclined"; readonly data: { readonly by: PersonId; readonly reason: string; readonly at: Instant } }
  | { readonly type: "accessRequestCancelled"; readonly data: { readonly comment: string; readonly at: Instant } }
  | { readonly type: "accessRequestLapsed"; readonly data: { readonly at: Instant } };

export const TRANSITIONS: readonly Transition<AccessRequest["state"], AccessRequestEvent["type"]>[] = [
  ...from(["nothing"], "accessRequested", "waiting"),
  ...from(["waiting"], "accessRequestTakenUp", "taken_up"),
  ...from(["waiting"], "accessRequestDeclined", "declined"),
  ...from(["waiting"], "accessRequestCancelled", "cancelled"),
  ...from(["waiting"], "accessRequestLapsed", "lapsed"),
  ...from(["taken_up"], "accessRequestReviewed", "taken_up"),
];

/** A week to see it on the start page; an emergency that nobody took up by then was none. */
const WAITS_FOR = duration("P7D");
const EMERGENCY_WAITS_FOR = duration("PT4H");

export function waitsUntil(filedAt: Instant, emergency: boolean): Instant {
  return addDuration(filedAt, emergency ? EMERGENCY_WAITS_FOR : WAITS_FOR);
}

/** Folds one event. */
export function evolve(state: AccessRequest | undefined, event: AccessRequestEvent): AccessRequest {
  if (event.type === "accessRequested") return { ...event.data, state: "waiting" };
  if (state === undefined) throw new RangeError(`${event.type} before accessRequested`);
  if (event.type === "accessRequestTakenUp") return { ...state, ...event.data, state: "taken_up" };
  if (event.type === "accessRequestReviewed") {
    if (state.state !== "taken_up") throw new RangeError(`${event.type} of one that is ${state.state}`);
    return { ...state, lookedBack: event.data };
  }
  if (event.type === "accessRequestDeclined") return { ...state, ...event.data, state: "declined" };
  if (event.type === "accessRequestCancelled") return { ...state, ...event.data, state: "cancelled" };
  return { ...state, ...event.data, state: "lapsed" };
}

/** True while somebody may still take it up. */
export function isWaiting(request: AccessRequest, now: Instant): boolean {
  return request.state === "waiting" && now < request.expiresAt;
}
