/**
 * Who may, what may be done: whoever comes into question is asked about, one by one, by the same decision that a question gets. So
 * whatever a search tells, an evaluation of the same permits.
 */
import type { Search } from "./authzen-read.ts";
import { findSubject } from "./decide.ts";
import { type Entity, NONE, type Question } from "./question.ts";
import type { Register } from "./register.ts";
import type { RuleSet } from "./rule-set.ts";

/**
 * Names that come into question, in an order of their own that every replica agrees on: pages hold while others write. Undefined where
 * they are more than `most`.
 */
export function candidatesOf(search: Search, rules: RuleSet, register: Register, most: number): readonly string[] | undefined {
  const names = new Set<string>();
  for (const name of namesOf(search, rules, register)) {
    if (names.size >= most && !names.has(name)) return undefined;
    names.add(name);
  }
  return [...names].sort();
}

function* namesOf(search: Search, rules: RuleSet, register: Register): Iterable<string> {
  if (search.kind === "action") {
    yield* rules.actions;
  } else if (search.kind === "subject") {
    yield* idsOf(rules.subjects, search.subject.type);
    if (rules.asksRegister(search.action.name)) {
      yield* register.subjectsOn(search.subject.type, { kind: search.resource.type, id: search.resource.id });
    }
  } else {
    yield* idsOf(rules.resources, search.resource.type);
    const known = rules.asksRegister(search.action.name) ? findSubject(search, register) : undefined;
    if (known !== undefined) yield* register.resourcesOf(known.keys, search.resource.type);
  }
}

function idsOf(entities: readonly Entity[], type: string): string[] {
  return entities.filter((each) => each.type === type).map(({ id }) => id);
}

/** The question that one candidate stands for. */
export function questionOf(search: Search, name: string): Question {
  const { subject, resource, context } = search;
  if (search.kind === "action") return { subject: search.subject, action: { name, properties: NONE }, resource: search.resource, context };
  const { action } = search;
  if (search.kind === "subject") return { subject: { ...subject, id: name }, action, resource: search.resource, context };
  return { subject: search.subject, action, resource: { ...resource, id: name }, context };
}

export function writeFound({ kind, subject, resource }: Search, name: string): string {
  if (kind === "action") return `{"name":${JSON.stringify(name)}}`;
  const { type } = kind === "subject" ? subject : resource;
  return `{"type":${JSON.stringify(type)},"id":${JSON.stringify(name)}}`;
}

/** The place of the first candidate after a name. */
export function placeAfter(candidates: readonly string[], name: string): number {
  let [from, to] = [0, candidates.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (candidates[middle]! <= name) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** A search as one text that is the same for the same search, in whatever order its members were sent. Its depth is bounded by the reader. */
export function canonical(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`);
  return `{${members.join(",")}}`;
}
