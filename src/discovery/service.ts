/** The inventory of what the connections showed at their last reading. */
import type { Bypass } from "../bypasses/index.ts";
import { type BypassSubject, type Connector, governable, plainWords, ProviderFault } from "../connectors/port.ts";
import { refusal, Refused } from "../kernel/problem.ts";
import { duration, durationMs, type Instant, msBetween } from "../kernel/time.ts";
import { type Account, type Finding, type Inventory, inventoryOf, type Source, type Unknown } from "./inventory.ts";

export interface ReadConnection {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly kind: string;
  readonly readAt: Instant | undefined;
  /** True where the last reading broke off. */
  readonly isPartial: boolean;
}

/** What other modules know; wired by compose. */
export interface DiscoveryWorld {
  /** Those that are connected. */
  readonly connections: () => Promise<readonly ReadConnection[]>;
  /** What a connection was last seen to hold. */
  readonly standing: (connection: string) => Promise<readonly Bypass[]>;
  readonly connector: (connection: string) => Promise<Connector>;
  /** Whose accounts these are, by key; keys of nobody are left out. */
  readonly personsOf: (connection: string, keys: readonly string[]) => Promise<ReadonlyMap<string, string>>;
  /** The names of those who answer for these, by the bypass's id. */
  readonly answersFor: (bypasses: readonly Bypass[]) => Promise<ReadonlyMap<string, string>>;
}

export type DiscoveryService = ReturnType<typeof createDiscoveryService>;

export function createDiscoveryService(world: DiscoveryWorld) {
  return {
    async inventory(connection: string | undefined, now: Instant): Promise<Inventory> {
      const connected = (await world.connections()).filter(({ id }) => connection === undefined || id === connection);
      if (connection !== undefined && connected.length === 0)
        throw new Refused([refusal("connections.notFound", `There is no connection ${connection}.`)], 404);
      const findings: (readonly Finding[])[] = [];
      const unknown: Unknown[] = [];
      for (const each of connected) {
        const source = sourceOf(each);
        const seen = await findingsOf(world, each, source);
        findings.push(seen.findings);
        unknown.push(...[...staleness(each, now), ...seen.unknown].map((words) => ({ source: source.name, words })));
      }
      return inventoryOf({ sources: connected.map(sourceOf), findings: findings.flat(), unknown }, now);
    },
  };
}

function sourceOf({ key, kind, name }: ReadConnection): Source {
  return { name: key, kind, title: name };
}

/** Connections are read every quarter of an hour; after four that were missed, what is shown is old. */
const STALE_AFTER = durationMs(duration("PT1H"));

function staleness({ readAt, isPartial }: ReadConnection, now: Instant): string[] {
  if (readAt === undefined) return ["All of it: it was never read."];
  if (isPartial) return [`What is new: the last reading, at ${readAt}, broke off.`];
  return msBetween(readAt, now) > STALE_AFTER ? [`What changed since ${readAt}, when it was last read.`] : [];
}

async function findingsOf(world: DiscoveryWorld, { id }: ReadConnection, source: Source) {
  const standing = await world.standing(id);
  const answers = await world.answersFor(standing);
  const { keysOf, unknown } = await expand(world, id, standing);
  const keys = new Set(standing.flatMap(({ seen }) => keysOf(seen.subject) ?? []));
  const persons = await world.personsOf(id, [...keys]);
  const machines = new Set(standing.flatMap(({ seen: { subject } }) => (isMachine(subject) ? [subject.key] : [])));
  const accountsOf = (subject: BypassSubject): readonly Account[] | undefined =>
    keysOf(subject)?.map((key) => ({
      identity: persons.get(key) ?? `${id} ${key}`,
      isPerson: persons.has(key) || !machines.has(key),
    }));
  const findings = standing.map((bypass): Finding => {
    const owner = answers.get(bypass.id);
    return {
      source,
      bypass: bypass.seen,
      accounts: accountsOf(bypass.seen.subject),
      ...(owner !== undefined && { owner }),
      covered: bypass.status === "registered",
    };
  });
  return { findings, unknown };
}

function isMachine({ kind }: BypassSubject): boolean {
  return kind === "service" || kind === "device";
}

/** So many groups are asked for in one inventory: a page that is opened must not wait for a provider for minutes. */
const GROUPS_ASKED = 50;

/** Who is behind the groups: asked of the provider, since they change without anybody telling. */
async function expand(world: DiscoveryWorld, connection: string, standing: readonly Bypass[]) {
  const groups = new Map(standing.flatMap(({ seen: { subject } }) => (subject.kind === "group" ? [[subject.key, subject]] : [])));
  const members = new Map<string, readonly string[]>();
  const unknown: string[] = [];
  try {
    for (const [key, subject] of [...groups].slice(0, GROUPS_ASKED)) {
      const group = governable(subject);
      if (group !== undefined) members.set(key, await (await world.connector(connection)).accountsBehind(group));
    }
    if (groups.size > GROUPS_ASKED)
      unknown.push(`Who is in ${groups.size - GROUPS_ASKED} of its groups: only ${GROUPS_ASKED} are asked for at once.`);
  } catch (error) {
    if (!(error instanceof ProviderFault)) throw error;
    unknown.push(`Who is in ${groups.size - members.size} of its groups. ${plainWords(error)}`);
  }
  const keysOf = ({ kind, key }: BypassSubject): readonly string[] | undefined => {
    if (kind === "group") return members.get(key);
    return kind === "user" || kind === "service" || kind === "device" ? [key] : undefined;
  };
  return { keysOf, unknown };
}
