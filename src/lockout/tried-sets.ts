/** Sets of up to two failures, found by trying each: until the exact analysis is asked. */
import type { Operation } from "../estate/operation.ts";
import type { OperationSets } from "./analysis.ts";
import type { LockoutModel } from "./model.ts";
import { createSingles } from "./singles.ts";
import { createSupport } from "./support.ts";
import { waysIn } from "./ways-in.ts";
import { standingAfter } from "./what-if.ts";

export function triedSets(model: LockoutModel, operation: Operation): OperationSets {
  const alone = createSingles(model).ofOperation(operation);
  const nothing = { completeTo: 2, probability: null, birnbaum: new Map<string, number>() };
  if (alone === "down") return { ...nothing, counts: ["1"], sets: [[]], completeTo: null };
  const below = [...createSupport(model).failuresBelow({ all: waysIn(operation).map(({ needs }) => needs) })].filter(
    (failure) => !alone.has(failure),
  );
  const pairs = below.flatMap((one, i) =>
    below.slice(i + 1).flatMap((other) => (standingAfter(model, [one, other]).remaining(operation).length === 0 ? [[one, other]] : [])),
  );
  return { ...nothing, counts: ["0", String(alone.size), String(pairs.length)], sets: [...[...alone].map((each) => [each]), ...pairs] };
}
