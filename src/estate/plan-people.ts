/** The persons of a file: who of those known each one is, and what changes about them. */
import { endOfDay, startOfDay } from "../kernel/time.ts";
import { decide, type PersonFacts } from "../people/decide.ts";
import { evolve, isSameAccount } from "../people/evolve.ts";
import type { Account, Leave, Person, PersonCommand, PersonEvent, PersonFields, PersonId } from "../people/person.ts";
import { orderedRoles } from "../people/role.ts";
import { type Path, PERSON_WORDS, type PersonItem } from "./file.ts";
import { type At, type Known, note, noteReasons, personOrNull, type Planning, type PlanRequest, type Step } from "./planning.ts";

type PersonStep = Step<Person, PersonEvent>;
/** What the file asks of one person. */
interface Asked {
  readonly item: PersonItem;
  readonly path: Path;
  readonly before: At<Person> | undefined;
  readonly id: PersonId;
  readonly fields: PersonFields;
  readonly accounts: readonly Account[];
}

/** Persons we know by their accounts. */
export type Holders = ReadonlyMap<string, At<Person>>;

export function holdersOf({ persons }: Known): Holders {
  return new Map(persons.flatMap((each) => each.state.accounts.map((account) => [accountText(account), each] as const)));
}

function accountText({ connection, key }: Pick<Account, "connection" | "key">): string {
  return `${connection} ${key}`;
}

/** Whom each person of the file is: by key, else, for whom no file has named yet, by an account; new ones get an id. */
export function matchPersons({ file, known, ids }: PlanRequest, holders: Holders): ReadonlyMap<string, At<Person> | PersonId> {
  const byKey = new Map(known.persons.flatMap((each) => (each.state.key === null ? [] : [[each.state.key, each] as const])));
  const byAccount = ({ accounts }: PersonItem) =>
    accounts
      .map(({ connection, key }) => holders.get(accountText({ connection: known.connections.get(connection) ?? "", key })))
      .find((holder) => holder?.state.key === null);
  return new Map(file.people.map((item) => [item.key, byKey.get(item.key) ?? byAccount(item) ?? ids.next("person")] as const));
}

/** The steps of all persons of the file that bring no fault; faults are noted. */
export function planPeople(planning: Planning, matched: ReturnType<typeof matchPersons>, holders: Holders): readonly PersonStep[] {
  const asked = planning.file.people.map((item, i): Asked => {
    const path = ["people", i];
    const said = askedOf(planning, matched.get(item.key)!, item, path);
    return { ...said, accounts: accountsOf(planning, holders, said) };
  });
  noteSharedAccounts(planning, asked);
  const overlay = overlayOf(planning.known, asked);
  return asked.flatMap((each) => stepOf(planning, each, factsOf(planning, overlay, each)) ?? []);
}

function askedOf(planning: Planning, match: At<Person> | PersonId, item: PersonItem, path: Path): Omit<Asked, "accounts"> {
  const before = typeof match === "string" ? undefined : match;
  const fields: PersonFields = {
    key: item.key,
    displayName: item.name,
    email: item.email ?? null,
    unit: item.unit ?? null,
    manager: personOrNull(planning, item.manager, [...path, "manager"]),
    deputy: personOrNull(planning, item.deputy, [...path, "deputy"]),
    roles: orderedRoles(item.roles),
    leave: leaveOf(planning, item),
    source: "yaml",
  };
  const id = typeof match === "string" ? match : match.state.id;
  return { item, path, before, id, fields };
}

/** Days typed by a person begin and end in the organisation's zone, the last one included. */
function leaveOf({ zone }: Planning, { leave }: PersonItem): readonly Leave[] {
  return leave
    .map(({ from, until }) => ({ from: startOfDay(from, zone), until: endOfDay(until, zone) }))
    .toSorted((a, b) => (a.from < b.from ? -1 : 1));
}

function accountsOf(planning: Planning, holders: Holders, { item, before, path }: Omit<Asked, "accounts">): readonly Account[] {
  return item.accounts.flatMap(({ connection: name, key, secondary }, i) => {
    const connection = planning.known.connections.get(name);
    if (connection === undefined) {
      note(planning, "estate.referenceDangling", `There is no connection with the key "${name}".`, [...path, "accounts", i, "connection"]);
      return [];
    }
    const holder = holders.get(accountText({ connection, key }))?.state;
    if (holder !== undefined && holder.id !== before?.state.id) {
      const words = `The account belongs to ${holder.displayName} (${holder.key ?? holder.id}).`;
      note(planning, "estate.accountElsewhere", words, [...path, "accounts", i, "key"]);
    }
    // What the provider said last stays; of an account never read, the next import says.
    const enabled = before?.state.accounts.find((each) => isSameAccount(each, { connection, key }))?.enabled ?? true;
    return [{ connection, key, enabled, secondary }];
  });
}

function noteSharedAccounts(planning: Planning, asked: readonly Asked[]): void {
  const seen = new Set<string>();
  const persons = new Set<PersonId>();
  for (const { accounts, path, id, item } of asked) {
    // Two accounts of one person we know, given to two persons of the file.
    if (persons.has(id) && item.accounts.length > 0)
      note(planning, "estate.accountTwice", "These accounts belong to a person listed above.", [...path, "accounts"]);
    persons.add(id);
    for (const [i, account] of accounts.entries()) {
      if (seen.has(accountText(account)))
        note(planning, "estate.accountTwice", `The account ${account.key} is listed twice.`, [...path, "accounts", i, "key"]);
      seen.add(accountText(account));
    }
  }
}

/** Everybody as the file will leave them, as far as one person's decision depends on others. */
interface Overlay {
  readonly managers: ReadonlyMap<PersonId, PersonId | null>;
  readonly administrators: ReadonlySet<PersonId>;
  readonly known: ReadonlySet<PersonId>;
}

function overlayOf(known: Known, asked: readonly Asked[]): Overlay {
  const managers = new Map(known.persons.map(({ state }) => [state.id, state.manager]));
  const administrators = new Set(
    known.persons.filter(({ state }) => state.active && state.roles.includes("administrator")).map(({ state }) => state.id),
  );
  for (const { id, fields, item, before } of asked) {
    managers.set(id, fields.manager);
    const isActive = item.active ?? before?.state.active ?? true;
    if (isActive && fields.roles.includes("administrator")) administrators.add(id);
    else administrators.delete(id);
  }
  return { managers, administrators, known: new Set(managers.keys()) };
}

function factsOf({ actor }: Planning, { managers, administrators, known }: Overlay, { id, fields }: Asked): PersonFacts {
  const line = new Set<PersonId>();
  for (let next = fields.manager; next !== null && !line.has(next); next = managers.get(next) ?? null) line.add(next);
  return {
    actor,
    known,
    reportingLine: [...line],
    otherAdministrators: administrators.size - (administrators.has(id) ? 1 : 0),
  };
}

function stepOf(planning: Planning, { item, path, before, id, fields, accounts }: Asked, facts: PersonFacts): PersonStep | undefined {
  const commands: PersonCommand[] =
    before === undefined
      ? [{ type: "add", person: { ...fields, id, accounts } }]
      : [{ type: "change", fields }, ...accounts.map((account) => ({ type: "recordAccount", account }) as const)];
  if (item.active === false) commands.push({ type: "leave", saidBy: "yaml", reason: "The estate file says so." });
  if (item.active === true) commands.push({ type: "return", saidBy: "yaml" });
  const events: PersonEvent[] = [];
  let state = before?.state;
  for (const command of commands) {
    const decision = decide(state, command, planning.now, facts);
    if (!decision.accepted) {
      noteReasons(planning, decision.reasons, path, PERSON_WORDS);
      return undefined;
    }
    events.push(...decision.events);
    state = decision.events.reduce<Person | undefined>(evolve, state);
  }
  return { before, after: state!, events };
}
