/** Small models of an estate drawn at random, and whether somebody gets in when some of it has failed, by the words of the model alone. */
import type { CommonCause, Component } from "../../src/estate/component.ts";
import type { Expression } from "../../src/estate/expression.ts";
import type { AccessPath, Operation } from "../../src/estate/operation.ts";
import { PATH_ROLES } from "../../src/estate/operation.ts";
import { leafName } from "../../src/lockout/leaf.ts";
import type { LockoutModel } from "../../src/lockout/model.ts";

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface Draw {
  readonly below: (limit: number) => number;
  readonly oneOf: <T>(of: readonly T[]) => T;
  readonly chance: (p: number) => boolean;
}

export function drawing(seed: number): Draw {
  const random = seeded(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  return { below, oneOf: (of) => of[below(of.length)]!, chance: (p) => random() < p };
}

/** An expression over some keys, now and then with nothing in it, or with a threshold that cannot be reached or needs no reaching. */
export function randomExpression(draw: Draw, keys: readonly string[], depth = 2): Expression {
  if (depth === 0 || draw.chance(0.35)) return draw.oneOf(keys);
  const parts = Array.from({ length: draw.chance(0.04) ? 0 : 1 + draw.below(3) }, () => randomExpression(draw, keys, depth - 1));
  if (draw.chance(0.4)) return { all: parts };
  if (draw.chance(0.6)) return { any: parts };
  return { atLeast: draw.chance(0.05) ? draw.below(5) : 1 + draw.below(Math.max(1, parts.length)), of: parts };
}

const share = (draw: Draw) => ({ p: 0.02 + draw.below(90) / 100, source: "expert" as const, asOf: "2026-01-01" as never });

export function randomComponent(draw: Draw, key: string, needable: readonly string[]): Component {
  return {
    key,
    name: key,
    kind: draw.oneOf(["idp", "network", "person"]),
    layer: draw.oneOf(["identity", "network", "provider"]),
    owner: null,
    evidence: null,
    unavailability: share(draw),
    requires: needable.length > 0 && draw.chance(0.6) ? randomExpression(draw, needable) : null,
    connection: null,
    endpoints: [],
    status: draw.chance(0.06) ? "retired" : "active",
  };
}

export function randomCause(draw: Draw, key: string, keys: readonly string[]): CommonCause {
  const members = Array.from({ length: 1 + draw.below(3) }, () => draw.oneOf(keys));
  return { key, name: key, kind: "region", members, unavailability: share(draw), status: draw.chance(0.1) ? "retired" : "active" };
}

export function randomPath(draw: Draw, key: string, keys: readonly string[]): AccessPath {
  const role = draw.chance(0.9) ? draw.oneOf(PATH_ROLES.slice(0, 4)) : "rollback";
  const needs = randomExpression(draw, [...keys, ...(draw.chance(0.03) ? ["nowhere"] : [])]);
  return { key, name: key, population: "human", role, needs, minutes: draw.chance(0.3) ? draw.below(60) : null };
}

export function randomOperation(draw: Draw, key: string, keys: readonly string[]): Operation {
  return {
    key,
    name: key,
    criticality: 1,
    application: null,
    businessOwner: null,
    modelApprover: null,
    maintainer: null,
    onCall: null,
    tolerates: 1,
    withinMinutes: draw.chance(0.3) ? 30 : null,
    paths: Array.from({ length: draw.chance(0.03) ? 0 : 1 + draw.below(4) }, (_, i) => randomPath(draw, `p${i}`, keys)),
    status: draw.chance(0.04) ? "retired" : "active",
  };
}

/** A component needs only later ones, so that there are no circles. */
export function randomModel(draw: Draw, { components = 6, causes = 2, operations = 3 } = {}): LockoutModel {
  const keys = Array.from({ length: components }, (_, i) => `c${i}`);
  return {
    components: keys.map((key, i) => randomComponent(draw, key, keys.slice(i + 1))),
    commonCauses: Array.from({ length: draw.below(causes + 1) }, (_, i) => randomCause(draw, `z${i}`, keys)),
    operations: Array.from({ length: operations }, (_, i) => randomOperation(draw, `o${i}`, keys)),
  };
}

const active = <T extends { readonly status: string }>(of: readonly T[]) => of.filter(({ status }) => status === "active");

/** Every leaf of a model by name, with its probability. */
export function leavesOf({ components, commonCauses }: LockoutModel): ReadonlyMap<string, number> {
  return new Map([
    ...active(components).map((each) => [each.key, each.unavailability!.p] as const),
    ...active(commonCauses).map((each) => [leafName({ kind: "cause", key: each.key }), each.unavailability!.p] as const),
  ]);
}

/** Whether no way in is left when these leaves have failed. */
export function isLockedOut(model: LockoutModel, operation: Operation, failed: ReadonlySet<string>): boolean {
  const works = (key: string): boolean => {
    const component = model.components.find((each) => each.key === key && each.status === "active");
    if (component === undefined || failed.has(key)) return false;
    const takenAlong = model.commonCauses.some(
      (cause) => cause.status === "active" && cause.members.includes(key) && failed.has(leafName({ kind: "cause", key: cause.key })),
    );
    return !takenAlong && (component.requires === null || holds(component.requires));
  };
  const holds = (expression: Expression): boolean => {
    if (typeof expression === "string") return works(expression);
    if ("all" in expression) return expression.all.every(holds);
    if ("any" in expression) return expression.any.some(holds);
    return expression.of.filter(holds).length >= expression.atLeast;
  };
  return !operation.paths.some(({ role, minutes, needs }) => {
    const inTime = operation.withinMinutes === null || minutes === null || minutes <= operation.withinMinutes;
    return role !== "rollback" && inTime && holds(needs);
  });
}

/** What the truth table of an operation says: minimal sets, the probability that it is locked out, and Birnbaum's importance of each leaf. */
export function truthOf(model: LockoutModel, operation: Operation) {
  const leaves = [...leavesOf(model)];
  const table = Uint8Array.from({ length: 1 << leaves.length }, (_, bits) =>
    Number(isLockedOut(model, operation, new Set(leaves.flatMap(([name], i) => (bits & (1 << i) ? [name] : []))))),
  );
  const sets: string[] = [];
  const birnbaum = new Map(leaves.map(([name]) => [name, 0]));
  let probability = 0;
  table.forEach((isOut, bits) => {
    const weight = leaves.reduce((product, [, p], i) => product * (bits & (1 << i) ? p : 1 - p), 1);
    if (isOut === 1) probability += weight;
    leaves.forEach(([name, p], i) => {
      if (isOut !== 1) return;
      const signed = bits & (1 << i) ? weight / p : -weight / (1 - p);
      birnbaum.set(name, birnbaum.get(name)! + signed);
    });
    const isMinimal = isOut === 1 && leaves.every((_, i) => (bits & (1 << i)) === 0 || table[bits & ~(1 << i)] === 0);
    if (isMinimal) sets.push(setName(leaves.flatMap(([name], i) => (bits & (1 << i) ? [name] : []))));
  });
  return { sets: sets.sort(), probability, birnbaum };
}

export const setName = (leaves: readonly string[]): string => [...leaves].sort().join(" ");
