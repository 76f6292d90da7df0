/**
 * What a decision needs to know beside the state and the command: plain data, loaded by the shell for the moment of the
 * decision. What is missing counts against: an unknown person holds no role, an uncounted group is refused.
 */
import type { Id } from "../kernel/id.ts";
import type { Duration, Instant, Zone } from "../kernel/time.ts";
import type { Actor } from "./exception.ts";
import type { CategoryPolicy } from "./policy.ts";
import type { RepeatCounts } from "./repeats.ts";
import type { ExceptionId, PersonId, Role } from "./version.ts";

export interface PersonFacts {
  /** Employed and enabled now. */
  readonly active: boolean;
  /** Roles held for this exception: `application_owner` means owner of the application in its scope. */
  readonly roles: readonly Role[];
  readonly isHelpDesk: boolean;
}

export interface DelegationFacts {
  readonly id: Id<"delegation">;
  readonly from: PersonId;
  readonly to: PersonId;
  readonly validFrom: Instant;
  readonly validUntil: Instant;
  /** Categories it covers; null for all. */
  readonly categories: readonly string[] | null;
  /** Seats it lets the delegate fill; null for every seat of the holder. */
  readonly seats: readonly Role[] | null;
  /** True when the holder got the role by delegation himself: it may not be passed on. */
  readonly redelegated: boolean;
}

export interface DesignIssueFacts {
  readonly id: Id<"designIssue">;
  readonly open: boolean;
}

export interface RiskAcceptanceFacts {
  readonly id: Id<"riskAcceptance">;
  readonly byExecutive: boolean;
  readonly boardVisible: boolean;
  readonly until: Instant;
}

export interface ApplicationFacts {
  readonly known: boolean;
  readonly retired: boolean;
}

/** Loaded when a version is put forward. */
export interface RequestFacts {
  /** By subject key: why the connector cannot govern it (dynamic, nested, synced, mail-enabled …). */
  readonly subjectRefusals: Readonly<Record<string, string>>;
  /** By subject key: distinct people it stands for now. */
  readonly headcounts: Readonly<Record<string, number>>;
  /** `connection policy`, separated by one space: what can be weakened and leaves which methods. */
  readonly policiesKnown: readonly string[];
  readonly applications: Readonly<Record<string, ApplicationFacts>>;
  /** Others that ask for the same: shown before submitting. */
  readonly twins: readonly ExceptionId[];
  readonly repeats: RepeatCounts;
  readonly vendorContractUntil: Instant | null;
  readonly designIssue: DesignIssueFacts | null;
  readonly riskAcceptance: RiskAcceptanceFacts | null;
}

export interface LineageFacts {
  readonly root: ExceptionId;
  readonly previous: ExceptionId;
  readonly firstGrantedAt: Instant | null;
  readonly renewals: number;
  readonly granted: Duration;
}

export interface Facts {
  readonly policy: CategoryPolicy;
  readonly zone: Zone;
  /** Hash of a text, `sha256:` and hex. Handed in so that the decision stays pure. */
  readonly hash: (text: string) => string;
  readonly actor: Actor;
  /** Reference of the actor's fresh WebAuthn assertion over what is decided; null without one. */
  readonly assertion: string | null;
  /** Everybody the exception names, everybody who voted, the actor, and whom the actor votes for. By person id. */
  readonly people: Readonly<Record<string, PersonFacts>>;
  /** By person id: who acts for them now (delegates, and deputies in both directions). */
  readonly actsFor: Readonly<Record<string, readonly PersonId[]>>;
  /** People the scope lets through, as far as known (members of the groups included). */
  readonly covered: readonly PersonId[];
  /** In force now, to the actor and to everybody who voted for another. */
  readonly delegations: readonly DelegationFacts[];
  /** Null unless a version is put forward. */
  readonly request: RequestFacts | null;
  /** Null unless the exception continues another. */
  readonly lineage: LineageFacts | null;
  /** What stops working when the binding goes: asked before a service account is suspended. */
  readonly blastRadius: "clear" | "critical" | "unknown";
}

const NOBODY: PersonFacts = { active: false, roles: [], isHelpDesk: false };

export function factsAbout(facts: Facts, person: PersonId): PersonFacts {
  return facts.people[person] ?? NOBODY;
}

export function holdsRole(facts: Facts, person: PersonId, role: Role): boolean {
  const about = factsAbout(facts, person);
  return about.active && about.roles.includes(role);
}

/** The person acting, or undefined for a system. */
export function actingPerson(facts: Facts): PersonId | undefined {
  return facts.actor.kind === "person" ? (facts.actor.id as PersonId) : undefined;
}
