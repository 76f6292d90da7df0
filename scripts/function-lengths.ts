import { parse, walk } from "../test/support/source-tree.ts";

export interface FunctionLength {
  readonly path: string;
  readonly line: number;
  readonly name: string;
  /** From its first line to its last, without the lines of functions inside it: these are counted for themselves. */
  readonly lines: number;
}

interface Span {
  readonly start: number;
  readonly end: number;
  readonly name: string;
}

const FUNCTIONS = new Set(["FunctionDeclaration", "FunctionExpression", "ArrowFunctionExpression"]);

/** Every function of a source file with its own length. */
export function functionsOf(path: string, text: string): FunctionLength[] {
  const spans = spansOf(path, text);
  const lineOf = lineNumbers(text);
  return spans.map(({ start, end, name }) => {
    const own = new Set<number>();
    for (let line = lineOf(start); line <= lineOf(end); line++) own.add(line);
    for (const inner of spans) {
      if (inner.start <= start || inner.end > end) continue;
      // A function inside shares its first and its last line with the one around it.
      for (let line = lineOf(inner.start) + 1; line < lineOf(inner.end); line++) own.delete(line);
    }
    return { path, line: lineOf(start), name, lines: own.size };
  });
}

function spansOf(path: string, text: string): Span[] {
  const spans: Span[] = [];
  walk(parse(path, text).program as unknown as Parameters<typeof walk>[0], (node, parent) => {
    if (!FUNCTIONS.has(node.type)) return;
    const { start, end } = node as unknown as { start: number; end: number };
    spans.push({ start, end, name: nameOf(node) ?? nameOf(parent) ?? "(anonymous)" });
  });
  return spans;
}

function nameOf(node: unknown): string | undefined {
  const { id, key } = (node ?? {}) as { id?: { name?: string } | null; key?: { name?: string } };
  return id?.name ?? key?.name;
}

/** Gives the line (from 1) of an offset. */
function lineNumbers(text: string): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => {
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}
