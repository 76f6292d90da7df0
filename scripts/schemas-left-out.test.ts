/** The console's build carries endpoints and plain values of the contracts, no schemas; and no page of it reaches for one. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { listSources, parse } from "../test/support/source-tree.ts";
import { IS_CONTRACT, LEFT_OUT, withoutSchemas } from "./schemas-left-out.ts";

const ROOT = join(import.meta.dirname, "..");

const CONTRACT = `
import { z } from "zod";
import { endpoint, line, pageOf, pageQuery } from "../kernel/contract.ts";
import { SORTS } from "./sorts.ts";
export const LIMIT = Math.max(...SORTS);
const body = { name: line(200) };
export const view = z.strictObject({ sort: z.enum(SORTS) });
export const wide = pageOf(view);
const { limit: _, cursor, ...others } = { ...pageQuery, search: z.string() };
export const later = (max) => z.string().max(max);
export const show = endpoint({ id: "show", method: "GET", path: "/show/:id", body: z.strictObject(body), reply: view, refusals: ["a.b"] });
`;

test("of a contract, endpoints keep where and how they are called, plain values stay, and schemas go with what is made of them", () => {
  const code = withoutSchemas(CONTRACT);
  expect(code).toContain("LIMIT = Math.max(...SORTS)");
  expect(code).toContain("body = undefined");
  expect(code).toContain("view = undefined");
  expect(code).toContain("wide = undefined");
  expect(code).toContain("const _ = undefined, cursor = undefined, others = undefined");
  expect(code).toContain(
    'show = /*#__PURE__*/ endpoint({ id: "show", method: "GET", path: "/show/:id", body: undefined, reply: undefined, refusals: undefined })',
  );
});

test("the console imports no schema but as a type", async () => {
  const wanted = listSources(ROOT, "web").flatMap(valuesOfContracts);
  expect(wanted.length).toBeGreaterThan(100);
  const schemas: string[] = [];
  for (const { by, from, name } of wanted) {
    const module = (await import(from)) as Record<string, unknown>;
    const value = module[name];
    if (typeof value === "object" && value !== null && "_zod" in value) schemas.push(`${by}: ${name}`);
  }
  expect(schemas).toEqual([]);
});

test("the console asks an endpoint for nothing that is left out of it", () => {
  const asked = listSources(ROOT, "web").flatMap((path) => {
    const text = readFileSync(join(ROOT, path), "utf8").replaceAll(/typeof [\w.]+/g, "");
    const names = valuesOfContracts(path).map(({ name }) => name);
    return names.filter((name) => new RegExp(`\\b${name}\\.(${[...LEFT_OUT].join("|")})\\b`).test(text)).map((name) => `${path}: ${name}`);
  });
  expect(asked).toEqual([]);
});

interface Wanted {
  readonly by: string;
  readonly from: string;
  readonly name: string;
}

function valuesOfContracts(path: string): Wanted[] {
  const { module } = parse(path, readFileSync(join(ROOT, path), "utf8"));
  return module.staticImports.flatMap(({ moduleRequest, entries }) => {
    const from = join(ROOT, path, "..", moduleRequest.value);
    if (!moduleRequest.value.startsWith(".") || !IS_CONTRACT.test(from)) return [];
    return entries.filter(({ isType }) => !isType).map(({ importName }) => ({ by: path, from, name: importName.name ?? "" }));
  });
}
