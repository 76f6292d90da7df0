import { isFieldChange } from "../kernel/field-change.ts";
import type { Account, Person, PersonEvent, PersonFields } from "./person.ts";

const FIELDS: Readonly<Record<keyof PersonFields, true>> = {
  key: true,
  displayName: true,
  email: true,
  unit: true,
  manager: true,
  deputy: true,
  roles: true,
  leave: true,
  source: true,
};

/** Folds one event of a person. A person is made by the first and never un-made: who left is kept. */
export function evolve(state: Person | undefined, event: PersonEvent): Person {
  if (event.type === "personAdded") return counted({ ...event.data, left: null });
  if (state === undefined) throw new RangeError(`${event.type} before personAdded`);
  if (isFieldChange<PersonFields>(event, FIELDS)) return { ...state, ...event.data };
  switch (event.type) {
    case "accountRecorded":
      return counted({ ...state, accounts: withAccount(state.accounts, event.data) });
    case "personLeft":
      return counted({ ...state, left: event.data });
    case "personReturned":
      return counted({ ...state, left: null });
  }
}

function counted(person: Omit<Person, "active">): Person {
  const isGone = person.accounts.some((account) => !account.secondary && !account.enabled);
  return { ...person, active: person.left === null && !isGone };
}

function withAccount(accounts: readonly Account[], recorded: Account): readonly Account[] {
  const isKnown = accounts.some((account) => isSameAccount(account, recorded));
  return isKnown ? accounts.map((account) => (isSameAccount(account, recorded) ? recorded : account)) : [...accounts, recorded];
}

export function isSameAccount(a: Pick<Account, "connection" | "key">, b: Pick<Account, "connection" | "key">): boolean {
  return a.connection === b.connection && a.key === b.key;
}
