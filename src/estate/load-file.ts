/** Reads estate.yaml: either all of it, or everything that is wrong with it, each with line and column. */
import { isMap, isScalar, LineCounter, type Document, parseDocument, visit, type YAMLError } from "yaml";
import type { z } from "zod";

import { type Refusal, refusal } from "../kernel/problem.ts";
import type { LockoutModel } from "../lockout/model.ts";
import { estateFile } from "./contract-file.ts";
import type { EstateFile, Path, PlaceOf } from "./file.ts";
import { modelOfFile } from "./model-of-file.ts";
import type { EstateRefusal } from "./refusals.ts";

/** What the file says, and where it says it. */
export interface ReadFile {
  readonly file: EstateFile;
  readonly placeOf: PlaceOf;
}

const FILE = "estate.yaml";

export type Reading = { readonly ok: true; readonly read: ReadFile } | { readonly ok: false; readonly faults: readonly Refusal[] };

export function readEstateFile(text: string): Reading {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, version: "1.2", schema: "core", merge: false, prettyErrors: false });
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${FILE}:${line}:${col}`;
  };
  const faults = [...document.errors, ...document.warnings].map((error) => unreadable(error, place));
  faults.push(...aliases(document, place));
  if (faults.length > 0) return { ok: false, faults };
  const parsed = estateFile.safeParse(document.toJS() ?? {});
  const placeOf = (path: Path) => place(offsetOf(document, path));
  if (parsed.success) return { ok: true, read: { file: parsed.data, placeOf } };
  return { ok: false, faults: inOrder(parsed.error.issues.flatMap((issue) => faultsOf(issue, document, place))) };
}

export type ModelReading =
  | { readonly ok: true; readonly model: LockoutModel }
  | { readonly ok: false; readonly faults: readonly Refusal[] };

/** The model that an estate file tells, without a server: all of it, or everything that is wrong with it. */
export function readModelFile(text: string): ModelReading {
  const reading = readEstateFile(text);
  if (!reading.ok) return reading;
  const { model, faults } = modelOfFile(reading.read.file, reading.read.placeOf);
  return faults.length === 0 ? { ok: true, model } : { ok: false, faults: inOrder(faults) };
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
  return at.split(":").slice(1).map(Number);
}

function unreadable(error: YAMLError, place: (offset: number) => string): Refusal {
  const words = error.code === "MULTIPLE_DOCS" ? "The file has more than one document; write one" : error.message;
  return refusal("estate.yamlUnreadable" satisfies EstateRefusal, `${words}.`, { at: place(error.pos[0]) });
}

/** An alias would say one thing in two places, and be wrong in neither. */
function aliases(document: Document, place: (offset: number) => string): readonly Refusal[] {
  const found: Refusal[] = [];
  visit(document, {
    Alias(_, node) {
      const at = place(node.range?.[0] ?? 0);
      found.push(refusal("estate.aliasUsed" satisfies EstateRefusal, `Write out what *${node.source} stands for.`, { at }));
    },
  });
  return found;
}

function faultsOf(issue: z.core.$ZodIssue, document: Document, place: (offset: number) => string): readonly Refusal[] {
  const path = issue.path.filter((part) => typeof part !== "symbol");
  const fault = (code: EstateRefusal, detail: string, offset: number) => refusal(code, detail, { at: place(offset) });
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => fault("estate.keyUnknown", `Nothing here is called "${key}".`, keyOffset(document, path, key)));
  }
  if (isAbsent(document, path)) {
    return [fault("estate.missing", `"${String(path.at(-1))}" is missing.`, offsetOf(document, path.slice(0, -1)))];
  }
  return [fault("estate.valueInvalid", remedy(issue, document.getIn(path)), offsetOf(document, path))];
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

function isAbsent(document: Document, path: Path): boolean {
  return path.length > 0 && !document.hasIn(path);
}

/** Where the value of a path stands; of a path that is not there, where what would hold it stands. */
function offsetOf(document: Document, path: Path): number {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true) as { range?: readonly number[] | null } | undefined;
    if (node?.range !== undefined && node.range !== null) return node.range[0]!;
  }
  return document.contents?.range?.[0] ?? 0;
}

function keyOffset(document: Document, path: Path, key: string): number {
  const holder = path.length === 0 ? document.contents : document.getIn(path, true);
  if (!isMap(holder)) return offsetOf(document, path);
  const pair = holder.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
  return pair !== undefined && isScalar(pair.key) ? (pair.key.range?.[0] ?? 0) : offsetOf(document, path);
}
