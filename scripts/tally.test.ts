import { expect, test } from "vitest";

import { add, failuresOf, tallyOf, wordsOf } from "./tally.mjs";

const report = (...files: { status?: string; tests?: string[] }[]): string =>
  JSON.stringify({
    testResults: files.map(({ status = "passed", tests = [] }) => ({
      name: "a.test.ts",
      status,
      assertionResults: tests.map((each) => ({ status: each })),
    })),
  });

test("tests are counted by how they ended; whatever neither passed nor failed was skipped", () => {
  const json = report({ tests: ["passed", "passed", "skipped"] }, { status: "failed", tests: ["failed", "todo", "pending"] });
  expect(tallyOf(json, 1, false)).toEqual({ passed: 2, failed: 1, skipped: 3 });
});

test("a file that could not be loaded has failed, though it has no test", () => {
  expect(tallyOf(report({ tests: ["passed"] }, { status: "failed" }), 1, false)).toEqual({ passed: 1, failed: 1, skipped: 0 });
});

test("a set-up that failed has failed, though its tests only count as skipped", () => {
  expect(tallyOf(report({ status: "failed", tests: ["skipped", "skipped"] }), 1, true)).toEqual({ passed: 0, failed: 1, skipped: 2 });
});

test("a run that wrote no report, or half a one, has failed", () => {
  for (const json of [undefined, "", '{"testResults":[', "{}", "null"]) {
    expect(tallyOf(json, 0, true)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  }
});

test("a run that found no test has failed", () => {
  expect(tallyOf(report(), 0, false).failed).toBe(1);
  expect(tallyOf(report(), 0, true).failed).toBe(1);
});

test("skipping every test is a failure, unless the suite needs what a machine may lack", () => {
  const json = report({ tests: ["skipped", "skipped"] });
  expect(tallyOf(json, 0, false)).toEqual({ passed: 0, failed: 1, skipped: 2 });
  expect(tallyOf(json, 0, true)).toEqual({ passed: 0, failed: 0, skipped: 2 });
});

test("a run that fails or is killed although every test passed counts as a failure", () => {
  for (const code of [1, null]) expect(tallyOf(report({ tests: ["passed"] }), code, false)).toEqual({ passed: 1, failed: 1, skipped: 0 });
});

test("the sum of all suites is one line", () => {
  expect(wordsOf(add({ passed: 1, failed: 2, skipped: 3 }, { passed: 10, failed: 20, skipped: 30 }))).toBe(
    "11 passed, 22 failed, 33 skipped",
  );
});

test("what failed is told by file, test and message; a file that broke by its own message", () => {
  const json = JSON.stringify({
    testResults: [
      {
        name: "a.test.ts",
        status: "failed",
        assertionResults: [{ status: "failed", fullName: "opens", failureMessages: ["no door"] }, { status: "passed" }],
      },
      { name: "b.test.ts", status: "failed", message: "no such import", assertionResults: [{ status: "skipped" }] },
    ],
  });
  expect(failuresOf(json)).toEqual(["a.test.ts > opens\nno door", "b.test.ts\nno such import"]);
  expect(failuresOf("half a rep")).toEqual([]);
});
