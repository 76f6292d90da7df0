/**
 * The one predicate. Lists, the API, the decision point, exports and the tick ask it and nothing else; it reads no stored
 * "expired" flag and knows no job. It fails closed: what cannot be read, was not read back, or is not said, is not in force.
 */
import { isInNetwork, parseNetwork } from "../kernel/network.ts";
import { earliest, type Instant, parseInstant, wallClock } from "../kernel/time.ts";
import { type Binding, type Dossier, type ExceptionState, findVersion, type Grant, type Review } from "./exception.ts";
import { standingApprovals } from "./plan.ts";
import type { Conditions, ConnectionId, Hours, Resource, ScopeItem, SubjectKind, Version } from "./version.ts";

/** Who asks to be let through: their own key and those of the groups, device classes … that stand for them. */
export interface SubjectQuery {
  readonly connection: ConnectionId;
  readonly keys: readonly { readonly kind: SubjectKind; readonly key: string }[];
}

/** What is known of the attempt. What is not given does not meet a condition. */
export interface Circumstances {
  readonly method: string | null;
  /** Names of networks that the device is said to be in. */
  readonly networks: readonly string[];
  /** Address of the device: it meets a condition that names a network by its addresses. */
  readonly address?: string | null;
  readonly deviceClasses: readonly string[];
}

export const WHY_NOT = [
  "not_active",
  "not_started",
  "ended",
  "unreadable_end",
  "not_approved",
  "review_missed",
  "not_in_use",
  "out_of_scope",
  "conditions_not_met",
  "not_read_back",
] as const;
export type WhyNot = (typeof WHY_NOT)[number];

export interface NotInForce {
  readonly reason: WhyNot;
  readonly words: string;
}

export function inForce(
  exception: ExceptionState,
  subject: SubjectQuery,
  resource: Resource,
  now: Instant,
  context: Circumstances,
): boolean {
  return whyNot(exception, subject, resource, now, context) === null;
}

/** Why the exception does not let this subject through here and now; null when it does. */
export function whyNot(
  exception: ExceptionState,
  subject: SubjectQuery,
  resource: Resource,
  now: Instant,
  context: Circumstances,
): NotInForce | null {
  const closed = whyNotOpen(exception, now);
  if (closed !== null) return closed;
  const { dossier } = exception;
  const version = covering(dossier, now);
  if (version === undefined) return no("ended", "No grant covers this moment.");
  const named = version.content.scope.filter((item) => names(item, subject, resource));
  if (named.length === 0) return no("out_of_scope", "The scope does not name this subject on this resource.");
  const fitting = named.filter((item) => meets(item.conditions, now, context) && context.method === version.content.fallbackMethodAllowed);
  if (fitting.length === 0) return no("conditions_not_met", "Method, network, device or hour is not what was approved.");
  const held = fitting.some((item) => isHeld(dossier, version, item));
  return held ? null : no("not_read_back", "The provider was not seen to hold it for this subject.");
}

/** True while the exception as a whole is in force, whomever it lets through: what lists and counts show. */
export function isInForce(exception: ExceptionState, now: Instant): boolean {
  return whyNotOpen(exception, now) === null;
}

/**
 * Until when at least it answers for what the provider holds by it, if nobody does anything: the end of its grant, or the moment a
 * review that waits will have been missed. Undefined where it does not. What stands ready for a use answers also while nobody uses it:
 * the provider holds it all the time.
 */
export function answersUntil(exception: ExceptionState, now: Instant): Instant | undefined {
  const closed = whyNotOpen(exception, now);
  if (closed !== null && closed.reason !== "not_in_use") return undefined;
  const { dossier } = exception;
  const missed = dossier.reviews.filter((review) => review.missedAt === null && isMissed(review, review.dueAt));
  return missed.map(({ dueAt }) => dueAt).reduce(earliest, coveringGrant(dossier, now)!.validUntil);
}

/** The part of the predicate that concerns no particular subject: state, approval, interval, reviews. */
export function whyNotOpen(exception: ExceptionState, now: Instant): NotInForce | null {
  const { dossier } = exception;
  if (exception.state !== "active") return no("not_active", `It is ${exception.state}.`);
  const outside = whyOutside(dossier, now);
  if (outside !== null) return outside;
  const version = covering(dossier, now);
  if (version === undefined || !isApproved(dossier, version, now))
    return no("not_approved", "No approved version stands behind the grant.");
  const missed = dossier.reviews.find((review) => isMissed(review, now));
  if (missed !== undefined) return no("review_missed", `The review due ${missed.dueAt} was not answered.`);
  return isInUse(dossier, now) ? null : no("not_in_use", "The standing grant authorises only while a use of it runs.");
}

function no(reason: WhyNot, words: string): NotInForce {
  return { reason, words };
}

function whyOutside(dossier: Dossier, now: Instant): NotInForce | null {
  const grants = standing(dossier);
  if (grants.some((grant) => covers(grant, now))) return null;
  if (grants.some((grant) => !isReadable(grant.validFrom) || !isReadable(grant.validUntil))) {
    return no("unreadable_end", "A grant's start or end cannot be read.");
  }
  if (grants.some((grant) => grant.validFrom > now)) return no("not_started", "It has not begun.");
  return no("ended", `It ended ${grants.at(-1)?.validUntil ?? "before it began"}.`);
}

function standing(dossier: Dossier): readonly Grant[] {
  return dossier.grants.filter((grant) => grant.kind !== "emergency");
}

function isReadable(at: Instant): boolean {
  return parseInstant(at) === at;
}

/** Half open: the instant of the end is outside. */
export function covers(grant: Grant, now: Instant): boolean {
  return isReadable(grant.validFrom) && isReadable(grant.validUntil) && grant.validFrom <= now && now < grant.validUntil;
}

function coveringGrant(dossier: Dossier, now: Instant): Grant | undefined {
  return standing(dossier).findLast((grant) => covers(grant, now));
}

/** The version whose grant covers the moment: an extension's content does not count before its own grant begins. */
export function covering(dossier: Dossier, now: Instant): Version | undefined {
  const grant = coveringGrant(dossier, now);
  return grant === undefined ? undefined : findVersion(dossier, grant.version);
}

function isApproved(dossier: Dossier, version: Version, now: Instant): boolean {
  const grant = coveringGrant(dossier, now);
  return version.fate === "approved" && grant?.contentHash === version.contentHash && standingApprovals(version).length > 0;
}

/** Off from the due date on, whether or not the tick has run. Break-glass escalates instead. */
function isMissed(review: Review, now: Instant): boolean {
  if (review.decision !== null || review.settled !== null || review.ifMissed === "escalate") return false;
  return review.missedAt === null ? review.dueAt <= now : review.suspendAt !== null;
}

function isInUse(dossier: Dossier, now: Instant): boolean {
  if (coveringGrant(dossier, now)?.perUse === null) return true;
  return dossier.grants.some((grant) => grant.kind === "emergency" && covers(grant, now));
}

function names(item: ScopeItem, subject: SubjectQuery, resource: Resource): boolean {
  const sameResource = item.resource.kind === resource.kind && item.resource.id === resource.id;
  const { connection, kind, key } = item.subject;
  return sameResource && connection === subject.connection && subject.keys.some((one) => one.kind === kind && one.key === key);
}

/** Whether an attempt is one that was approved. */
export function meets({ networks, deviceClasses, hours }: Conditions, now: Instant, context: Circumstances): boolean {
  return (
    (networks === null || networks.some((network) => isInside(network, context))) &&
    (deviceClasses === null || deviceClasses.some((device) => context.deviceClasses.includes(device))) &&
    (hours === null || isWithin(hours, now))
  );
}

function isInside(network: string, { networks, address }: Circumstances): boolean {
  if (networks.includes(network)) return true;
  const read = typeof address === "string" ? parseNetwork(network) : undefined;
  return read !== undefined && isInNetwork(read, address!);
}

function isWithin({ days, fromMinute, untilMinute, zone }: Hours, now: Instant): boolean {
  const { dayOfWeek, minuteOfDay } = wallClock(now, zone);
  return days.includes(dayOfWeek) && fromMinute <= minuteOfDay && minuteOfDay < untilMinute;
}

/** Whether the provider was seen to hold it for the subject of an item. */
export function isHeld(dossier: Dossier, version: Version, item: ScopeItem): boolean {
  const { connection, policy } = version.content.weakenedControl;
  const { kind, key } = item.subject;
  return dossier.bindings.some(
    (binding: Binding) =>
      binding.origin.kind === "governed" &&
      binding.connection === connection &&
      binding.policy === policy &&
      binding.subject.kind === kind &&
      binding.subject.key === key &&
      binding.desired === "present" &&
      binding.observed === "present",
  );
}
