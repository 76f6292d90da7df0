import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { REASON_CODES } from "./verdict.ts";

test("the page of decisions explains every reason that an answer may give, and no other", () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/model/decisions.md"), "utf8");
  const table = page.slice(page.indexOf("| `reason.code`"), page.indexOf("| obligation |"));
  const explained = table
    .split("\n")
    .flatMap((line) => [...(/^\| ([^|]+) \|/.exec(line)?.[1] ?? "").matchAll(/`(\w+)`/g)].map(([, code]) => code));
  expect(new Set(explained)).toEqual(new Set(REASON_CODES));
});
