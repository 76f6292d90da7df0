/** Whether anybody answers for a bypass: what a provider shows, held against the exceptions that are in force. */
import type { Bypass, BypassForm, BypassSubject } from "../connectors/port.ts";
import type { Instant } from "../kernel/time.ts";

/** What an exception says it lets past, and when. */
export interface Documented {
  /** Its reference. */
  readonly exception: string;
  readonly subject: Pick<BypassSubject, "kind" | "key">;
  /** What lets it past (a policy, a group), by any of the names a bypass gives it; undefined: whichever. */
  readonly object?: string;
  /** The key of the one bypass it is about, of whatever form; undefined: every exclusion of the subject. */
  readonly bypass?: string;
  readonly from: Instant;
  readonly until: Instant;
}

export interface Accounted {
  readonly bypass: Bypass;
  /** What covers it, the one that lasts longest where several do; undefined: nobody answers for it. */
  readonly by: Documented | undefined;
}

/** A policy leaves somebody out. What gets in otherwise, by a password that still works or a pass, no exception for a policy is about. */
const EXCLUSIONS: ReadonlySet<string> = new Set<BypassForm>([
  "governed_group_member",
  "ungoverned_exemption",
  "requirement_cleared",
  "application_exempt",
  "condition_exempt",
]);

export function isExclusion(form: string): boolean {
  return EXCLUSIONS.has(form);
}

/**
 * An exception covers what it names and nothing else: a person is not covered by an exception for a group of the same key, nor
 * two people by an exception for one. One that is over, or has not begun, covers nobody.
 */
export function accountFor(bypasses: readonly Bypass[], documented: readonly Documented[], now: Instant): readonly Accounted[] {
  const inForce = documented.filter(({ from, until }) => from <= now && now < until);
  const bySubject = Map.groupBy(
    inForce.toSorted((a, b) => (a.until < b.until ? 1 : a.until > b.until ? -1 : 0)),
    ({ subject }) => keyOf(subject),
  );
  return bypasses.map((bypass) => ({ bypass, by: bySubject.get(keyOf(bypass.subject))?.find((each) => isAbout(each, bypass)) }));
}

function isAbout({ object, bypass: only }: Documented, bypass: Bypass): boolean {
  if (only === undefined ? !isExclusion(bypass.form) : only !== bypass.key) return false;
  return object === undefined || namesOf(bypass).some((name) => name?.toLowerCase() === object.toLowerCase());
}

/** What a bypass calls the policy it gets around: the provider's name, the connection's key, the provider's id. */
function namesOf({ object, policy, evidence }: Bypass): readonly (string | undefined)[] {
  return [object, policy, evidence["policyId"]];
}

/** Those nobody answers for. */
export function undocumented(accounted: readonly Accounted[]): readonly Bypass[] {
  return accounted.filter(({ by }) => by === undefined).map(({ bypass }) => bypass);
}

/** Providers compare their ids without regard to case. */
function keyOf({ kind, key }: Pick<BypassSubject, "kind" | "key">): string {
  return `${kind} ${key.toLowerCase()}`;
}
