import { describe, expect, test } from "vitest";

import {
  type Draw,
  drawing,
  isLockedOut,
  leavesOf,
  randomCause,
  randomComponent,
  randomModel,
  randomOperation,
  setName,
  truthOf,
} from "../../../test/support/lockout-models.ts";
import type { Component } from "../../estate/component.ts";
import type { LockoutModel } from "../model.ts";
import type { Edit } from "./estate-graph.ts";
import type { Order } from "./family.ts";
import { createLiveEstate, type LiveEstate } from "./live-estate.ts";

function live(model: LockoutModel, order: Order): LiveEstate {
  const made = createLiveEstate(model, { order });
  if ("kind" in made) throw new Error(`circles: ${made.loops.join(" | ")}`);
  return made;
}

const activeOf = (model: LockoutModel) => model.operations.filter(({ status }) => status === "active");
const setsOf = (estate: LiveEstate, key: string) =>
  estate
    .sets(key)!
    .map((set) => setName(set))
    .sort();
const upTo = (sets: readonly string[], order: number) => sets.filter((set) => set === "" || set.split(" ").length <= order);

const put = <T extends { readonly key: string }>(list: readonly T[], one: T) => [...list.filter(({ key }) => key !== one.key), one];

/** Puts an edit into a model, as the estate would. */
function edited(model: LockoutModel, edit: Edit): LockoutModel {
  if ("component" in edit) return { ...model, components: put(model.components, edit.component) };
  if ("commonCause" in edit) return { ...model, commonCauses: put(model.commonCauses, edit.commonCause) };
  return { ...model, operations: put(model.operations, edit.operation) };
}

/** An edit that makes no circle: a component needs only those with a higher number. */
function randomEdit(draw: Draw, components: number): Edit {
  const keys = Array.from({ length: components }, (_, i) => `c${i}`);
  const at = draw.below(components);
  if (draw.chance(0.4)) return { component: randomComponent(draw, `c${at}`, keys.slice(at + 1)) };
  if (draw.chance(0.3)) return { commonCause: randomCause(draw, `z${draw.below(3)}`, keys) };
  return { operation: randomOperation(draw, `o${draw.below(4)}`, keys) };
}

describe("the live estate", () => {
  test.each([1, 2, 3] as const)("holds exactly the minimal sets of up to %i failures that the truth table has", (order) => {
    let sets = 0;
    for (let seed = 0; seed < 300; seed += 1) {
      const model = randomModel(drawing(seed), { components: 7 });
      const estate = live(model, order);
      for (const operation of activeOf(model)) {
        const truth = upTo(truthOf(model, operation).sets, order);
        expect(setsOf(estate, operation.key), `seed ${seed} ${operation.key}`).toEqual(truth);
        expect(estate.counts(operation.key)!.reduce((sum, count) => sum + count)).toBe(truth.length);
        sets += truth.length;
      }
    }
    expect(sets).toBeGreaterThan(600);
  });

  test("is after any edits what it would be made anew, and tells how many sets came and went", () => {
    for (let seed = 0; seed < 300; seed += 1) {
      const draw = drawing(seed);
      let model = randomModel(draw, { components: 7 });
      const order = (1 + (seed % 3)) as Order;
      const estate = live(model, order);
      for (let step = 0; step < 8; step += 1) {
        const edits = Array.from({ length: 1 + draw.below(2) }, () => randomEdit(draw, 8));
        const after = edits.reduce(edited, model);
        const foreseen = estate.preview(edits);
        const difference = estate.edit(edits);
        expect(inOrder(difference), `seed ${seed}`).toEqual(inOrder(foreseen));
        expectSame(estate, live(after, order), `seed ${seed} step ${step}`);
        expectCounted(difference, live(model, order), estate);
        model = after;
      }
    }
  });

  test("changes nothing by a preview or a question", () => {
    for (let seed = 0; seed < 100; seed += 1) {
      const draw = drawing(seed);
      const model = randomModel(draw, { components: 7 });
      const estate = live(model, 3);
      for (let step = 0; step < 4; step += 1) {
        estate.preview([randomEdit(draw, 9), randomEdit(draw, 9)]);
        estate.whatIf(["c0", "c5", "cause_z0", "nobody"].slice(draw.below(4)));
      }
      expectSame(estate, live(model, 3), `seed ${seed}`);
    }
  });

  test("says who is locked out when some leaves fail, which ways are lost, and what further failures are enough then", () => {
    let lockedOut = 0;
    for (let seed = 0; seed < 300; seed += 1) {
      const draw = drawing(seed);
      const model = randomModel(draw, { components: 7 });
      const estate = live(model, 2);
      const failed = [...leavesOf(model).keys()].filter(() => draw.chance(0.25));
      const answer = estate.whatIf(failed, { remainingOf: activeOf(model).map(({ key }) => key) });
      const out = activeOf(model).filter(
        (operation) => !isLockedOut(model, operation, new Set()) && isLockedOut(model, operation, new Set(failed)),
      );
      expect([...answer.lockedOut].sort(), `seed ${seed}`).toEqual(out.map(({ key }) => key).sort());
      lockedOut += out.length;
      for (const operation of activeOf(model)) {
        const left = operation.paths.filter((path) => !isLockedOut(model, { ...operation, paths: [path] }, new Set(failed)));
        const lost = answer.lostPaths.get(operation.key) ?? [];
        expect(left.filter(({ key }) => lost.includes(key))).toEqual([]);
        const restricted = upTo(minimal(truthOf(model, operation).sets, failed), 2);
        const remaining = answer.remaining.get(operation.key)!.map((set) => setName(set));
        expect(remaining.sort(), `seed ${seed} ${operation.key} ${failed.join()}`).toEqual(restricted.sort());
      }
    }
    expect(lockedOut).toBeGreaterThan(50);
  });

  test("knows for each leaf that is enough by itself which operations it locks out", () => {
    for (let seed = 0; seed < 100; seed += 1) {
      const model = randomModel(drawing(seed), { components: 7 });
      const blast = live(model, 2).blast();
      for (const leaf of leavesOf(model).keys()) {
        const out = activeOf(model).filter(
          (operation) => !isLockedOut(model, operation, new Set()) && isLockedOut(model, operation, new Set([leaf])),
        );
        expect([...(blast.get(leaf) ?? [])].sort(), `seed ${seed} ${leaf}`).toEqual(out.map(({ key }) => key).sort());
      }
    }
  });
});

describe("an edit that closes a circle", () => {
  test("is refused with the circle, and nothing of it or of what came with it is made", () => {
    const draw = drawing(5);
    const components = ["a", "b", "c"].map((key) => ({ ...randomComponent(draw, key, []), status: "active" as const }));
    const [a, b, c] = components as [Component, Component, Component];
    const operation = { ...randomOperation(draw, "pay", ["a", "b"]), status: "active" as const };
    const model = {
      components: [{ ...a, requires: "b" }, { ...b, requires: { any: ["c", "b2"] } }, c],
      commonCauses: [],
      operations: [operation],
    };
    const estate = live(model, 2);
    const answer = estate.edit([{ component: { ...a, status: "retired" } }, { component: { ...c, requires: { all: ["b"] } } }]);
    expect(answer).toEqual({ kind: "loops", loops: [["b", "c", "b"]] });
    expectSame(estate, live(model, 2), "after");
    expect(estate.edit([{ component: { ...b, requires: null } }, { component: { ...c, requires: "b" } }])).not.toHaveProperty("loops");
    const closed = createLiveEstate({
      ...model,
      components: [
        { ...a, requires: "b" },
        { ...b, requires: "a" },
      ],
    });
    expect(closed).toEqual({ kind: "loops", loops: [["a", "b", "a"]] });
  });
});

/** The same edit made twice may find what it touches in another order. */
function inOrder(difference: ReturnType<LiveEstate["edit"]>) {
  if ("kind" in difference) return difference;
  return { ...difference, touched: difference.touched.toSorted((one, other) => (one.operation < other.operation ? -1 : 1)) };
}

const parts = (set: string): readonly string[] => set.split(" ").filter((leaf) => leaf !== "");
const sum = (counts: readonly number[] | undefined): number => (counts ?? []).reduce((total, count) => total + count, 0);

/** The minimal ones of sets from which what has failed is taken. */
function minimal(sets: readonly string[], failed: readonly string[]): readonly string[] {
  const left = [...new Set(sets.map((set) => setName(set.split(" ").filter((leaf) => leaf !== "" && !failed.includes(leaf)))))];
  return left.filter((set) => !left.some((other) => other !== set && parts(other).every((leaf) => parts(set).includes(leaf))));
}

function expectSame(estate: LiveEstate, fresh: LiveEstate, where: string): void {
  expect([...estate.operations()].sort(), where).toEqual([...fresh.operations()].sort());
  for (const key of fresh.operations()) expect(setsOf(estate, key), `${where} ${key}`).toEqual(setsOf(fresh, key));
}

function expectCounted(difference: ReturnType<LiveEstate["edit"]>, before: LiveEstate, after: LiveEstate): void {
  if ("kind" in difference) throw new Error("no circles here");
  const keys = new Set([...before.operations(), ...after.operations()]);
  for (const key of keys) {
    const had = new Set(before.sets(key)?.map((set) => setName(set)));
    const has = new Set(after.sets(key)?.map((set) => setName(set)));
    const touched = difference.touched.find(({ operation }) => operation === key);
    expect(sum(touched?.gained)).toBe([...has].filter((set) => !had.has(set)).length);
    expect(sum(touched?.lost)).toBe([...had].filter((set) => !has.has(set)).length);
  }
}
