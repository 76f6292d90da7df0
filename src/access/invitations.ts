/** Links that let somebody enrol: the first run's, and those an administrator makes. */
import { commit, type CommitContext, retryOnConflict } from "../journal/append.ts";
import type { Actor } from "../journal/entry.ts";
import { refusal, Refused } from "../kernel/problem.ts";
import type { Instant } from "../kernel/time.ts";
import { type Invitation, invitationEnd, type InvitationPurpose } from "./invitation.ts";
import type { Passkeys } from "./passkeys.ts";
import type { PersonDirectory } from "./person-directory.ts";
import type { RelyingParty } from "./relying-party.ts";
import { hashSecret, newSecret } from "./secret.ts";
import { type AccessStore, invitationChange, type StoredInvitation } from "./store.ts";

/** Whoever has a shell on the machine owns the data anyway; what they do through us is written down all the same. */
export const TERMINAL: Actor = { kind: "system", id: "terminal" };

export interface NewInvitation {
  readonly invitation: Invitation;
  /** Carries the secret behind `#`, which browsers send to no server. Handed out here once. */
  readonly link: string;
}

export interface InvitationDependencies extends CommitContext {
  readonly rp: RelyingParty;
  readonly store: AccessStore;
  readonly passkeys: Passkeys;
  readonly directory: PersonDirectory;
}

export function createInvitations(deps: InvitationDependencies) {
  return {
    /**
     * The link that makes the first administrator, or undefined once anybody has a passkey. Every call ends the link before it.
     * The caller prints it on the terminal and nowhere else.
     */
    async createFirstRunLink(now: Instant): Promise<NewInvitation | undefined> {
      if (await deps.store.anyPasskey()) return undefined;
      return retryOnConflict(async () =>
        make(deps, { purpose: "first_run", person: null, assertion: null, replaces: await deps.store.openFirstRuns() }, TERMINAL, now),
      );
    },

    invite: (person: string, by: { administrator: string; assertion: string } | undefined, now: Instant) => invite(deps, person, by, now),

    /**
     * The way back in for somebody whose passkeys are lost, from a shell on the machine: they are suspended for good, unsigned but
     * not unseen, and a link is made.
     */
    async rescue(person: string, now: Instant): Promise<NewInvitation> {
      await deps.passkeys.giveUp(person, TERMINAL, now);
      return invite(deps, person, undefined, now);
    },

    async revoke(id: string, administrator: string, now: Instant): Promise<void> {
      await retryOnConflict(async () => {
        const before = await deps.store.findInvitation(id);
        if (before === undefined || before.invitation.state !== "open") {
          throw new Refused([refusal("access.invitationNotFound", "There is no open invitation of this id.")], 404);
        }
        const change = invitationChange(before, { type: "revoked", data: { why: "withdrawn" } });
        await commit(deps, { at: now, actor: { kind: "person", id: administrator }, changes: [change] });
      });
    },

    list: (limit: number, before: string | undefined): Promise<Invitation[]> => deps.store.listInvitations(limit, before),
  };
}

/**
 * Invites a person who has no working passkey. Somebody who has one adds more with it: an invitation beside it would let
 * the inviting administrator in under their name, unseen. Without an administrator it comes from the terminal.
 */
async function invite(
  deps: InvitationDependencies,
  person: string,
  by: { administrator: string; assertion: string } | undefined,
  now: Instant,
): Promise<NewInvitation> {
  const known = await deps.directory.loadCaller(person);
  if (known === undefined || !known.active) {
    throw new Refused([refusal("access.personUnknown", "There is nobody active of this id.", { at: "/person" })]);
  }
  if ((await deps.passkeys.activeOf(person)).length > 0) {
    const detail = `${known.name} has a working passkey and adds others with it. If it is lost, remove it first: that is seen.`;
    throw new Refused([refusal("access.hasPasskey", detail, { at: "/person" })], 409);
  }
  const actor: Actor = by === undefined ? TERMINAL : { kind: "person", id: by.administrator };
  return retryOnConflict(async () => {
    const replaces = await deps.store.openInvitationsOf(person);
    return make(deps, { purpose: "invitation", person, assertion: by?.assertion ?? null, replaces }, actor, now);
  });
}

async function make(
  deps: InvitationDependencies,
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
  return { invitation: made.state as Invitation, link: `${deps.rp.origin}/enrol#${secret}` };
}
