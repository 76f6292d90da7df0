import type { Reporter } from "vitest/node";

/** Says why each skipped test was skipped: a guarantee that nobody checked must not go unnoticed. */
export const skipReporter: Reporter = {
  onTestCaseResult(test) {
    const result = test.result();
    if (result.state === "skipped") process.stderr.write(`skipped: ${test.fullName}: ${result.note ?? "see its suite"}\n`);
  },
};
