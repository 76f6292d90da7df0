/** Looks every few seconds whether files changed, by their content: renewed certificates and edited files count without a restart. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

const EVERY_MS = 5000;

/** What the files hold now, as one short text; a file that cannot be read counts as one that says nothing. */
export function printOf(paths: readonly string[]): string {
  const hash = createHash("sha256");
  for (const path of paths) {
    const content = read(path);
    hash.update(`${content.length} `).update(content);
  }
  return hash.digest("hex");
}

/** Calls `changed` after a change; ends with `close`. Keeps no process alive. */
export function watchFiles(paths: () => readonly string[], changed: () => void): { close(): void } {
  let seen = printOf(paths());
  const timer = setInterval(() => {
    const now = printOf(paths());
    if (now === seen) return;
    seen = now;
    changed();
  }, EVERY_MS);
  timer.unref();
  return { close: () => clearInterval(timer) };
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    return Buffer.alloc(0);
  }
}
