/** The steps that `npm run check`, `npm test` and .ci/run are made of. Each gives a tally; each prints what it is and how long it took. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";

import { ROOT, runtime } from "./install.mjs";
import { add, failuresOf, NOTHING, tallyOf, wordsOf } from "./tally.mjs";

/** @typedef {import("./tally.mjs").Tally} Tally */

const BIN = join(ROOT, "node_modules", ".bin");
const REPORTS = join(ROOT, ".cache", "reports");
/** Where a story leaves what its pages showed when it failed. */
const SHOWN = join(ROOT, ".cache", "failed-stories");
const MOST_OF_A_FAILURE = 700;

/**
 * What failed so far, told again at the end: whoever reads a long output reads its end.
 * @type {string[]}
 */
const failures = [];

/**
 * A step that passes or fails as a whole.
 * @param {string} name
 * @param {[script: string, ...args: string[]]} command A script of a package or of ours, relative to the repository, and its arguments.
 * @returns {Tally}
 */
export function whole(name, command) {
  return timed(name, () => (run(runtime.demandNode(), command) === 0 ? { ...NOTHING, passed: 1 } : { ...NOTHING, failed: 1 }));
}

/**
 * A Vitest project, each of its tests counted.
 * @param {string} project
 * @param {{ maySkipAll?: boolean, node?: string, name?: string }} [options] `node`: path of another Node to run it under.
 * @returns {Tally}
 */
export function suite(project, { maySkipAll = false, node = runtime.demandNode(), name = project } = {}) {
  return timed(name, () => {
    mkdirSync(REPORTS, { recursive: true });
    const report = join(REPORTS, `${name.replaceAll(/\W+/g, "-")}.json`);
    rmSync(report, { force: true });
    const status = run(node, ["node_modules/vitest/vitest.mjs", "run", "--project", project], { POSTERN_TEST_REPORT: report });
    const json = existsSync(report) ? readFileSync(report, "utf8") : undefined;
    failures.push(...failuresOf(json));
    return tallyOf(json, status, maySkipAll);
  });
}

/**
 * @param {string} node
 * @param {[script: string, ...args: string[]]} command
 * @param {Record<string, string>} [env] Beside this process's own.
 */
function run(node, [script, ...args], env = {}) {
  // Programs that our tools and tests start find the same Node, not the machine's older one.
  const path = [dirname(node), BIN, process.env["PATH"] ?? ""].join(delimiter);
  const { status } = spawnSync(node, [...runtime.NODE_FLAGS, script, ...args], {
    cwd: ROOT,
    stdio: ["ignore", "inherit", "inherit"],
    // What is compiled once serves every process the tests start, as it does those of bin/postern.
    env: { NODE_COMPILE_CACHE: join(ROOT, ".cache", "compile"), ...process.env, PATH: path, ...env },
  });
  return status;
}

/**
 * @param {string} name
 * @param {() => Tally} step
 * @returns {Tally}
 */
function timed(name, step) {
  process.stdout.write(`\n── ${name}\n`);
  const startedMs = performance.now();
  const tally = step();
  const words = `── ${name}: ${wordsOf(tally)} (${((performance.now() - startedMs) / 1000).toFixed(1)} s)\n`;
  process.stdout.write(words);
  if (tally.failed > 0) failures.push(words);
  return tally;
}

/**
 * Runs all steps, also after a failed one, and prints the sum as the last line. `timedAs` keeps the duration for `npm run figures`.
 * @param {(() => Tally)[]} steps
 * @param {{ maySkip?: boolean, timedAs?: string }} [options]
 * @returns {boolean} Whether all is well.
 */
export function runAll(steps, { maySkip = true, timedAs } = {}) {
  const startedMs = performance.now();
  rmSync(SHOWN, { recursive: true, force: true });
  const tally = steps.map((step) => step()).reduce(add, NOTHING);
  tellFailures();
  if (timedAs !== undefined) {
    mkdirSync(REPORTS, { recursive: true });
    writeFileSync(join(REPORTS, `${timedAs}.seconds`), ((performance.now() - startedMs) / 1000).toFixed(1));
  }
  const skippedInVain = !maySkip && tally.skipped > 0;
  if (skippedInVain) process.stdout.write("\nSomething was skipped, which is a failure here; the reasons are above.\n");
  process.stdout.write(`\n${wordsOf(tally)}\n`);
  return tally.failed === 0 && !skippedInVain;
}

function tellFailures() {
  for (const failure of failures) process.stdout.write(`\nFAILED ${failure.slice(0, MOST_OF_A_FAILURE)}\n`);
  const texts = existsSync(SHOWN) ? readdirSync(SHOWN).filter((name) => name.endsWith(".txt")) : [];
  for (const name of texts) process.stdout.write(`\n${readFileSync(join(SHOWN, name), "utf8").slice(0, MOST_OF_A_FAILURE)}\n`);
}
