import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { HTTP_REFUSALS } from "../platform/refusals.ts";
import * as contract from "./contract.ts";
import * as companyContract from "./contract-company.ts";
import { ACCESS_REFUSALS } from "./refusals.ts";
import { ACCESS_ACTIONS } from "./service.ts";

const src = join(import.meta.dirname, "..");
const pages = join(src, "../docs/problems");

/** Codes of a prefix that the sources of a folder mention. */
function codesIn(folder: string, prefix: string): string[] {
  const files = readdirSync(join(src, folder)).filter((name) => name.endsWith(".ts") && !name.includes(".test.") && name !== "refusals.ts");
  const text = files.map((name) => readFileSync(join(src, folder, name), "utf8")).join("\n");
  const found = text.matchAll(new RegExp(`"(${prefix}\\.[a-zA-Z]+)"`, "g"));
  const actions: readonly string[] = Object.values(ACCESS_ACTIONS);
  return [...new Set([...found].map(([, code]) => code!))].filter((code) => !actions.includes(code)).toSorted();
}

test.each([
  ["access", "access", ACCESS_REFUSALS],
  ["platform", "http", HTTP_REFUSALS],
])("every code that %s refuses with is listed, every listed one is used, and each has its page", (folder, prefix, listed) => {
  expect(codesIn(folder, prefix)).toEqual(Object.keys(listed).toSorted());
  for (const code of Object.keys(listed)) {
    expect([code, existsSync(join(pages, `${code}.md`))]).toEqual([code, true]);
    const text = readFileSync(join(pages, `${code}.md`), "utf8");
    expect(text.split("\n")[0]).toBe(`# ${code}`);
    expect(text).toContain("## What to do");
  }
});

test("contracts name only codes that exist", () => {
  for (const each of [...Object.values(contract), ...Object.values(companyContract)]) {
    if (!("refusals" in each)) continue;
    for (const code of each.refusals) expect(Object.keys(ACCESS_REFUSALS)).toContain(code);
  }
});
