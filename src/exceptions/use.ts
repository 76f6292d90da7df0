/** Whether an exception is used, as those tell who see it. Pure. */
import type { Instant } from "../kernel/time.ts";
import type { ExceptionState } from "./exception.ts";
import { shownContent } from "./projection.ts";
import { lastDecisionAt } from "./recertification.ts";
import type { Resource } from "./version.ts";

/** An exception, as far as its use is asked for. */
export interface UseAsked {
  readonly exception: string;
  readonly resources: readonly Resource[];
  /** Counted from the beginning of this day on. */
  readonly since: Instant;
}

export interface Use {
  /** Times it let through since then. */
  readonly times: number;
  /** When it last let through, also before; null: never seen to. */
  readonly lastAt: Instant | null;
  /** Whether somebody watches all that it covers: only then does silence mean that it was not used. */
  readonly isWatched: boolean;
}

/** By exception; those of which nothing tells are left out. */
export type Uses = ReadonlyMap<string, Use>;

/** Since a person last decided about the whole. */
export function useAskedOf(state: ExceptionState): UseAsked {
  const resources = (shownContent(state)?.scope ?? []).map(({ resource }) => resource);
  return { exception: state.dossier.id, resources, since: lastDecisionAt(state) };
}
