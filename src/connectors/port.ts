/**
 * The one face every identity provider shows to the rest of Postern. A connector makes the provider obey the register and
 * says plainly what it cannot do. It knows no domain module: it is given subjects, policies and instants, and gives facts.
 *
 * Faults (network, timeouts, 5xx, throttling past its own back-off) throw {@link ProviderFault}; what the provider cannot do
 * is a value (`not_supported`), never an exception.
 */
import type { Instant } from "../kernel/time.ts";

/** How a bypass gets around the front gate. The connector pages in docs/connectors say how each is recognised. */
export type BypassForm =
  | "requirement_cleared" // strong sign-in is not demanded of this person (AD: SMARTCARD_REQUIRED clear)
  | "governed_group_member" // member of an exemption group that this connection governs
  | "ungoverned_exemption" // let through by a group or rule Postern does not govern
  | "password_not_required" // AD: PASSWD_NOTREQD
  | "password_never_expires" // AD: DONT_EXPIRE_PASSWORD
  | "weaker_password_policy" // AD: password-settings object, OpenLDAP: pwdPolicySubentry
  | "password_reset_behind_requirement" // password set after the smart-card bit: it works though the bit is on
  | "password_usable" // a password credential still works for a subject who must not have one
  | "policy_not_enforced" // the policy that should demand it is off, only reports, or asks for one of several ways (Keycloak: ALTERNATIVE)
  | "policy_demands_less" // what the policy asks for is not resistant to phishing
  | "application_exempt" // an application is left out, or goes by a weaker policy or flow of its own
  | "condition_exempt" // a place, platform, device or kind of client is left out
  | "nobody_included" // no policy covers these people at all
  | "legacy_sign_in" // a password goes in where no second factor is ever asked (Keycloak: direct access grants)
  | "recovery_by_mail" // a mailbox is enough to get in or to set a new password
  | "temporary_pass" // an unexpired one-time or temporary pass
  | "enrolment_open" // a method can be registered, or put off, without strong sign-in
  | "weak_method_allowed" // a method that is not resistant to phishing may be used or registered
  | "dangling_condition" // a condition names a group or role that does not exist: nobody knows whom it lets through
  | "static_secret"; // a secret that signs in by itself and does not end (access key, client secret)

/** A subject as the provider knows it. `key` never changes when the subject is renamed or moved (objectGUID, entryUUID). */
export interface ProviderSubject {
  readonly kind: "user" | "group" | "service" | "device";
  readonly key: string;
  /** For people to read; never used as a key. */
  readonly name: string;
}

/**
 * Whom a bypass lets through: more than can be governed one by one. `everyone`: all whom the policy would otherwise hold to strong
 * sign-in. An exception is for a {@link ProviderSubject} only.
 */
export interface BypassSubject {
  readonly kind: ProviderSubject["kind"] | "role" | "application" | "everyone";
  readonly key: string;
  readonly name: string;
}

/** The subject, where it is one that an exception can be for. */
export function governable({ kind, key, name }: BypassSubject): ProviderSubject | undefined {
  return kind === "role" || kind === "application" || kind === "everyone" ? undefined : { kind, key, name };
}

/** A policy of the provider that demands strong sign-in and can be weakened through this connection. */
export interface GovernedPolicy {
  /** Stable within the connection, as configured: `smartcard`, `vpn`. */
  readonly key: string;
  readonly title: string;
  /** The provider's own id of it, where it has one: what its exports name it by. */
  readonly id?: string;
  /** `group`: weakened by membership of an exemption group. `attribute`: weakened on the subject itself. */
  readonly shape: "group" | "attribute";
  /** Method the policy demands and the one a bypass leaves in its place. */
  readonly demands: string;
  readonly leaves: string;
}

/** A way around the front gate that exists in the provider now. */
export interface Bypass {
  /** Stable across reads: the same bypass seen twice has the same key. */
  readonly key: string;
  readonly form: BypassForm;
  /** Which governed policy it weakens, where one is known. */
  readonly policy?: string;
  readonly subject: BypassSubject;
  /** The provider's object that carries it (group, attribute), for people: a DN. */
  readonly object: string;
  /** The exception reference this bypass belongs to, when it sits in a group that a grant of ours made. */
  readonly grantRef?: string;
  readonly critical: boolean;
  /** False where it lets in nobody who could not get in without it: what it gets around is off, or others hold them all the same. */
  readonly opens?: false;
  /** Why the connector says so: attribute names and values, never a secret. */
  readonly evidence: Readonly<Record<string, string>>;
  /** Since when, if the provider knows. */
  readonly since?: Instant;
  /** Who made it, if the provider's audit log says so. */
  readonly addedBy?: string;
  /** Who answers for it, where the provider or the list it stands in names somebody. */
  readonly owner?: string;
}

/**
 * Evidence that changes with others that the same object holds: who is put into a group of thousands would be news of each of
 * them. What differs in nothing else is the same as before. All other evidence has to stay the same while the bypass does: no
 * age, no count of seconds, no time of reading.
 */
export const CHANGES_WITH_OTHERS: ReadonlySet<string> = new Set(["groupLastChanged", "groupLastChangedBy"]);

/** What the register wants the provider to hold. `ref` names the exception's grant and is the idempotency key. */
export interface GrantOrder {
  readonly ref: string;
  readonly policy: string;
  readonly subject: ProviderSubject;
  readonly validFrom: Instant;
  readonly validUntil: Instant;
}

export type GrantOutcome =
  | { readonly outcome: "applied"; readonly object: string; readonly nativeExpiry?: Instant }
  | { readonly outcome: "not_supported"; readonly reason: string };

export type RevokeOutcome =
  | { readonly outcome: "removed" }
  | { readonly outcome: "already_absent" }
  | { readonly outcome: "not_supported"; readonly reason: string };

/** The read-back. `configured`: is our own grant there. `effective`: is the subject let through at all, by whatever way. */
export interface ReadBack {
  readonly configured: boolean;
  readonly effective: boolean | "unknown";
  /** Other ways that still let the subject through the same policy (the overlap), as bypass keys and words. */
  readonly otherWays: readonly { readonly key: string; readonly words: string; readonly grantRef?: string }[];
  readonly evidence: Readonly<Record<string, string>>;
  /** Sessions or tickets got through the bypass may live until then. */
  readonly residualUntil?: Instant;
  readonly readAt: Instant;
}

export interface SessionsEnded {
  readonly ended: boolean;
  /** What may still live on, in words ("Kerberos tickets, at most 10 h"), and until when: NO_END where nothing sets it one. */
  readonly residual?: { readonly words: string; readonly until: Instant };
}

/** A change to a governed object, made by somebody. */
export interface ProviderChange {
  readonly at: Instant;
  readonly object: string;
  readonly action: "added" | "removed" | "modified" | "deleted";
  readonly subject?: ProviderSubject;
  readonly by?: string;
  /** True when this connection's own account made it. */
  readonly ours: boolean;
}

/** A sign-in as the provider recorded it; classified by the sign-ins module. */
export interface ProviderSignIn {
  readonly id: string;
  readonly at: Instant;
  readonly subject: string;
  readonly succeeded: boolean;
  readonly method: string;
  readonly raw: Readonly<Record<string, unknown>>;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Opaque; give it back to continue. Persist it: a restart resumes here. */
  readonly cursor: string;
  /** False when everything known now has been returned. */
  readonly more: boolean;
}

export interface Permission {
  readonly name: string;
  readonly why: string;
  readonly without: string;
  /** Found by trying, at the last check; undefined when it cannot be tried without doing harm. */
  readonly held?: boolean;
}

export interface Capabilities {
  /** Whether a discovery that broke off goes on where it stood; else it begins anew. */
  readonly resumesDiscovery: boolean;
  readonly nativeExpiry: boolean;
  readonly simulate: boolean;
  readonly endSessions: boolean;
  readonly signIns: boolean;
  readonly changes: boolean;
  /** How long after a change the provider may still act on the old state, in seconds. */
  readonly maxPropagationSeconds: number;
  /** How long sessions outlive a revocation, in seconds; null where nothing sets them an end. */
  readonly residualSessionSeconds: number | null;
  readonly permissions: readonly Permission[];
}

/** Of what has to be read, how much could be: "412 of 415 groups". */
export interface Coverage {
  /** What was counted, in the plural: "exemption groups". */
  readonly of: string;
  readonly total: number;
  readonly readable: number;
  /** Which could not be read, and why, a sentence each. */
  readonly unreadable: readonly string[];
}

/** Reads each by its name. What is not there, or may not be read, is told; any other fault is thrown. */
export async function coverageOf(of: string, places: ReadonlyMap<string, () => Promise<unknown>>): Promise<Coverage> {
  const unreadable: string[] = [];
  for (const [name, read] of places) {
    try {
      if ((await read()) === undefined) unreadable.push(`${name}: there is none`);
    } catch (error) {
      if (!(error instanceof ProviderFault && error.kind === "denied")) throw error;
      unreadable.push(`${name}: may not be read`);
    }
  }
  return { of, total: places.size, readable: places.size - unreadable.length, unreadable };
}

export interface Health {
  readonly reachable: boolean;
  /** Words for a person: server name, version, or what failed. Never a secret. */
  readonly words: string;
  readonly permissions: readonly Permission[];
  /** Provider clock minus ours, in milliseconds, where the provider tells its time. */
  readonly clockSkewMs?: number;
  /** Of what this connection governs, how much can be read now; absent where it cannot be told without reading everything. */
  readonly coverage?: readonly Coverage[];
}

export interface DirectoryPerson {
  readonly subject: ProviderSubject;
  readonly displayName: string;
  readonly email?: string;
  readonly managerKey?: string;
  readonly enabled: boolean;
}

/** How a discovery goes on where an earlier one broke off. */
export interface Progress {
  /** What `reached` was last told. One that is of no use any more, since too much has changed, begins anew. */
  readonly from: string | undefined;
  /** Everything before this has been yielded. Resolves when that is kept; the checkpoint is opaque to whoever keeps it. */
  readonly reached: (checkpoint: string) => Promise<void>;
}

export interface Connector {
  readonly kind: string;
  readonly policies: readonly GovernedPolicy[];
  capabilities(): Promise<Capabilities>;
  health(): Promise<Health>;
  /** Everything that bypasses, now. Paged inside; may be abandoned at any item, and gone on with where it tells its progress. */
  discover(progress?: Progress): AsyncIterable<Bypass>;
  /** The persons the directory knows, paged inside. */
  people(): AsyncIterable<DirectoryPerson>;
  /** Finds a subject by the name a person would type (sAMAccountName, uid, UPN, mail, cn of a group). */
  findSubject(name: string): Promise<ProviderSubject | undefined>;
  /** Why this subject or its group cannot be governed (dynamic, nested, synced, mail-enabled …); undefined when it can. Called at request time. */
  refusesSubject(policy: string, subject: ProviderSubject): Promise<string | undefined>;
  /** Keys of the accounts the subject stands for now, each once, through groups in groups; an account stands for itself. */
  accountsBehind(subject: ProviderSubject): Promise<readonly string[]>;
  grant(order: GrantOrder): Promise<GrantOutcome>;
  /** Takes our grant away. `already_absent` only after a re-read that showed it absent. */
  revoke(order: GrantOrder): Promise<RevokeOutcome>;
  /** Removes a bypass that no exception covers (found by discover). */
  remove(bypass: Bypass): Promise<RevokeOutcome>;
  read(order: GrantOrder): Promise<ReadBack>;
  endSessions(subject: ProviderSubject): Promise<SessionsEnded>;
  signIns(cursor: string | undefined): Promise<Page<ProviderSignIn>>;
  changes(cursor: string | undefined): Promise<Page<ProviderChange>>;
  close(): Promise<void>;
}

/** What one file (an export, a report, a list) tells of a provider: read without any connection. */
export interface FileReading {
  /** `keycloak`, `entra`, `okta`, `aws`, `list`. */
  readonly kind: string;
  /** What was read, for people: "Realm acme of Keycloak 26.1". */
  readonly title: string;
  readonly bypasses: readonly Bypass[];
  /** The persons and accounts the file names; undefined when it names none. */
  readonly accounts: readonly DirectoryPerson[] | undefined;
  /** Keys of the accounts a subject of a bypass stands for; undefined when the file does not tell. */
  readonly accountsBehind: (subject: BypassSubject) => readonly string[] | undefined;
  /** What cannot be known from this file, and why, a sentence each. */
  readonly unknown: readonly string[];
  /**
   * Whether a key means the same bypass in whatever export it stands. Without, two exports that are called the same are of two things:
   * two tenants, two servers.
   */
  readonly isUnique?: (key: string) => boolean;
  /** What it tells together with what else was read from its folder, where an export is written in parts. */
  readonly joined?: (others: readonly FileReading[]) => FileReading;
  /** Of a part that was joined: the one of the others that tells all there is in it. */
  readonly toldBy?: FileReading;
}

/** A kind of file that can be read. `recognises` looks at the content, never at the name alone. */
export interface FileFormat {
  readonly kind: string;
  readonly title: string;
  readonly recognises: (file: SourceFile) => boolean;
  /** Throws {@link UnreadableFile} with everything that is wrong. */
  readonly read: (file: SourceFile, now: Instant) => FileReading;
}

export interface SourceFile {
  readonly name: string;
  /** As text: UTF-8, or UTF-16 by its byte order mark. */
  readonly text: string;
  /** The text as JSON; undefined when it is none. */
  readonly json: unknown;
}

export class UnreadableFile extends Error {
  override readonly name = "UnreadableFile";
  readonly file: string;
  readonly faults: readonly ConfigFault[];

  constructor(file: string, faults: readonly ConfigFault[]) {
    super(`${file}: ${faults.map(faultWords).join("; ")}`);
    this.file = file;
    this.faults = faults;
  }
}

/** One fault on one line: its code, its place, what is wrong. */
export function faultWords({ at, words, code = "" }: ConfigFault): string {
  return [code, at, words].filter((part) => part !== "").join(": ");
}

/** The provider could not be asked or did not answer sensibly. `retryAfterMs` when it said when to come back. */
export class ProviderFault extends Error {
  readonly kind: "unreachable" | "timeout" | "throttled" | "denied" | "fault";
  readonly retryAfterMs: number | undefined;

  constructor(kind: ProviderFault["kind"], message: string, more: { retryAfterMs?: number; cause?: unknown } = {}) {
    super(message, { cause: more.cause });
    this.name = "ProviderFault";
    this.kind = kind;
    this.retryAfterMs = more.retryAfterMs;
  }
}

/**
 * What went wrong, without the provider's own words: those name servers, accounts and places in its tree, and are for whoever
 * looks after the connection.
 */
export function plainWords({ kind }: ProviderFault): string {
  return PLAIN_WORDS[kind];
}

const PLAIN_WORDS: Readonly<Record<ProviderFault["kind"], string>> = {
  unreachable: "The provider could not be reached.",
  timeout: "The provider did not answer in time.",
  throttled: "The provider asked to be left alone for a while.",
  denied: "The provider did not let Postern read this.",
  fault: "The provider gave no usable answer.",
};

/** How a kind of connector is offered: what it asks for, and how it is made. `config` never holds the secret. */
export interface ConnectorFactory {
  readonly kind: string;
  readonly title: string;
  /** Words for the secret it needs ("bind password"); undefined when it needs none. */
  readonly secretLabel?: string;
  /** Returns the checked configuration, or every fault with its place. */
  readonly parse: (
    config: unknown,
  ) => { readonly ok: true; readonly config: unknown } | { readonly ok: false; readonly faults: readonly ConfigFault[] };
  readonly create: (config: unknown, secret: string | undefined) => Connector;
}

export interface ConfigFault {
  /** `/policies/0/key` */
  readonly at: string;
  readonly words: string;
  /** Of one that has a page in docs/problems. */
  readonly code?: string;
}
