import * as fc from "fast-check";
import { expect, test } from "vitest";

import type { Component, ComponentKind } from "../estate/component.ts";
import { type Expression, partsOf } from "../estate/expression.ts";
import { type AccessPath, type Operation, PATH_ROLES, POPULATIONS } from "../estate/operation.ts";
import { byKey } from "../findings/reconcile.ts";
import { findingsOfComponent, findingsOfCoverage, findingsOfOperation, findingsOfUndescribed } from "./as-findings.ts";
import { coverageOf } from "./coverage.ts";
import { strengthOf } from "./strength.ts";

const KINDS: Readonly<Record<string, ComponentKind>> = {
  sms: "sms",
  desk: "helpdesk",
  key: "authenticator",
  card: "certificate",
  idp: "idp",
};
const kindOf = (key: string) => KINDS[key];
const WEAK = ["sms", "desk"];
const BOUND = ["key", "card"];

const needs: fc.Arbitrary<Expression> = fc.letrec<{ need: Expression }>((tie) => {
  const several = fc.array(tie("need"), { minLength: 1, maxLength: 4 });
  return {
    need: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.constantFrom(...Object.keys(KINDS)),
      several.map((all) => ({ all })),
      several.map((any) => ({ any })),
      several.chain((of) => fc.integer({ min: 1, max: of.length }).map((atLeast) => ({ atLeast, of }))),
    ),
  };
}).need;

const path = fc.record({ population: fc.constantFrom(...POPULATIONS), role: fc.constantFrom(...PATH_ROLES), needs });
const KEYS = ["pay", "component", "owner", "path-missing", "primary"];
const operations: fc.Arbitrary<readonly Operation[]> = fc
  .uniqueArray(
    fc.record({
      key: fc.constantFrom(...KEYS),
      criticality: fc.constantFrom(1, 2, 3, 4),
      paths: fc.array(path, { maxLength: 8 }),
    }),
    { selector: ({ key }) => key, maxLength: 5 },
  )
  .map((drawn) =>
    drawn.map(({ key, criticality, paths }) => ({
      key,
      name: `To ${key}`,
      criticality,
      application: null,
      businessOwner: null,
      modelApprover: null,
      maintainer: null,
      onCall: null,
      tolerates: 1,
      withinMinutes: null,
      paths: paths.map((each, i): AccessPath => ({ ...each, key: `way-${i}`, name: `Way ${i}`, minutes: null })),
      status: "active",
    })),
  );

/** What is not there, told without the rule that is tested: by role, and for whom. */
function missingIn({ criticality, paths }: Operation): readonly string[] {
  const asked = criticality <= 2 ? ["primary", "fallback", "recovery", "break-glass", "rollback"] : ["primary", "recovery"];
  const has = (role: string, population?: string) =>
    paths.some((each) => each.role === role && (population === undefined || each.population === population));
  return asked.flatMap((role) => {
    if (!has(role)) return [role];
    if (role !== "fallback" && role !== "recovery") return [];
    return POPULATIONS.filter((population) => has("primary", population) && !has(role, population)).map(
      (population) => `${role} ${population}`,
    );
  });
}

test("whatever ways in there are, each that is missing is a finding of its own, and nothing else is called missing", () => {
  fc.assert(
    fc.property(operations, (all) => {
      const found = all.flatMap((operation) => findingsOfCoverage(operation, coverageOf(operation, kindOf), null));
      const kept = byKey(found);
      // None stands in the way of another.
      expect(kept.size).toBe(found.length);
      for (const operation of all) {
        const missing = [...kept.values()].filter(({ kind, subject }) => kind === "pathMissing" && subject.id === operation.key);
        expect(new Set(missing.map(({ key }) => key.slice(`${operation.key} pathMissing `.length)))).toEqual(new Set(missingIn(operation)));
      }
    }),
    { numRuns: 2000 },
  );
});

test("what nobody answers for is a finding of its own, whatever operations and components are called", () => {
  const nobody = { person: () => undefined, team: () => undefined };
  const keys = [...KEYS, "maintainer", "businessowner"];
  const item = { layer: "provider", kind: "external", owner: null, evidence: null, unavailability: null, requires: null } as const;
  fc.assert(
    fc.property(operations, fc.subarray(keys), (all, named) => {
      const components = named.map((key): Component => ({ ...item, key, name: key, connection: null, endpoints: [], status: "active" }));
      const found = [
        ...all.flatMap((operation) => [
          ...findingsOfCoverage(operation, coverageOf(operation, kindOf), null),
          ...findingsOfOperation(operation, nobody),
          ...findingsOfUndescribed(operation, () => false, null),
        ]),
        ...components.flatMap((component) => findingsOfComponent(component, nobody)),
      ];
      expect(byKey(found).size).toBe(found.length);
      const unowned = found.filter(({ kind }) => kind === "accountabilityGap");
      const served = all.map(({ criticality, paths }) =>
        criticality > 2 ? 0 : new Set(paths.flatMap(({ role, population }) => (role === "primary" ? [population] : []))).size,
      );
      expect(unowned).toHaveLength(all.length * 2 + components.length + served.reduce((sum, count) => sum + count, 0));
    }),
  );
});

/** Every way of having it: the sets of components that are enough. */
function waysOf(need: Expression): readonly (readonly string[])[] {
  if (typeof need === "string") return [[need]];
  const parts = partsOf(need).map(waysOf);
  const count = "all" in need ? parts.length : "any" in need ? 1 : need.atLeast;
  const chosen = subsets(parts.length, count).map((set) => set.map((i) => parts[i]!));
  return chosen.flatMap((sets) =>
    sets.reduce<readonly (readonly string[])[]>((ways, part) => ways.flatMap((way) => part.map((more) => [...way, ...more])), [[]]),
  );
}

function subsets(of: number, size: number, from = 0): readonly (readonly number[])[] {
  if (size === 0) return [[]];
  return Array.from({ length: of - from }, (_, i) => from + i).flatMap((first) =>
    subsets(of, size - 1, first + 1).map((rest) => [first, ...rest]),
  );
}

const small = needs.filter((need) => JSON.stringify(need).length < 160);

test("a way in that takes nothing to hold, and something that can be talked out of somebody, is weak, however it is written", () => {
  fc.assert(
    fc.property(small, (need) => {
      const ways = waysOf(need);
      const isWeak = ways.some((way) => way.some((key) => WEAK.includes(key)) && !way.some((key) => BOUND.includes(key)));
      const { rank } = strengthOf({ key: "x", name: "x", population: "human", role: "primary", needs: need, minutes: null }, kindOf);
      if (isWeak) expect(rank).toBe("weak");
      else expect(rank).not.toBe("weak");
      if (ways.every((way) => way.some((key) => BOUND.includes(key)))) expect(rank).toBe("bound");
    }),
    { numRuns: 3000 },
  );
});
