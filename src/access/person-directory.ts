import type { SubjectChange } from "../journal/append.ts";
import type { Instant } from "../kernel/time.ts";

/** What access asks of the people module; wired by compose. */
export interface PersonDirectory {
  /** Roles as they are now; undefined for nobody. */
  loadCaller(person: string): Promise<{ readonly name: string; readonly roles: readonly string[]; readonly active: boolean } | undefined>;
  /** The active or inactive person who lives by this enabled account of a connection; `connection` is its key, as people name it. */
  findByAccount(connection: string, key: string): Promise<string | undefined>;
  /**
   * The change that makes the first administrator, not committed yet: the person, their passkey and the end of the link are
   * one transaction.
   */
  createFirstAdministrator(person: { readonly id: string; readonly name: string }, now: Instant): Promise<SubjectChange>;
}
