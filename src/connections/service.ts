/** Connections: made, tried, asked, removed. Gives the other modules the live connector of a connection. */
import type { Connector, ConnectorFactory, Health } from "../connectors/port.ts";
import { ProviderFault } from "../connectors/port.ts";
import type { Actor } from "../journal/entry.ts";
import { commit, type CommitContext, retryOnConflict } from "../journal/append.ts";
import { refusal, Refused } from "../kernel/problem.ts";
import type { Instant } from "../kernel/time.ts";
import { isDuplicate } from "../platform/db.ts";
import type { Connection, ConnectionEvent } from "./connection.ts";
import { reaching } from "./reaching.ts";
import { connectionChange, type ConnectionStore, type StoredConnection } from "./store.ts";

/** Seals secrets with a key that is kept outside the database. */
export interface Sealer {
  seal(text: string): string;
  open(sealed: string): string;
  /** Short one-way fingerprint of a secret, safe to show. */
  fingerprint(text: string): string;
  /** False for what an older key sealed. */
  isCurrent(sealed: string): boolean;
}

export interface ConnectRequest {
  readonly key: string;
  readonly name: string;
  readonly kind: string;
  readonly config: unknown;
  readonly secret: string | undefined;
}

export interface ConnectionDependencies extends CommitContext {
  readonly store: ConnectionStore;
  readonly factories: readonly ConnectorFactory[];
  readonly sealer: Sealer;
  /** How many exceptions are asked for, granted, or not seen to be gone, and need this connection. */
  readonly countNeeding: (id: string) => Promise<number>;
}

export type ConnectionService = ReturnType<typeof createConnectionService>;

export function createConnectionService(deps: ConnectionDependencies) {
  const { store } = deps;
  const open = new Map<string, { version: number; connector: Connector }>();

  function factoryOf(kind: string): ConnectorFactory {
    const found = deps.factories.find((factory) => factory.kind === kind);
    if (found === undefined) {
      const known = deps.factories.map((factory) => factory.kind).join(", ");
      throw new Refused([refusal("connections.kindUnknown", `There is no connector "${kind}". Known: ${known}.`, { at: "/kind" })]);
    }
    return found;
  }

  async function load(id: string): Promise<StoredConnection> {
    const found = await store.find(id);
    if (found === undefined) throw new Refused([refusal("connections.notFound", `There is no connection ${id}.`)], 404);
    return found;
  }

  async function loadConnected(id: string): Promise<StoredConnection> {
    const found = await load(id);
    const { name, status } = found.connection;
    if (status === "removed") throw new Refused([refusal("connections.removed", `${name} was removed.`)], 409);
    return found;
  }

  /** A provider whose secret cannot be read cannot be asked; everything else goes on. */
  function opened(sealed: string): string {
    try {
      return deps.sealer.open(sealed);
    } catch (cause) {
      throw new ProviderFault("denied", `${wordsOf(cause)} Or give the secret again.`, { cause });
    }
  }

  /** The connector of a connection, opened once per version of its configuration. */
  async function connector(id: string): Promise<Connector> {
    const { connection, version } = await loadConnected(id);
    const known = open.get(id);
    if (known?.version === version) return known.connector;
    const sealed = await store.sealedSecret(id);
    const factory = factoryOf(connection.kind);
    const made = factory.create(checkedConfig(factory, connection.config), sealed === undefined ? undefined : opened(sealed));
    open.set(id, { version, connector: made });
    await known?.connector.close();
    return made;
  }

  return {
    connector,
    load,
    /** For readings that are not the connector's own word: the secret is for the one request, not to be kept. */
    async reach(id: string): Promise<{ readonly connection: Connection; readonly secret: string | undefined }> {
      const { connection } = await loadConnected(id);
      const sealed = await store.sealedSecret(id);
      return { connection, secret: sealed === undefined ? undefined : opened(sealed) };
    },
    list: () => store.list(),
    findByKey: (key: string) => store.findByKey(key),
    noteScan: (id: string, at: Instant, words: string) => store.noteScan(id, at, words),
    noteBrokeOff: (id: string, at: Instant, words: string) => store.noteBrokeOff(id, at, words),
    kinds: () => deps.factories.map(({ kind, title, secretLabel }) => ({ kind, title, ...(secretLabel !== undefined && { secretLabel }) })),

    /** Makes a connection after the provider answered. Refuses what cannot be reached: a connection that never worked helps nobody. */
    async connect(request: ConnectRequest, actor: Actor, now: Instant): Promise<Connection> {
      const factory = factoryOf(request.kind);
      const config = checkedConfig(factory, request.config);
      if (factory.secretLabel !== undefined && request.secret === undefined) {
        throw new Refused([refusal("connections.secretMissing", `Give the ${factory.secretLabel}.`, { at: "/secret" })]);
      }
      const taken = new Refused([refusal("connections.keyTaken", `A connection "${request.key}" exists already.`, { at: "/key" })], 409);
      if ((await store.findByKey(request.key)) !== undefined) throw taken;
      await tryOut(factory.create(config, request.secret));
      const id = deps.ids.next("connection");
      const fingerprint = request.secret === undefined ? {} : { secretFingerprint: deps.sealer.fingerprint(request.secret) };
      const event: ConnectionEvent = {
        type: "connected",
        data: {
          id,
          key: request.key,
          name: request.name,
          kind: request.kind,
          config,
          connectedAt: now,
          connectedBy: actor.id,
          ...fingerprint,
        },
      };
      const change = connectionChange(undefined, [event]);
      await commit(deps, {
        at: now,
        actor,
        changes: [change],
        alongside: async (tx) => {
          if (request.secret !== undefined) await store.putSecret(tx, id, deps.sealer.seal(request.secret));
        },
      }).catch((error: unknown) => {
        throw isDuplicate(error) ? taken : error;
      });
      return change.state as Connection;
    },

    async rotateSecret(id: string, secret: string, actor: Actor, now: Instant): Promise<Connection> {
      const { connection } = await loadConnected(id);
      const factory = factoryOf(connection.kind);
      await tryOut(factory.create(checkedConfig(factory, connection.config), secret));
      const rotated: ConnectionEvent = { type: "secretRotated", data: { secretFingerprint: deps.sealer.fingerprint(secret) } };
      return retryOnConflict(async () => {
        const change = connectionChange(await loadConnected(id), [rotated]);
        await commit(deps, { at: now, actor, changes: [change], alongside: (tx) => store.putSecret(tx, id, deps.sealer.seal(secret)) });
        return change.state as Connection;
      });
    },

    /** Removes a connection and destroys its secret. Refused while an exception needs it: nothing could be given, or taken away, any more. */
    async remove(id: string, reason: string, actor: Actor, now: Instant): Promise<void> {
      await retryOnConflict(async () => {
        const before = await load(id);
        if (before.connection.status === "removed") return;
        const needing = await deps.countNeeding(id);
        if (needing > 0) {
          const detail = `${needing} exceptions that are not over depend on ${before.connection.name}. End them first.`;
          throw new Refused([refusal("connections.exceptionsLive", detail)], 409);
        }
        const change = connectionChange(before, [{ type: "removed", data: { reason } }]);
        await commit(deps, { at: now, actor, changes: [change], alongside: (tx) => store.dropSecret(tx, id) });
      });
      await open.get(id)?.connector.close();
      open.delete(id);
    },

    /**
     * Seals anew what an older key sealed, so that the older key can go; returns how many secrets that were. Their values stay.
     * What no key at hand opens is left as it is and told to `unreadable`: the key may come back.
     */
    async resealSecrets(unreadable: (connection: string, why: string) => void): Promise<number> {
      let resealed = 0;
      for (const { connection, sealed } of await store.listSecrets()) {
        if (deps.sealer.isCurrent(sealed)) continue;
        try {
          if (await store.replaceSecret(connection, sealed, deps.sealer.seal(opened(sealed)))) resealed += 1;
        } catch (error) {
          if (!(error instanceof ProviderFault)) throw error;
          unreadable(connection, error.message);
        }
      }
      return resealed;
    },

    async health(id: string): Promise<Health> {
      try {
        return await (await connector(id)).health();
      } catch (error) {
        if (!(error instanceof ProviderFault)) throw error;
        return { reachable: false, words: error.message, permissions: [] };
      }
    },

    async close(): Promise<void> {
      await Promise.all([...open.values()].map(({ connector: each }) => each.close()));
      open.clear();
    },
  };
}

function checkedConfig(factory: ConnectorFactory, config: unknown): unknown {
  const parsed = factory.parse(config);
  if (parsed.ok) return parsed.config;
  throw new Refused(parsed.faults.map((fault) => refusal("connections.configInvalid", fault.words, { at: `/config${fault.at}` })));
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : "The secret cannot be read.";
}

async function tryOut(connector: Connector): Promise<void> {
  try {
    const health = await reaching(() => connector.health(), 422);
    if (!health.reachable) throw new Refused([refusal("connections.unreachable", health.words)]);
  } finally {
    await connector.close();
  }
}
