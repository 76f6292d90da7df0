/**
 * The command line signs in through the browser: a signed-in page gives out a code, the browser carries it to the loopback
 * address the command line listens on, and the code buys a short-lived token from whoever knows the verifier (RFC 8252, RFC 7636).
 */
import { refusal, Refused } from "../kernel/problem.ts";
import { addDuration, duration, type Instant } from "../kernel/time.ts";
import type { Caller } from "../platform/http.ts";
import type { PersonDirectory } from "./person-directory.ts";
import type { ChallengeStore } from "./challenge-store.ts";
import { hashSecret, newSecret, pkceChallenge } from "./secret.ts";
import { isLive } from "./session.ts";
import type { Opened, Sessions } from "./sessions.ts";

/** A redirect on one machine takes a second; two minutes forgive a slow one. */
const GRANT_LIFE = duration("PT2M");

export type CliGrants = ReturnType<typeof createCliGrants>;

export function createCliGrants(deps: { store: ChallengeStore; sessions: Sessions; directory: PersonDirectory }) {
  const { store, sessions } = deps;
  return {
    /** Where the page sends the browser. Refuses `access.browserNeeded`: a token must not renew itself. */
    async grant(caller: Caller, asked: { port: number; challenge: string; state: string; label: string }, now: Instant): Promise<string> {
      if ((await sessions.load(caller.sessionId)).kind !== "browser") {
        throw new Refused([refusal("access.browserNeeded", "The command line signs in through the browser.")], 403);
      }
      const code = newSecret();
      const grant = { verifierHash: hashSecret(asked.challenge), session: caller.sessionId, label: asked.label };
      await store.putGrant({ ...grant, codeHash: hashSecret(code), expiresAt: addDuration(now, GRANT_LIFE) });
      // The address, not the name: what `localhost` means is up to the machine's resolver.
      return `http://127.0.0.1:${asked.port}/?${new URLSearchParams({ code, state: asked.state }).toString()}`;
    },

    /** The token. Unknown, used, late, and shown by somebody else look the same: `access.cliCodeInvalid`. */
    async exchange(given: { code: string; verifier: string; address: string }, now: Instant): Promise<Opened> {
      const grant = await store.takeGrant(hashSecret(given.code), now);
      const isTheirs = grant !== undefined && grant.verifierHash === hashSecret(pkceChallenge(given.verifier));
      const from = isTheirs ? await sessions.find(grant.session) : undefined;
      const person = from !== undefined && isLive(from, now) ? await deps.directory.loadCaller(from.person) : undefined;
      if (grant === undefined || from === undefined || person === undefined || !person.active) {
        throw new Refused([
          refusal("access.cliCodeInvalid", "This code was used, is older than two minutes, or is not yours. Run `postern login` again."),
        ]);
      }
      const { label } = grant;
      return sessions.open(
        {
          kind: "cli",
          person: from.person,
          opener: from.opener,
          roles: person.roles,
          label,
          address: given.address,
          // The provider is asked again each working day, also for a token.
          ...(from.opener.kind === "company_account" && { notAfter: from.expiresAt }),
        },
        now,
      );
    },
  };
}
