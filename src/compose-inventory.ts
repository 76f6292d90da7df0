/** What the inventory asks of the other modules, and who answers for a bypass. */
import type { Bypass, BypassService } from "./bypasses/index.ts";
import type { ConnectionService } from "./connections/index.ts";
import type { DiscoveryWorld } from "./discovery/index.ts";
import type { OwnerStore } from "./exceptions/index.ts";
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

interface Sources {
  readonly connections: ConnectionService;
  readonly bypasses: BypassService;
  readonly people: PeopleService;
}

export function createDiscoveryWorld({ connections, bypasses, people }: Sources, answersFor: DiscoveryWorld["answersFor"]): DiscoveryWorld {
  return {
    answersFor,
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
      const personOf = new Map<string, string>();
      for (let at = 0; at < keys.length; at += BATCH) {
        for (const { id, accounts } of await people.findPersonsByKeys(connection, keys.slice(at, at + BATCH)))
          for (const account of accounts) if (account.connection === connection) personOf.set(account.key, id);
      }
      return personOf;
    },
  };
}
