"use strict";
/**
 * Finds a Node that runs Postern and starts programs with it. The machine's own Node may be as old as 20: this file and its
 * callers are plain JavaScript without dependencies, because they run before anything is installed. (CommonJS, because an
 * executable without a file extension is only surely understood that way; package.json beside it says so.)
 */
const { spawn } = require("node:child_process");
const { existsSync } = require("node:fs");
const { dirname, join } = require("node:path");

/** The oldest major version that runs TypeScript as it is and knows everything Postern uses. */
const OLDEST_NODE = 24;
const ROOT = dirname(__dirname);
/** @type {readonly NodeJS.Signals[]} */
const FORWARDED = ["SIGINT", "SIGTERM", "SIGHUP"];
/** Type stripping warns in some versions; Postern relies on it knowingly. */
const NODE_FLAGS = ["--disable-warning=ExperimentalWarning"];

/** Path of a Node that is new enough: the running one, else the one installed with Postern. Undefined when there is neither. */
function findNode() {
  return Number.parseInt(process.versions.node, 10) >= OLDEST_NODE ? process.execPath : bundledNode();
}

function bundledNode() {
  const system = process.platform === "win32" ? "win" : process.platform;
  try {
    const folder = dirname(require.resolve(`node-${system}-${process.arch}/package.json`));
    const node = join(folder, "bin", system === "win" ? "node.exe" : "node");
    return existsSync(node) ? node : undefined;
  } catch {
    return undefined;
  }
}

/** Like findNode, but ends the process with advice when there is none. */
function demandNode() {
  const node = findNode();
  if (node !== undefined) return node;
  process.stderr.write(
    `Postern needs Node ${OLDEST_NODE} or newer; this is ${process.version}, and no newer one was installed with Postern ` +
      `(there is one for linux-x64, linux-arm64 and win-x64).\nRun "npm ci --include=optional", or install Node ${OLDEST_NODE}.\n`,
  );
  process.exit(1);
}

/**
 * Runs a program in the place of this process: same terminal, signals passed on, ends as it ends. The program also notices
 * when this process is killed outright, and then stops as on SIGTERM (when stop-with-parent.js is loaded into it).
 * @param {string} program
 * @param {readonly string[]} args
 */
function become(program, args) {
  // Compiled once and kept: half a second less at every later start. Where it cannot be written Node does without.
  const env = { NODE_COMPILE_CACHE: join(ROOT, ".cache", "compile"), ...process.env };
  const child = spawn(program, args, { stdio: ["inherit", "inherit", "inherit", "ipc"], env });
  for (const signal of FORWARDED) {
    process.on(signal, () => {
      // A terminal's Ctrl-C reaches both processes by itself; passing it on would be a second, impatient one.
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on("error", (error) => {
    process.stderr.write(`cannot run ${program}: ${error.message}\n`);
    process.exit(1);
  });
  child.on("exit", (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

/**
 * Runs the Postern command line with these arguments.
 * @param {readonly string[]} args
 */
function runPostern(args) {
  const watch = join(__dirname, "stop-with-parent.js");
  become(demandNode(), [...NODE_FLAGS, "--require", watch, join(ROOT, "src", "main.ts"), ...args]);
}

module.exports = { NODE_FLAGS, OLDEST_NODE, ROOT, become, demandNode, findNode, runPostern };
