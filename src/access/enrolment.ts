/** Enrolling with a one-time link: the first administrator, and people an administrator invited. */
import { retryOnConflict, type SubjectChange } from "../journal/append.ts";
import { refusal, Refused } from "../kernel/problem.ts";
import type { Instant } from "../kernel/time.ts";
import { type Challenges, freshChallenge } from "./challenges.ts";
import { type Invitation, isUsable } from "./invitation.ts";
import { createInvitations, type InvitationDependencies } from "./invitations.ts";
import type { RegisteredVia } from "./passkey.ts";
import { askForRegistration, type NewCredential, readRegistration } from "./relying-party.ts";
import { hashSecret } from "./secret.ts";
import { invitationChange, type StoredInvitation } from "./store.ts";

export interface EnrolmentDependencies extends InvitationDependencies {
  readonly challenges: Challenges;
}

interface Facts {
  readonly challenge: string;
  readonly invitation: string;
  /** Settled before the browser is asked: an authenticator keeps this id with the key for good. */
  readonly person: { readonly id: string; readonly name: string };
}

export type Enrolment = ReturnType<typeof createEnrolment>;

export function createEnrolment(deps: EnrolmentDependencies) {
  const { rp, challenges, passkeys } = deps;
  return {
    ...createInvitations(deps),

    /** Asks the browser of whoever holds the link for a new passkey. `name` is needed on the first run only. */
    async begin(secret: string, name: string | undefined, now: Instant) {
      const { invitation } = await usable(deps, secret, now);
      const isFirstRun = invitation.purpose === "first_run";
      if (isFirstRun && name === undefined) {
        throw new Refused([refusal("access.nameNeeded", "Say who you are: the first administrator's name.", { at: "/name" })]);
      }
      const person = isFirstRun ? { id: deps.ids.next("person"), name: name! } : await invitedPerson(deps, invitation);
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
        const found = await usable(deps, given.secret, now);
        if (found.invitation.id !== facts.invitation) throw linkInvalid();
        return accept(deps, found, facts, credential, given.label, now);
      });
    },
  };
}

/** The usable invitation of a secret. Unknown, used, ended and withdrawn look the same: `access.linkInvalid`. */
async function usable(deps: EnrolmentDependencies, secret: string, now: Instant): Promise<StoredInvitation> {
  const found = await deps.store.findInvitationBySecret(hashSecret(secret));
  if (found === undefined || !isUsable(found.invitation, now)) throw linkInvalid();
  // Whoever enrolled meanwhile, by an invitation from the terminal, ended the first run.
  if (found.invitation.purpose === "first_run" && (await deps.store.anyPasskey())) throw linkInvalid();
  return found;
}

/** The person a link is for; the first run's is yet to be made. */
async function invitedPerson(deps: EnrolmentDependencies, invitation: Invitation): Promise<{ id: string; name: string }> {
  const person = invitation.person === null ? undefined : await deps.directory.loadCaller(invitation.person);
  if (invitation.person === null || person === undefined || !person.active) throw linkInvalid();
  return { id: invitation.person, name: person.name };
}

async function accept(
  deps: EnrolmentDependencies,
  found: StoredInvitation,
  facts: Facts,
  credential: NewCredential,
  label: string,
  now: Instant,
) {
  const { id, purpose } = found.invitation;
  const person = facts.person.id;
  const first = purpose === "first_run" ? [await deps.directory.createFirstAdministrator(facts.person, now)] : [];
  if (purpose === "invitation") await invitedPerson(deps, found.invitation);
  const via: RegisteredVia = { kind: purpose, invitation: id };
  const { passkey, change } = deps.passkeys.newChange({ person, label, via }, credential, now);
  const accepted = invitationChange(found, { type: "accepted", data: { person, passkey, at: now } });
  const changes: SubjectChange[] = [...first, accepted, change];
  await deps.passkeys.register({ kind: "person", id: person }, changes, now).catch(refuseSecondFirst);
  return { person, passkey };
}

function linkInvalid(): Refused {
  return new Refused([refusal("access.linkInvalid", "This link was used, has ended, or never was one. Ask for a new one.")], 404);
}

/** Another link made the first administrator in the same moment. */
function refuseSecondFirst(error: unknown): never {
  throw (error as { constraint?: unknown }).constraint === "invitation_first_run_once" ? linkInvalid() : error;
}
