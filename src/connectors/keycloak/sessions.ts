/** Ends what a person got through a bypass: sessions in the browser and those that go on without one. */
import { z } from "zod";

import { addDuration, durationOfMs, NO_END } from "../../kernel/time.ts";
import { ProviderFault, type ProviderSubject, type SessionsEnded } from "../port.ts";
import { type Context, groupIdOf } from "./context.ts";
import { readSettings } from "./realm-facts.ts";

const consent = z.object({ clientId: z.string(), additionalGrants: z.array(z.object({ client: z.string().optional() })).default([]) });
const session = z.object({ id: z.string() });
const SECONDS_PER_HOUR = 3600;

export async function endSessions(context: Context, subject: ProviderSubject): Promise<SessionsEnded> {
  if (groupIdOf(subject.key) !== undefined) return { ended: false, ...(await residualOf(context, false)) };
  const id = encodeURIComponent(subject.key);
  const ended = await end(context, id);
  return { ended, ...(await residualOf(context, ended || !(await hasSessions(context, id)))) };
}

async function end(context: Context, userId: string): Promise<boolean> {
  try {
    // Also makes every token given until now worthless to whoever asks the server about it. Who is no more has no session here.
    const status = await context.realm.send("POST", `/users/${userId}/logout`);
    if (status !== 404) await endOffline(context, userId);
    return true;
  } catch (error) {
    // The right to end sessions is more than the right to give roles.
    if (error instanceof ProviderFault && error.kind === "denied") return false;
    throw error;
  }
}

async function endOffline(context: Context, userId: string): Promise<void> {
  for (const client of await offlineClients(context, userId)) {
    const offline = (await context.realm.find(`/users/${userId}/offline-sessions/${client}`, z.array(session))) ?? [];
    for (const { id } of offline) await context.realm.send("DELETE", `/sessions/${id}?isOffline=true`);
  }
}

async function offlineClients({ realm }: Context, userId: string): Promise<readonly string[]> {
  const consents = (await realm.find(`/users/${userId}/consents`, z.array(consent))) ?? [];
  return consents.flatMap(({ additionalGrants }) => additionalGrants.flatMap(({ client }) => client ?? []));
}

async function hasSessions(context: Context, userId: string): Promise<boolean> {
  const sessions = (await context.realm.find(`/users/${userId}/sessions`, z.array(session))) ?? [];
  return sessions.length > 0 || (await offlineClients(context, userId)).length > 0;
}

async function residualOf({ realm, settings, now }: Context, ended: boolean): Promise<Pick<SessionsEnded, "residual">> {
  const told = await readSettings(realm);
  const seconds = secondsLeft(settings, told, ended);
  if (seconds === 0) return {};
  const apart = `access tokens that an application checks by itself, ${Math.ceil(told.accessTokenLifespan / 60)} min, and sessions of applications, at most ${settings.applicationSessionHours} h`;
  const words = ended ? apart : `the realm's own sessions, which Postern did not end, those that go on without a browser too; ${apart}`;
  return { residual: { words, until: seconds === null ? NO_END : addDuration(now(), durationOfMs(seconds * 1000)) } };
}

export async function residualSeconds({ realm, settings }: Context, ended: boolean): Promise<number | null> {
  return secondsLeft(settings, await readSettings(realm), ended);
}

/**
 * How long somebody goes on at the longest; null: nothing ends it. Where the realm's sessions are left alone, the one in the browser
 * may at its last moment begin one that goes on without (offline access), and that one a session of an application at its own.
 */
function secondsLeft(
  { applicationSessionHours }: Context["settings"],
  told: Awaited<ReturnType<typeof readSettings>>,
  ended: boolean,
): number | null {
  // Who checks an access token by its signature alone takes it until its end; who made a session of their own goes on with that.
  const apart = Math.max(told.accessTokenLifespan, applicationSessionHours * SECONDS_PER_HOUR);
  if (ended) return apart;
  if (!told.offlineSessionMaxLifespanEnabled) return null;
  return Math.max(told.ssoSessionMaxLifespan, told.ssoSessionMaxLifespanRememberMe) + told.offlineSessionMaxLifespan + apart;
}
