import { defineConfig } from "vitest/config";

import { skipReporter } from "./test/support/skip-reporter.ts";

const project = (name: string, include: string[], more: Record<string, unknown> = {}) => ({
  test: { name, include, environment: "node", ...more },
});

// Suites are told apart by what they need: nothing (unit), a database (store), real servers (live), a browser (e2e).
// scripts/steps.mjs asks for a report it can count.
const report = process.env["POSTERN_TEST_REPORT"];

export default defineConfig({
  test: {
    reporters: [
      "default",
      skipReporter,
      ...(report === undefined ? [] : [["json", { outputFile: report }] as ["json", { outputFile: string }]]),
    ],
    projects: [
      project("unit", ["src/**/*.test.ts", "scripts/**/*.test.ts"], {
        exclude: ["src/**/*.store.test.ts"],
        maxWorkers: "100%",
        testTimeout: 60_000,
      }),
      project("store", ["src/**/*.store.test.ts", "test/scenario/**/*.test.ts", "test/simulation/**/*.test.ts"], {
        maxWorkers: "100%",
        testTimeout: 60_000,
        hookTimeout: 120_000,
      }),
      project("live", ["test/live/**/*.test.ts"], {
        testTimeout: 180_000,
        hookTimeout: 240_000,
        // Each file has servers of its own, on free ports.
        maxWorkers: 2,
      }),
      project("e2e", ["test/e2e/**/*.test.ts"], {
        globalSetup: ["test/e2e/support/build-console.ts"],
        setupFiles: ["test/e2e/support/tell-what-was-shown.ts"],
        testTimeout: 120_000,
        hookTimeout: 300_000,
        // Stories mostly wait; each file has a server and a browser of its own.
        maxWorkers: 2,
      }),
    ],
  },
});
