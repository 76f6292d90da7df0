import { array, assert, constantFrom, oneof, property } from "fast-check";
import { describe, expect, test } from "vitest";

import { brokenLaws } from "../../test/support/exception-laws.ts";
import { MOVES, NEXT_DUE, OPENINGS, PROGRESS, TICK, WAITS } from "../../test/support/exception-moves.ts";
import { PROVIDER } from "../../test/support/exception-provider.ts";
import { factsFor, SYSTEM } from "../../test/support/exception-story.ts";
import { BEGINNING, type Move, type World } from "../../test/support/exception-world.ts";
import { dueAt } from "./schedule.ts";
import { END_STATES } from "./transitions.ts";

// Moves are drawn by name, so that a counterexample reads as a story.
const BY_NAME = new Map([...OPENINGS, ...MOVES, ...WAITS, PROGRESS].map((move) => [move.name, move]));
const named = (moves: readonly Move[]) => constantFrom(...moves.map((move) => move.name));
const take = (world: World, name: string): World => (BY_NAME.get(name) as Move).apply(world);

/** Mostly the usual course of things, so that runs get far; often anything at all. */
const step = oneof(
  { weight: 6, arbitrary: named([PROGRESS]) },
  { weight: 2, arbitrary: named(PROVIDER) },
  { weight: 1, arbitrary: named(WAITS) },
  { weight: 1, arbitrary: named([NEXT_DUE]) },
  { weight: 6, arbitrary: named(MOVES) },
);

function hasEnded(world: World): boolean {
  return world.state === undefined || END_STATES.some((end) => end === world.state?.state);
}

/** The clock and an obedient provider alone: no person does anything any more. */
function runByItself(world: World): World {
  let current = TICK.apply(world);
  for (let round = 0; round < 400 && !hasEnded(current); round++) {
    current = [...PROVIDER, ...PROVIDER].reduce((next, move) => move.apply(next), current);
    current = NEXT_DUE.apply(current);
  }
  return current;
}

describe("whatever happens, in whatever order, at whatever time", () => {
  test("every law of the register holds after every step, and it ends without anybody's help", () => {
    const reached = new Set<string>();
    assert(
      property(named(OPENINGS), array(step, { minLength: 5, maxLength: 80 }), (opening, steps) => {
        let world = BEGINNING;
        for (const name of [opening, ...steps]) {
          const next = take(world, name);
          const broken = brokenLaws(world, next);
          if (broken.length > 0) throw new Error(`after "${name}" (${next.state?.state}): ${broken.join("; ")}`);
          world = next;
          if (world.state !== undefined) reached.add(world.state.state);
        }
        const end = runByItself(world);
        if (!hasEnded(end)) throw new Error(`stays ${end.state?.state} for ever`);
      }),
      { numRuns: 1000, ...(process.env["FC_SEED"] === undefined ? {} : { seed: Number(process.env["FC_SEED"]) }) },
    );
    // A walk that gets nowhere would prove nothing.
    expect([...reached].sort()).toEqual(
      [
        "draft",
        "in_approval",
        "approved",
        "activating",
        "active",
        "suspending",
        "suspended",
        "revoking",
        "verifying",
        "revoke_failed",
        "closed",
        "rejected",
        "withdrawn",
      ].sort(),
    );
  });

  test("after a tick nothing that is due is left", () => {
    assert(
      property(named(OPENINGS), array(step, { minLength: 5, maxLength: 40 }), (opening, steps) => {
        const world = TICK.apply([opening, ...steps].reduce(take, BEGINNING));
        if (world.state === undefined) return;
        const next = dueAt(world.state, factsFor(SYSTEM, world.facts).policy);
        expect(next === undefined || next > world.now).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
