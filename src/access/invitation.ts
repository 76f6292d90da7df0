/** A one-time enrolment link: lets one person register a passkey, once, before it ends. */
import type { Id } from "../kernel/id.ts";
import { addDuration, duration, type Instant } from "../kernel/time.ts";
import { from, type Transition } from "../kernel/transitions.ts";

/**
 * The first run's link is read off a terminal by whoever just started Postern: an hour is plenty. An invitation travels to a
 * colleague who may be away over a weekend.
 */
const LIFE = { first_run: duration("PT1H"), invitation: duration("PT72H") } as const;

export type InvitationPurpose = keyof typeof LIFE;

interface Invited {
  readonly id: Id<"invitation">;
  readonly purpose: InvitationPurpose;
  readonly invitedAt: Instant;
  readonly expiresAt: Instant;
}

export type Invitation = Invited &
  (
    | { readonly state: "open" | "revoked"; readonly person: string | null }
    | { readonly state: "accepted"; readonly person: string; readonly passkey: string; readonly acceptedAt: Instant }
  );

export type InvitationEvent =
  | {
      readonly type: "invited";
      /** `person` is null on the first run: the link makes the person. `assertion` is the administrator's, by digest. */
      readonly data: Invited & { readonly person: string | null; readonly assertion: string | null };
    }
  | { readonly type: "accepted"; readonly data: { readonly person: string; readonly passkey: string; readonly at: Instant } }
  | { readonly type: "revoked"; readonly data: { readonly why: "replaced" | "withdrawn" } };

export const TRANSITIONS: readonly Transition<Invitation["state"], InvitationEvent["type"]>[] = [
  ...from(["nothing"], "invited", "open"),
  ...from(["open"], "accepted", "accepted"),
  ...from(["open"], "revoked", "revoked"),
];

export function evolve(state: Invitation | undefined, event: InvitationEvent): Invitation {
  if (event.type === "invited") {
    const { assertion: _, ...facts } = event.data;
    return { ...facts, state: "open" };
  }
  if (state === undefined) throw new RangeError(`${event.type} before invited`);
  const { id, purpose, invitedAt, expiresAt } = state;
  switch (event.type) {
    case "accepted": {
      const { person, passkey, at } = event.data;
      return { id, purpose, invitedAt, expiresAt, person, passkey, acceptedAt: at, state: "accepted" };
    }
    case "revoked":
      return { id, purpose, invitedAt, expiresAt, person: state.person, state: "revoked" };
  }
}

export function invitationEnd(purpose: InvitationPurpose, now: Instant): Instant {
  return addDuration(now, LIFE[purpose]);
}

/** The one predicate: whether a link still lets somebody in. Its end is its end, whether or not anything ran since. */
export function isUsable(invitation: Invitation, now: Instant): boolean {
  return invitation.state === "open" && now < invitation.expiresAt;
}
