/** From what was seen to what a person asks: how many can get in without strong sign-in, by which door, who answers. Pure. */
import type { Bypass } from "../connectors/port.ts";
import { earliest, type Instant } from "../kernel/time.ts";
import { formWords, letsIn } from "./forms.ts";

/** Something that was read: a file, or a connection. */
export interface Source {
  /** A path, or a connection's key. */
  readonly name: string;
  readonly kind: string;
  /** For people: "Realm acme of Keycloak 26.1". */
  readonly title: string;
  /** Other files that are parts of the same export. */
  readonly parts?: readonly string[];
  /** Of a connection: when it was last read in full, and whether that is too long ago. */
  readonly readAt?: Instant | null;
  readonly isStale?: boolean;
}

/** A bypass with what is known of it beyond what the provider shows. */
export interface Finding {
  readonly source: Source;
  readonly bypass: Bypass;
  /** The accounts it is for; undefined when nobody can tell. */
  readonly accounts: readonly Account[] | undefined;
  readonly owner?: string;
  /** The exception in force that covers it; null where none does, undefined where no register was asked. */
  readonly cover?: Cover | null;
}

export interface Cover {
  /** Its reference. */
  readonly exception: string;
  readonly until: Instant;
}

export interface Account {
  /** The same for the same person, whatever door and file it was seen through. */
  readonly identity: string;
  readonly isPerson: boolean;
}

export interface Unknown {
  readonly source: string;
  /** What is not known, and why: a sentence. */
  readonly words: string;
}

export interface Door {
  readonly source: string;
  readonly form: string;
  readonly title: string;
  /** The policy, group or application it is in; empty where it is at the accounts themselves. */
  readonly place: string;
  readonly critical: boolean;
  /** False where it lets nobody in: it makes a password worse, or what it gets around is off or others hold them all the same. */
  readonly opens: boolean;
  readonly bypasses: number;
  /** People and machines it lets in, as far as known; of a door that lets nobody in, those it is for. */
  readonly people: number;
  readonly machines: number;
  /** How many of its bypasses are for whom nobody can count: then the figures are the least there are. */
  readonly uncounted: number;
  /** Whom it lets in, where one can name it in a few words. */
  readonly whom: readonly string[];
  /** The earliest any of them is known to be there, and of how many nobody knows. */
  readonly since?: Instant;
  readonly sinceUnknown: number;
  readonly owners: readonly string[];
  readonly unowned: number;
  /** How many of its bypasses an exception in force covers, and which these are. */
  readonly covered: number;
  readonly exceptions: readonly string[];
}

export interface Inventory {
  readonly at: Instant;
  readonly sources: readonly Source[];
  /** Who can get in without a factor that cannot be phished, each once, however many doors let them in. */
  readonly people: number;
  readonly machines: number;
  /** True where somebody could not be counted: then it is at least as many. */
  readonly atLeast: boolean;
  /** The people the sources name; absent where one of them names none. */
  readonly knownPeople?: number;
  readonly bypasses: number;
  readonly critical: number;
  /** Whether a register was asked which exceptions cover these; without, none is known to. */
  readonly checked: boolean;
  /** Bypasses that no exception in force is known to cover, and those of them that are critical. */
  readonly open: number;
  readonly openCritical: number;
  readonly unowned: number;
  readonly doors: readonly Door[];
  /** More than are given where only the worst are. */
  readonly doorsInAll: number;
  readonly unknown: readonly Unknown[];
}

export interface Seen {
  readonly sources: readonly Source[];
  readonly findings: Iterable<Finding>;
  readonly unknown: readonly Unknown[];
  readonly knownPeople?: number;
}

/** Whom a door lets in is named up to this many. */
const NAMED = 3;

interface Gathered {
  readonly of: Finding;
  readonly place: string;
  critical: boolean;
  opens: boolean;
  bypasses: number;
  readonly people: Set<string>;
  readonly machines: Set<string>;
  uncounted: number;
  readonly whom: Set<string>;
  since: Instant | undefined;
  sinceUnknown: number;
  readonly owners: Set<string>;
  unowned: number;
  covered: number;
  readonly exceptions: Set<string>;
}

/**
 * A door is a form at a place of a source. People are counted by identity: in a door once, and in the total once however many
 * doors let them in; what lets nobody in (it only makes a password worse, or others hold them all the same) counts nobody.
 *
 * Worst first: critical doors, then those that let in at all before those that only weaken, then by how many get in. A door whose
 * people cannot be counted stands before all that can, for nothing says that it is fewer. Then the one nobody answers for, then the
 * one that has been open longest.
 */
export function inventoryOf({ sources, findings, unknown, knownPeople }: Seen, at: Instant): Inventory {
  const doors = new Map<string, Gathered>();
  const [people, machines] = [new Set<string>(), new Set<string>()];
  const counted: Counted = { bypasses: 0, critical: 0, checked: false, open: 0, openCritical: 0, unowned: 0 };
  for (const finding of findings) {
    const door = doorOf(doors, finding);
    gather(door, finding);
    count(counted, finding);
    if (!letsIn(finding.bypass)) continue;
    for (const { identity, isPerson } of finding.accounts ?? []) (isPerson ? people : machines).add(identity);
  }
  const all = [...doors.values()].map(shown).sort(worstFirst);
  const uncounted = all.filter(({ opens }) => opens).reduce((sum, door) => sum + door.uncounted, 0);
  return {
    at,
    sources,
    people: people.size,
    machines: machines.size,
    atLeast: uncounted > 0,
    ...(knownPeople !== undefined && { knownPeople }),
    ...counted,
    doors: all,
    doorsInAll: all.length,
    unknown: [...unknown, ...gapsOf(all)],
  };
}

type Counted = { -readonly [Figure in "bypasses" | "critical" | "checked" | "open" | "openCritical" | "unowned"]: Inventory[Figure] };

function count(counted: Counted, finding: Finding): void {
  const isOpen = finding.cover === undefined || finding.cover === null;
  counted.checked ||= finding.cover !== undefined;
  counted.bypasses += 1;
  if (finding.bypass.critical) counted.critical += 1;
  if (isOpen) counted.open += 1;
  if (isOpen && finding.bypass.critical) counted.openCritical += 1;
  if (ownerOf(finding) === undefined) counted.unowned += 1;
}

function ownerOf({ owner, bypass }: Finding): string | undefined {
  return owner ?? bypass.owner;
}

/** The account itself is no place: what is wrong with a thousand accounts in the same way is one door. */
export function placeOf({ form, policy, object }: Bypass): string {
  const { at } = formWords(form);
  if (at === "object") return object;
  return policy ?? (at === "policy" ? object : "");
}

function doorOf(doors: Map<string, Gathered>, finding: Finding): Gathered {
  const place = placeOf(finding.bypass);
  const key = JSON.stringify([finding.source.name, finding.bypass.form, place]);
  const known = doors.get(key);
  if (known !== undefined) return known;
  const made: Gathered = {
    of: finding,
    place,
    critical: false,
    opens: false,
    bypasses: 0,
    people: new Set(),
    machines: new Set(),
    uncounted: 0,
    whom: new Set(),
    since: undefined,
    sinceUnknown: 0,
    owners: new Set(),
    unowned: 0,
    covered: 0,
    exceptions: new Set(),
  };
  doors.set(key, made);
  return made;
}

function gather(door: Gathered, finding: Finding): void {
  const { critical, subject, since } = finding.bypass;
  door.bypasses += 1;
  door.critical ||= critical;
  gatherAccounts(door, finding);
  if (door.whom.size <= NAMED) door.whom.add(subject.kind === "everyone" ? "everyone" : subject.name);
  if (since === undefined) door.sinceUnknown += 1;
  else door.since = door.since === undefined ? since : earliest(door.since, since);
  gatherAnswers(door, ownerOf(finding), finding.cover ?? undefined);
}

/** Beside those it lets in, those that others hold are not counted. */
function gatherAccounts(door: Gathered, { bypass, accounts }: Finding): void {
  const opens = letsIn(bypass);
  if (opens && !door.opens) {
    door.opens = true;
    door.people.clear();
    door.machines.clear();
    door.uncounted = 0;
  }
  if (opens !== door.opens) return;
  if (accounts === undefined) door.uncounted += 1;
  for (const { identity, isPerson } of accounts ?? []) (isPerson ? door.people : door.machines).add(identity);
}

function gatherAnswers(door: Gathered, owner: string | undefined, cover: Cover | undefined): void {
  if (owner === undefined) door.unowned += 1;
  else door.owners.add(owner);
  if (cover === undefined) return;
  door.covered += 1;
  door.exceptions.add(cover.exception);
}

function shown({ of, people, machines, whom, since, owners, exceptions, ...door }: Gathered): Door {
  const { title } = formWords(of.bypass.form);
  return {
    ...door,
    source: of.source.name,
    form: of.bypass.form,
    title,
    people: people.size,
    machines: machines.size,
    whom: whom.size > NAMED ? [] : [...whom],
    ...(since !== undefined && { since }),
    owners: [...owners].sort(),
    exceptions: [...exceptions].sort(),
  };
}

function worstFirst(a: Door, b: Door): number {
  return (
    Number(b.critical) - Number(a.critical) ||
    Number(b.opens) - Number(a.opens) ||
    Number(b.uncounted > 0) - Number(a.uncounted > 0) ||
    b.people + b.machines - (a.people + a.machines) ||
    Number(b.unowned > 0) - Number(a.unowned > 0) ||
    compare(`${a.since ?? NEVER}${a.title}${a.place}`, `${b.since ?? NEVER}${b.title}${b.place}`)
  );
}

/** After every instant. */
const NEVER = "9999-12-31T23:59:59.999Z";

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What the figures leave out, a sentence for each source. */
function gapsOf(doors: readonly Door[]): Unknown[] {
  const gaps = Map.groupBy(doors, ({ source }) => source);
  return [...gaps].flatMap(([source, of]) => {
    const sum = (count: (door: Door) => number) => of.reduce((total, door) => total + count(door), 0);
    const uncounted = sum((door) => (door.opens ? door.uncounted : 0));
    const undated = sum(({ sinceUnknown }) => sinceUnknown);
    return [
      ...(uncounted > 0 ? [`How many are behind ${bypassesOf(uncounted)}: what was read does not tell.`] : []),
      ...(undated > 0 ? [`Since when ${bypassesOf(undated)} ${undated === 1 ? "is" : "are"} there.`] : []),
    ].map((words) => ({ source, words }));
  });
}

function bypassesOf(n: number): string {
  return n === 1 ? "1 bypass" : `${n} bypasses`;
}
