/** The size of the console is counted from what the build says it needs, each file once, and never from nothing. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { expect, test } from "vitest";

import { tempFolders } from "../test/support/temp-folders.ts";
import { allScripts, readManifest, scriptsFor, sizeOf } from "./console-size.ts";

const newFolder = tempFolders("console-size");
const SCRIPTS = { entry: "let a;".repeat(50), shared: "let b;".repeat(90), page: "let c;".repeat(20), other: "let d;".repeat(30) };

function built() {
  const folder = newFolder();
  mkdirSync(join(folder, "assets"));
  for (const [name, text] of Object.entries(SCRIPTS)) writeFileSync(join(folder, "assets", `${name}.js`), text);
  writeFileSync(join(folder, "assets", "page.css"), "a { color: red }");
  const manifest = {
    "index.html": { file: "assets/entry.js", isEntry: true, imports: ["_shared.js"], dynamicImports: ["page.tsx", "other.tsx"] },
    "_shared.js": { file: "assets/shared.js", imports: ["index.html"] },
    "page.tsx": { file: "assets/page.js", imports: ["index.html", "_shared.js"], css: ["assets/page.css"] },
    "page.css": { file: "assets/page.css" },
    "other.tsx": { file: "assets/other.js", imports: ["index.html"] },
  };
  writeFileSync(join(folder, "manifest.json"), JSON.stringify(manifest));
  return folder;
}

const gzipped = (...names: (keyof typeof SCRIPTS)[]) => names.reduce((sum, name) => sum + gzipSync(SCRIPTS[name]).length, 0);

test("a page needs the entry, itself and all they import, each once; what is loaded later is not counted", () => {
  const folder = built();
  expect(sizeOf(scriptsFor(folder, readManifest(folder), "page.tsx"))).toBe(gzipped("entry", "shared", "page"));
});

test("the whole console is every script and nothing else", () => {
  const folder = built();
  expect(sizeOf(allScripts(folder, readManifest(folder)))).toBe(gzipped("entry", "shared", "page", "other"));
});

test("a page that the build does not know, or a build without an entry, is no small page but an error", () => {
  const folder = built();
  expect(() => scriptsFor(folder, readManifest(folder), "gone.tsx")).toThrow("gone.tsx");
  expect(() => scriptsFor(folder, { "page.tsx": { file: "assets/page.js" } }, "page.tsx")).toThrow("no entry");
});
