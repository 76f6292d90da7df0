/** A session: one browser or one command line, opened by one passkey or one company account, for a limited time. */
import { addDuration, duration, durationMs, earliest, type Instant, msBetween } from "../kernel/time.ts";

export type SessionKind = "browser" | "cli";

/** `idle`: since the last request. `absolute`: since it was opened, whatever happens in it. */
const LIMITS = {
  browser: { idle: duration("PT30M"), absolute: duration("PT12H") },
  cli: { idle: duration("PT1H"), absolute: duration("PT8H") },
} as const;

/**
 * What the company's provider opened ends sooner than what a passkey did: it tells us nothing when it thinks otherwise of somebody
 * later, so it is asked again each working day.
 */
const COMPANY_ABSOLUTE = duration("PT8H");

export type Opener = { readonly kind: "passkey"; readonly id: string } | { readonly kind: "company_account"; readonly id: string };

/** By so much at most the clocks of two replicas are taken to differ: well-kept ones do by far less. */
const CLOCKS_DIFFER = duration("PT5M");

export type SessionEnd =
  | "signed_out"
  | "revoked"
  | "replaced"
  | "idle"
  | "person_left"
  | "roles_changed"
  | "passkey_suspended"
  | "passkey_removed"
  | "account_disconnected";

export interface Session {
  readonly id: string;
  readonly kind: SessionKind;
  readonly person: string;
  readonly opener: Opener;
  readonly rolesAtSignIn: string;
  readonly label: string;
  readonly address: string;
  readonly openedAt: Instant;
  readonly seenAt: Instant;
  readonly expiresAt: Instant;
  readonly endedAt: Instant | null;
  readonly endedWhy: SessionEnd | null;
}

export function sessionEnd(kind: SessionKind, opener: Opener, openedAt: Instant): Instant {
  const end = addDuration(openedAt, LIMITS[kind].absolute);
  return opener.kind === "passkey" ? end : earliest(end, addDuration(openedAt, COMPANY_ABSOLUTE));
}

/** When it ends by itself if nothing more is heard from it. */
export function idleEnd(session: Session): Instant {
  return earliest(addDuration(session.seenAt, LIMITS[session.kind].idle), session.expiresAt);
}

/** The one predicate for what a token opens. One opened while the clock was ahead would stay open until then. */
export function isLive(session: Session, now: Instant): boolean {
  return session.endedAt === null && session.openedAt <= addDuration(now, CLOCKS_DIFFER) && now < idleEnd(session);
}

/** A write for every request would cost more than it tells: half a minute in thirty is close enough. */
export function isWorthTouching(session: Session, now: Instant): boolean {
  return msBetween(session.seenAt, now) >= durationMs(LIMITS[session.kind].idle) / 60;
}

/** Roles in a form that can be compared. */
export function rolesKey(roles: readonly string[]): string {
  return [...new Set(roles)].sort().join(" ");
}
