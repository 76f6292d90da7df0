/** Ends what a person got through a bypass: sessions in the browser and those that go on without one. */
import { z } from "zod";
import { readSettings } from "./realm-facts.ts";

import { addDuration, durationOfMs } from "../../kernel/time.ts";
import { ProviderFault, type ProviderSubject, type SessionsEnded } from "../port.ts";
import { type Context, groupIdOf } from "./context.ts";

const consent = z.object({ clientId: z.string(), additionalGrants: z.array(z.object({ client: z.string().optional() })).default([]) });
const session = z.object({ id: z.string() });
const MS_PER_HOUR = 3_600_000;

export async function endSessions(context: Context, subject: ProviderSubject): Promise<SessionsEnded> {
  const residual = await residualOf(context);
  if (groupIdOf(subject.key) !== undefined) return { ended: false, ...residual };
  try {
    const id = encodeURIComponent(subject.key);
    // Also makes every token given until now worthless to whoever asks the server about it.
    if ((await context.realm.send("POST", `/users/${id}/logout`)) === 404) return { ended: true };
    await endOffline(context, id);
    return { ended: true, ...residual };
  } catch (error) {
    // The right to end sessions is more than the right to give roles; without it they run out by themselves.
    if (error instanceof ProviderFault && error.kind === "denied") return { ended: false, ...residual };
    throw error;
  }
}

async function endOffline({ realm }: Context, userId: string): Promise<void> {
  const consents = (await realm.find(`/users/${userId}/consents`, z.array(consent))) ?? [];
  for (const { additionalGrants } of consents) {
    for (const { client } of additionalGrants) {
      if (client === undefined) continue;
      const offline = (await realm.find(`/users/${userId}/offline-sessions/${client}`, z.array(session))) ?? [];
      for (const { id } of offline) await realm.send("DELETE", `/sessions/${id}?isOffline=true`);
    }
  }
}

/** Who checks an access token by its signature alone takes it until its end; who made a session of their own goes on with that. */
async function residualOf({ realm, settings, now }: Context): Promise<Pick<SessionsEnded, "residual">> {
  const { accessTokenLifespan } = await readSettings(realm);
  const ms = Math.max(accessTokenLifespan * 1000, settings.applicationSessionHours * MS_PER_HOUR);
  if (ms === 0) return {};
  const words = `access tokens that an application checks by itself, ${Math.ceil(accessTokenLifespan / 60)} min, and sessions of applications, at most ${settings.applicationSessionHours} h`;
  return { residual: { words, until: addDuration(now(), durationOfMs(ms)) } };
}
