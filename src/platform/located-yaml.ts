/** Reads a file of YAML against a shape: either all of it, or everything that is wrong with it, each with line and column. */
import { type Document, isMap, isScalar, LineCounter, parseDocument, visit, type YAMLError } from "yaml";
import type { z } from "zod";

import { type Refusal, refusal } from "../kernel/problem.ts";

export type YamlPath = readonly (string | number)[];
/** `file.yaml:12:5`; of a path that is not there, where what would hold it stands. */
export type YamlPlace = (path: YamlPath) => string;

/** The codes that a module refuses its file with. */
export interface YamlFaultCodes {
  readonly unreadable: string;
  readonly aliasUsed: string;
  readonly keyUnknown: string;
  readonly missing: string;
  readonly valueInvalid: string;
}

export type YamlReading<T> =
  | { readonly ok: true; readonly value: T; readonly placeOf: YamlPlace }
  | { readonly ok: false; readonly faults: readonly Refusal[] };

/** Far more than a person writes, few enough that reading it is over soon. */
const MAX_CHARACTERS = 16_000_000;

export function readLocatedYaml<Shape extends z.ZodType>(
  text: string,
  file: string,
  shape: Shape,
  codes: YamlFaultCodes,
): YamlReading<z.output<Shape>> {
  if (text.length > MAX_CHARACTERS) {
    return {
      ok: false,
      faults: [refusal(codes.unreadable, `The file is longer than ${MAX_CHARACTERS} characters.`, { at: `${file}:1:1` })],
    };
  }
  const { document, place, faults } = parseLocatedYaml(text, file, codes);
  if (faults.length > 0) return { ok: false, faults };
  const parsed = shape.safeParse(document.toJS() ?? {});
  if (parsed.success) return { ok: true, value: parsed.data, placeOf: (path) => place(offsetOf(document, path)) };
  return { ok: false, faults: inOrder(parsed.error.issues.flatMap((issue) => faultsOf(issue, document, codes, place))) };
}

/** Where an offset of the text is: `file.yaml:12:5`. */
export type PlaceOfOffset = (offset: number) => string;

/**
 * The text as YAML 1.2, whatever it says of its own version, with what makes it unreadable or ambiguous. `uniqueKeys`: false where
 * somebody else looks for keys that stand twice, which the parser does by comparing every two of a map.
 */
export function parseLocatedYaml(
  text: string,
  file: string,
  codes: Pick<YamlFaultCodes, "unreadable" | "aliasUsed">,
  uniqueKeys = true,
): { readonly document: Document; readonly place: PlaceOfOffset; readonly faults: readonly Refusal[] } {
  const lines = new LineCounter();
  const options = { version: "1.2", schema: "core", merge: false, prettyErrors: false } as const;
  const document = parseDocument(text, { ...options, lineCounter: lines, uniqueKeys });
  const place: PlaceOfOffset = (offset) => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const faults = [...document.errors, ...document.warnings].map((error) => unreadable(error, codes, place));
  return { document, place, faults: [...faults, ...aliases(document, codes, place)] };
}

/** Faults as somebody meets them who reads the file from its first line. */
export function inOrder(faults: readonly Refusal[]): Refusal[] {
  return faults.toSorted((a, b) => {
    const [line = 0, column = 0] = position(a);
    const [otherLine = 0, otherColumn = 0] = position(b);
    return line - otherLine || column - otherColumn;
  });
}

function position({ at = "" }: Refusal): readonly number[] {
  return at.split(":").slice(-2).map(Number);
}

function unreadable(error: YAMLError, codes: Pick<YamlFaultCodes, "unreadable">, place: PlaceOfOffset): Refusal {
  const words = error.code === "MULTIPLE_DOCS" ? "The file has more than one document; write one" : error.message;
  return refusal(codes.unreadable, `${words}.`, { at: place(error.pos[0]) });
}

/** An alias would say one thing in two places, and be wrong in neither. */
function aliases(document: Document, codes: Pick<YamlFaultCodes, "aliasUsed">, place: PlaceOfOffset): readonly Refusal[] {
  const found: Refusal[] = [];
  visit(document, {
    Alias(_, node) {
      found.push(refusal(codes.aliasUsed, `Write out what *${node.source} stands for.`, { at: place(node.range?.[0] ?? 0) }));
    },
  });
  return found;
}

function faultsOf(issue: z.core.$ZodIssue, document: Document, codes: YamlFaultCodes, place: PlaceOfOffset): readonly Refusal[] {
  const path = issue.path.filter((part) => typeof part !== "symbol");
  const fault = (code: string, detail: string, offset: number) => refusal(code, detail, { at: place(offset) });
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => fault(codes.keyUnknown, `Nothing here is called "${key}".`, keyOffset(document, path, key)));
  }
  if (isAbsent(document, path)) {
    return [fault(codes.missing, `"${String(path.at(-1))}" is missing.`, offsetOf(document, path.slice(0, -1)))];
  }
  return [fault(codes.valueInvalid, remedy(issue, document.getIn(path)), offsetOf(document, path))];
}

const KINDS: Readonly<Record<string, string>> = {
  object: "Named fields are",
  array: "A list is",
  string: "Text is",
  boolean: "true or false is",
  number: "A number is",
};

/** What to write instead, in words for whoever writes the file. */
function remedy(issue: z.core.$ZodIssue, value: unknown): string {
  if (issue.code === "invalid_value") return `${shown(value)} is none of ${issue.values.map(String).join(", ")}.`;
  if (issue.code === "invalid_type") return `${KINDS[issue.expected] ?? `${issue.expected} is`} expected here.`;
  if (issue.code === "too_small") return "This may not be empty.";
  return issue.code === "too_big" ? `This is too long; at most ${issue.maximum} fit.` : `${issue.message}.`;
}

function shown(value: unknown): string {
  return typeof value === "object" && value !== null ? "This" : JSON.stringify(value);
}

function isAbsent(document: Document, path: YamlPath): boolean {
  return path.length > 0 && !document.hasIn(path);
}

/** Where the value of a path stands; of a path that is not there, where what would hold it stands. */
function offsetOf(document: Document, path: YamlPath): number {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true) as { range?: readonly number[] | null } | undefined;
    if (node?.range !== undefined && node.range !== null) return node.range[0]!;
  }
  return document.contents?.range?.[0] ?? 0;
}

function keyOffset(document: Document, path: YamlPath, key: string): number {
  const holder = path.length === 0 ? document.contents : document.getIn(path, true);
  if (!isMap(holder)) return offsetOf(document, path);
  const pair = holder.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
  return pair !== undefined && isScalar(pair.key) ? (pair.key.range?.[0] ?? 0) : offsetOf(document, path);
}
