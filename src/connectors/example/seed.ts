/** The directory as it is on its first day. Pure. */
import { duration, type Instant, subtractDuration } from "../../kernel/time.ts";
import type { Account, Change, Directory, Group, Opening } from "./directory.ts";
import { objectOf } from "./naming.ts";
import { ACCOUNTS, BYPASSES, COMPANY, GROUPS, PEOPLE } from "./people.ts";

const ABOUT =
  "Example data of Postern: fictional people of a company that does not exist. Remove the connection to be rid of it; delete this file to begin anew.";

/** How far back the change log of the new directory reaches. */
const LOGGED_DAYS = 30;

export function seedDirectory(madeAt: Instant): Directory {
  const accounts = [...rowsOf(PEOPLE).map(personOf), ...rowsOf(ACCOUNTS).map(machineOf)];
  const groups = rowsOf(GROUPS).map(groupOfRow);
  const keys = new Map([...accounts, ...groups].map(({ name, key }) => [name, key]));
  const openings = rowsOf(BYPASSES).map((row, index) => openingOf(row, index, madeAt, keys));
  const changes = openings.filter(({ since }) => since > daysBefore(madeAt, LOGGED_DAYS)).map(changeOf);
  return { about: ABOUT, version: 1, madeAt, accounts, groups, openings, changes: changes.sort((a, b) => (a.at < b.at ? -1 : 1)) };
}

type Row = readonly string[];

function rowsOf(table: string): readonly Row[] {
  return table
    .trim()
    .split("\n")
    .map((line) => line.split("|").map((cell) => cell.trim()));
}

function personOf([name = "", fullName = "", unit = "", title = "", manager = "", flags = ""]: Row): Account {
  return {
    key: `person-${name}`,
    kind: "user",
    name,
    fullName,
    title,
    mail: `${name}@${COMPANY}.example`,
    unit,
    ...(manager !== "" && { managerKey: `person-${manager}` }),
    enabled: flags !== "left",
    privileged: flags === "admin",
    bound: flags !== "free",
  };
}

function machineOf([name = "", kind = "", fullName = "", owner = "", flags = ""]: Row): Account {
  return {
    key: `${kind}-${name}`,
    kind: kind === "device" ? "device" : "service",
    name,
    fullName,
    unit: "accounts",
    managerKey: `person-${owner}`,
    enabled: true,
    privileged: flags === "admin",
    // A service signs in with what it holds; a shared workstation reads the cards of those who sit at it.
    bound: kind === "device",
  };
}

function groupOfRow([name = "", kind = "", members = ""]: Row): Group {
  const keys = members.split(" ").map((member) => (member.startsWith("@") ? `group-${member.slice(1)}` : `person-${member}`));
  return { key: `group-${name}`, name, kind: kind as Group["kind"], members: keys };
}

function openingOf(row: Row, index: number, madeAt: Instant, keys: ReadonlyMap<string, string>): Opening {
  const [form = "", policy = "", name = "", days = "", by = "", seen = "", fixed = ""] = row;
  return {
    key: `hand-${String(index + 1).padStart(2, "0")}`,
    form: form as Opening["form"],
    ...(policy !== "" && { policy }),
    subject: keys.get(name) ?? name,
    object: objectOf(policy, name),
    seen,
    by,
    since: daysBefore(madeAt, Number(days)),
    ...(fixed !== "" && { fixed }),
  };
}

function changeOf({ since, object, policy, subject, by }: Opening): Change {
  return { at: since, object, action: "added", ...(policy !== undefined && { policy }), subject, by, ours: false };
}

function daysBefore(at: Instant, days: number): Instant {
  return subtractDuration(at, duration(`P${days}D`));
}
