/** Signing in with a discoverable passkey: nobody types who they are, so nobody can try out who is known. */
import { refusal, Refused } from "../kernel/problem.ts";
import type { Instant } from "../kernel/time.ts";
import { type Challenges, freshChallenge } from "./challenges.ts";
import type { Passkeys, Proof } from "./passkeys.ts";
import type { PersonDirectory } from "./person-directory.ts";
import { askForAssertion, type RelyingParty } from "./relying-party.ts";
import type { Opened, Sessions } from "./sessions.ts";

export type SignIn = ReturnType<typeof createSignIn>;

interface Facts {
  readonly challenge: string;
}

export function createSignIn(deps: {
  rp: RelyingParty;
  challenges: Challenges;
  passkeys: Passkeys;
  sessions: Sessions;
  directory: PersonDirectory;
}) {
  const { rp, challenges, passkeys, sessions } = deps;
  return {
    async begin(now: Instant) {
      const challenge = freshChallenge();
      const challengeId = await challenges.put("sign_in", { challenge } satisfies Facts, now);
      return { challengeId, options: await askForAssertion(rp, challenge) };
    },

    /** Opens a session. Refuses `access.challengeInvalid`, `access.signInRefused` (every reason alike), `access.passkeySuspended`. */
    async finish(given: { challengeId: string; response: unknown; label: string; address: string }, now: Instant): Promise<Opened> {
      const { challenge } = await challenges.take<Facts>(given.challengeId, "sign_in", now);
      const proof = await passkeys.prove(given.response, challenge, now).catch(refuseAlike);
      const { person, id: passkey } = proof.passkey;
      const known = await deps.directory.loadCaller(person);
      if (known === undefined || !known.active) throw refused();
      const { label, address } = given;
      const opened = await sessions.open(
        { kind: "browser", person, opener: { kind: "passkey", id: passkey }, roles: known.roles, label, address },
        now,
      );
      await passkeys.noteSignIn(proof, opened.session.id, now);
      return opened;
    },
  };
}

/** Unknown, removed, wrongly signed: the same words for all of it, so that the answer maps nothing out. */
function refuseAlike(error: unknown): Proof {
  if (error instanceof Refused && error.reasons[0]?.code === "access.assertionInvalid") throw refused();
  throw error;
}

function refused(): Refused {
  return new Refused(
    [
      refusal(
        "access.signInRefused",
        "This passkey does not sign anybody in here. Use another one, or ask an administrator for an invitation.",
      ),
    ],
    401,
  );
}
