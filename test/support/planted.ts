/**
 * What a hostile hand types: markup, script, addresses that run, templates, letters that turn the text round, and a word without an
 * end. Walks the contracts, so that every field that takes free text is known by itself, and remembers which fields took it.
 */
import { z } from "zod";

import type { Endpoint } from "../../src/kernel/contract.ts";

const PIECES = [
  "=1+\u202E\u2066<img src=x onerror=alert(1)>",
  "{{7*7}}",
  "</script><script>alert(2)</script>",
  "javascript:alert(3)",
  "<svg onload=alert(4)>",
  "${7*7}\u200B",
] as const;
/** The beginning of every plant: by it they are found again. */
export const MARK = PIECES[0];
const WORD = 200;

/** As much of it as fits. */
export function plantOf(max: number): string {
  let text = "";
  for (const piece of PIECES) if (text.length + piece.length <= max) text += piece;
  return text + "W".repeat(Math.max(0, Math.min(WORD, max - text.length)));
}

const LENGTHS = [1000, 500, 300, 200, 120, 100, 80, 60, 40];
/** What a field holds that takes no free text: tried one after the other. */
const PLAIN = [
  false,
  true,
  1,
  2000,
  "2026-12-01T00:00:00Z",
  "P30D",
  "2026-12-01",
  "Europe/Zurich",
  `sha256:${"0".repeat(64)}`,
  "planted-key",
  "a@planted.example",
];

type Definition = Readonly<Record<string, unknown>> & { readonly type: string };
const WRAPPERS = ["optional", "nullable", "default", "prefault", "readonly"];
/** What a schema is, without what only says that it may be left out. */
function definitionOf(schema: z.ZodType): Definition {
  const definition = schema.def as unknown as Definition;
  return WRAPPERS.includes(definition.type) ? definitionOf(definition["innerType"] as z.ZodType) : definition;
}
const inner = (definition: Definition, name: string): z.ZodType => definition[name] as z.ZodType;

/** Keys that are a choice of words hold a shape of their own; others hold whatever comes. */
const isChoice = (record: Definition): boolean => definitionOf(inner(record, "keyType")).type === "enum";

/** The longest plant a field takes; undefined where it takes no free text. */
function plantFor(schema: z.ZodType): string | undefined {
  return LENGTHS.map(plantOf).find((text) => schema.safeParse(text).success);
}

const plainValue = (schema: z.ZodType): unknown => PLAIN.find((value) => schema.safeParse(value).success);

/** A body in which every field that takes free text is planted, and every other holds something it takes. */
export function filled(schema: z.ZodType): unknown {
  const definition = definitionOf(schema);
  switch (definition.type) {
    case "object":
      return Object.fromEntries(Object.entries(definition["shape"] as Record<string, z.ZodType>).map(([name, one]) => [name, filled(one)]));
    case "array":
      return [filled(inner(definition, "element"))];
    case "record":
      return isChoice(definition) ? {} : { planted: plantOf(200) };
    case "union":
      return filled((definition["options"] as z.ZodType[])[0]!);
    default:
      return definition.type === "enum" ? Object.values(definition["entries"] as object)[0] : (plantFor(schema) ?? plainValue(schema));
  }
}

/** Every field of a body that takes free text, as `content.exitPlan.what` and `scope[].subject.name`. */
export function textFields(schema: z.ZodType, at = ""): string[] {
  const definition = definitionOf(schema);
  switch (definition.type) {
    case "object":
      return Object.entries(definition["shape"] as Record<string, z.ZodType>).flatMap(([name, one]) =>
        textFields(one, at === "" ? name : `${at}.${name}`),
      );
    case "array":
      return textFields(inner(definition, "element"), `${at}[]`);
    case "record":
      return isChoice(definition) ? textFields(inner(definition, "valueType"), `${at}{}`) : [];
    case "union":
      return [...new Set((definition["options"] as z.ZodType[]).flatMap((one) => textFields(one, at)))];
    default:
      return definition.type !== "enum" && plantFor(schema) !== undefined ? [at] : [];
  }
}

/** Fields of a body that was sent which hold a plant. */
export function plantedFields(body: unknown, at = ""): string[] {
  if (typeof body === "string") return body.includes(MARK) ? [at] : [];
  if (Array.isArray(body)) return [...new Set(body.flatMap((one) => plantedFields(one, `${at}[]`)))];
  if (typeof body !== "object" || body === null) return [];
  return Object.entries(body).flatMap(([name, one]) => plantedFields(one, at === "" ? name : `${at}.${name}`));
}

const isMap = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

/** `over` laid over a body, field by field; lists are replaced whole. */
export function overlaid(body: unknown, over: unknown): unknown {
  if (!isMap(body) || !isMap(over)) return over === undefined ? body : over;
  const names = new Set([...Object.keys(body), ...Object.keys(over)]);
  return Object.fromEntries([...names].map((name) => [name, name in over ? overlaid(body[name], over[name]) : body[name]]));
}

/** `endpoint.field` of every free text of these endpoints. */
export function everyTextField(endpoints: readonly Endpoint[]): string[] {
  return endpoints.flatMap(({ id, body }) => textFields(body).map((field) => `${id}.${field}`));
}
