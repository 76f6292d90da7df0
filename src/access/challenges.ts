/** Questions put to an authenticator, or to the company provider: each answered once, in time, by whom it was put to. */
import { randomBytes } from "node:crypto";

import { refusal, Refused } from "../kernel/problem.ts";
import { addDuration, durationOfMs, type Instant } from "../kernel/time.ts";
import { CEREMONY_MS } from "./relying-party.ts";
import { newSecret } from "./secret.ts";
import type { Bound, ChallengePurpose, ChallengeStore } from "./challenge-store.ts";

export type Challenges = ReturnType<typeof createChallenges>;

export function createChallenges(store: ChallengeStore) {
  return {
    /** Keeps the question's facts and returns its id. */
    async put(purpose: ChallengePurpose, facts: object, now: Instant, bound?: Bound): Promise<string> {
      const id = randomBytes(16).toString("base64url");
      const expiresAt = addDuration(now, durationOfMs(CEREMONY_MS));
      await store.putChallenge({ id, purpose, facts, expiresAt, ...(bound !== undefined && { bound }) }, now);
      return id;
    },

    /** Takes it out. Unknown, used, late and somebody else's look the same: `access.challengeInvalid`. */
    async take<Facts>(id: string, purpose: ChallengePurpose, now: Instant, bound?: Bound): Promise<Facts> {
      const facts = await store.takeChallenge(id, purpose, now, bound);
      if (facts === undefined) {
        throw new Refused([
          refusal("access.challengeInvalid", "This was answered already, took longer than five minutes, or is not yours. Start again."),
        ]);
      }
      return facts as Facts;
    },
  };
}

/** A challenge that is only random: 32 bytes, base64url. */
export const freshChallenge = newSecret;
