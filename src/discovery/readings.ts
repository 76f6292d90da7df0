/** From what several files tell to one list of findings: who is who across them. Pure. */
import type { BypassSubject, DirectoryPerson, FileReading } from "../connectors/port.ts";
import type { Account, Finding, Seen, Source } from "./inventory.ts";

export interface NamedReading {
  /** The file's path, as it was given. */
  readonly name: string;
  readonly reading: FileReading;
}

/** Keys that no two providers give to different accounts: UUIDs and ARNs. Others mean something within one export only. */
const WORLDWIDE = /^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|arn:.+)$/i;

/**
 * Files of one kind may belong together: one holds the policies, another the groups. Whom a group stands for is asked of its own
 * file first, then of the others of its kind. The same bypass in two exports is one where its key is unique in the world; what only is
 * called the same may be another tenant's.
 *
 * Somebody is the same person where two files give the same mail address, or the same key that is unique in the world. Other
 * accounts are taken to be different people: rather one person too many than one too few. Disabled accounts get in nowhere.
 */
export function seenIn(readings: readonly NamedReading[]): Seen {
  const telling = tellersOf(readings);
  const done = new Set<string>();
  const findings = telling.flatMap((own): Finding[] => {
    const { source, reading } = own;
    const siblings = telling.filter((each) => each !== own && each.source.kind === source.kind);
    return reading.bypasses
      .filter(({ key }) => reading.isUnique?.(key) !== true || isFirst(done, JSON.stringify([source.kind, key])))
      .map((bypass) => ({ source, bypass, accounts: accountsOf(bypass.subject, own, siblings) }));
  });
  const people = knownPeople(telling);
  return {
    sources: telling.map(({ source }) => source),
    findings,
    unknown: telling.flatMap(({ source, reading }) => reading.unknown.map((words) => ({ source: source.name, words }))),
    ...(people !== undefined && { knownPeople: people }),
  };
}

/** Parts of one export lie in one folder; of what is called the same elsewhere nobody knows that it is the same. */
function joined(readings: readonly NamedReading[]): readonly NamedReading[] {
  const folders = Map.groupBy(readings, folderOf);
  return readings.map((each) => {
    const beside = folders.get(folderOf(each))!.filter((other) => other !== each);
    return each.reading.joined === undefined || beside.length === 0
      ? each
      : { ...each, reading: each.reading.joined(beside.map(({ reading }) => reading)) };
  });
}

function folderOf({ name }: NamedReading): string {
  return name.replace(/[^\\/]*$/, "");
}

/** A reading that can be asked for its accounts. */
interface Teller {
  readonly source: Source;
  readonly reading: FileReading;
  readonly accounts: ReadonlyMap<string, DirectoryPerson>;
}

/** One for each export, however many files it is written to. */
function tellersOf(readings: readonly NamedReading[]): readonly Teller[] {
  const all = joined(readings).map(({ reading }, at) => ({ name: readings[at]!.name, own: readings[at]!.reading, reading }));
  const partsOf = Map.groupBy(all, ({ reading }) => reading.toldBy);
  return all
    .filter(({ reading }) => reading.toldBy === undefined)
    .map(({ name, own, reading }): Teller => {
      const parts = (partsOf.get(own) ?? []).map((part) => part.name);
      const accounts = new Map((reading.accounts ?? []).map((account) => [account.subject.key, account]));
      return { source: { name, kind: reading.kind, title: reading.title, ...(parts.length > 0 && { parts }) }, reading, accounts };
    });
}

function isFirst(done: Set<string>, key: string): boolean {
  return !done.has(key) && done.add(key).size > 0;
}

function accountsOf(subject: BypassSubject, own: Teller, siblings: readonly Teller[]): readonly Account[] | undefined {
  const told = own.reading.accountsBehind(subject);
  if (told !== undefined) return told.flatMap((key) => accountOf(key, subject, own, siblings));
  // "Everyone" of another export is somebody else.
  if (subject.kind === "everyone") return undefined;
  // Of a group that is another file's, a file that names nobody has told nothing; several may each tell a part.
  const found = siblings.flatMap((other) =>
    (other.reading.accountsBehind(subject) ?? []).flatMap((key) => accountOf(key, subject, other, siblings)),
  );
  return found.length === 0 ? undefined : [...new Map(found.map((account) => [account.identity, account])).values()];
}

/** None where it is disabled. */
function accountOf(key: string, subject: BypassSubject, own: Teller, siblings: readonly Teller[]): readonly Account[] {
  const elsewhere = () => (WORLDWIDE.test(key) ? siblings.find(({ accounts }) => accounts.has(key))?.accounts.get(key) : undefined);
  const account = own.accounts.get(key) ?? elsewhere();
  if (account?.enabled === false) return [];
  const { kind } = account?.subject ?? subject;
  return [{ identity: identityOf(own.source, key, account), isPerson: kind !== "service" && kind !== "device" }];
}

function identityOf(source: Source, key: string, account: DirectoryPerson | undefined): string {
  const mail = account?.email ?? (key.includes("@") ? key : undefined);
  if (mail !== undefined) return mail.toLowerCase();
  return WORLDWIDE.test(key) ? key.toLowerCase() : JSON.stringify([source.name, key]);
}

/** Where one file names nobody, how many there are in all is not known. */
function knownPeople(telling: readonly Teller[]): number | undefined {
  const people = new Set<string>();
  for (const { source, reading } of telling) {
    if (reading.accounts === undefined) return undefined;
    for (const account of reading.accounts) {
      const { kind, key } = account.subject;
      if (account.enabled && kind === "user") people.add(identityOf(source, key, account));
    }
  }
  return people.size;
}
