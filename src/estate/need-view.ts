/** A need as people type it: `idp and (dns-1 or dns-2)`, `2 of (ada, ben, cleo)`; "and" binds closer than "or". */
import { type Expression, expressionWords } from "./expression.ts";

export { type Expression, isCompound, partsOf } from "./expression.ts";

export type TypedNeed = { readonly need: Expression | null } | { readonly fault: string };

export function needWords(need: Expression | null): string {
  return need === null ? "" : expressionWords(need);
}

/** Nothing typed is no need; anything that cannot be read is said in words. */
export function readNeed(text: string): TypedNeed {
  const words = text.match(/[a-z0-9][a-z0-9-]*|[(),]|[^\s]/gi) ?? [];
  if (words.length === 0) return { need: null };
  const reader: Reader = { words, at: 0, depth: 0 };
  try {
    const need = readOr(reader);
    if (reader.at < words.length) throw unexpected(reader);
    return { need };
  } catch (error) {
    if (error instanceof Unreadable) return { fault: error.message };
    throw error;
  }
}

interface Reader {
  readonly words: readonly string[];
  at: number;
  depth: number;
}

class Unreadable extends Error {
  override readonly name = "Unreadable";
}

const DEEPEST = 16;
const KEY = /^[a-z][a-z0-9-]+$/;
const WORDS = new Set(["and", "or", "of"]);

function readOr(reader: Reader): Expression {
  const parts = [readAnd(reader)];
  while (take(reader, "or")) parts.push(readAnd(reader));
  return parts.length === 1 ? parts[0]! : { any: parts };
}

function readAnd(reader: Reader): Expression {
  const parts = [readOne(reader)];
  while (take(reader, "and")) parts.push(readOne(reader));
  return parts.length === 1 ? parts[0]! : { all: parts };
}

function readOne(reader: Reader): Expression {
  const word = reader.words[reader.at] ?? "";
  if (word === "(") return readInside(reader, () => readOr(reader));
  if (/^\d+$/.test(word) && reader.words[reader.at + 1]?.toLowerCase() === "of") {
    reader.at += 2;
    return { atLeast: Number(word), of: readInside(reader, () => readList(reader)) };
  }
  if (!KEY.test(word) || WORDS.has(word)) throw unexpected(reader);
  reader.at += 1;
  return word;
}

function readList(reader: Reader): readonly Expression[] {
  const parts = [readOr(reader)];
  while (take(reader, ",")) parts.push(readOr(reader));
  return parts;
}

function readInside<Inner>(reader: Reader, read: () => Inner): Inner {
  reader.depth += 1;
  if (reader.depth > DEEPEST) throw new Unreadable("These are more brackets within brackets than anybody can check.");
  if (!take(reader, "(")) throw unexpected(reader, "an opening bracket");
  const inner = read();
  if (!take(reader, ")")) throw unexpected(reader, "a closing bracket");
  reader.depth -= 1;
  return inner;
}

function take(reader: Reader, word: string): boolean {
  if (reader.words[reader.at]?.toLowerCase() !== word) return false;
  reader.at += 1;
  return true;
}

function unexpected({ words, at }: Reader, wanted = "the key of a component"): Unreadable {
  const found = words[at];
  return new Unreadable(found === undefined ? `At the end ${wanted} is missing.` : `${wanted} is expected where "${found}" stands.`);
}
