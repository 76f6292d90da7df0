/** Step-up: one fresh signature for one decision. */
import { createHash } from "node:crypto";

import { canonicalJson } from "../journal/append.ts";
import type { AssertionBody } from "../kernel/contract.ts";
import { refusal, Refused } from "../kernel/problem.ts";
import type { Instant } from "../kernel/time.ts";
import type { Caller } from "../platform/http.ts";
import { type AssertionPreimage, type AssertionRecord, type Decided, preimageText, subjectContent } from "./assertion.ts";
import type { Challenges } from "./challenges.ts";
import type { Passkeys } from "./passkeys.ts";
import { askForAssertion, type RelyingParty } from "./relying-party.ts";
import { contentHashOf, newSecret } from "./secret.ts";
import type { Sessions } from "./sessions.ts";
import type { AccessStore } from "./store.ts";
import { verifyAssertionRecord } from "./verify-assertion.ts";

export interface VerifiedAssertion {
  readonly record: AssertionRecord;
  /** Names the record: what a journal entry carries of it. */
  readonly digest: string;
}

export interface AssertionDependencies {
  readonly rp: RelyingParty;
  readonly store: AccessStore;
  readonly challenges: Challenges;
  readonly sessions: Sessions;
  readonly passkeys: Passkeys;
}

export type Assertions = ReturnType<typeof createAssertions>;

export function createAssertions(deps: AssertionDependencies) {
  return {
    /** Asks the caller's authenticator to sign a decision. Without `contentHash` the content is the subject itself. */
    async begin(caller: Caller, decided: Omit<Decided, "contentHash"> & { contentHash?: string | undefined }, now: Instant) {
      await refuseCommandLine(deps, caller);
      const { action, subject } = decided;
      const contentHash = decided.contentHash ?? contentHashOf(subjectContent(action, subject));
      const preimage: AssertionPreimage = { action, subject, contentHash, person: caller.personId, nonce: newSecret() };
      const allow = await deps.passkeys.activeOf(caller.personId);
      if (allow.length === 0) throw passkeyNeeded();
      const challengeId = await deps.challenges.put("decide", preimage, now, boundTo(caller));
      return { challengeId, options: await askForAssertion(deps.rp, challengeOf(preimage), allow) };
    },

    verify: (caller: Caller, body: AssertionBody, expected: Decided, now: Instant) => verify(deps, caller, body, expected, now),

    /** Like `verify`, where the content is the subject itself. */
    verifySubject(caller: Caller, body: AssertionBody, action: string, subject: string, now: Instant): Promise<VerifiedAssertion> {
      return verify(deps, caller, body, { action, subject, contentHash: contentHashOf(subjectContent(action, subject)) }, now);
    },

    /** A kept record by its digest; the text is what the digest is of. */
    async find(digest: string): Promise<AssertionRecord | undefined> {
      const text = await deps.store.findAssertion(digest);
      return text === undefined ? undefined : (JSON.parse(text) as AssertionRecord);
    },
  };
}

async function refuseCommandLine(deps: AssertionDependencies, caller: Caller): Promise<void> {
  if ((await deps.sessions.load(caller.sessionId)).kind === "browser") return;
  throw new Refused(
    [refusal("access.browserNeeded", "Decisions are signed with your passkey in the browser. Open this in the console.")],
    403,
  );
}

/**
 * The record that the caller's passkey signed exactly this. Keeps it, and uses the challenge up whatever comes of it: call
 * it once per request, before the decision and outside of anything that is retried. Refuses `access.browserNeeded`,
 * `access.challengeInvalid`, `access.assertionElsewhere`, `access.assertionInvalid`, `access.passkeySuspended`.
 */
async function verify(
  deps: AssertionDependencies,
  caller: Caller,
  body: AssertionBody,
  expected: Decided,
  now: Instant,
): Promise<VerifiedAssertion> {
  await refuseCommandLine(deps, caller);
  const preimage = await deps.challenges.take<AssertionPreimage>(body.challengeId, "decide", now, boundTo(caller));
  if (preimage.action !== expected.action || preimage.subject !== expected.subject || preimage.contentHash !== expected.contentHash) {
    throw new Refused([
      refusal(
        "access.assertionElsewhere",
        "You signed something else than what is decided here, or it changed since. Read it again and sign again.",
      ),
    ]);
  }
  const { passkey, answer } = await deps.passkeys.prove(body.response, challengeOf(preimage), now, caller.personId);
  const { clientDataJSON, authenticatorData, signature } = answer.response;
  const record: AssertionRecord = {
    v: 1,
    preimage,
    passkey: passkey.id,
    credentialId: passkey.credentialId,
    publicKey: passkey.publicKey,
    clientDataJSON,
    authenticatorData,
    signature,
    rpId: deps.rp.rpId,
    origin: deps.rp.origin,
  };
  const verdict = verifyAssertionRecord(record, passkey);
  if (!verdict.ok) throw new Error(`an assertion was believed that its record does not prove: ${verdict.fault}`);
  const text = canonicalJson(record);
  const digest = contentHashOf(text);
  await deps.passkeys.noteSigned(record, digest, (tx) => deps.store.keepAssertion(tx, digest, caller.personId, text, now), now);
  return { record, digest };
}

/** Somebody who came in through the company provider. Their session cannot give them a passkey: a stolen one would make approvers. */
function passkeyNeeded(): Refused {
  const detail = "Decisions are signed with a passkey, and you have none here. Ask an administrator for an invitation to make one.";
  return new Refused([refusal("access.passkeyNeeded", detail)], 403);
}

function boundTo(caller: Caller) {
  return { person: caller.personId, session: caller.sessionId };
}

function challengeOf(preimage: AssertionPreimage): string {
  return createHash("sha256").update(preimageText(preimage)).digest("base64url");
}
