/** Who a scope lets through now: each person once, however many of its groups they are in. What cannot be counted is unknown. */
import { plainWords, ProviderFault } from "../connectors/port.ts";
import { Refused } from "../kernel/problem.ts";
import type { CoveredView } from "./contract-preview.ts";
import { providerSubject } from "./provider-subject.ts";
import type { ConnectionId, DraftContent, Subject } from "./version.ts";
import type { World } from "./world.ts";

const MOST_NAMED = 50;

interface Counted {
  readonly subject: Subject;
  readonly keys: readonly string[] | undefined;
  readonly whyUnknown: string | null;
}

export async function loadCovered(world: Pick<World, "connector" | "holdersOf">, { scope }: DraftContent): Promise<CoveredView> {
  const counted = await Promise.all(scope.map(({ subject }) => count(world, subject)));
  const accounts = Map.groupBy(
    counted.flatMap(({ subject, keys }) => (keys ?? []).map((key) => ({ connection: subject.connection, key }))),
    ({ connection }) => connection,
  );
  const known = new Map<string, CoveredView["known"][number]>();
  let unknownAccounts = 0;
  for (const [connection, found] of accounts) unknownAccounts += await nameHolders(world, connection, found, known);
  const isCounted = counted.every(({ keys }) => keys !== undefined);
  return {
    subjects: counted.map(({ subject, keys, whyUnknown }) => ({ key: subject.key, accounts: keys?.length ?? null, whyUnknown })),
    people: isCounted ? known.size + unknownAccounts : null,
    known: [...known.values()].toSorted((a, b) => a.name.localeCompare(b.name, "en")).slice(0, MOST_NAMED),
    knownCount: known.size,
    unknownAccounts,
  };
}

async function count(world: Pick<World, "connector">, subject: Subject): Promise<Counted> {
  try {
    const connector = await world.connector(subject.connection);
    return { subject, keys: await connector.accountsBehind(providerSubject(subject)), whyUnknown: null };
  } catch (error) {
    if (!(error instanceof ProviderFault || error instanceof Refused)) throw error;
    return { subject, keys: undefined, whyUnknown: error instanceof Refused ? (error.reasons[0]?.detail ?? "") : plainWords(error) };
  }
}

/** Adds whom these accounts are known to be of; returns how many are of nobody known. */
async function nameHolders(
  world: Pick<World, "holdersOf">,
  connection: ConnectionId,
  accounts: readonly { readonly key: string }[],
  known: Map<string, CoveredView["known"][number]>,
): Promise<number> {
  const keys = new Set(accounts.map(({ key }) => key));
  const holders = await world.holdersOf(connection, [...keys]);
  for (const { key, id, name, unit } of holders) {
    keys.delete(key);
    known.set(id, { id, name, unit });
  }
  return keys.size;
}
