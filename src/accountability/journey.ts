/** A way people or machines sign in without a password, and who answers for it: whom to ask, and whom to wake. */
import type { Operation, POPULATIONS } from "../estate/operation.ts";
import { canonicalText } from "../kernel/canonical.ts";
import type { FieldChanged } from "../kernel/field-change.ts";
import type { Id } from "../kernel/id.ts";
import type { Instant } from "../kernel/time.ts";
import type { PersonId } from "../people/person.ts";
import type { RotaId } from "./rota.ts";
import type { Seat } from "./seat.ts";

export type JourneyId = Id<"journey">;

/** Where it leads, by the key of the estate. */
export const ABOUTS = ["application", "operation"] as const;
export interface About {
  readonly kind: (typeof ABOUTS)[number];
  readonly key: string;
}

/** Seats that a person or a team holds; the two others are the approver, who is a person, and who is on point, by a rota. */
export const OWNING_SEATS = ["businessOwner", "maintainer", "platformOwner", "operationOwner"] as const;
export type OwningSeat = (typeof OWNING_SEATS)[number];

/** In the order people read them. */
export const SEATS = ["businessOwner", "approver", "maintainer", "onPoint", "platformOwner", "operationOwner"] as const;
export type SeatName = (typeof SEATS)[number];

/** How the sign-in works, in words somebody can approve: by which authenticators, bound how, and what happens without them. */
export interface AccessModel {
  readonly statement: string;
  /** Who wrote it does not approve it. */
  readonly by: PersonId;
  readonly at: Instant;
}

export interface JourneyFields {
  readonly model: AccessModel;
  /** Answers for what it is for; null: nobody does, which is a finding. So for each seat. */
  readonly businessOwner: Seat | null;
  /** Who approves the access model, by a signature over its content. */
  readonly approver: PersonId | null;
  /** Keeps it working from day to day. */
  readonly maintainer: Seat | null;
  /** Says who is on point when it fails. */
  readonly rota: RotaId | null;
  /** Restores the service that it stands on. */
  readonly platformOwner: Seat | null;
  /** Answers for the task itself getting done meanwhile, by whichever way is left. */
  readonly operationOwner: Seat | null;
  readonly status: "active" | "retired";
}

/** What makes it this journey and no other; never changes. */
export interface JourneyIdentity {
  readonly population: (typeof POPULATIONS)[number];
  readonly about: About;
  /** Key of a class of devices; null: whatever the device. */
  readonly deviceClass: string | null;
}

/** The newest approval. Whether it still counts is decided where it is asked; see approval.ts. */
export interface Approval {
  readonly by: PersonId;
  readonly at: Instant;
  /** Digest of the approver's passkey assertion over the content hash. */
  readonly assertion: string;
  readonly contentHash: string;
  /** Hash of the operation's model that the access model rests on; null where it is about none. */
  readonly operation: string | null;
}

export interface Journey extends JourneyIdentity, JourneyFields {
  readonly id: JourneyId;
  readonly approval: Approval | null;
}

export type NewJourney = Omit<Journey, "approval">;

export type JourneyEvent =
  | { readonly type: "journeyAdded"; readonly data: NewJourney }
  | FieldChanged<JourneyFields>
  | { readonly type: "modelApproved"; readonly data: Approval };

/** What an approver's passkey signs; its content is {@link modelText}, hashed. */
export const APPROVE_ACTION = "accountability.approveModel";

/** Canonical JSON of what is approved. Who else sits where is not in it: that may change without asking again. */
export function modelText(journey: NewJourney, operation: string | null): string {
  const { id, population, about, deviceClass, approver, model } = journey;
  const content = { population, about, deviceClass, approver, statement: model.statement, operation };
  return canonicalText({ v: "postern-access-model-1", id, content });
}

/** Canonical JSON of the part of an operation that an access model rests on: its ways in, and what they have to stand. */
export function operationText({ key, application, tolerates, withinMinutes, paths }: Operation): string {
  const ways = paths.map((path) => ({ ...path, assurance: path.assurance ?? null })).toSorted((a, b) => (a.key < b.key ? -1 : 1));
  return canonicalText({ v: "postern-operation-model-1", key, application, tolerates, withinMinutes, paths: ways });
}

/** One text for what makes a journey this one; two of the same are one. */
export function identityText({ about, population, deviceClass }: JourneyIdentity): string {
  return `${about.kind} ${about.key} ${population} ${deviceClass ?? ""}`.trimEnd();
}

/** Ids of everybody and everything that sits somewhere. */
export function seatedIn(journey: JourneyFields): readonly string[] {
  const owning = OWNING_SEATS.flatMap((seat) => journey[seat]?.id ?? []);
  return [...new Set([...owning, ...(journey.approver ?? "").split(" "), ...(journey.rota ?? "").split(" ")])]
    .filter((id) => id !== "")
    .sort();
}
