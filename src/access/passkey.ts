/** A passkey: the public half of a key pair a person proves themselves with. What it may do is a fold of its journal. */
import type { Id } from "../kernel/id.ts";
import { type Refusal, refusal } from "../kernel/problem.ts";
import type { Instant } from "../kernel/time.ts";
import { from, type Transition } from "../kernel/transitions.ts";
import type { AssertionRecord } from "./assertion.ts";

export interface RegisteredPasskey {
  readonly id: Id<"passkey">;
  readonly person: string;
  /** base64url, as the authenticator named it. */
  readonly credentialId: string;
  /** COSE key, base64url. */
  readonly publicKey: string;
  readonly label: string;
  /** A synced passkey lives in an account that can be taken over; a device-bound one cannot leave its authenticator. */
  readonly deviceType: "device_bound" | "synced";
  readonly backedUp: boolean;
  readonly transports: readonly string[];
  /** Model of the authenticator, as it says itself: without attestation nobody vouches for it. */
  readonly aaguid: string;
  readonly registeredAt: Instant;
}

export type Passkey = RegisteredPasskey &
  (
    | { readonly state: "active" }
    | { readonly state: "suspended"; readonly suspendedAt: Instant; readonly why: string }
    | { readonly state: "removed"; readonly removedAt: Instant }
  );

/** What allowed a passkey to be registered. */
export type RegisteredVia =
  | { readonly kind: "first_run" | "invitation"; readonly invitation: string }
  | { readonly kind: "passkey"; readonly assertion: string };

export type PasskeyEvent =
  | { readonly type: "registered"; readonly data: RegisteredPasskey & { readonly via: RegisteredVia } }
  /** Signed a decision. The decision's own entry carries the digest; here is what it is of, so that the journal alone proves it. */
  | { readonly type: "signed"; readonly data: { readonly digest: string; readonly record: AssertionRecord } }
  | { readonly type: "signedIn"; readonly data: { readonly session: string; readonly backedUp: boolean } }
  | { readonly type: "suspended"; readonly data: { readonly at: Instant; readonly why: string } }
  | { readonly type: "removed"; readonly data: { readonly at: Instant; readonly assertion: string } };

export const TRANSITIONS: readonly Transition<Passkey["state"], PasskeyEvent["type"]>[] = [
  ...from(["nothing"], "registered", "active"),
  ...from(["active"], "signed", "active"),
  ...from(["active"], "signedIn", "active"),
  ...from(["active"], "suspended", "suspended"),
  ...from(["active", "suspended"], "removed", "removed"),
];

/** Folds one event. There is no way back from suspended: a key that may have been copied is never trusted again. */
export function evolve(state: Passkey | undefined, event: PasskeyEvent): Passkey {
  if (event.type === "registered") {
    const { via: _, ...facts } = event.data;
    return { ...facts, state: "active" };
  }
  if (state === undefined) throw new RangeError(`${event.type} before registered`);
  switch (event.type) {
    case "signed":
      return state;
    case "signedIn":
      return { ...state, backedUp: event.data.backedUp };
    case "suspended":
      return { ...registeredFacts(state), state: "suspended", suspendedAt: event.data.at, why: event.data.why };
    case "removed":
      return { ...registeredFacts(state), state: "removed", removedAt: event.data.at };
  }
}

function registeredFacts(passkey: Passkey): RegisteredPasskey {
  const { id, person, credentialId, publicKey, label, deviceType, backedUp, transports, aaguid, registeredAt } = passkey;
  return { id, person, credentialId, publicKey, label, deviceType, backedUp, transports, aaguid, registeredAt };
}

/**
 * Why a passkey may not be removed. An owner without a working passkey could only come back by an invitation, which is an
 * administrator's decision and not a slip of theirs; an administrator removes what was lost or left behind.
 */
export function removalRefusals(passkey: Passkey, remover: string, othersActive: number): readonly Refusal[] {
  if (passkey.state === "removed") return [refusal("access.passkeyNotFound", "This passkey was removed already.")];
  if (remover === passkey.person && passkey.state === "active" && othersActive === 0) {
    return [refusal("access.lastPasskey", "This is your only working passkey. Add another one first.")];
  }
  return [];
}
