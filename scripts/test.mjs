/**
 * `npm test`: everything the README promises. Its last line is the sum: `N passed, N failed, N skipped`; a check that passes or
 * fails as a whole counts as one. With POSTERN_CI=1 (.ci/run) there is more to pass, and nothing may be skipped.
 */
import { ensureInstalled } from "./install.mjs";

ensureInstalled();
const { CHECKS, MORE_IN_CI, SUITES } = await import("./checks.mjs");
const { runAll } = await import("./steps.mjs");
const inCi = process.env["POSTERN_CI"] === "1";
const passed = runAll([...CHECKS, ...SUITES, ...(inCi ? MORE_IN_CI : [])], { maySkip: !inCi });
process.exit(passed ? 0 : 1);
