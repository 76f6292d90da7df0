/**
 * Groups of basic events that share causes (`define-CCF-group`), written out as what they stand for: each member fails by itself or by a
 * cause that takes it with others of its group, and each cause is an event of its own.
 */
import type { Formula } from "../solver/fault-tree.ts";
import { contentOf, type Definition, type Definitions, lookUp, membersOf, type Report } from "./definitions.ts";
import type { Values } from "./expressions.ts";
import type { XmlElement } from "./xml.ts";

export interface CommonCauses {
  /** For each member the gate that stands in its place: `fails_` and its name. */
  readonly standsFor: ReadonlyMap<string, string>;
  readonly gates: ReadonlyMap<string, Formula>;
  /** The members by themselves, and the causes: `cause_` and the group's name, with its members where it takes some only. */
  readonly events: ReadonlyMap<string, number | null>;
}

/** Causes of one group: all that ten members can share. */
const MOST_CAUSES = 1_100;

/** How likely one certain cause of exactly so many members is, by the chance of a member and the factors by level. */
type Model = (asked: {
  readonly q: number;
  readonly factor: (level: number) => number;
  readonly members: number;
  readonly size: number;
}) => number;

const MODELS: Readonly<Record<string, { readonly chance: Model; readonly first: number }>> = {
  "beta-factor": { first: 2, chance: ({ q, factor, members, size }) => q * (size === 1 ? 1 - factor(members) : factor(members)) },
  MGL: {
    first: 2,
    chance({ q, factor, members, size }) {
      let product = 1 - factor(size + 1);
      for (let level = 2; level <= size; level += 1) product *= factor(level);
      return (q * product) / choose(members - 1, size - 1);
    },
  },
  "alpha-factor": {
    first: 1,
    chance({ q, factor, members, size }) {
      let total = 0;
      for (let level = 1; level <= members; level += 1) total += level * factor(level);
      return (q * size * factor(size)) / (choose(members - 1, size - 1) * total);
    },
  },
  "phi-factor": { first: 1, chance: ({ q, factor, size }) => q * factor(size) },
};

export function commonCausesOf(definitions: Definitions, values: Values, report: Report): CommonCauses {
  const found = { standsFor: new Map<string, string>(), gates: new Map<string, Formula>(), events: new Map<string, number | null>() };
  for (const definition of definitions.get("group")!.values()) {
    const group = groupIn(definition, definitions, values, report);
    if (group === undefined) continue;
    for (const member of group.members) {
      if (!found.standsFor.has(member)) continue;
      report({ code: "lockout.nameTwice", detail: `${member} is a member of two groups`, line: definition.element.line });
    }
    writeOut(group, found, (name) => isTaken(name, definitions, found.events));
  }
  return found;
}

interface Group {
  readonly name: string;
  readonly members: readonly string[];
  /** Sizes of causes there are, with how likely one of them is. */
  readonly sizes: ReadonlyMap<number, number | null>;
}

function groupIn({ name, element, scope }: Definition, definitions: Definitions, values: Values, report: Report): Group | undefined {
  const wrong = (detail: string, { line } = element): undefined => {
    report({ code: "lockout.constructUnknown", detail: `${name}: ${detail}`, line });
    return undefined;
  };
  const model = element.attributes.get("model") ?? "";
  if (!Object.hasOwn(MODELS, model)) return wrong(`"${model}" is no model of common causes that is read`);
  const members = membersOf(element).flatMap(
    (member) => lookUp(definitions, "basic-event", member.attributes.get("name") ?? "", scope) ?? [],
  );
  const own = members.find((member) => contentOf(member.element).length > 0);
  if (own !== undefined) return wrong(`${own.name} has a probability of its own beside the one of its group`, own.element);
  const keys = [...new Set(members.map((member) => member.name))];
  if (keys.length < 2) return wrong("a group has two members at least, each once");
  const factors = factorsOf(element, MODELS[model]!.first, keys.length, wrong);
  if (factors === undefined) return undefined;
  const distribution = element.children.find((child) => child.name === "distribution");
  const q = distribution === undefined ? null : chanceIn(distribution, values, scope, report);
  const levels = new Map([...factors].map(([level, factor]) => [level, chanceIn(factor, values, scope, report)]));
  const known = [...levels.values()].every((value) => value !== null);
  const factor = (level: number) => levels.get(level) ?? 0;
  const sizes = model === "beta-factor" ? [1, keys.length] : Array.from({ length: Math.max(...levels.keys()) }, (_, at) => at + 1);
  if (sizes.reduce((sum, size) => sum + (size === 1 ? 0 : choose(keys.length, size)), 0) > MOST_CAUSES)
    return wrong(`it has more than ${MOST_CAUSES} causes`);
  const { chance } = MODELS[model]!;
  const chances = sizes.map((size) => [size, q === null || !known ? null : chance({ q, factor, members: keys.length, size })] as const);
  if (chances.some(([, p]) => p !== null && !(p >= 0 && p <= 1))) return wrong("its factors make no probabilities");
  return { name, members: keys, sizes: new Map(chances) };
}

/** Factors by level; a beta factor is one, whatever level it says. */
function factorsOf(element: XmlElement, first: number, members: number, wrong: (detail: string, at?: XmlElement) => undefined) {
  const given = element.children.flatMap((child) => (child.name === "factors" ? contentOf(child) : child.name === "factor" ? [child] : []));
  if (element.attributes.get("model") === "beta-factor")
    return given.length === 1 ? new Map([[members, given[0]!]]) : wrong("it takes one factor");
  const byLevel = new Map<number, XmlElement>();
  for (const factor of given) {
    const level = Number(factor.attributes.get("level"));
    if (!Number.isInteger(level) || level < first || level > members || byLevel.has(level))
      return wrong("a factor of each level, each once", factor);
    byLevel.set(level, factor);
  }
  return byLevel.size === 0 || Math.max(...byLevel.keys()) !== byLevel.size + first - 1
    ? wrong("a factor of each level, each once")
    : byLevel;
}

function chanceIn(element: XmlElement, values: Values, scope: string, report: Report): number | null {
  const value = values.of(element, scope);
  if (value === null || (value >= 0 && value <= 1)) return value;
  report({ code: "lockout.probabilityOutOfRange", detail: `<${element.name}> is ${value}`, line: element.line });
  return null;
}

interface Written {
  readonly standsFor: Map<string, string>;
  readonly gates: Map<string, Formula>;
  readonly events: Map<string, number | null>;
}

function writeOut({ name, members, sizes }: Group, { standsFor, gates, events }: Written, taken: (name: string) => boolean): void {
  const fails = new Map(members.map((member): [string, Formula[]] => [member, [{ event: member }]]));
  for (const member of members) events.set(member, sizes.get(1) ?? null);
  for (const [size, p] of sizes) {
    for (const struck of size === 1 ? [] : subsetsOf(members, size)) {
      const event = unused(size === members.length ? `cause_${name}` : `cause_${name}-${struck.join("-")}`, taken);
      events.set(event, p);
      for (const member of struck) fails.get(member)!.push({ event });
    }
  }
  for (const [member, or] of fails) {
    const gate = unused(`fails_${member}`, taken);
    standsFor.set(member, gate);
    gates.set(gate, { or });
  }
}

function isTaken(name: string, definitions: Definitions, events: ReadonlyMap<string, unknown>): boolean {
  return events.has(name) || definitions.get("gate")!.has(name) || definitions.get("basic-event")!.has(name);
}

function unused(wanted: string, taken: (name: string) => boolean): string {
  let name = wanted;
  while (taken(name)) name = `${name}_`;
  return name;
}

function subsetsOf(all: readonly string[], size: number): readonly (readonly string[])[] {
  if (size === 0) return [[]];
  if (size >= all.length) return size === all.length ? [all] : [];
  return all.flatMap((first, at) => subsetsOf(all.slice(at + 1), size - 1).map((rest) => [first, ...rest]));
}

/** How many ways there are to choose so many of them. */
function choose(of: number, size: number): number {
  let ways = 1;
  for (let at = 1; at <= size; at += 1) ways = (ways * (of - size + at)) / at;
  return ways;
}
