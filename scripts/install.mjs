/** Installs the packages when they are missing or older than the lock file. Plain JavaScript for Node 20: nothing is there yet. */
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** @type {typeof import("../bin/runtime.js")} */
export const runtime = createRequire(import.meta.url)("../bin/runtime.js");

/** Ends the process with npm's own words when the installation fails. */
export function ensureInstalled() {
  if (isInstalled()) return;
  process.stderr.write("Installing packages (npm ci) …\n");
  const args = ["ci", "--include=dev", "--include=optional", "--no-audit", "--no-fund", "--loglevel=error"];
  const [program, before, shell] = npm();
  const { status, error } = spawnSync(program, [...before, ...args], { cwd: ROOT, stdio: ["ignore", "inherit", "inherit"], shell });
  if (status === 0) return;
  process.stderr.write(`npm ci failed${error === undefined ? "" : `: ${error.message}`}\n`);
  process.exit(1);
}

function isInstalled() {
  // npm writes this file last: after an installation that broke off it is missing.
  const installed = join(ROOT, "node_modules", ".package-lock.json");
  return existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(ROOT, "package-lock.json")).mtimeMs;
}

/**
 * The npm that runs this script, or the one on the path.
 * @returns {[program: string, before: string[], shell: boolean]}
 */
function npm() {
  const running = process.env["npm_execpath"];
  if (running !== undefined && /npm-cli\.[cm]?js$/.test(running)) return [process.execPath, [running], false];
  return ["npm", [], process.platform === "win32"];
}
