/** A change to a governed object that Postern did not make: told, never silently repaired. */
import type { ProviderChange, ProviderSubject } from "../connectors/port.ts";
import type { Id } from "../kernel/id.ts";
import type { Instant } from "../kernel/time.ts";

export interface Drift {
  readonly id: Id<"drift">;
  readonly connection: string;
  /** When it was done, by the provider's clock. */
  readonly at: Instant;
  /** When Postern read of it. */
  readonly seenAt: Instant;
  readonly object: string;
  readonly action: ProviderChange["action"];
  readonly subject: ProviderSubject | null;
  /** As the provider's log names them; null when it names nobody. */
  readonly by: string | null;
}

export interface DriftEvent {
  readonly type: "driftSeen";
  readonly data: Drift;
}

/** Folds one event: a drift is what was seen, and nothing happens to it after. */
export function evolve(_: Drift | undefined, event: DriftEvent): Drift {
  return event.data;
}

/** A membership of a subject in an object, and who made it: null when the log names nobody, or it was Postern. */
export interface MembershipOrigin {
  readonly subjectKey: string;
  readonly object: string;
  readonly by: string | null;
}

/** What a change means for who put a member where it is. */
export type OriginStep =
  | ({ readonly kind: "put" } & MembershipOrigin)
  | { readonly kind: "taken"; readonly subjectKey: string; readonly object: string }
  | { readonly kind: "object_gone"; readonly object: string }
  | { readonly kind: "none" };

/** Names of objects are compared as directories do, without regard to case. */
export function objectKey(object: string): string {
  return object.toLowerCase();
}

/**
 * Only what was put in is somebody's doing for certain. Of a change to the object as a whole it is not known what it did, so it
 * names nobody.
 */
export function originStepOf({ action, object, subject, by, ours }: ProviderChange): OriginStep {
  const key = objectKey(object);
  if (subject === undefined) return action === "deleted" ? { kind: "object_gone", object: key } : { kind: "none" };
  if (action === "added") return { kind: "put", subjectKey: subject.key, object: key, by: ours ? null : (by ?? null) };
  return action === "modified" ? { kind: "none" } : { kind: "taken", subjectKey: subject.key, object: key };
}
