/** Whom an exception lets past what, now. Pure: what is not in force lets nobody past, unless it stands ready for a use. */
import type { Instant } from "../kernel/time.ts";
import type { ExceptionState } from "./exception.ts";
import { covering, answersUntil } from "./in-force.ts";
import type { ConnectionId, Subject } from "./version.ts";

export interface LetPast {
  readonly exception: string;
  readonly connection: ConnectionId;
  /** The policy that is weakened, by the connection's key. */
  readonly policy: string;
  readonly subjects: readonly Subject[];
  readonly until: Instant;
}

export function letPast(state: ExceptionState, now: Instant): LetPast | undefined {
  const until = answersUntil(state, now);
  const version = covering(state.dossier, now);
  if (until === undefined || version === undefined) return undefined;
  const { weakenedControl, scope } = version.content;
  const { connection, policy } = weakenedControl;
  // No provider knows our classes of devices: a device that is called like one is another thing.
  const subjects = scope.map(({ subject }) => subject).filter(({ kind }) => kind !== "deviceClass");
  return { exception: state.dossier.ref, connection, policy, subjects, until };
}
