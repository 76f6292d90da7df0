/** Keycloak: exemption roles that end, flows evaluated for a person, sessions ended, drift and sign-ins from the realm's own events. */
import type { Capabilities, Connector } from "../port.ts";
import { openRealm, type Surroundings } from "./client.ts";
import type { KeycloakSettings } from "./config.ts";
import type { Context } from "./context.ts";
import { discover } from "./discover.ts";
import { changes, signIns } from "./events.ts";
import { grant, remove, revoke } from "./grant.ts";
import { health, maySignOut } from "./health.ts";
import { RIGHTS } from "./permissions.ts";
import { read } from "./read.ts";
import { endSessions, residualSeconds } from "./sessions.ts";
import { eventsConfig } from "./shapes.ts";
import { accountsBehind, findSubject, people, refusalOf } from "./subjects.ts";

/** Connects at the first call. `now` is the clock that ends and lives are reckoned by. */
export function createKeycloakConnector(settings: KeycloakSettings, surroundings: Surroundings): Connector {
  const { now } = surroundings;
  const context: Context = { settings, realm: openRealm(settings, surroundings), now };
  return {
    kind: "keycloak",
    policies: settings.policies.map(({ key, title, demands, leaves }) => ({ key, title, shape: "group", demands, leaves })),
    capabilities: () => capabilities(context),
    health: () => health(context),
    discover: (progress) => discover(context, progress),
    people: () => people(context),
    findSubject: (name) => findSubject(context, name),
    refusesSubject: (policy, subject) => refusalOf(context, policy, subject),
    accountsBehind: (subject) => accountsBehind(context, subject),
    grant: (order) => grant(context, order),
    revoke: (order) => revoke(context, order),
    remove: (bypass) => remove(context, bypass),
    read: (order) => read(context, order),
    endSessions: (subject) => endSessions(context, subject),
    signIns: (cursor) => signIns(context, cursor),
    changes: (cursor) => changes(context, cursor),
    close: async () => context.realm.close(),
  };
}

async function capabilities(context: Context): Promise<Capabilities> {
  const { eventsEnabled, adminEventsEnabled } = await context.realm.get("/events/config", eventsConfig);
  const endsSessions = (await maySignOut(context)) === true;
  return {
    resumesDiscovery: true,
    // Workflows could end a grant, but look only every twelve hours.
    nativeExpiry: false,
    // The flow is evaluated by us, from what the realm holds.
    simulate: false,
    endSessions: endsSessions,
    signIns: eventsEnabled,
    changes: adminEventsEnabled,
    maxPropagationSeconds: 0,
    residualSessionSeconds: await residualSeconds(context, endsSessions),
    permissions: RIGHTS.map(({ permission }) => permission),
  };
}
