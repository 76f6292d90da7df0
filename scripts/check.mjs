/** `npm run check`: format, lint, types and unit tests; what to run before every commit. Budget: 30 s. */
import { ensureInstalled } from "./install.mjs";

ensureInstalled();
const { CHECKS } = await import("./checks.mjs");
const { runAll } = await import("./steps.mjs");
process.exit(runAll(CHECKS, { timedAs: "check" }) ? 0 : 1);
