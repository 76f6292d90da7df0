/** A delegation: one holder of a role lets another holder of it decide in their place, for a time. */
import { accept, type Decision, unless } from "../kernel/decision.ts";
import type { Id } from "../kernel/id.ts";
import { addDuration, duration, type Instant } from "../kernel/time.ts";
import type { Person, PersonId } from "./person.ts";
import { refuseIf } from "./refusals.ts";
import { isHelpDesk, type Role } from "./role.ts";

/**
 * A quarter of a year covers every leave but the longest; who is away for longer needs a successor or a deputy, not a standing
 * permission that nobody looks at again.
 */
export const LONGEST_DELEGATION = duration("P90D");

export interface Delegation {
  readonly id: Id<"delegation">;
  readonly from: PersonId;
  readonly to: PersonId;
  /** In force from `validFrom` until just before `validUntil`, unless revoked. */
  readonly validFrom: Instant;
  readonly validUntil: Instant;
  /** The one role it is for; null for every role of `from`. */
  readonly role: Role | null;
  readonly reason: string;
  readonly revoked: { readonly at: Instant; readonly by: PersonId } | null;
}

export type NewDelegation = Omit<Delegation, "revoked">;

export type DelegationEvent =
  | { readonly type: "delegated"; readonly data: NewDelegation }
  | { readonly type: "delegationRevoked"; readonly data: { readonly at: Instant; readonly by: PersonId } };

export function evolveDelegation(state: Delegation | undefined, event: DelegationEvent): Delegation {
  if (event.type === "delegated") return { ...event.data, revoked: null };
  if (state === undefined) throw new RangeError(`${event.type} before delegated`);
  switch (event.type) {
    case "delegationRevoked":
      return { ...state, revoked: event.data };
  }
}

/** The one predicate: whether a delegation lets anybody decide for another at this moment. */
export function delegationInForce(delegation: Delegation, now: Instant): boolean {
  return delegation.revoked === null && delegation.validFrom <= now && now < delegation.validUntil;
}

export interface DelegationFacts {
  readonly from: Person;
  /** Undefined when nobody of that id is known. */
  readonly to: Person | undefined;
  /** Delegations that `from` holds from others, whatever their time. */
  readonly heldByFrom: readonly Delegation[];
}

/** Decides a new delegation, with every reason against it at once. */
export function decideDelegate(wanted: NewDelegation, now: Instant, facts: DelegationFacts): Decision<DelegationEvent> {
  const { from, to } = facts;
  const passed = wanted.role === null ? from.roles : [wanted.role];
  const notHeld = passed.filter((role) => !from.roles.includes(role));
  const lacking = passed.filter((role) => to?.roles.includes(role) !== true);
  const reasons = [
    ...windowReasons(wanted, now),
    ...refuseIf(
      passed.length === 0 || notHeld.length > 0,
      "people.roleNotHeld",
      `You do not hold ${notHeld.join(", ") || "any role"}.`,
      "/role",
    ),
    ...refuseIf(to === undefined, "people.personUnknown", "The delegate is not known.", "/to"),
    ...refuseIf(to?.id === from.id, "people.delegateIsSelf", "Name somebody else.", "/to"),
    ...refuseIf(to?.active === false, "people.delegateNotActive", "The delegate has left.", "/to"),
    ...refuseIf(to !== undefined && isHelpDesk(to.roles), "people.delegateHelpDesk", "The help desk never decides.", "/to"),
    ...refuseIf(
      to !== undefined && lacking.length > 0,
      "people.delegateLacksRole",
      `A delegate holds the role already; this one lacks ${lacking.join(", ")}.`,
      "/to",
    ),
    ...refuseIf(
      facts.heldByFrom.some((held) => passesOn(held, wanted, passed)),
      "people.delegateOfAnother",
      "In that time you decide for somebody else: a delegate may not delegate again.",
      "/from",
    ),
  ];
  return unless<DelegationEvent>(reasons, () => [{ type: "delegated", data: wanted }]);
}

function windowReasons({ validFrom, validUntil }: NewDelegation, now: Instant) {
  const words =
    validUntil <= validFrom
      ? "It ends before it begins."
      : validUntil <= now
        ? "It is over already."
        : validUntil > addDuration(validFrom, LONGEST_DELEGATION)
          ? `It may last ${LONGEST_DELEGATION} at most; a longer absence needs a successor.`
          : undefined;
  return refuseIf(words !== undefined, "people.delegationWindow", words ?? "", "/validUntil");
}

/** Whether what `held` gave its holder would be within reach of the next one: same time, same role. */
function passesOn(held: Delegation, wanted: NewDelegation, passed: readonly Role[]): boolean {
  const overlaps = held.revoked === null && held.validFrom < wanted.validUntil && wanted.validFrom < held.validUntil;
  return overlaps && (held.role === null || passed.includes(held.role));
}

/** Ends a delegation early: by either side of it, or by those who keep people. */
export function decideRevoke(state: Delegation, by: { id: PersonId; isKeeper: boolean }, now: Instant): Decision<DelegationEvent> {
  const isConcerned = by.isKeeper || by.id === state.from || by.id === state.to;
  if (isConcerned && state.revoked !== null) return accept();
  const reasons = [
    ...refuseIf(!isConcerned, "people.notYours", "Only the two people concerned, an administrator or IAM can end it."),
    ...refuseIf(isConcerned && state.validUntil <= now, "people.delegationEnded", "It has ended by itself already."),
  ];
  return unless<DelegationEvent>(reasons, () => [{ type: "delegationRevoked", data: { at: now, by: by.id } }]);
}
