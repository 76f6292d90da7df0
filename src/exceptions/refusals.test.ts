import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

import { refuse, refuseIf, type RefusalCode, REFUSALS } from "./refusals.ts";

const CODES = Object.keys(REFUSALS) as readonly RefusalCode[];

describe("refusals", () => {
  test.each(CODES)("%s has a page that says what it means, why the rule exists and what to do", (code) => {
    const page = readFileSync(new URL(`../../docs/problems/${code}.md`, import.meta.url), "utf8");
    expect(page.startsWith(`# ${code}\n`)).toBe(true);
    expect(page).toMatch(/## Why the rule exists\n\n\S.{20,}/);
    expect(page).toMatch(/## What to do\n\n\S.{10,}/);
  });

  test("every code is given by some rule: a page for a refusal that never comes would mislead", () => {
    const folder = new URL("./", import.meta.url);
    const names = readdirSync(folder).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts") && name !== "refusals.ts");
    const rules = names.map((name) => readFileSync(new URL(name, folder), "utf8"));
    expect(rules.length).toBeGreaterThan(20);
    expect(CODES.filter((code) => !rules.some((text) => text.includes(`"${code}"`)))).toEqual([]);
  });

  test("carries its code, its sentence and where", () => {
    expect(refuse("exceptions.scopeEmpty", "Name somebody.", { at: "/scope" })).toEqual({
      code: "exceptions.scopeEmpty",
      detail: "Name somebody.",
      at: "/scope",
    });
    expect(refuseIf(false, "exceptions.scopeEmpty", "x")).toEqual([]);
    expect(refuseIf(true, "exceptions.scopeEmpty", "x")).toHaveLength(1);
  });
});
