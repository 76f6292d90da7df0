/** Persons from a directory: matched by the account's unchanging key, never by a name or an address. */
import type { DirectoryPerson } from "../connectors/port.ts";
import { retryOnConflict } from "../journal/append.ts";
import type { Actor } from "../journal/entry.ts";
import { refusal, Refused } from "../kernel/problem.ts";
import type { Instant } from "../kernel/time.ts";
import { decide, type PersonFacts } from "./decide.ts";
import { evolve } from "./evolve.ts";
import { commandsOf, isShrunk } from "./import.ts";
import type { Person, PersonCommand, PersonEvent, PersonId } from "./person.ts";
import { commitPersons, decided, type PersonDependencies, type PersonStep } from "./person-service.ts";
import type { StoredPerson } from "./store.ts";

/** Persons by what the import did to them; each is counted once. */
export interface ImportResult {
  readonly created: number;
  readonly changed: number;
  readonly deactivated: number;
  readonly unchanged: number;
}

const BATCH = 200;
const IMPORT: Actor = { kind: "system", id: "import" };

interface Reading {
  readonly connection: string;
  readonly now: Instant;
  /** Account keys met so far. */
  readonly seen: Set<string>;
  /** Persons whose manager had not been met when they were. */
  readonly awaitsManager: DirectoryPerson[];
  readonly counted: { created: number; changed: number; deactivated: number; unchanged: number };
}

/**
 * Brings the persons of a directory in, in batches that are each committed whole. A disabled account means that its person
 * left; so does one that a complete read does not show any more. Refuses `people.directoryShrank` (409), after everything else
 * was taken in, when too many would have left that way at once. A read that breaks off concludes nothing about the rest.
 */
export async function importPeople(
  deps: PersonDependencies,
  people: AsyncIterable<DirectoryPerson>,
  connection: string,
  now: Instant,
): Promise<ImportResult> {
  const counted = { created: 0, changed: 0, deactivated: 0, unchanged: 0 };
  const reading: Reading = { connection, now, seen: new Set(), awaitsManager: [], counted };
  let batch: DirectoryPerson[] = [];
  for await (const each of people) {
    if (each.subject.kind !== "user" || reading.seen.has(each.subject.key)) continue;
    reading.seen.add(each.subject.key);
    batch.push(each);
    if (batch.length < BATCH) continue;
    await takeIn(deps, reading, batch);
    batch = [];
  }
  await takeIn(deps, reading, batch);
  await settleManagers(deps, reading);
  await takeMissing(deps, reading);
  return counted;
}

/** Finds the persons of account keys in this connection. */
async function personsOf(deps: PersonDependencies, connection: string, keys: readonly string[]): Promise<Map<string, StoredPerson>> {
  const found = await deps.store.findByAccounts([...new Set(keys)].map((key) => ({ connection, key })));
  return new Map(
    found.flatMap((stored) =>
      stored.person.accounts.filter((account) => account.connection === connection).map((account) => [account.key, stored] as const),
    ),
  );
}

async function takeIn(deps: PersonDependencies, reading: Reading, batch: readonly DirectoryPerson[]): Promise<void> {
  const awaits = await retryOnConflict(async () => {
    const keys = batch.flatMap(({ subject, managerKey }) => (managerKey === undefined ? [subject.key] : [subject.key, managerKey]));
    const known = await personsOf(deps, reading.connection, keys);
    const awaiting: DirectoryPerson[] = [];
    const steps = batch.map((seen) => {
      const manager = seen.managerKey === undefined ? null : known.get(seen.managerKey)?.person.id;
      if (manager === undefined) awaiting.push(seen);
      return { stored: known.get(seen.subject.key), seen, manager };
    });
    const commands = steps.map(({ stored, seen, manager }) => ({
      stored,
      commands: commandsOf(stored?.person, { connection: reading.connection, seen, manager }, () => deps.ids.next("person")),
    }));
    await commitAll(deps, reading, commands);
    return awaiting;
  });
  reading.awaitsManager.push(...awaits);
}

/** Managers that came after their people, or that the directory names but does not show. */
async function settleManagers(deps: PersonDependencies, reading: Reading): Promise<void> {
  const quiet: Reading = { ...reading, counted: { created: 0, changed: 0, deactivated: 0, unchanged: 0 } };
  for (let at = 0; at < reading.awaitsManager.length; at += BATCH) {
    const batch = reading.awaitsManager.slice(at, at + BATCH);
    await retryOnConflict(async () => {
      const known = await personsOf(
        deps,
        reading.connection,
        batch.flatMap(({ subject, managerKey }) => [subject.key, managerKey!]),
      );
      const commands = batch.flatMap((seen) => {
        const stored = known.get(seen.subject.key);
        if (stored === undefined) return [];
        const manager = known.get(seen.managerKey!)?.person.id ?? null;
        return [{ stored, commands: commandsOf(stored.person, { connection: reading.connection, seen, manager }, () => stored.person.id) }];
      });
      await commitAll(deps, quiet, commands);
    });
  }
}

/** Accounts the directory does not show any more are disabled accounts. */
async function takeMissing(deps: PersonDependencies, reading: Reading): Promise<void> {
  const { connection, seen, counted } = reading;
  const missing: string[] = [];
  let enabled = 0;
  for (let after = ""; ;) {
    const page = await deps.store.ofConnection(connection, after, BATCH);
    for (const { person } of page) {
      enabled += person.accounts.filter((account) => account.connection === connection && account.enabled).length;
      missing.push(...missingAccounts(person, reading).map(({ key }) => key));
    }
    if (page.length < BATCH) break;
    after = page.at(-1)!.person.id;
  }
  refuseShrunk(enabled - counted.created, seen.size, missing.length);
  for (let at = 0; at < missing.length; at += BATCH) await takeGone(deps, reading, missing.slice(at, at + BATCH));
}

function refuseShrunk(known: number, seen: number, missing: number): void {
  if (!isShrunk(known, seen, missing)) return;
  const detail =
    `The directory showed ${seen} persons and not ${missing} of the ${known} known to be there. Nobody was taken to have left. ` +
    "Check the connection's search base, filter and permissions.";
  throw new Refused([refusal("people.directoryShrank", detail, { facts: { known, seen, missing } })], 409);
}

async function takeGone(deps: PersonDependencies, reading: Reading, keys: readonly string[]): Promise<void> {
  await retryOnConflict(async () => {
    const persons = new Set((await personsOf(deps, reading.connection, keys)).values());
    const gone = [...persons].map((stored) => ({
      stored,
      commands: missingAccounts(stored.person, reading).map(
        (account) => ({ type: "recordAccount", account: { ...account, enabled: false } }) as const,
      ),
    }));
    await commitAll(deps, reading, gone);
  });
}

function missingAccounts(person: Person, { connection, seen }: Reading) {
  return person.accounts.filter((account) => account.connection === connection && account.enabled && !seen.has(account.key));
}

interface Wanted {
  readonly stored: StoredPerson | undefined;
  readonly commands: readonly PersonCommand[];
}

/** Decides and commits what a batch means, and counts it once it is committed. */
async function commitAll(deps: PersonDependencies, { now, counted }: Reading, wanted: readonly Wanted[]): Promise<void> {
  const steps = merged(wanted).map(({ stored, commands }): PersonStep => ({
    before: stored,
    events: eventsOf(stored?.person, commands, now),
  }));
  const news = steps.filter(({ events }) => events.length > 0);
  if (news.length > 0) await commitPersons(deps, news, now, IMPORT);
  counted.unchanged += steps.length - news.length;
  for (const { before, events } of news) {
    const after = events.reduce<Person | undefined>(evolve, before?.person)!;
    if (before === undefined) counted.created += 1;
    else if (before.person.active && !after.active) counted.deactivated += 1;
    else counted.changed += 1;
  }
}

/** Two accounts of one person in the same batch are one change of that person. */
function merged(wanted: readonly Wanted[]): readonly Wanted[] {
  const known = Map.groupBy(wanted, ({ stored }) => stored?.person.id);
  const added = known.get(undefined) ?? [];
  known.delete(undefined);
  const changed = [...known.values()].map((same) => ({ stored: same[0]!.stored, commands: same.flatMap(({ commands }) => commands) }));
  return [...added, ...changed];
}

function eventsOf(before: Person | undefined, commands: readonly PersonCommand[], now: Instant): readonly PersonEvent[] {
  const events: PersonEvent[] = [];
  let state = before;
  for (const command of commands) {
    const made = decided(decide(state, command, now, factsOf(command)));
    events.push(...made);
    state = made.reduce<Person | undefined>(evolve, state);
  }
  return events;
}

/** The directory's word is taken as it is: its managers exist, since they were looked up, and its circles are its own. */
function factsOf(command: PersonCommand): PersonFacts {
  const manager = command.type === "add" ? command.person.manager : command.type === "change" ? command.fields.manager : null;
  const known = new Set<PersonId>(manager === null || manager === undefined ? [] : [manager]);
  return { actor: null, known, reportingLine: [], otherAdministrators: 0 };
}
