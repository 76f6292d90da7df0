import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

import { describe, expect, test } from "vitest";

import { listSources, type Node, parse, walk } from "../test/support/source-tree.ts";

const ROOT = join(import.meta.dirname, "..");
const PAGES = join(ROOT, "docs", "problems");
const CODE = /^[a-z]+\.[a-z][A-Za-z]+$/;

const sources = listSources(ROOT, "src").filter((path) => !/\.(test|suite)\.ts$/.test(path));
const registries = sources.filter((path) => /(^|[/-])refusals\.ts$/.test(path));

/** Every code of every registry: a module's exported table from code to title. */
async function registeredCodes(): Promise<ReadonlySet<string>> {
  const codes = new Set<string>();
  for (const path of registries) {
    const exported = (await import(join(ROOT, path))) as Record<string, unknown>;
    for (const table of Object.values(exported)) {
      if (typeof table !== "object" || table === null || Array.isArray(table)) continue;
      for (const code of Object.keys(table)) if (CODE.test(code)) codes.add(code);
    }
  }
  return codes;
}

const codes = await registeredCodes();
const modules = [...new Set([...codes].map((code) => code.split(".")[0]!))].sort();
const pages = readdirSync(PAGES).map((name) => basename(name, ".md"));

/** Codes that a source refuses with, or that an endpoint's contract lists: literals in calls of refuse… and in `refusals`. */
function refusedIn(path: string, text: string): string[] {
  const found: string[] = [];
  walk(parse(path, text).program as unknown as Node, (node) => {
    const callee = (node["callee"] as { name?: string } | undefined)?.name ?? "";
    const isRefusing = node.type === "CallExpression" && callee.startsWith("refus");
    const isListing = node.type === "Property" && (node["key"] as { name?: string }).name === "refusals";
    if (isRefusing) found.push(...(node["arguments"] as Node[]).flatMap(literalCode));
    if (isListing) found.push(...((node["value"] as { elements?: Node[] }).elements ?? []).flatMap(literalCode));
  });
  return found;
}

function literalCode(node: Node): string[] {
  const value = node["value"];
  return node.type === "Literal" && typeof value === "string" && CODE.test(value) ? [value] : [];
}

const texts = new Map(sources.map((path) => [path, readFileSync(join(ROOT, path), "utf8")]));
const refused = [...texts].map(([path, text]) => ({ path, codes: refusedIn(path, text) }));

describe("every reason for which Postern says no", () => {
  test("is found at all: registries of every part, and codes in them", () => {
    expect(modules).toEqual(
      expect.arrayContaining(["access", "bypasses", "cli", "config", "connections", "exceptions", "http", "journal"]),
    );
    expect(codes.size).toBeGreaterThan(100);
  });

  test("is in its module's registry", () => {
    expect(refused.flatMap((source) => source.codes).length).toBeGreaterThan(200);
    const unknown = refused.flatMap(({ path, codes: found }) => found.filter((code) => !codes.has(code)).map((code) => `${path}: ${code}`));
    expect(unknown).toEqual([]);
  });

  test("is given somewhere: no registry lists what nobody says", () => {
    const rest = [...texts].filter(([path]) => !registries.includes(path)).map(([, text]) => text);
    const unsaid = [...codes].filter((code) => !rest.some((text) => text.includes(`"${code}"`)));
    expect(unsaid).toEqual([]);
  });

  test("has a page, and no page is about anything else", () => {
    expect(pages.toSorted()).toEqual([...codes].sort());
  });

  test.each(pages)("%s: its page says what, why and what to do", (code) => {
    const text = readFileSync(join(PAGES, `${code}.md`), "utf8");
    expect(text).toMatch(new RegExp(`^# ${code.replace(".", "\\.")}\\n\\n\\S.+\\n`));
    for (const heading of ["Why the rule exists", "What to do"]) expect(text).toMatch(new RegExp(`\\n## ${heading}\\n\\n\\S.{9,}`));
  });
});

test("a code is found wherever it is refused with or listed, and nowhere else", () => {
  const text = `
    refusal("http.notFound", "see http.fault");
    reasons.push(refuseIf(x, "people.notFound", "words"));
    endpoint({ id: "x", refusals: ["http.malformedJson", ...OTHERS] });
    sign("exceptions.approve");
  `;
  expect(refusedIn("a.ts", text).sort()).toEqual(["http.malformedJson", "http.notFound", "people.notFound"]);
});
