/** What the register asks of the rest of Postern to decide. Wired by compose; the register knows none of those modules. */
import type { Bypass as SeenBypass, Connector } from "../connectors/port.ts";
import type { Instant, Zone } from "../kernel/time.ts";
import type { DelegationFacts } from "./facts.ts";
import type { UseAsked, Uses } from "./use.ts";
import type { ConnectionId, ExceptionId, PersonId, Resource } from "./version.ts";

export interface PersonInWorld {
  readonly id: PersonId;
  readonly name: string;
  readonly active: boolean;
  /** Roles held in general (people/role.ts). */
  readonly roles: readonly string[];
  readonly manager: PersonId | null;
}

export interface AccountHolder {
  readonly key: string;
  readonly id: PersonId;
  readonly name: string;
  readonly unit: string | null;
}

export interface DesignIssueInWorld {
  readonly open: boolean;
  readonly about: Resource;
}

/** A risk that an executive answers for now. */
export interface RiskAcceptanceInWorld {
  readonly executive: PersonId;
  readonly exceptions: readonly ExceptionId[];
  readonly designIssue: string | null;
  readonly boardVisible: boolean;
  readonly until: Instant;
}

/** Whether a fallback fails with what it stands in for; told of what `restsOn` says (projection.ts). */
export type SharesFate = (restsOn: string | null) => boolean;

export interface World {
  /** As the model of the lock-out analysis is now. */
  sharedFates(): Promise<SharesFate>;
  person(id: string): Promise<PersonInWorld | undefined>;
  delegationsTo(person: string, now: Instant): Promise<readonly DelegationFacts[]>;
  /** Who acts for a person now: delegates, and deputies in both directions. */
  actsFor(person: string, now: Instant): Promise<readonly PersonId[]>;
  zone(): Promise<Zone>;
  application(id: string): Promise<{ readonly owner: PersonId | null; readonly retired: boolean } | undefined>;
  deviceClassLead(id: string): Promise<PersonId | undefined>;
  vendorContractEnd(vendor: string, contract: string): Promise<Instant | undefined>;
  /** The person behind a subject of a provider, where one is known. */
  personOfSubject(connection: ConnectionId, key: string): Promise<PersonId | undefined>;
  /** Everybody of whom one of these accounts of a provider is known to be. */
  peopleOfAccounts(connection: ConnectionId, keys: readonly string[]): Promise<readonly PersonId[]>;
  /** Whose these accounts of a provider are known to be; accounts of nobody known are left out. */
  holdersOf(connection: ConnectionId, keys: readonly string[]): Promise<readonly AccountHolder[]>;
  connector(connection: string): Promise<Connector>;
  /** A bypass as last seen, to be able to take it away. */
  seenBypass(connection: string, key: string): Promise<SeenBypass | undefined>;
  /** Who put a subject into an object of the provider, by its own log; undefined when nobody is named. */
  whoPut(connection: string, subjectKey: string, object: string): Promise<string | undefined>;
  designIssue(id: string): Promise<DesignIssueInWorld | undefined>;
  openIssueAbout(about: Resource): Promise<string | undefined>;
  /** Keys of subjects that exist to be tried by drills. */
  drillSubjects(): Promise<ReadonlySet<string>>;
  usesOf(asked: readonly UseAsked[], now: Instant): Promise<Uses>;
  /** Undefined where it was not accepted, is over, or its executive is none any more. */
  riskAcceptance(id: string, now: Instant): Promise<RiskAcceptanceInWorld | undefined>;
}
