/** What the inventory asks of the other modules, who answers for a bypass, and what covers it. */
import { accountFor, type Bypass, type BypassService, type CoversOf, type Documented } from "./bypasses/index.ts";
import type { ConnectionService } from "./connections/index.ts";
import type { AccountHolder, DiscoveryWorld } from "./discovery/index.ts";
import { type ExceptionStore, type ExportedConnection, letPast, type OwnerStore, providerSubject } from "./exceptions/index.ts";
import { Refused } from "./kernel/problem.ts";
import type { Instant } from "./kernel/time.ts";
import type { PeopleService } from "./people/index.ts";

/** Accounts are looked up so many at a time: each is compared with each that was found. */
const BATCH = 200;

/** Names of those who answer for bypasses, by the bypass's id: whom its exception names, else who claimed it. */
export function createAnswers(people: PeopleService, owners: OwnerStore) {
  return async (bypasses: readonly Bypass[]): Promise<ReadonlyMap<string, string>> => {
    const answered = bypasses.flatMap((bypass) => ("exception" in bypass ? [bypass] : []));
    const ownerOf = await owners.ownersOf([...new Set(answered.map(({ exception }) => exception))]);
    const personOf = answered.flatMap((bypass) => {
      const person = ownerOf.get(bypass.exception) ?? ("by" in bypass ? bypass.by : undefined);
      return person === undefined ? [] : [[bypass.id, person] as const];
    });
    const persons = await people.findPersons([...new Set(personOf.map(([, person]) => person))]);
    const nameOf = new Map<string, string>(persons.map(({ id, displayName }) => [id, displayName]));
    return new Map(personOf.map(([id, person]) => [id, nameOf.get(person) ?? person]));
  };
}

/**
 * The exception that the register holds a bypass for, where it is in force now and names whom it lets through: a stored status tells of
 * the last reading, and a claim of somebody's intent.
 */
export function createCovers(store: Pick<ExceptionStore, "findMany">): CoversOf {
  return async (bypasses, now) => {
    const answered = bypasses.flatMap((bypass) => ("exception" in bypass ? [bypass] : []));
    const ids = [...new Set(answered.map(({ exception }) => exception))];
    const past = new Map<string, ReturnType<typeof letPast>>();
    for (let at = 0; at < ids.length; at += BATCH) {
      for (const { exception } of await store.findMany(ids.slice(at, at + BATCH))) past.set(exception.dossier.id, letPast(exception, now));
    }
    const documented = answered.flatMap((bypass) => documentedBy(bypass, past.get(bypass.exception), now));
    // Keys are those of a connection; ids are told apart in all of them.
    const seen = answered.map(({ id, seen: each }) => ({ ...each, key: id }));
    const accounted = accountFor(seen, documented, now);
    return new Map(
      accounted.flatMap(({ bypass: { key }, by }) => (by === undefined ? [] : [[key, { exception: by.exception, until: by.until }]])),
    );
  };
}

function documentedBy({ id, connection, seen }: Bypass, past: ReturnType<typeof letPast>, now: Instant): readonly Documented[] {
  if (past?.connection !== connection) return [];
  const { exception, policy, until } = past;
  return past.subjects.map((subject) => ({
    exception,
    subject: providerSubject(subject),
    bypass: id,
    ...(seen.policy !== undefined && { object: policy }),
    from: now,
    until,
  }));
}

/** What an export of the register calls a connection and its policies. One that is removed, or cannot be opened, has no ids to give. */
export function createExportedConnections(connections: ConnectionService) {
  return async (id: string): Promise<ExportedConnection> => {
    const { key } = (await connections.load(id)).connection;
    const policies = await connections.connector(id).then(
      (connector) => connector.policies,
      (error: unknown) => {
        if (error instanceof Refused) return [];
        throw error;
      },
    );
    return { key, policyIds: new Map(policies.flatMap((policy) => (policy.id === undefined ? [] : [[policy.key, policy.id]]))) };
  };
}

interface Sources {
  readonly connections: ConnectionService;
  readonly bypasses: BypassService;
  readonly people: PeopleService;
}

type Answered = Pick<DiscoveryWorld, "answersFor" | "coversOf">;

export function createDiscoveryWorld({ connections, bypasses, people }: Sources, answered: Answered): DiscoveryWorld {
  return {
    ...answered,
    connector: (connection) => connections.connector(connection),
    standing: (connection) => bypasses.standing(connection),
    async connections() {
      const connected = (await connections.list()).filter(({ connection }) => connection.status === "connected");
      return connected.map(({ connection: { id, key, name, kind }, scannedAt, brokeOff }) => ({
        id,
        key,
        name,
        kind,
        readAt: scannedAt,
        brokeOffAt: brokeOff?.at,
      }));
    },
    async personsOf(connection, keys) {
      const holders = new Map<string, AccountHolder>();
      for (let at = 0; at < keys.length; at += BATCH) {
        for (const { id, accounts } of await people.findPersonsByKeys(connection, keys.slice(at, at + BATCH)))
          for (const account of accounts)
            if (account.connection === connection) holders.set(account.key, { person: id, enabled: account.enabled });
      }
      return holders;
    },
  };
}
