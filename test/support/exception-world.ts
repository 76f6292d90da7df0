/** The register's state beside the truth of the provider, and how one thing after the other happens to both. */
import type { Instant } from "../../src/kernel/time.ts";
import type { ExceptionCommand } from "../../src/exceptions/commands.ts";
import { decide } from "../../src/exceptions/decide.ts";
import type { ExceptionEvent } from "../../src/exceptions/events.ts";
import { evolve } from "../../src/exceptions/evolve.ts";
import type { Actor, ExceptionState } from "../../src/exceptions/exception.ts";
import type { Facts } from "../../src/exceptions/facts.ts";
import { factsFor, START } from "./exception-story.ts";

/** The register's state beside the truth it can only learn by reading: what the provider holds. */
export interface World {
  readonly state: ExceptionState | undefined;
  readonly events: readonly ExceptionEvent[];
  readonly now: Instant;
  /** Bindings the provider really lets through. */
  readonly holds: readonly string[];
  readonly facts: Partial<Facts>;
}

export const BEGINNING: World = { state: undefined, events: [], now: START, holds: [], facts: {} };

/** One thing that happens. Moves that are refused, or make no sense now, leave the world as it is. */
export interface Move {
  readonly name: string;
  /** True when no person is needed: the clock, the provider, our own outbox. */
  readonly byItself: boolean;
  readonly apply: (world: World) => World;
}

export function give(world: World, command: ExceptionCommand | undefined, actor: Actor): World {
  if (command === undefined) return world;
  const decided = decide(world.state, command, world.now, factsFor(actor, world.facts));
  if (!decided.accepted || decided.events.length === 0) return world;
  return {
    ...world,
    state: decided.events.reduce<ExceptionState | undefined>(evolve, world.state),
    events: [...world.events, ...decided.events],
  };
}

export function move(
  name: string,
  command: (world: World & { state: ExceptionState }) => ExceptionCommand | undefined,
  actor: Actor,
): Move {
  const apply = (world: World) => (world.state === undefined ? world : give(world, command({ ...world, state: world.state }), actor));
  return { name, byItself: actor.kind === "system", apply };
}
