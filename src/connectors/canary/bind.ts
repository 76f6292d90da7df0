/** Binds to a directory as an account that exists to be tried, and says what came of it. */
import { PasswordPolicyControl } from "ldapts";

import { plainWords, ProviderFault } from "../port.ts";
import { bindRequest, openUnbound, type WireSettings } from "../ldap/wire.ts";
import { type Attempt, attemptOfBind, notAsked } from "./map.ts";

/** Never throws for what the directory or the network does. The account's name and secret are in nothing that comes back. */
export async function tryBind(settings: WireSettings): Promise<Attempt> {
  // A server may call a name without a password a success (RFC 4513, 5.1.2).
  if (settings.secret === "") return notAsked("There is no secret to try.");
  try {
    const wire = await openUnbound(settings);
    try {
      const policy = new PasswordPolicyControl();
      const { status, errorMessage } = await wire.send((messageId) => bindRequest(messageId, settings, [policy]));
      return attemptOfBind(status, errorMessage ?? "", policy.value?.error);
    } finally {
      await wire.close();
    }
  } catch (error) {
    if (error instanceof ProviderFault) return notAsked(plainWords(error));
    throw error;
  }
}
