import { expect, test } from "vitest";

import { createLog, type LogLevel, words } from "./log.ts";

function linesOf(least?: LogLevel): string[] {
  const lines: string[] = [];
  const log = createLog(
    () => "2026-03-01T08:00:00.000Z",
    (line) => lines.push(line),
    least,
  );
  log.info("started", { port: 8080 });
  log.warn("slow");
  log.error("failed", { error: "broken\nin two", level: "info", missing: undefined });
  return lines;
}

test("an event is one line of JSON, whatever it holds, and facts cannot pass for its level", () => {
  expect(linesOf()).toHaveLength(3);
  for (const line of linesOf()) expect(line).toMatch(/^\{[^\n]+\}\n$/);
  expect(JSON.parse(linesOf()[2]!)).toEqual({ at: "2026-03-01T08:00:00.000Z", level: "error", event: "failed", error: "broken\nin two" });
});

test.each([
  ["info", 3],
  ["warn", 2],
  ["error", 1],
] as const)("at level %s only that and worse is written", (least, count) => {
  expect(linesOf(least)).toHaveLength(count);
});

test("an error's words lose the credentials of an address in it", () => {
  expect(words(new TypeError("cannot reach postgres://postern:hunter2@db:5432/postern"))).toBe(
    "TypeError: cannot reach postgres://db:5432/postern",
  );
  expect(words("thrown text")).toBe("unknown error");
});
