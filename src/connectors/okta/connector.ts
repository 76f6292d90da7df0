/** Okta Identity Engine: exemption groups that rules of access policies honour, policies evaluated and simulated, drift from the log. */
import { addDuration, durationOfMs } from "../../kernel/time.ts";
import type { Capabilities, Connector, ProviderSubject, SessionsEnded } from "../port.ts";
import type { OktaSettings } from "./config.ts";
import type { Surroundings } from "./client.ts";
import { type Context, createContext, userPath } from "./directory.ts";
import { discover } from "./discover.ts";
import { grant, remove, revoke } from "./grant.ts";
import { health } from "./health.ts";
import { changes, signIns } from "./logs.ts";
import { PERMISSIONS } from "./permissions.ts";
import { read } from "./read.ts";
import { SCOPES } from "./sign-in.ts";
import { accountsBehind, findByName, people, refusalOf } from "./subjects.ts";

const MS_PER_HOUR = 3_600_000;
const SECONDS_PER_HOUR = 3600;

/** Connects at the first call. `now` is the clock that ends and lives are reckoned by. */
export function createOktaConnector(settings: OktaSettings, surroundings: Surroundings): Connector {
  const context = createContext(settings, surroundings);
  return {
    kind: "okta",
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
    close: async () => context.okta.close(),
  };
}

async function capabilities({ settings }: Context): Promise<Capabilities> {
  return {
    resumesDiscovery: true,
    nativeExpiry: false,
    simulate: true,
    endSessions: true,
    signIns: true,
    changes: true,
    maxPropagationSeconds: settings.maxPropagationSeconds,
    residualSessionSeconds: settings.applicationSessionHours * SECONDS_PER_HOUR,
    permissions: SCOPES.map((name) => ({ name, ...PERMISSIONS[name] })),
  };
}

/** Tokens end only where it is said (`oauthTokens`); what applications made of a sign-in only they can end. */
async function endSessions({ okta, settings, now }: Context, { kind, key }: ProviderSubject): Promise<SessionsEnded> {
  const query = { oauthTokens: true, forgetDevices: true };
  const ended =
    kind !== "group" && (await okta.send({ method: "DELETE", path: `${userPath(key)}/sessions`, query, expect: [404] })).status !== 404;
  const { applicationSessionHours } = settings;
  if (applicationSessionHours === 0) return { ended };
  const until = addDuration(now(), durationOfMs(applicationSessionHours * MS_PER_HOUR));
  const words = `Sessions that applications keep by themselves, at most ${applicationSessionHours} h; Okta ends its own and its tokens`;
  return { ended, residual: { words, until } };
}
