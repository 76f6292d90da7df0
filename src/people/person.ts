/** A person: who somebody is to Postern, what they may decide, who answers beside them, and whether they are there. */
import type { FieldChanged } from "../kernel/field-change.ts";
import type { Id } from "../kernel/id.ts";
import type { Instant } from "../kernel/time.ts";
import type { Role } from "./role.ts";

export type PersonId = Id<"person">;

/**
 * Who keeps a person's name, address and place: `yaml` the estate file, `directory` a connection, `api` people in the console,
 * `invitation` the enrolment link of the first administrator. A directory changes the fields of its own persons only, but what
 * it says of their accounts counts for everybody.
 */
export const PERSON_SOURCES = ["yaml", "directory", "api", "invitation"] as const;
export type PersonSource = (typeof PERSON_SOURCES)[number];

/** An account of the person in an identity provider. `connection` is its id; `key` never changes when the account is renamed. */
export interface Account {
  readonly connection: string;
  readonly key: string;
  /** As the provider last said. */
  readonly enabled: boolean;
  /** An account beside the one the person lives by (a privileged one, a test account): its end does not mean that they left. */
  readonly secondary: boolean;
  /** What its owner types to sign in, as the provider last said; it may change, and mean somebody else then. */
  readonly login?: string;
  /** A person said that it is this person's; no import found it. Then it is no proof of who signs in with it. */
  readonly byHand?: true;
}

/** Away from `from` until just before `until`. */
export interface Leave {
  readonly from: Instant;
  readonly until: Instant;
}

/** Somebody other than a directory said that the person left. */
export interface Departure {
  readonly at: Instant;
  readonly saidBy: "yaml" | "api";
  readonly reason: string;
}

export interface PersonFields {
  /** Slug of the estate file; never changes once given. */
  readonly key: string | null;
  readonly displayName: string;
  readonly email: string | null;
  readonly unit: string | null;
  readonly manager: PersonId | null;
  /** Stands in for the person at all times, not only for a window as a delegate does. */
  readonly deputy: PersonId | null;
  /** In the order of ROLES. */
  readonly roles: readonly Role[];
  /** In order of time. */
  readonly leave: readonly Leave[];
  readonly source: PersonSource;
}

export interface Person extends PersonFields {
  readonly id: PersonId;
  /** In the order they became known. */
  readonly accounts: readonly Account[];
  readonly left: Departure | null;
  /** Nobody said they left, and every account they live by is enabled. */
  readonly active: boolean;
}

export type NewPerson = PersonFields & Pick<Person, "id" | "accounts">;

export type PersonEvent =
  | { readonly type: "personAdded"; readonly data: NewPerson }
  | FieldChanged<PersonFields>
  | { readonly type: "accountRecorded"; readonly data: Account }
  | { readonly type: "personLeft"; readonly data: Departure }
  | { readonly type: "personReturned"; readonly data: { readonly at: Instant; readonly saidBy: "yaml" | "api" } };

export type PersonCommand =
  | { readonly type: "add"; readonly person: NewPerson }
  | { readonly type: "change"; readonly fields: Partial<PersonFields> }
  /** What a provider says of an account, or that an account is this person's. */
  | { readonly type: "recordAccount"; readonly account: Account }
  | { readonly type: "leave"; readonly saidBy: "yaml" | "api"; readonly reason: string }
  | { readonly type: "return"; readonly saidBy: "yaml" | "api" };

/** Changes of a person that others act on: exceptions are woken by them. */
export interface PersonFact {
  readonly person: PersonId;
  readonly what: "left" | "returned" | "rolesChanged" | "managerChanged" | "unitChanged";
}

export function isOnLeave(person: Pick<Person, "leave">, now: Instant): boolean {
  return person.leave.some(({ from, until }) => from <= now && now < until);
}

/** Able to decide at this moment: there, and not away. */
export function isAvailable(person: Person, now: Instant): boolean {
  return person.active && !isOnLeave(person, now);
}

/** What about this change others act on. A new person is news to nobody. */
export function factsBetween(before: Person | undefined, after: Person): readonly PersonFact[] {
  if (before === undefined) return [];
  const found: PersonFact["what"][] = [];
  if (before.active && !after.active) found.push("left");
  if (!before.active && after.active) found.push("returned");
  if (before.roles.join() !== after.roles.join()) found.push("rolesChanged");
  if (before.manager !== after.manager) found.push("managerChanged");
  if (before.unit !== after.unit) found.push("unitChanged");
  return found.map((what) => ({ person: after.id, what }));
}
