/** A connection to one identity provider: what governs it, never its secret. */
import type { Id } from "../kernel/id.ts";
import type { Instant } from "../kernel/time.ts";
import { from, type Transition } from "../kernel/transitions.ts";

export interface Connection {
  readonly id: Id<"connection">;
  /** Slug people refer to it by in files and on the command line; unique. */
  readonly key: string;
  readonly name: string;
  readonly kind: string;
  readonly config: unknown;
  readonly status: "connected" | "removed";
  readonly connectedAt: Instant;
  readonly connectedBy: string;
  /** Fingerprint of the secret in use, so that a rotation is visible without the secret. */
  readonly secretFingerprint?: string;
}

export type ConnectionEvent =
  | { readonly type: "connected"; readonly data: Omit<Connection, "status"> }
  | { readonly type: "secretRotated"; readonly data: { readonly secretFingerprint: string } }
  | { readonly type: "removed"; readonly data: { readonly reason: string } };

export const TRANSITIONS: readonly Transition<Connection["status"], ConnectionEvent["type"]>[] = [
  ...from(["nothing"], "connected", "connected"),
  ...from(["connected"], "secretRotated", "connected"),
  ...from(["connected"], "removed", "removed"),
];

/** Folds one event. A connection is made by its first event and never un-made: removal keeps the record. */
export function evolve(state: Connection | undefined, event: ConnectionEvent): Connection {
  if (event.type === "connected") return { ...event.data, status: "connected" };
  if (state === undefined) throw new RangeError(`${event.type} before connected`);
  switch (event.type) {
    case "secretRotated":
      return { ...state, secretFingerprint: event.data.secretFingerprint };
    case "removed":
      return { ...state, status: "removed" };
  }
}
