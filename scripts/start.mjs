/** `npm start`: installs and builds what is missing or out of date, then serves. A second start does neither and is quick. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

import { ensureInstalled, ROOT, runtime } from "./install.mjs";

const BUILT = join(ROOT, "dist", "console", "index.html");

/** What ends up in the console: its own sources, and of the server's the contracts and the kernel they share. */
const SOURCES = ["web", "src", "vite.config.ts", "package-lock.json"];

function consoleIsStale() {
  if (!existsSync(BUILT)) return true;
  const builtAt = statSync(BUILT).mtimeMs;
  return SOURCES.some((source) => newest(join(ROOT, source)) > builtAt);
}

/**
 * When the file, or the newest file below the folder that the console may contain, was changed.
 * @param {string} path
 * @returns {number}
 */
function newest(path) {
  const found = statSync(path);
  if (!found.isDirectory()) return found.mtimeMs;
  let time = 0;
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const child = join(path, entry.name);
    if (entry.isDirectory() || mayBeInConsole(child)) time = Math.max(time, newest(child));
  }
  return time;
}

/** @param {string} path */
function mayBeInConsole(path) {
  return !path.endsWith(".test.ts") && (path.startsWith(join(ROOT, "web")) || /[/\\](kernel[/\\][^/\\]+|contract[^/\\]*)\.ts$/.test(path));
}

ensureInstalled();
if (consoleIsStale()) {
  process.stderr.write("Building the console …\n");
  const vite = join(ROOT, "node_modules", "vite", "bin", "vite.js");
  const { status } = spawnSync(runtime.demandNode(), [vite, "build", "--logLevel", "warn"], {
    cwd: ROOT,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (status !== 0) process.exit(1);
}
stopWithParent();
runtime.runPostern(["serve", ...process.argv.slice(2)]);

/** npm passes a signal on to the shell it runs this in, and that dies of it without a word; the server would stay behind unseen. */
function stopWithParent() {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, "SIGTERM");
  }, 250);
}
