/** The inventory of what the connections showed at their last reading. */
import type { Bypass } from "../bypasses/index.ts";
import { isStale } from "../connections/freshness.ts";
import {
  type Bypass as SeenBypass,
  type BypassSubject,
  type Connector,
  governable,
  plainWords,
  ProviderFault,
  type ProviderSubject,
} from "../connectors/port.ts";
import { refusal, Refused } from "../kernel/problem.ts";
import { addDuration, duration, type Instant } from "../kernel/time.ts";
import { type Account, type Cover, type Finding, type Inventory, inventoryOf, type Source, type Unknown } from "./inventory.ts";

export interface ReadConnection {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly kind: string;
  /** When it was last read in full. */
  readonly readAt: Instant | undefined;
  /** When the last reading broke off, where it did. */
  readonly brokeOffAt: Instant | undefined;
}

export interface AccountHolder {
  readonly person: string;
  /** Whether anybody could sign in with the account when people were last brought in. */
  readonly enabled: boolean;
}

/** What other modules know; wired by compose. */
export interface DiscoveryWorld {
  /** Those that are connected. */
  readonly connections: () => Promise<readonly ReadConnection[]>;
  /** What a connection was last seen to hold. */
  readonly standing: (connection: string) => Promise<readonly Bypass[]>;
  readonly connector: (connection: string) => Promise<Connector>;
  /** Whose accounts these are, by key; keys of nobody are left out. */
  readonly personsOf: (connection: string, keys: readonly string[]) => Promise<ReadonlyMap<string, AccountHolder>>;
  /** The names of those who answer for these, by the bypass's id. */
  readonly answersFor: (bypasses: readonly Bypass[]) => Promise<ReadonlyMap<string, string>>;
  /** The exceptions that cover these at a moment, by the bypass's id; those that none covers are left out. */
  readonly coversOf: (bypasses: readonly Bypass[], now: Instant) => Promise<ReadonlyMap<string, Cover>>;
}

export type DiscoveryService = ReturnType<typeof createDiscoveryService>;

export function createDiscoveryService(world: DiscoveryWorld) {
  const groups = rememberGroups();
  return {
    async inventory(connection: string | undefined, now: Instant): Promise<Inventory> {
      const connected = (await world.connections()).filter(({ id }) => connection === undefined || id === connection);
      if (connection !== undefined && connected.length === 0)
        throw new Refused([refusal("connections.notFound", `There is no connection ${connection}.`)], 404);
      const findings: (readonly Finding[])[] = [];
      const unknown: Unknown[] = [];
      for (const each of connected) {
        const seen = await findingsOf(world, groups, each, now);
        findings.push(seen.findings);
        unknown.push(...[...staleness(each, now), ...seen.unknown].map((words) => ({ source: each.key, words })));
      }
      return inventoryOf({ sources: connected.map((each) => sourceOf(each, now)), findings: findings.flat(), unknown }, now);
    },
  };
}

function sourceOf({ key, kind, name, readAt }: ReadConnection, now: Instant): Source {
  return { name: key, kind, title: name, readAt: readAt ?? null, isStale: isStale(readAt, now) };
}

function staleness({ readAt, brokeOffAt }: ReadConnection, now: Instant): string[] {
  const why = brokeOffAt === undefined ? "" : ` The last reading, at ${brokeOffAt}, broke off.`;
  if (readAt === undefined) return [`${why === "" ? "All of it: it was never read." : "Most of it: it was never read in full."}${why}`];
  return why !== "" || isStale(readAt, now) ? [`What changed since ${readAt}, when it was last read in full.${why}`] : [];
}

async function findingsOf(world: DiscoveryWorld, groups: Groups, connection: ReadConnection, now: Instant) {
  const { id } = connection;
  const source = sourceOf(connection, now);
  const standing = await world.standing(id);
  const covers = await world.coversOf(standing, now);
  const answers = await world.answersFor(standing);
  const { keysOf, unknown } = await expand(world, groups(connection, now), connection.id, standing);
  const keys = new Set(standing.flatMap(({ seen }) => keysOf(seen) ?? []));
  const persons = await world.personsOf(id, [...keys]);
  const disabled = [...keys].filter((key) => persons.get(key)?.enabled === false).length;
  if (disabled > 0)
    unknown.push(`Whether ${disabled} accounts that were disabled when people were last brought in still are: they are not counted.`);
  const machines = new Set(standing.flatMap(({ seen: { subject } }) => (isMachine(subject) ? [subject.key] : [])));
  const accountsOf = (seen: SeenBypass): readonly Account[] | undefined =>
    keysOf(seen)
      ?.filter((key) => persons.get(key)?.enabled !== false)
      .map((key) => ({
        identity: persons.get(key)?.person ?? `${id} ${key}`,
        isPerson: persons.has(key) || !machines.has(key),
      }));
  const findings = standing.map((bypass): Finding => {
    const owner = answers.get(bypass.id);
    return {
      source,
      bypass: bypass.seen,
      accounts: accountsOf(bypass.seen),
      ...(owner !== undefined && { owner }),
      cover: covers.get(bypass.id) ?? null,
    };
  });
  return { findings, unknown };
}

/** A name that leads nowhere is a finding, and lets in nobody yet. A condition may name nobody and be asked of everyone all the same. */
function isOfNobody({ form, subject }: SeenBypass): boolean {
  return form === "dangling_condition" && governable(subject) !== undefined;
}

function isMachine({ kind }: BypassSubject): boolean {
  return kind === "service" || kind === "device";
}

/** So many groups are asked for in one inventory: a page that is opened must not wait for a provider for minutes. */
const GROUPS_ASKED = 50;

/** What was learnt of a group is asked again after this long, also where no reading comes to its end. */
const REMEMBERED_FOR = duration("PT15M");

/** Who is in each group, by its key, or why that could not be read; of one reading of a connection. */
type Members = Map<string, readonly string[] | ProviderFault>;
type Groups = (connection: ReadConnection, now: Instant) => Members;

/** Who is in the groups is asked of the provider once after each of its readings, however often people look. */
function rememberGroups(): Groups {
  const remembered = new Map<string, { readonly readAt: Instant | undefined; readonly since: Instant; readonly members: Members }>();
  return ({ id, readAt }, now) => {
    const known = remembered.get(id);
    if (known !== undefined && known.readAt === readAt && now < addDuration(known.since, REMEMBERED_FOR)) return known.members;
    const members: Members = new Map();
    remembered.set(id, { readAt, since: now, members });
    return members;
  };
}

async function expand(world: DiscoveryWorld, members: Members, connection: string, standing: readonly Bypass[]) {
  const subjects = standing.flatMap(({ seen }) => (isOfNobody(seen) ? [] : [seen.subject]));
  const met = new Map(subjects.flatMap((subject) => (subject.kind === "group" ? [[subject.key, subject]] : [])));
  const groups = [...met.values()].flatMap((subject) => governable(subject) ?? []);
  const unasked = () => groups.filter(({ key }) => !members.has(key));
  const stopped = await ask(world, members, connection, unasked().slice(0, GROUPS_ASKED));
  const unknown = unreadable(groups.map(({ key }) => members.get(key)));
  const left = unasked().length;
  const why = stopped === undefined ? `: only ${GROUPS_ASKED} are asked for at once. Look again for more.` : `. ${plainWords(stopped)}`;
  if (left > 0) unknown.push(`Who is in ${left} of its groups${why}`);
  const keysOf = (seen: SeenBypass): readonly string[] | undefined => {
    const { kind, key } = seen.subject;
    if (isOfNobody(seen)) return [];
    if (kind === "group") return keysIn(members.get(key));
    return kind === "user" || kind === "service" || kind === "device" ? [key] : undefined;
  };
  return { keysOf, unknown };
}

/** A group that cannot be read hides no other; a provider that does not answer for one will not answer for the next. */
async function ask(world: DiscoveryWorld, members: Members, connection: string, groups: readonly ProviderSubject[]) {
  try {
    for (const group of groups) members.set(group.key, await behind(await world.connector(connection), group));
    return undefined;
  } catch (error) {
    if (error instanceof ProviderFault) return error;
    throw error;
  }
}

async function behind(connector: Connector, group: ProviderSubject): Promise<readonly string[] | ProviderFault> {
  try {
    return await connector.accountsBehind(group);
  } catch (error) {
    if (error instanceof ProviderFault && (error.kind === "denied" || error.kind === "fault")) return error;
    throw error;
  }
}

function keysIn(members: readonly string[] | ProviderFault | undefined): readonly string[] | undefined {
  return members instanceof ProviderFault ? undefined : members;
}

/** How many groups could not be read, for each reason. */
function unreadable(found: readonly (readonly string[] | ProviderFault | undefined)[]): string[] {
  const reasons = Map.groupBy(
    found.filter((each) => each instanceof ProviderFault),
    plainWords,
  );
  return [...reasons].map(([reason, { length }]) => `Who is in ${length} of its groups. ${reason}`);
}
