import { describe, expect, test } from "vitest";

import type { Expression } from "../estate/expression.ts";
import { cause, component, operation, path, PAYROLL } from "../../test/support/lock-out-model.ts";
import type { LockoutModel } from "./model.ts";
import { createSingles } from "./singles.ts";
import { createSupport } from "./support.ts";
import { standingAfter } from "./what-if.ts";

const [payroll, cluster] = PAYROLL.operations as [(typeof PAYROLL.operations)[0], (typeof PAYROLL.operations)[0]];

describe("which failure alone locks out", () => {
  test("is what the way in and its fallback both hang on, however far below", () => {
    expect(createSingles(PAYROLL).ofOperation(payroll)).toEqual(new Set(["idp0"]));
  });

  test("is a common cause where it takes more than can be done without, though none of its members does", () => {
    const glass = { ...cluster, paths: cluster.paths.slice(1) };
    expect(createSingles(PAYROLL).ofOperation(glass)).toEqual(new Set(["token", "vault", "cause_hall"]));
  });

  test("is everything on the quick way where the slow one takes longer than the operation may wait", () => {
    expect(createSingles(PAYROLL).ofOperation({ ...cluster, withinMinutes: 10 })).toEqual(new Set(["idp1"]));
    expect(createSingles(PAYROLL).ofOperation({ ...cluster, withinMinutes: 20 })).toEqual(new Set());
  });

  test("is not asked where nobody gets in even now: what is needed is retired, unknown, or needs itself", () => {
    const model: LockoutModel = {
      components: [component("old", null, { status: "retired" }), component("a", "b"), component("b", "a")],
      commonCauses: [],
      operations: [],
    };
    for (const key of ["old", "unheard", "a"]) expect(createSingles(model).ofOperation(needing(key)), key).toBe("down");
    expect(createSingles(model).ofOperation(operation("o", []))).toBe("down");
  });

  test("is told however long a chain of components is", () => {
    const components = Array.from({ length: 4_000 }, (_, i) => component(`c${i}`, i === 3_999 ? null : `c${i + 1}`));
    const model: LockoutModel = { components, commonCauses: [], operations: [] };
    expect(createSingles(model).ofOperation(needing("c0"))).toHaveProperty("size", 4_000);
    const standing = standingAfter(model, ["c3999"]);
    expect(standing.remaining(needing("c0"))).toEqual([]);
    expect(createSupport(model).chainsBelow("c0").to("c3999")).toHaveLength(4_000);
  });

  test("is no cause that was retired, asked either way", () => {
    const commonCauses = PAYROLL.commonCauses.map((each) => ({ ...each, status: "retired" as const }));
    const model = { ...PAYROLL, commonCauses };
    const glass = { ...cluster, paths: cluster.paths.slice(1) };
    expect(createSingles(model).ofOperation(glass)).toEqual(new Set(["token", "vault"]));
    expect(standingAfter(model, ["cause_hall"]).remaining(glass)).toHaveLength(1);
  });
});

describe("on any model", () => {
  test("what is said of each single failure is what is seen when it is tried, and a chain leads to it", () => {
    const random = numbers(5);
    for (let round = 0; round < 2_000; round++) {
      const model = anyModel(random);
      const singles = createSingles(model);
      const failures = [...model.components.map(({ key }) => key), ...model.commonCauses.map(({ key }) => `cause_${key}`)];
      for (const each of model.operations) {
        const said = singles.ofOperation(each);
        expect(standingAfter(model, []).remaining(each).length === 0).toBe(said === "down");
        if (said === "down") continue;
        const seen = failures.filter((failure) => standingAfter(model, [failure]).remaining(each).length === 0);
        expect([...said].sort()).toEqual(seen.sort());
        for (const failure of seen)
          for (const way of each.paths) {
            if (!standingAfter(model, []).isOpen(way)) continue;
            expect(standingAfter(model, [failure]).chain(way).at(-1)).toBe(failure);
          }
      }
    }
  });
});

function needing(needs: Expression) {
  return operation("o", [path("p", needs)]);
}

function anyModel(random: (below: number) => number): LockoutModel {
  const keys = Array.from({ length: 3 + random(6) }, (_, i) => `c${i}`);
  const needs = (from: readonly string[], depth: number): Expression => {
    const one = () => (depth > 0 && random(3) === 0 ? needs(from, depth - 1) : from[random(from.length)]!);
    const parts = Array.from({ length: 1 + random(3) }, one);
    return [() => ({ all: parts }), () => ({ any: parts }), () => ({ atLeast: 1 + random(parts.length), of: parts })][random(3)]!();
  };
  const components = keys.map((key, i) => component(key, i > 0 && random(2) === 0 ? needs(keys.slice(0, i), 1) : null));
  const causes = Array.from({ length: random(3) }, (_, i) =>
    cause(
      `r${i}`,
      keys.filter(() => random(2) === 0),
    ),
  );
  const paths = Array.from({ length: 1 + random(3) }, (_, i) => path(`p${i}`, needs(keys, 2)));
  return { components, commonCauses: causes, operations: [operation("o", paths)] };
}

/** The same ones each time: a linear congruential generator. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
