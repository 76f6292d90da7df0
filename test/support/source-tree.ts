/** Reads what source files import, export and reach for, from their syntax: what the architecture rules and the figures look at. */
import { readdirSync, readFileSync } from "node:fs";
import { join, posix, relative } from "node:path";

import { parseSync } from "vite";

export interface Import {
  /** As written: `../kernel/time.ts`, `node:fs`, `@scope/name/part`. */
  readonly specifier: string;
  /** Path from the repository's root when it names one of our files. */
  readonly target?: string;
  /** True when nothing of it is left at run time. */
  readonly typeOnly: boolean;
}

export interface Source {
  /** From the repository's root, with forward slashes. */
  readonly path: string;
  readonly imports: readonly Import[];
  readonly hasDefaultExport: boolean;
  /** True for a file that only hands on what others export. */
  readonly isBarrel: boolean;
  /** Names of globals among {@link IMPURE} that the file reaches for, also through `globalThis`. */
  readonly impurities: readonly string[];
}

const time = ["Date", "performance", "setTimeout", "setInterval", "setImmediate", "queueMicrotask", "clearTimeout", "clearInterval"];
const world = ["process", "globalThis", "window", "self", "require", "Buffer", "fetch", "WebSocket", "XMLHttpRequest", "crypto", "console"];

/** Globals that make a result depend on more than its input, or change something beside it. */
export const IMPURE: ReadonlySet<string> = new Set([...time, ...world]);

export interface Node {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** Every source file below a folder of the repository, parsed. Throws SyntaxError with the file's name when one cannot be parsed. */
export function readSources(root: string, folder: string): Source[] {
  return listSources(root, folder).map((path) => readSource(path, readFileSync(join(root, path), "utf8")));
}

export function listSources(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
    .sort();
}

/** Parses to the ESTree program. */
export function parse(path: string, text: string) {
  const parsed = parseSync(path, text, { sourceType: "module" });
  if (parsed.errors.length > 0) throw new SyntaxError(`${path}: ${parsed.errors[0]!.message}`);
  return parsed;
}

export function readSource(path: string, text: string): Source {
  const parsed = parse(path, text);
  const { staticImports, staticExports, dynamicImports } = parsed.module;
  const found = (specifier: string, typeOnly: boolean): Import => {
    const target = specifier.startsWith(".") ? posix.join(posix.dirname(path), specifier) : undefined;
    return { specifier, typeOnly, ...(target !== undefined && { target }) };
  };
  const imports = staticImports.map(({ moduleRequest, entries }) =>
    found(moduleRequest.value, entries.length > 0 && entries.every((entry) => entry.isType)),
  );
  for (const { entries } of staticExports) {
    const from = entries[0]?.moduleRequest?.value;
    if (from !== undefined)
      imports.push(
        found(
          from,
          entries.every((entry) => entry.isType),
        ),
      );
  }
  for (const { moduleRequest } of dynamicImports) {
    const written = text.slice(moduleRequest.start, moduleRequest.end);
    imports.push(found(/^(["'])[^"']*\1$/.test(written) ? written.slice(1, -1) : `computed: ${written}`, false));
  }
  const body = parsed.program.body as unknown as readonly Node[];
  return {
    path,
    imports,
    hasDefaultExport: staticExports.some(({ entries }) =>
      entries.some((entry) => entry.exportName.kind === "Default" || entry.exportName.name === "default"),
    ),
    isBarrel:
      body.length > 0 && body.every((node) => node.type.startsWith("Export") && node["source"] !== null && node["source"] !== undefined),
    impurities: impuritiesOf(parsed.program as unknown as Node),
  };
}

function impuritiesOf(program: Node): string[] {
  const found = new Set<string>();
  walk(program, (node, parent, key) => {
    if (isRandom(node)) found.add("Math.random");
    if (node.type === "Identifier" && IMPURE.has(node["name"] as string) && !isMereName(parent, key)) found.add(node["name"] as string);
  });
  return [...found].sort();
}

function isRandom(node: Node): boolean {
  if (node.type !== "MemberExpression") return false;
  const object = node["object"] as Node;
  const property = node["property"] as Node;
  return object["name"] === "Math" && (property["name"] ?? property["value"]) === "random";
}

/** True where an identifier names a member (`x.process`, `{ process: 1 }`, `interface { process }`) and refers to nothing. */
function isMereName(parent: Node | undefined, key: string): boolean {
  if (parent === undefined || parent["computed"] === true) return false;
  if (key === "property" || key === "right") return parent.type === "MemberExpression" || parent.type === "TSQualifiedName";
  return key === "key" && parent["shorthand"] !== true;
}

/** Visits every node below one, parents first, with its parent and the parent's key that holds it. */
export function walk(node: Node, visit: (node: Node, parent: Node | undefined, key: string) => void): void {
  const descend = (value: unknown, parent: Node | undefined, key: string): void => {
    if (Array.isArray(value)) for (const item of value) descend(item, parent, key);
    else if (isNode(value)) {
      visit(value, parent, key);
      for (const [each, child] of Object.entries(value)) descend(child, value, each);
    }
  };
  descend(node, undefined, "");
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string";
}
