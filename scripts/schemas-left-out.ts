/**
 * The browser calls by the contracts, and never checks by them: the server does. What only checking needs, the Zod schemas and
 * what is made of them, is left out of the console's build, so that the page which needs a contract does not carry a validator.
 */
import { parseAst, type Plugin } from "vite";

/** Contracts and the kernel's own; what they export beside endpoints and plain values are schemas. */
export const IS_CONTRACT = /\/src\/(?:.*\/)?contract(?:-[^/]+)?\.ts$/;

/** What of an endpoint the browser needs: where, how, and by whom; the rest tells the server what to accept. */
export const LEFT_OUT: ReadonlySet<string> = new Set(["params", "query", "body", "reply", "refusals", "summary"]);

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

/** The code of a contract without its schemas. The code is JavaScript: types are gone. */
export function withoutSchemas(code: string): string {
  const program = parseAst(code) as unknown as Node;
  const cuts: { start: number; end: number; text: string }[] = [];
  const schemas = schemaNamesOf(program);
  for (const declarator of topLevelDeclarators(program)) {
    const init = declarator["init"] as Node | null;
    if (init === null || isFunction(init)) continue;
    if (isCallOf(init, "endpoint")) {
      // A call says nothing to the bundler of whether it may be dropped where nobody uses what it gives.
      cuts.push({ start: init.start, end: init.start, text: "/*#__PURE__*/ " }, ...leftOutOf(init));
    } else if (mentions(init, schemas)) {
      const names = boundBy(declarator["id"] as Node);
      cuts.push({ start: declarator.start, end: declarator.end, text: names.map((name) => `${name} = undefined`).join(", ") });
      for (const name of names) schemas.add(name);
    }
  }
  return cuts
    .toSorted((a, b) => b.start - a.start)
    .reduce((text, { start, end, text: by }) => text.slice(0, start) + by + text.slice(end), code);
}

export function schemasLeftOut(): Plugin {
  return {
    name: "schemas-left-out",
    enforce: "post",
    apply: "build",
    transform: (code, id) => (IS_CONTRACT.test(id) ? { code: withoutSchemas(code), map: null } : undefined),
  };
}

/** Names that stand for schemas or make them: Zod's, and what is imported of other contracts (`endpoint` and `pathOf` apart). */
function schemaNamesOf(program: Node): Set<string> {
  const names = new Set<string>();
  for (const statement of program["body"] as Node[]) {
    if (statement.type !== "ImportDeclaration") continue;
    const from = (statement["source"] as Node)["value"] as string;
    if (from !== "zod" && !/(?:^|[/])contract(?:-[^/]+)?\.ts$/.test(from)) continue;
    for (const each of statement["specifiers"] as Node[]) names.add((each["local"] as Node)["name"] as string);
  }
  names.delete("endpoint");
  return names;
}

function topLevelDeclarators(program: Node): Node[] {
  return (program["body"] as Node[]).flatMap((statement) => {
    const declaration = statement.type === "ExportNamedDeclaration" ? (statement["declaration"] as Node | null) : statement;
    return declaration?.type === "VariableDeclaration" ? (declaration["declarations"] as Node[]) : [];
  });
}

/** Names a declarator makes: one, or those of a pattern such as `{ limit, ...rest }`. */
function boundBy(pattern: Node | null): readonly string[] {
  if (pattern === null) return [];
  if (pattern.type === "Identifier") return [pattern["name"] as string];
  const parts = (pattern["properties"] ?? pattern["elements"]) as readonly Node[] | undefined;
  if (parts !== undefined) return parts.flatMap((part) => boundBy(part?.type === "Property" ? (part["value"] as Node) : part));
  return boundBy((pattern["argument"] ?? pattern["left"] ?? null) as Node | null);
}

function isFunction({ type }: Node): boolean {
  return type === "ArrowFunctionExpression" || type === "FunctionExpression";
}

function isCallOf(node: Node, name: string): boolean {
  return node.type === "CallExpression" && (node["callee"] as Node)["name"] === name;
}

function leftOutOf(call: Node): { start: number; end: number; text: string }[] {
  const given = (call["arguments"] as Node[])[0];
  return ((given?.["properties"] ?? []) as Node[])
    .filter((property) => property.type === "Property" && LEFT_OUT.has((property["key"] as Node)["name"] as string))
    .map((property) => ({ start: property.start, end: property.end, text: `${(property["key"] as Node)["name"] as string}: undefined` }));
}

function mentions(node: unknown, names: ReadonlySet<string>): boolean {
  if (Array.isArray(node)) return node.some((each) => mentions(each, names));
  if (typeof node !== "object" || node === null) return false;
  const { type, name } = node as { type?: string; name?: string };
  if (type === "Identifier" && name !== undefined && names.has(name)) return true;
  return Object.values(node).some((each) => typeof each === "object" && mentions(each, names));
}
