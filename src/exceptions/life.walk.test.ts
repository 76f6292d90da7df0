import { beforeAll, describe, expect, test } from "vitest";

import { moves as movesOf } from "../../test/support/exception-laws.ts";
import { MOVES, NEXT_DUE, OPENINGS } from "../../test/support/exception-moves.ts";
import { BEGINNING, type Move, type World } from "../../test/support/exception-world.ts";
import { underDecision } from "./decide-vote.ts";
import { seenSinceOrder } from "./evolve-binding.ts";
import { type Binding, type ExceptionState, findVersion, grantedUntil, STATES } from "./exception.ts";
import { standingApprovals } from "./plan.ts";
import { isAwaited } from "./review-record.ts";
import { END_STATES, TRANSITIONS } from "./transitions.ts";

/**
 * The small model: two worlds are the same when nothing that a decision looks at tells them apart, dates and counts beyond one
 * left out. That makes the set of worlds finite, so the walk can be complete.
 */
function modelOf({ state, now, holds }: World): string {
  if (state === undefined) return "nothing";
  const { dossier } = state;
  const end = grantedUntil(dossier);
  return JSON.stringify([
    state.state,
    dossier.category,
    dossier.origin.kind === "inherited" ? [dossier.origin.claimed !== null] : null,
    underDecisionOf(state),
    end === undefined ? null : end <= now,
    dossier.bindings.map((one) => [one.origin.kind, one.desired, seenSinceOrder(one), answered(one), holds.includes(one.id)]),
    [...new Set(dossier.reviews.filter(isAwaited).map((one) => `${one.ifMissed} ${one.dedupeKey.startsWith("suspension:")}`))].sort(),
    dossier.reviews.some((one) => one.suspendAt !== null),
  ]);
}

/** Of the answers to an order only these are looked at again. */
function answered({ outcome }: Binding): string {
  return outcome.kind === "removed" || outcome.kind === "applied" ? outcome.kind : "";
}

function underDecisionOf(state: ExceptionState): unknown {
  const approval = underDecision(state);
  const version = approval && findVersion(state.dossier, approval.version);
  return version === undefined ? null : [version.purpose, standingApprovals(version).map((vote) => vote.seat)];
}

interface Node {
  readonly state: string;
  /** Models it leads to, and whether it goes there by the clock, the provider and our own work alone. */
  readonly next: Map<string, boolean>;
}

/** Enough to see everything several times over; the walk fails when it is not finished by then. */
const MOST_MODELS = 20_000;

function walk(openings: readonly string[]) {
  const nodes = new Map<string, Node>();
  const seen = new Set<string>();
  const queue: World[] = OPENINGS.filter((opening) => openings.includes(opening.name)).map((opening) => opening.apply(BEGINNING));
  for (const world of queue) nodes.set(modelOf(world), { state: world.state?.state ?? "nothing", next: new Map() });
  for (let world = queue.shift(); world !== undefined && nodes.size < MOST_MODELS; world = queue.shift()) {
    const node = nodes.get(modelOf(world)) as Node;
    for (const move of USED) {
      const after = move.apply({ ...world, events: [] });
      for (const { from, event, to } of movesOf({ ...world, events: [] }, after)) seen.add(`${from} ${event} ${to}`);
      const model = modelOf(after);
      node.next.set(model, node.next.get(model) === true || move.byItself);
      if (nodes.has(model)) continue;
      nodes.set(model, { state: after.state?.state ?? "nothing", next: new Map() });
      queue.push(after);
    }
  }
  return { nodes, seen };
}

/** Time alone, until it makes a difference to the model. */
const TIME_PASSES: Move = {
  name: "time passes",
  byItself: true,
  apply: (world) => {
    const before = modelOf(world);
    let after = NEXT_DUE.apply(world);
    for (let round = 0; round < 40 && modelOf(after) === before; round++) after = NEXT_DUE.apply(after);
    return after;
  },
};

/** A second voter for a role adds models, not behaviour; what is always refused adds nothing (the random walk tries it). */
const LEFT_OUT = new Set([
  "approve by per_network",
  "approve by per_governance2",
  "approve by per_deputy",
  "approve by per_requester",
  "approve by per_implementer",
  "approve by per_helpdesk",
  "approve by per_subject",
  "approve stale content",
  "retain by per_requester",
  "approver loses the role",
  "begin use",
  "propose change",
  "next due",
]);
const USED = [...MOVES.filter((move) => !LEFT_OUT.has(move.name)), TIME_PASSES];

/** Models from which an end is reached without any person, found backwards from the ends. */
function endingByThemselves(nodes: ReadonlyMap<string, Node>): ReadonlySet<string> {
  const before = new Map<string, string[]>();
  for (const [model, { next }] of nodes) {
    for (const [to, byItself] of next) if (byItself && to !== model) before.set(to, [...(before.get(to) ?? []), model]);
  }
  const ends = [...nodes].filter(([, { state }]) => END_STATES.some((end) => end === state)).map(([model]) => model);
  const found = new Set(ends);
  for (const model of found) for (const from of before.get(model) ?? []) found.add(from);
  return found;
}

describe("every life there is, in a small model", () => {
  let walked: ReturnType<typeof walk>;
  beforeAll(() => {
    walked = walk(["open", "import"]);
  }, 120_000);

  test("the walk is complete", () => {
    expect(walked.nodes.size).toBeGreaterThan(100);
    expect(walked.nodes.size).toBeLessThan(MOST_MODELS);
  });

  test("every documented state is reached", () => {
    const reached = new Set([...walked.nodes.values()].map((node) => node.state));
    expect([...reached].sort()).toEqual([...STATES].sort());
  });

  test("an end is always reachable, by the clock and an obedient provider alone", () => {
    const ending = endingByThemselves(walked.nodes);
    const stuck = [...walked.nodes.keys()].filter((model) => !ending.has(model));
    expect(stuck).toEqual([]);
  });

  test("what decisions do is the table of transitions, no more and no less", () => {
    const table = new Set(TRANSITIONS.map(({ from, event, to }) => `${from} ${event} ${to}`));
    const moved = [...walked.seen].filter((one) => {
      const [from, , to] = one.split(" ");
      return from !== to || table.has(one);
    });
    expect([...new Set([...moved, "nothing DraftOpened draft"])].sort()).toEqual([...table].sort());
  });
});
