/** What a directory's word about a person means for the person we know. Pure. */
import type { DirectoryPerson } from "../connectors/port.ts";
import { isSameAccount } from "./evolve.ts";
import type { Account, Person, PersonCommand, PersonFields, PersonId } from "./person.ts";

const NAME_MAX = 200;
const EMAIL_MAX = 320;

/**
 * At most this many accounts, or this share of all known ones, may be gone from one read to the next. More than that is taken
 * for a search base that was moved, a filter that was mistyped or a permission that was lost: every missing person would have
 * left, and every exception of theirs be revoked, because of one line of configuration.
 */
export const MISSING_COUNT = 5;
export const MISSING_SHARE = 0.2;

/** Whether a read that showed `seen` persons and not these `missing` ones can be believed. */
export function isShrunk(known: number, seen: number, missing: number): boolean {
  if (known > 0 && seen === 0) return true;
  return missing > Math.max(MISSING_COUNT, Math.floor(known * MISSING_SHARE));
}

export interface Imported {
  readonly connection: string;
  readonly seen: DirectoryPerson;
  /** Undefined as long as the manager has not been met: then it is settled at the end. */
  readonly manager: PersonId | null | undefined;
}

/**
 * The commands that bring a person in line with the directory. A person kept by another source, or by the account they were
 * first known by, keeps name, address and manager; but an account that is disabled counts for everybody. A disabled account of
 * nobody we know makes nobody.
 */
export function commandsOf(before: Person | undefined, imported: Imported, newId: () => PersonId): readonly PersonCommand[] {
  const { seen, connection } = imported;
  const id = before?.id ?? newId();
  // Some directories have whoever is at the top report to themselves.
  const manager = imported.manager === id ? null : imported.manager;
  const fields = {
    displayName: (seen.displayName.trim() || seen.subject.name).slice(0, NAME_MAX),
    email: emailOf(seen),
    ...(manager !== undefined && { manager }),
  };
  const key = { connection, key: seen.subject.key, ...loginOf(seen) };
  if (before === undefined) return seen.enabled ? [added(id, key, fields)] : [];
  return known(before, { ...key, enabled: seen.enabled, secondary: false }, fields);
}

type DirectoryFields = Pick<PersonFields, "displayName" | "email"> & Partial<PersonFields>;

function known(before: Person, said: Account, fields: DirectoryFields): readonly PersonCommand[] {
  const [first] = before.accounts;
  const secondary = before.accounts.some((each) => isSameAccount(each, said) && each.secondary);
  const isOurs = before.source === "directory" && first !== undefined && isSameAccount(first, said);
  return [{ type: "recordAccount", account: { ...said, secondary } }, ...(isOurs ? [{ type: "change", fields } as const] : [])];
}

/** Providers call an account by its login name; by its key only where it has no other. */
function loginOf({ subject: { key, name } }: DirectoryPerson): { readonly login?: string } {
  const login = name.trim();
  return login === "" || login === key || login.length > NAME_MAX ? {} : { login };
}

function emailOf({ email }: DirectoryPerson): string | null {
  const text = email?.trim() ?? "";
  return text === "" || text.length > EMAIL_MAX ? null : text;
}

function added(id: PersonId, key: Pick<Account, "connection" | "key" | "login">, fields: DirectoryFields): PersonCommand {
  const nothing = { key: null, unit: null, manager: null, deputy: null, roles: [], leave: [] };
  return {
    type: "add",
    person: { ...nothing, ...fields, id, source: "directory", accounts: [{ ...key, enabled: true, secondary: false }] },
  };
}
