/** Active Directory behind the port: see docs/connectors/activedirectory.md for what each call reads, writes and cannot do. */
import { durationOfMs } from "../../kernel/time.ts";
import type { Instant } from "../../kernel/time.ts";
import type { Capabilities, Connector, GovernedPolicy, SessionsEnded } from "../port.ts";
import { changes } from "./changes.ts";
import { createDirectory } from "./client.ts";
import type { ActiveDirectorySettings } from "./config.ts";
import { discover } from "./discover.ts";
import { type Context, type Domain, readDomain } from "./domain.ts";
import { grant } from "./grant.ts";
import { health, permissionsNeeded } from "./health.ts";
import { read, ticketEnd } from "./read.ts";
import { remove, revoke } from "./revoke.ts";
import { signIns } from "./sign-ins.ts";
import { findSubject, accountsBehind, people, refusesSubject } from "./subjects.ts";

export const ACTIVE_DIRECTORY = "activedirectory";

/** Replication inside a site takes 15 s from one server to the next, three steps at most; between sites it is the organisation's schedule. */
const PROPAGATION_SECONDS = 60;

/** Opens no connection before the first call. `settings` holds the bind secret: it is kept in memory only. */
export function createActiveDirectoryConnector(settings: ActiveDirectorySettings, { now }: { now: () => Instant }): Connector {
  const directory = createDirectory(settings);
  let known: Promise<Domain> | undefined;
  const domain = () => {
    known ??= readDomain(directory).catch((error: unknown) => {
      known = undefined;
      throw error;
    });
    return known;
  };
  const context: Context = { settings, directory, domain, now };
  return {
    kind: ACTIVE_DIRECTORY,
    policies: settings.policies.map(({ key, title, shape, demands, leaves }): GovernedPolicy => ({ key, title, shape, demands, leaves })),
    capabilities: () => capabilities(context),
    health: () => health(context),
    discover: () => discover(context),
    people: () => people(context),
    findSubject: (name) => findSubject(context, name),
    refusesSubject: (policy, subject) => refusesSubject(context, policy, subject),
    accountsBehind: (subject) => accountsBehind(context, subject),
    grant: (order) => grant(context, order),
    revoke: (order) => revoke(context, order),
    remove: (bypass) => remove(context, bypass),
    read: (order) => read(context, order),
    endSessions: async () => sessionsLeft(context),
    signIns: (cursor) => signIns(context, cursor),
    changes: (cursor) => changes(context, cursor),
    close: () => directory.close(),
  };
}

async function capabilities(context: Context): Promise<Capabilities> {
  const { settings, domain } = context;
  return {
    // The cookie of a paged search is the connection's: neither outlives the other.
    resumesDiscovery: false,
    nativeExpiry: settings.accountExpiryFilter !== undefined || (await domain()).hasExpiringLinks,
    simulate: false,
    endSessions: false,
    signIns: settings.auditLogs.signIns !== undefined,
    changes: true,
    maxPropagationSeconds: PROPAGATION_SECONDS,
    residualSessionSeconds: settings.ticketLifetimeHours * 3600,
    permissions: permissionsNeeded(context),
  };
}

/** Kerberos tickets are checked by whoever accepts them: nobody can call one back. */
function sessionsLeft(context: Context): SessionsEnded {
  const hours = durationOfMs(context.settings.ticketLifetimeHours * 3_600_000);
  const words = `Kerberos tickets got before, for ${hours} at most, unless the account is disabled; sessions that applications opened with them may last longer`;
  return { ended: false, residual: { words, until: ticketEnd(context, context.now()) } };
}
