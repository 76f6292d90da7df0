/** One-time links and what they let in: the first administrator, and people an administrator invited. */
import { commit, type CommitContext, retryOnConflict, type SubjectChange } from "../journal/append.ts";
import type { Actor } from "../journal/entry.ts";
import { refusal, Refused } from "../kernel/problem.ts";
import type { Instant } from "../kernel/time.ts";
import { type Challenges, freshChallenge } from "./challenges.ts";
import { type Invitation, invitationEnd, type InvitationPurpose, isUsable } from "./invitation.ts";
import type { RegisteredVia } from "./passkey.ts";
import type { Passkeys } from "./passkeys.ts";
import type { PersonDirectory } from "./person-directory.ts";
import { askForRegistration, type NewCredential, readRegistration, type RelyingParty } from "./relying-party.ts";
import { hashSecret, newSecret } from "./secret.ts";
import { type AccessStore, invitationChange, type StoredInvitation } from "./store.ts";

/** Whoever has a shell on the machine owns the data anyway; what they do through us is written down all the same. */
const TERMINAL: Actor = { kind: "system", id: "terminal" };

export interface NewInvitation {
  readonly invitation: Invitation;
  /** Carries the secret behind `#`, which browsers send to no server. Handed out here once. */
  readonly link: string;
}

interface Facts {
  readonly challenge: string;
  readonly invitation: string;
  /** Settled before the browser is asked: an authenticator keeps this id with the key for good. */
  readonly person: { readonly id: string; readonly name: string };
}

export type Enrolment = ReturnType<typeof createEnrolment>;

export function createEnrolment(
  deps: CommitContext & { rp: RelyingParty; store: AccessStore; challenges: Challenges; passkeys: Passkeys; directory: PersonDirectory },
) {
  const { rp, store, challenges, passkeys, directory } = deps;

  async function make(
    given: { purpose: InvitationPurpose; person: string | null; assertion: string | null; replaces: readonly StoredInvitation[] },
    actor: Actor,
    now: Instant,
  ): Promise<NewInvitation> {
    const { purpose, person, assertion, replaces } = given;
    const secret = newSecret();
    const id = deps.ids.next("invitation");
    const data = { id, purpose, person, assertion, invitedAt: now, expiresAt: invitationEnd(purpose, now) };
    const made = invitationChange(undefined, { type: "invited", data }, hashSecret(secret));
    const ended = replaces.map((each) => invitationChange(each, { type: "revoked", data: { why: "replaced" } }));
    await commit(deps, { at: now, actor, changes: [...ended, made] });
    return { invitation: made.state as Invitation, link: `${rp.origin}/enrol#${secret}` };
  }

  /** The usable invitation of a secret. Unknown, used, ended and withdrawn look the same: `access.linkInvalid`. */
  async function usable(secret: string, now: Instant): Promise<StoredInvitation> {
    const found = await store.findInvitationBySecret(hashSecret(secret));
    if (found === undefined || !isUsable(found.invitation, now)) throw linkInvalid();
    // Whoever enrolled meanwhile, by an invitation from the terminal, ended the first run.
    if (found.invitation.purpose === "first_run" && (await store.anyPasskey())) throw linkInvalid();
    return found;
  }

  /** The person a link is for; the first run's is yet to be made. */
  async function invitedPerson(invitation: Invitation): Promise<{ id: string; name: string }> {
    const person = invitation.person === null ? undefined : await directory.loadCaller(invitation.person);
    if (invitation.person === null || person === undefined || !person.active) throw linkInvalid();
    return { id: invitation.person, name: person.name };
  }

  async function accept(found: StoredInvitation, facts: Facts, credential: NewCredential, label: string, now: Instant) {
    const { id, purpose } = found.invitation;
    const person = facts.person.id;
    const first = purpose === "first_run" ? [await directory.createFirstAdministrator(facts.person, now)] : [];
    if (purpose === "invitation") await invitedPerson(found.invitation);
    const via: RegisteredVia = { kind: purpose, invitation: id };
    const { passkey, change } = passkeys.newChange(person, credential, label, via, now);
    const accepted = invitationChange(found, { type: "accepted", data: { person, passkey, at: now } });
    const changes: SubjectChange[] = [...first, accepted, change];
    await passkeys.register({ kind: "person", id: person }, changes, now).catch(refuseSecondFirst);
    return { person, passkey };
  }

  return {
    /**
     * The link that makes the first administrator, or undefined once anybody has a passkey. Every call ends the link before it.
     * The caller prints it on the terminal and nowhere else.
     */
    async createFirstRunLink(now: Instant): Promise<NewInvitation | undefined> {
      if (await store.anyPasskey()) return undefined;
      return retryOnConflict(async () =>
        make({ purpose: "first_run", person: null, assertion: null, replaces: await store.openFirstRuns() }, TERMINAL, now),
      );
    },

    /**
     * Invites a person who has no working passkey. Somebody who has one adds more with it: an invitation beside it would let
     * the inviting administrator in under their name, unseen. Without an administrator it comes from the terminal.
     */
    async invite(person: string, by: { administrator: string; assertion: string } | undefined, now: Instant): Promise<NewInvitation> {
      const known = await directory.loadCaller(person);
      if (known === undefined || !known.active) {
        throw new Refused([refusal("access.personUnknown", "There is nobody active of this id.", { at: "/person" })]);
      }
      if ((await passkeys.activeOf(person)).length > 0) {
        const detail = `${known.name} has a working passkey and adds others with it. If it is lost, remove it first: that is seen.`;
        throw new Refused([refusal("access.hasPasskey", detail, { at: "/person" })], 409);
      }
      const actor: Actor = by === undefined ? TERMINAL : { kind: "person", id: by.administrator };
      return retryOnConflict(async () => {
        const replaces = await store.openInvitationsOf(person);
        return make({ purpose: "invitation", person, assertion: by?.assertion ?? null, replaces }, actor, now);
      });
    },

    async revoke(id: string, administrator: string, now: Instant): Promise<void> {
      await retryOnConflict(async () => {
        const before = await store.findInvitation(id);
        if (before === undefined || before.invitation.state !== "open") {
          throw new Refused([refusal("access.invitationNotFound", "There is no open invitation of this id.")], 404);
        }
        const change = invitationChange(before, { type: "revoked", data: { why: "withdrawn" } });
        await commit(deps, { at: now, actor: { kind: "person", id: administrator }, changes: [change] });
      });
    },

    list: (limit: number, before: string | undefined): Promise<Invitation[]> => store.listInvitations(limit, before),

    /** Asks the browser of whoever holds the link for a new passkey. `name` is needed on the first run only. */
    async begin(secret: string, name: string | undefined, now: Instant) {
      const { invitation } = await usable(secret, now);
      const isFirstRun = invitation.purpose === "first_run";
      if (isFirstRun && name === undefined) {
        throw new Refused([refusal("access.nameNeeded", "Say who you are: the first administrator's name.", { at: "/name" })]);
      }
      const person = isFirstRun ? { id: deps.ids.next("person"), name: name! } : await invitedPerson(invitation);
      const challenge = freshChallenge();
      const facts: Facts = { challenge, invitation: invitation.id, person };
      const challengeId = await challenges.put("enrol", facts, now);
      const options = await askForRegistration(rp, challenge, person, await passkeys.activeOf(person.id));
      return { challengeId, options, name: person.name, isFirstRun };
    },

    /**
     * Registers the passkey and uses the link up, in one step. Opens no session: an enrolment ends in a passkey, and the
     * passkey signs in.
     */
    async finish(given: { secret: string; challengeId: string; response: unknown; label: string }, now: Instant) {
      const facts = await challenges.take<Facts>(given.challengeId, "enrol", now);
      const credential = await readRegistration(rp, facts.challenge, given.response);
      return retryOnConflict(async () => {
        const found = await usable(given.secret, now);
        if (found.invitation.id !== facts.invitation) throw linkInvalid();
        return accept(found, facts, credential, given.label, now);
      });
    },
  };
}

function linkInvalid(): Refused {
  return new Refused([refusal("access.linkInvalid", "This link was used, has ended, or never was one. Ask for a new one.")], 404);
}

/** Another link made the first administrator in the same moment. */
function refuseSecondFirst(error: unknown): never {
  throw (error as { constraint?: unknown }).constraint === "invitation_first_run_once" ? linkInvalid() : error;
}
