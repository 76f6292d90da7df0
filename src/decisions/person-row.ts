/** What a decision knows of a person: by which names, with which accounts, and whether they are there. Pure. */
import type { Person } from "../people/person.ts";

export interface AccountRow {
  readonly connection: string;
  readonly key: string;
  readonly enabled: boolean;
  readonly secondary: boolean;
  /** What its owner types to sign in; empty where no import told, and of an account that is off: the next may have been given it. */
  readonly login: string;
}

export interface PersonRow {
  readonly id: string;
  readonly active: boolean;
  /** Empty where there is none. */
  readonly slug: string;
  readonly mail: string;
  readonly accounts: readonly AccountRow[];
}

export function personRowOf({ id, active, key, email, accounts }: Person): PersonRow {
  return {
    id,
    active,
    slug: key ?? "",
    mail: email?.trim() ?? "",
    accounts: accounts.map(({ connection, key: name, enabled, secondary, login }) => ({
      connection,
      key: name,
      enabled,
      secondary,
      login: enabled ? (login ?? "") : "",
    })),
  };
}

/** Mail addresses and login names are the same in capitals and small letters. Of the Latin alphabet only: the rest is left as it is. */
export function fold(name: string): string {
  return /[A-Z]/.test(name) ? name.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase()) : name;
}
