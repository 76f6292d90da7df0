/** The steps that `npm run check`, `npm test` and .ci/run are made of. Each gives a tally; each prints what it is and how long it took. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";

import { ROOT, runtime } from "./install.mjs";
import { add, NOTHING, tallyOf, wordsOf } from "./tally.mjs";

/** @typedef {import("./tally.mjs").Tally} Tally */
/** @typedef {(out?: NodeJS.WritableStream) => Promise<Tally>} Step `out`: where it prints; left out, where this process does. */

const BIN = join(ROOT, "node_modules", ".bin");
const REPORTS = join(ROOT, ".cache", "reports");

/**
 * A step that passes or fails as a whole.
 * @param {string} name
 * @param {[script: string, ...args: string[]]} command A script of a package or of ours, relative to the repository, and its arguments.
 * @returns {Step}
 */
export function whole(name, command) {
  return timed(name, async (out) =>
    (await run(runtime.demandNode(), command, out)) === 0 ? { ...NOTHING, passed: 1 } : { ...NOTHING, failed: 1 },
  );
}

/**
 * A Vitest project, each of its tests counted.
 * @param {string} project
 * @param {{ maySkipAll?: boolean, node?: string, name?: string }} [options] `node`: path of another Node to run it under.
 * @returns {Step}
 */
export function suite(project, { maySkipAll = false, node, name = project } = {}) {
  return timed(name, async (out) => {
    mkdirSync(REPORTS, { recursive: true });
    const report = join(REPORTS, `${name.replaceAll(/\W+/g, "-")}.json`);
    rmSync(report, { force: true });
    const command = /** @type {const} */ (["node_modules/vitest/vitest.mjs", "run", "--project", project]);
    const status = await run(node ?? runtime.demandNode(), [...command], out, { POSTERN_TEST_REPORT: report });
    return tallyOf(existsSync(report) ? readFileSync(report, "utf8") : undefined, status, maySkipAll);
  });
}

/**
 * @param {string} node
 * @param {[script: string, ...args: string[]]} command
 * @param {NodeJS.WritableStream} [out]
 * @param {Record<string, string>} [env] Beside this process's own.
 * @returns {Promise<number | null>} Its exit code.
 */
function run(node, [script, ...args], out, env = {}) {
  // Programs that our tools and tests start find the same Node, not the machine's older one.
  const path = [dirname(node), BIN, process.env["PATH"] ?? ""].join(delimiter);
  const how = out === undefined ? "inherit" : "pipe";
  const child = spawn(node, [...runtime.NODE_FLAGS, script, ...args], {
    cwd: ROOT,
    stdio: ["ignore", how, how],
    env: { ...process.env, PATH: path, ...env },
  });
  if (out !== undefined) for (const stream of [child.stdout, child.stderr]) stream?.pipe(out, { end: false });
  return new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
}

/**
 * Runs two steps beside each other that mostly wait. What the second one prints is held until both have ended.
 * @param {Step} one
 * @param {Step} other
 * @returns {Step}
 */
export function besideEachOther(one, other) {
  return async () => {
    const held = new PassThrough();
    const words = text(held);
    const tallies = await Promise.all([one(), other(held)]);
    held.end();
    process.stdout.write(await words);
    return tallies.reduce(add, NOTHING);
  };
}

/**
 * @param {string} name
 * @param {Step} step
 * @returns {Step}
 */
function timed(name, step) {
  return async (out) => {
    const terminal = out ?? process.stdout;
    terminal.write(`\n── ${name}\n`);
    const startedMs = performance.now();
    const tally = await step(out);
    terminal.write(`── ${name}: ${wordsOf(tally)} (${((performance.now() - startedMs) / 1000).toFixed(1)} s)\n`);
    return tally;
  };
}

/**
 * Runs all steps, also after a failed one, and prints the sum as the last line. `timedAs` keeps the duration for `npm run figures`.
 * @param {readonly Step[]} steps
 * @param {{ maySkip?: boolean, timedAs?: string }} [options]
 * @returns {Promise<boolean>} Whether all is well.
 */
export async function runAll(steps, { maySkip = true, timedAs } = {}) {
  const startedMs = performance.now();
  let tally = NOTHING;
  for (const step of steps) tally = add(tally, await step());
  if (timedAs !== undefined) {
    mkdirSync(REPORTS, { recursive: true });
    writeFileSync(join(REPORTS, `${timedAs}.seconds`), ((performance.now() - startedMs) / 1000).toFixed(1));
  }
  const skippedInVain = !maySkip && tally.skipped > 0;
  if (skippedInVain) process.stdout.write("\nSomething was skipped, which is a failure here; the reasons are above.\n");
  process.stdout.write(`\n${wordsOf(tally)}\n`);
  return tally.failed === 0 && !skippedInVain;
}
