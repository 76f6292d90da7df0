/** Passkeys: proving with one, suspending a copied one, removing one. */
import { commit, type CommitContext, retryOnConflict, type SubjectChange, VersionConflict } from "../journal/append.ts";
import type { Actor } from "../journal/entry.ts";
import { refusal, Refused } from "../kernel/problem.ts";
import type { Instant } from "../kernel/time.ts";
import type { Caller } from "../platform/http.ts";
import type { Tx } from "../platform/db.ts";
import type { AssertionRecord } from "./assertion.ts";
import { type Passkey, type PasskeyEvent, type RegisteredVia, removalRefusals } from "./passkey.ts";
import { assertionFault, type AssertionResponse, type NewCredential, parseAssertion, type RelyingParty } from "./relying-party.ts";
import type { Sessions } from "./sessions.ts";
import { type AccessStore, newPasskeyChange, passkeyChange, type StoredPasskey } from "./store.ts";
import { counterOf, isBackedUp } from "./verify-assertion.ts";

const SUSPENDED_BY: Actor = { kind: "system", id: "access" };
const COPIED = "its signature counter went back: there may be a copy of it";
const GIVEN_UP = "it was given up on the machine that Postern runs on";

export interface Proof {
  readonly passkey: Passkey;
  readonly answer: AssertionResponse;
}

export interface PasskeyDependencies extends CommitContext {
  readonly rp: RelyingParty;
  readonly store: AccessStore;
  readonly sessions: Sessions;
}

export type Passkeys = ReturnType<typeof createPasskeys>;

export function createPasskeys(deps: PasskeyDependencies) {
  return {
    load: (id: string) => load(deps, id),

    activeOf: (person: string) => activeOf(deps, person),

    /** Suspends every working passkey of a person, and ends what they opened. */
    async giveUp(person: string, by: Actor, now: Instant): Promise<void> {
      for (const { id } of await activeOf(deps, person)) await suspend(deps, id, { why: GIVEN_UP, by }, now);
    },

    listOf: (person: string): Promise<StoredPasskey[]> => deps.store.passkeysOf(person),

    prove: (given: unknown, challenge: string, now: Instant, person?: string) => prove(deps, given, challenge, now, person),

    /** The entry a sign-in leaves: in the passkey's own history, beside its registration and its end. */
    noteSignIn({ passkey, answer }: Proof, session: string, now: Instant): Promise<void> {
      const backedUp = isBackedUp(answer.response.authenticatorData);
      return note(deps, passkey.id, { type: "signedIn", data: { session, backedUp } }, now);
    },

    /** The entry a signed decision leaves: the whole record, so that the journal alone proves it. */
    noteSigned: (record: AssertionRecord, digest: string, alongside: (tx: Tx) => Promise<void>, now: Instant): Promise<void> =>
      note(deps, record.passkey, { type: "signed", data: { digest, record } }, now, alongside),

    /** The change that registers a credential as a person's passkey, not committed yet. */
    newChange(given: { person: string; label: string; via: RegisteredVia }, credential: NewCredential, now: Instant) {
      const { counter, ...facts } = credential;
      const id = deps.ids.next("passkey");
      const change = newPasskeyChange({ type: "registered", data: { ...facts, ...given, id, registeredAt: now } }, counter);
      return { passkey: id, change };
    },

    register: (actor: Actor, changes: readonly SubjectChange[], now: Instant) => register(deps, actor, changes, now),

    remove: (caller: Caller, id: string, assertion: string, now: Instant) => remove(deps, caller, id, assertion, now),
  };
}

async function activeOf({ store }: PasskeyDependencies, person: string): Promise<Passkey[]> {
  const all = await store.passkeysOf(person);
  return all.map(({ passkey }) => passkey).filter(({ state }) => state === "active");
}

async function load({ store }: PasskeyDependencies, id: string): Promise<StoredPasskey> {
  const found = await store.findPasskey(id);
  if (found === undefined) throw new Refused([refusal("access.passkeyNotFound", "There is no such passkey of yours.")], 404);
  return found;
}

/**
 * The active passkey that signed the challenge. `person` restricts whose it may be. Refuses `access.assertionInvalid`, and
 * `access.passkeySuspended` to somebody who has shown to hold it: a stranger learns nothing of it.
 */
async function prove(deps: PasskeyDependencies, given: unknown, challenge: string, now: Instant, person?: string): Promise<Proof> {
  const answer = parseAssertion(given);
  if (answer === undefined) throw invalid("it is not a WebAuthn assertion");
  const passkey = (await deps.store.findCredential(answer.id))?.passkey;
  if (passkey === undefined || passkey.state === "removed" || (person !== undefined && passkey.person !== person)) {
    throw invalid("the passkey is not known");
  }
  const fault = await assertionFault(deps.rp, challenge, passkey, answer);
  if (fault !== undefined) throw invalid(fault);
  const isForward =
    passkey.state === "active" && (await deps.store.advanceCounter(passkey.id, counterOf(answer.response.authenticatorData), now));
  if (!isForward) {
    await suspend(deps, passkey.id, { why: COPIED, by: SUSPENDED_BY }, now);
    const detail =
      "This passkey is suspended because there may be a copy of it. Use another one, or ask an administrator for an invitation.";
    throw new Refused([refusal("access.passkeySuspended", detail)], 403);
  }
  return { passkey, answer };
}

interface Suspension {
  readonly why: string;
  readonly by: Actor;
}

async function suspend(deps: PasskeyDependencies, id: string, { why, by }: Suspension, now: Instant): Promise<void> {
  await retryOnConflict(async () => {
    const before = await load(deps, id);
    if (before.passkey.state !== "active") return;
    const change = passkeyChange(before, { type: "suspended", data: { at: now, why } });
    await commit(deps, { at: now, actor: by, changes: [change] });
  });
  await deps.sessions.end({ passkey: id }, "passkey_suspended", now);
}

async function note(
  deps: PasskeyDependencies,
  id: string,
  event: PasskeyEvent,
  now: Instant,
  alongside: (tx: Tx) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  await retryOnConflict(async () => {
    const before = await load(deps, id);
    const actor: Actor = { kind: "person", id: before.passkey.person };
    await commit(deps, { at: now, actor, changes: [passkeyChange(before, event)], alongside });
  });
}

/** Commits with what else belongs to the registration; a credential that is registered already is refused. */
async function register(deps: PasskeyDependencies, actor: Actor, changes: readonly SubjectChange[], now: Instant): Promise<void> {
  try {
    await commit(deps, { at: now, actor, changes });
  } catch (error) {
    if ((error as { constraint?: unknown }).constraint !== "passkey_credential_id_key") throw error;
    throw new Refused([refusal("access.passkeyKnown", "This passkey is registered already.")], 409);
  }
}

/** Ends a passkey, and with it every session it opened. `assertion` is the digest of the remover's. */
async function remove(deps: PasskeyDependencies, caller: Caller, id: string, assertion: string, now: Instant): Promise<void> {
  await retryOnConflict(async () => {
    const before = await load(deps, id);
    const { passkey } = before;
    const others = (await deps.store.passkeysOf(passkey.person)).filter(
      (each) => each.passkey.id !== id && each.passkey.state === "active",
    );
    const reasons = removalRefusals(passkey, caller.personId, others.length);
    if (reasons.length > 0) throw new Refused(reasons, 409);
    const change = passkeyChange(before, { type: "removed", data: { at: now, assertion } });
    await commit(deps, {
      at: now,
      actor: { kind: "person", id: caller.personId },
      changes: [change],
      // Two removed at the same moment could each count on the other: what was counted must still be so.
      alongside: async (tx) => {
        if ((await deps.store.countActive(tx, passkey.person)) !== others.length)
          throw new VersionConflict("the person's passkeys changed");
      },
    });
  });
  await deps.sessions.end({ passkey: id }, "passkey_removed", now);
}

function invalid(why: string): Refused {
  return new Refused([refusal("access.assertionInvalid", `The passkey's answer was not accepted: ${why}.`)]);
}
