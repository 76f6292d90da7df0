/** Microsoft Entra ID through Graph v1.0: exemptions by membership of groups that a Conditional Access policy excludes. */
import type { Capabilities, Connector } from "../port.ts";
import { changes } from "./audit.ts";
import type { EntraSettings } from "./config.ts";
import { discover } from "./discover.ts";
import { type Context, createContext, type EntraSurroundings } from "./graph.ts";
import { grant, remove, revoke } from "./grant.ts";
import { health } from "./health.ts";
import { permissionsOf } from "./permissions.ts";
import { hasPim } from "./pim.ts";
import { read } from "./read.ts";
import { endSessions, RESIDUAL_HOURS } from "./sessions.ts";
import { signIns } from "./sign-ins.ts";
import { accountsBehind, findByName, people, refusalOf } from "./subjects.ts";

/** A change of a policy or a membership may take up to a day until it holds everywhere. */
const MOST_PROPAGATION_SECONDS = 86_400;

export function createEntraConnector(settings: EntraSettings, surroundings: EntraSurroundings): Connector {
  const context = createContext(settings, surroundings);
  return {
    kind: "entra",
    policies: settings.policies.map(({ key, title, policyId: id, demands, leaves }) => ({
      key,
      title,
      id,
      shape: "group",
      demands,
      leaves,
    })),
    capabilities: () => capabilities(context),
    health: () => health(context),
    discover: (progress) => discover(context, progress),
    people: () => people(context),
    findSubject: (name) => findByName(context, name),
    refusesSubject: (policy, subject) => refusalOf(context, policy, subject),
    accountsBehind: (subject) => accountsBehind(context, subject),
    grant: (order) => grant(context, order),
    revoke: (order) => revoke(context, order),
    remove: (bypass) => remove(context, bypass),
    read: (order) => read(context, order),
    endSessions: (subject) => endSessions(context, subject),
    signIns: (cursor) => signIns(context, cursor),
    changes: (cursor) => changes(context, cursor),
    close: async () => context.wire.close(),
  };
}

async function capabilities(context: Context): Promise<Capabilities> {
  const { settings } = context;
  return {
    resumesDiscovery: true,
    nativeExpiry: await hasPim(context),
    simulate: true,
    endSessions: true,
    signIns: settings.readsSignIns,
    changes: true,
    maxPropagationSeconds: MOST_PROPAGATION_SECONDS,
    residualSessionSeconds: RESIDUAL_HOURS * 3600,
    permissions: permissionsOf(settings, (await context.tokens.get()).roles),
  };
}
