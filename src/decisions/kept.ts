/**
 * What is kept of a question. A caller may put anything into its properties, a password among it: only what the register understands
 * and what the rules look at is copied, and only in small.
 */
import type { Entity, Properties, Question } from "./question.ts";

/** A property that a rule set looks at, by the first name of its path. */
export interface PropertyRead {
  readonly of: "subject" | "action" | "resource" | "context";
  readonly name: string;
}

export interface KeptQuestion {
  readonly subject: KeptEntity;
  readonly action: { readonly name: string; readonly properties?: Properties };
  readonly resource: KeptEntity;
  readonly context?: Properties;
}

interface KeptEntity {
  readonly type: string;
  readonly id: string;
  readonly properties?: Properties;
}

export interface Kept {
  readonly question: KeptQuestion;
  /** False where something had to be cut: asked again, it may be answered differently. */
  readonly whole: boolean;
}

type Names = Readonly<Record<PropertyRead["of"], readonly string[]>>;

/** What decide.ts reads for the register. */
const REGISTER_READS: readonly PropertyRead[] = [
  { of: "subject", name: "connection" },
  { of: "subject", name: "groups" },
  { of: "action", name: "method" },
  { of: "context", name: "ip" },
  { of: "context", name: "networks" },
  { of: "context", name: "device_classes" },
];

/** An index holds texts of some 2,700 bytes, and a character may take four. */
const MAX_NAME = 300;
const MAX_TEXT = 200;
/** Of values in all, however they are nested. */
const MAX_VALUES = 200;
const MAX_DEPTH = 4;
/** Of texts in all: thousands of questions wait in memory, millions lie in the database. */
const MAX_CHARACTERS = 8000;

export type Keep = (question: Question) => Kept;

export function createKeep(reads: readonly PropertyRead[]): Keep {
  const names = namesOf([...REGISTER_READS, ...reads]);
  return ({ subject, action, resource, context }) => {
    const room: Room = { whole: true, values: MAX_VALUES, characters: MAX_CHARACTERS };
    const question: KeptQuestion = {
      subject: entityOf(subject, names.subject, room),
      action: { name: nameOf(action.name, room), ...propertiesOf("properties", action.properties, names.action, room) },
      resource: entityOf(resource, names.resource, room),
      ...propertiesOf("context", context, names.context, room),
    };
    return { question, whole: room.whole };
  };
}

interface Room {
  whole: boolean;
  values: number;
  characters: number;
}

function namesOf(reads: readonly PropertyRead[]): Names {
  const of = (what: PropertyRead["of"]) => [...new Set(reads.filter((read) => read.of === what).map(({ name }) => name))];
  return { subject: of("subject"), action: of("action"), resource: of("resource"), context: of("context") };
}

function entityOf({ type, id, properties }: Entity, names: readonly string[], room: Room): KeptEntity {
  return { type: nameOf(type, room), id: nameOf(id, room), ...propertiesOf("properties", properties, names, room) };
}

function nameOf(text: string, room: Room): string {
  if (text.length <= MAX_NAME) return text;
  room.whole = false;
  return cut(text);
}

/** A part of a text holds on to all of it; made anew it does not. */
function cut(text: string): string {
  return JSON.parse(JSON.stringify(`${text.slice(0, MAX_NAME - 1)}…`)) as string;
}

function propertiesOf<K extends string>(
  key: K,
  given: Properties,
  names: readonly string[],
  room: Room,
): Partial<Readonly<Record<K, Properties>>> {
  let kept: Record<string, unknown> | undefined;
  for (const name of names) {
    if (!Object.hasOwn(given, name)) continue;
    const value = small(given[name], 0, room);
    if (value === undefined) room.whole = false;
    else (kept ??= {})[name] = value;
  }
  return kept === undefined ? {} : ({ [key]: kept } as Readonly<Record<K, Properties>>);
}

/** A copy of what is small; undefined for what is not. */
function small(value: unknown, depth: number, room: Room): unknown {
  if (room.values-- <= 0) return undefined;
  if (typeof value === "string") return holds(value, room) ? value : undefined;
  if (typeof value !== "object" || value === null) return value;
  if (depth === MAX_DEPTH) return undefined;
  if (Array.isArray(value)) return smallAll(value, depth, room);
  const keys = Object.keys(value);
  if (keys.length > room.values) return undefined;
  if (keys.some((key) => key === "__proto__" || !holds(key, room))) return undefined;
  const values = smallAll(Object.values(value), depth, room);
  return values && Object.fromEntries(keys.map((key, i) => [key, values[i]]));
}

function holds({ length }: string, room: Room): boolean {
  if (length > MAX_TEXT || length > room.characters) return false;
  room.characters -= length;
  return true;
}

function smallAll(values: readonly unknown[], depth: number, room: Room): readonly unknown[] | undefined {
  if (values.length > room.values) return undefined;
  const copied: unknown[] = [];
  for (const value of values) {
    const copy = small(value, depth + 1, room);
    if (copy === undefined) return undefined;
    copied.push(copy);
  }
  return copied;
}
