import { type Connector, type Health, plainWords } from "../connectors/port.ts";
import type { Actor } from "../journal/entry.ts";
import type { Instant } from "../kernel/time.ts";
import { callerOf, type Route, route } from "../platform/http.ts";
import * as contract from "./contract.ts";
import type { Drift } from "./drift.ts";
import type { DriftService } from "./drift-service.ts";
import { isStale } from "./freshness.ts";
import { reaching } from "./reaching.ts";
import type { ConnectionService } from "./service.ts";
import { isClockWrong } from "./skew.ts";
import type { StoredConnection } from "./store.ts";

/** Brings the persons of a connection in; the people module's, wired by compose. */
export type ImportPeople = (
  connector: Connector,
  connectionId: string,
  now: string,
) => Promise<{ created: number; changed: number; deactivated: number; unchanged: number }>;

export function connectionRoutes(service: ConnectionService, importPeople: ImportPeople): readonly Route[] {
  return [
    route(contract.listConnections, async (_, call) => ({
      items: (await service.list()).map((stored) => view(withoutWords(stored, callerOf(call).roles), call.now)),
      kinds: service.kinds(),
    })),
    route(contract.connectProvider, async ({ body }, call) => {
      const { id } = await service.connect({ ...body, secret: body.secret }, actorOf(callerOf(call).personId), call.now);
      return view(await service.load(id), call.now);
    }),
    route(contract.rotateConnectionSecret, async ({ params, body }, call) => {
      await service.rotateSecret(params.id, body.secret, actorOf(callerOf(call).personId), call.now);
      return view(await service.load(params.id), call.now);
    }),
    route(contract.removeConnection, async ({ params, body }, call) => {
      await service.remove(params.id, body.reason, actorOf(callerOf(call).personId), call.now);
      return {};
    }),
    route(contract.connectionHealth, async ({ params }) => {
      const health = healthView(await service.health(params.id));
      if (!health.reachable) return health;
      const capabilities = await (await service.connector(params.id)).capabilities();
      return { ...health, capabilities: { ...capabilities, permissions: [...capabilities.permissions] } };
    }),
    route(contract.listPolicies, async ({ params }) => ({ items: [...(await service.connector(params.id)).policies] })),
    route(contract.findSubject, async ({ params, query }) => {
      const connector = await service.connector(params.id);
      const find = async () => {
        const subject = await connector.findSubject(query.name);
        if (subject === undefined) return {};
        const refused = query.policy === undefined ? undefined : await connector.refusesSubject(query.policy, subject);
        return { subject, headcount: (await connector.accountsBehind(subject)).length, ...(refused !== undefined && { refused }) };
      };
      // Everybody signed in may look somebody up; what the provider says of itself is not for everybody.
      return reaching(find, 502, plainWords);
    }),
    route(contract.importDirectoryPeople, async ({ params }, call) => {
      const connector = await service.connector(params.id);
      return reaching(() => importPeople(connector, params.id, call.now));
    }),
  ];
}

export function driftRoutes(service: ConnectionService, drift: DriftService): readonly Route[] {
  return [
    route(contract.listDrift, async ({ params, query }) => {
      await service.load(params.id);
      const found = await drift.list(params.id, query.limit + 1, query.cursor);
      const items = found.slice(0, query.limit).map(viewOfDrift);
      return { items, ...(found.length > query.limit && { next: items.at(-1)!.id }) };
    }),
  ];
}

function viewOfDrift({ id, at, seenAt, object, action, subject, by }: Drift) {
  return { id, at, seenAt, object, action, subject, by };
}

function healthView({ permissions, coverage, ...health }: Health) {
  return {
    ...health,
    permissions: [...permissions],
    isClockWrong: isClockWrong(health.clockSkewMs),
    ...(coverage !== undefined && { coverage: coverage.map((each) => ({ ...each, unreadable: [...each.unreadable] })) }),
  };
}

function actorOf(personId: string): Actor {
  return { kind: "person", id: personId };
}

function withoutWords(stored: StoredConnection, roles: readonly string[]): Shown {
  if (roles.some((role) => contract.TOLD_WORDS.includes(role))) return stored;
  return { ...stored, scanWords: undefined, brokeOff: stored.brokeOff && { at: stored.brokeOff.at } };
}

type Shown = Omit<StoredConnection, "brokeOff"> & {
  readonly brokeOff: { readonly at: Instant; readonly words?: string } | undefined;
};

function view({ connection, scannedAt, scanWords, brokeOff }: Shown, now: Instant) {
  const { id, key, name, kind, status, connectedAt, secretFingerprint } = connection;
  return {
    id,
    key,
    name,
    kind,
    status,
    connectedAt,
    isStale: isStale(scannedAt, now),
    ...(secretFingerprint !== undefined && { secretFingerprint }),
    ...(scannedAt !== undefined && { scannedAt }),
    ...(scanWords !== undefined && { scanWords }),
    ...(brokeOff !== undefined && { brokeOff: { ...brokeOff } }),
  };
}
