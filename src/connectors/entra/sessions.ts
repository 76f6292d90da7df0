/** Ends sessions, as far as Entra ID can: refresh tokens and browser sessions at once, what was issued from them a little later. */
import { z } from "zod";

import { addDuration, duration } from "../../kernel/time.ts";
import { ProviderFault, type ProviderSubject, type SessionsEnded } from "../port.ts";
import { type Context, errorCode, pathId, readAs } from "./graph.ts";
import { accountsBehind } from "./subjects.ts";

/** Access tokens of clients that take part in continuous access evaluation live so long, and may not be told of the end. */
export const RESIDUAL_HOURS = 28;

export async function endSessions(context: Context, subject: ProviderSubject): Promise<SessionsEnded> {
  for (const key of await accountsBehind(context, subject)) await endSessionsOf(context, key);
  const words = `access tokens already issued, at most ${RESIDUAL_HOURS} h, and sessions that applications keep for themselves`;
  return { ended: true, residual: { words, until: addDuration(context.now(), duration(`PT${RESIDUAL_HOURS}H`)) } };
}

async function endSessionsOf({ graph }: Context, key: string): Promise<void> {
  const { status, json } = await graph.send({
    method: "POST",
    path: `/users/${pathId(key)}/revokeSignInSessions`,
    repeatable: true,
    expect: [404],
  });
  // Deleted meanwhile: no account, no session.
  if (status === 404 && errorCode(json) !== undefined) return;
  if (!readAs(z.object({ value: z.boolean() }), json, "revokeSignInSessions").value)
    throw new ProviderFault("fault", "Entra ID did not end the sessions.");
}
