/** The words the console explains, and where it does. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { listSources } from "../test/support/source-tree.ts";
import { MEANS } from "../web/glossary.ts";

const ROOT = join(import.meta.dirname, "..");
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

test("the model's page of terms says the same, word for word and in the same order", () => {
  const rows = [...read("docs/model/terms.md").matchAll(/^\| (?!term \||-)(.+?) \| (.+?) \|$/gm)].map(([, term, means]) => [term, means]);
  expect(rows).toEqual(Object.entries(MEANS));
});

test("every term is explained somewhere in the console", () => {
  const pages = listSources(ROOT, "web").filter((path) => path.startsWith("web/pages/") && !path.startsWith("web/pages/parts/"));
  const shown = new Set(
    pages.flatMap((path) => [...read(path).matchAll(/MEANS(?:\.(\w+)|\["([\w ]+)"\])/g)].map(([, plain, quoted]) => plain ?? quoted)),
  );
  expect(Object.keys(MEANS).filter((term) => !shown.has(term))).toEqual([]);
});

test("each meaning is a sentence or two that one can take in at a glance", () => {
  for (const [term, means] of Object.entries(MEANS)) {
    expect(means, term).toMatch(/^[A-Z].*\.$/);
    expect(means.length, term).toBeLessThanOrEqual(180);
  }
});
