import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { breaches, isPure, layerOf, SHELL } from "../test/support/dependency-rules.ts";
import { readSource, readSources } from "../test/support/source-tree.ts";

const ROOT = join(import.meta.dirname, "..");
const sources = [...readSources(ROOT, "src"), ...readSources(ROOT, "web")];
const edges = sources.flatMap(({ path, imports }) =>
  imports.flatMap(({ target }) => (target === undefined ? [] : [`${path} → ${target}`])),
);

describe("the tree", () => {
  test("is really read: files, imports and the edges everybody knows are seen", () => {
    expect(sources.length).toBeGreaterThan(80);
    expect(edges.length).toBeGreaterThan(300);
    expect(edges).toContain("src/kernel/id.ts → src/kernel/time.ts");
    expect(edges).toContain("src/exceptions/store.ts → src/platform/db.ts");
    expect(edges).toContain("src/journal/append.ts → src/journal/entry.ts");
    const layers = new Set(sources.map(({ path }) => layerOf(path)));
    for (const layer of ["kernel", "pure", "contract", "store", "service", "routes", "index", "journal", "platform", "connector", "web"]) {
      expect(layers).toContain(layer);
    }
  });

  test("names only files that exist", () => {
    const paths = new Set(sources.map(({ path }) => path));
    const missing = edges.filter((edge) => /\.tsx?$/.test(edge) && /→ (src|web)\//.test(edge) && !paths.has(edge.split(" → ")[1]!));
    expect(missing).toEqual([]);
  });

  test("keeps every dependency rule", () => {
    expect(breaches(sources)).toEqual([]);
  });

  test("lists as touching the world only files that do", () => {
    const touching = sources
      .filter(({ path, imports }) => path in SHELL && imports.some(({ target }) => target === undefined || !isPure(layerOf(target))))
      .map(({ path }) => path);
    expect(touching).toEqual(Object.keys(SHELL).sort());
  });
});

/** The breaches of a tree made of these files. */
function breachesOf(files: Readonly<Record<string, string>>): string[] {
  return breaches(Object.entries(files).map(([path, text]) => readSource(path, text)));
}

describe("the rules can fail", () => {
  const cases: Readonly<Record<string, [Record<string, string>, RegExp]>> = {
    "the kernel imports a domain module": [
      { "src/kernel/x.ts": 'import "../exceptions/y.ts"; export const x = 1;' },
      /kernel imports nothing of ours/,
    ],
    "the kernel uses a library": [{ "src/kernel/x.ts": 'import { z } from "zod"; export const x = z;' }, /Zod in contract.ts only/],
    "a pure file imports a store": [
      { "src/exceptions/decide.ts": 'import { s } from "./store.ts"; export const x = s;' },
      /only the kernel and pure/,
    ],
    "a pure file imports a type of the shell": [
      { "src/exceptions/decide.ts": 'import type { S } from "../platform/db.ts"; export type X = S;' },
      /only the kernel and pure/,
    ],
    "a pure file uses Node": [
      { "src/exceptions/decide.ts": 'import { hash } from "node:crypto"; export const x = hash;' },
      /uses no library/,
    ],
    "a pure file re-exports from the shell": [
      { "src/exceptions/decide.ts": 'export const y = 1; export { s } from "./store.ts";' },
      /only the kernel and pure/,
    ],
    "a pure file loads something later": [
      { "src/exceptions/decide.ts": 'export const x = () => import("./store.ts");' },
      /only the kernel and pure/,
    ],
    "a pure file loads what cannot be told": [
      { "src/exceptions/decide.ts": "export const x = (y: string) => import(y);" },
      /computed: y: a pure file uses no library/,
    ],
    "a pure file of the journal uses Node": [{ "src/journal/note.ts": 'import "node:fs"; export const x = 1;' }, /uses no library/],
    "a store imports a service": [
      { "src/exceptions/store.ts": 'import { s } from "./service.ts"; export const x = s;' },
      /a store imports only/,
    ],
    "a store imports another module's store": [
      { "src/exceptions/store.ts": 'import { s } from "../people/store.ts"; export const x = s;' },
      /through its index/,
    ],
    "a service reaches into another module": [
      { "src/exceptions/service.ts": 'import { s } from "../people/store.ts"; export const x = s;' },
      /by their index/,
    ],
    "a service knows SQL": [{ "src/exceptions/service.ts": 'import { sql } from "kysely"; export const x = sql;' }, /only stores know SQL/],
    "routes of one module use those of another": [
      { "src/exceptions/routes.ts": 'import { s } from "../people/routes.ts"; export const x = s;' },
      /by their index/,
    ],
    "an index shows another module": [{ "src/exceptions/index.ts": 'export { s } from "../people/person.ts";' }, /its own module only/],
    "platform knows a domain module": [
      { "src/platform/tick.ts": 'import type { S } from "../exceptions/index.ts"; export type X = S;' },
      /platform knows no domain/,
    ],
    "the journal knows a domain module": [
      { "src/journal/append.ts": 'import type { S } from "../exceptions/index.ts"; export type X = S;' },
      /journal knows no domain/,
    ],
    "a connector knows a domain module": [
      { "src/connectors/openldap/client.ts": 'import type { S } from "../../exceptions/index.ts"; export type X = S;' },
      /a connector imports/,
    ],
    "a connector knows another": [
      { "src/connectors/openldap/client.ts": 'import { s } from "../activedirectory/client.ts"; export const x = s;' },
      /a connector imports/,
    ],
    "a domain module knows a connector": [
      { "src/exceptions/service.ts": 'import { s } from "../connectors/openldap/connector.ts"; export const x = s;' },
      /a service imports/,
    ],
    "something imports the composition": [
      { "src/exceptions/service.ts": 'import { s } from "../compose.ts"; export const x = s;' },
      /nothing imports the composition/,
    ],
    "a module reads the configuration": [
      { "src/exceptions/service.ts": 'import { s } from "../config.ts"; export const x = s;' },
      /only the composition reads/,
    ],
    "the console imports a service": [
      { "web/main.tsx": 'import { s } from "../src/exceptions/index.ts"; export const x = s;' },
      /contracts and the pure kernel only/,
    ],
    "the product imports test support": [
      { "src/exceptions/service.ts": 'import { s } from "../../test/support/x.ts"; export const x = s;' },
      /nothing from outside/,
    ],
    "a default export": [{ "src/people/person.ts": "export default 1;" }, /no default exports/],
    "a default export by another name": [{ "src/people/person.ts": "const x = 1; export { x as default };" }, /no default exports/],
    "a barrel file": [{ "src/people/all.ts": 'export * from "./person.ts"; export type { A } from "./role.ts";' }, /no barrel files/],
  };

  test.each(Object.entries(cases))("%s", (_, [files, expected]) => {
    expect(breachesOf(files).join("\n")).toMatch(expected);
  });

  const impure = ["Date", "process", "fetch", "crypto", "setTimeout", "console", "Buffer", "globalThis"];
  test.each([...impure.map((name) => [name, `${name}.x`]), ["Math.random", "Math.random()"], ["Math.random", 'Math["random"]']])(
    "a pure file uses %s (%s)",
    (name, expression) => {
      const text = `export const x = (y: unknown) => [y, ${expression}];`;
      expect(breachesOf({ "src/exceptions/policy.ts": text })).toEqual([`src/exceptions/policy.ts: a pure file does not use ${name}`]);
    },
  );

  test("a member or a key that is called like a global is none", () => {
    const text = "export interface I { process: string } export const x = (i: I) => ({ console: i.process, fetch() {} });";
    expect(breachesOf({ "src/exceptions/policy.ts": text })).toEqual([]);
    expect(breachesOf({ "src/exceptions/policy.ts": "export const x = () => ({ process });" })).toHaveLength(1);
  });

  test("a cycle, however long, and of types alone", () => {
    const files = {
      "src/people/a.ts": 'import type { B } from "./b.ts"; export type A = B;',
      "src/people/b.ts": 'import type { C } from "./c.ts"; export type B = C;',
      "src/people/c.ts": 'export type { A as C } from "./a.ts"; export const c = 1;',
    };
    expect(breachesOf(files)).toEqual(["cycle: src/people/a.ts → src/people/b.ts → src/people/c.ts → src/people/a.ts"]);
  });

  test("Node code that reaches the browser through a contract", () => {
    const files = {
      "web/main.tsx": 'import { c } from "../src/people/contract.ts"; export const x = c;',
      "src/people/contract.ts": 'import { p } from "./person.ts"; export const c = p;',
      "src/people/person.ts": 'import { hash } from "node:crypto"; export const p = hash;',
    };
    expect(breachesOf(files)).toContain("src/people/person.ts → node:crypto: Node code would reach the browser");
  });

  test("an orderly module is left alone", () => {
    const files = {
      "src/people/person.ts": 'import type { Instant } from "../kernel/time.ts"; export type Person = { at: Instant };',
      "src/people/contract.ts": 'import { z } from "zod"; import type { Person } from "./person.ts"; export const c: Person = z;',
      "src/people/store.ts":
        'import { sql } from "kysely"; import type { Db } from "../platform/db.ts"; import type { Person } from "./person.ts"; export type S = [Db, Person, typeof sql];',
      "src/people/service.ts":
        'import { commit } from "../journal/append.ts"; import { s } from "./store.ts"; import { e } from "../estate/index.ts"; export const x = [commit, s, e];',
      "src/people/routes.ts":
        'import * as contract from "./contract.ts"; import { s } from "./service.ts"; import { route } from "../platform/http.ts"; export const r = [contract, s, route];',
      "src/people/index.ts": 'export { r } from "./routes.ts"; export { x } from "./service.ts";',
      "src/compose.ts": 'import { r } from "./people/index.ts"; export const all = r;',
      "web/main.tsx": 'import { c } from "../src/people/contract.ts"; import "./base.css"; export const x = c;',
    };
    expect(breachesOf(files)).toEqual([]);
  });
});
