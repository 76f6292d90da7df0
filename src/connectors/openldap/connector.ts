/** OpenLDAP: exemption groups that end by themselves, passwords that are locked and opened, drift from the accesslog. */
import { addDuration, durationOfMs, type Instant } from "../../kernel/time.ts";
import type { Capabilities, Connector, SessionsEnded } from "../port.ts";
import { changes } from "./changes.ts";
import type { OpenLdapSettings } from "./config.ts";
import { type Context, createContext, findByName, hasExpiry } from "./directory.ts";
import { discover } from "./discover.ts";
import { grant, remove, revoke } from "./grant.ts";
import { health } from "./health.ts";
import { listPermissions } from "./permissions.ts";
import { read } from "./read.ts";
import { signIns } from "./sign-ins.ts";
import { accountsBehind, people, refusalOf } from "./subjects.ts";

const MS_PER_HOUR = 3_600_000;

/** Connects at the first call. `now` is the clock that ends and lives are reckoned by. */
export function createOpenLdapConnector(settings: OpenLdapSettings, { now }: { readonly now: () => Instant }): Connector {
  const context = createContext(settings, now);
  return {
    kind: "openldap",
    policies: settings.policies.map(({ key, title, shape, demands, leaves }) => ({ key, title, shape, demands, leaves })),
    capabilities: () => capabilities(context),
    health: () => health(context),
    discover: () => discover(context),
    people: () => people(context),
    findSubject: (name) => findByName(context, name),
    refusesSubject: (policy, subject) => refusalOf(context, policy, subject),
    accountsBehind: (subject) => accountsBehind(context, subject),
    grant: (order) => grant(context, order),
    revoke: (order) => revoke(context, order),
    remove: (bypass) => remove(context, bypass),
    read: (order) => read(context, order),
    endSessions: async () => endSessions(context),
    signIns: (cursor) => signIns(context, cursor),
    changes: (cursor) => changes(context, cursor),
    close: () => context.ldap.close(),
  };
}

async function capabilities(context: Context): Promise<Capabilities> {
  const { settings } = context;
  const expiries = await Promise.all(
    // An opened password ends by pwdEndTime; a group needs the dds overlay.
    settings.policies.map(async ({ shape, exemptionsBase }) => shape === "attribute" || (await hasExpiry(context, exemptionsBase))),
  );
  return {
    // The cookie of a paged search is the connection's: neither outlives the other.
    resumesDiscovery: false,
    nativeExpiry: expiries.includes(true),
    simulate: false,
    endSessions: false,
    signIns: settings.accesslogBase !== undefined && settings.logsSignIns,
    changes: settings.accesslogBase !== undefined,
    maxPropagationSeconds: settings.maxPropagationSeconds,
    residualSessionSeconds: settings.applicationSessionHours * 3600,
    permissions: listPermissions(settings),
  };
}

/** LDAP knows no sessions but its own connections; what an application made of a sign-in, only the application can end. */
function endSessions({ settings, now }: Context): SessionsEnded {
  const hours = settings.applicationSessionHours;
  if (hours === 0) return { ended: false };
  const words = `sessions of applications that signed the subject in, at most ${hours} h`;
  return { ended: false, residual: { words, until: addDuration(now(), durationOfMs(hours * MS_PER_HOUR)) } };
}
