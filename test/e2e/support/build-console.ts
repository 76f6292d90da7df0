/** Builds the console once, as it is shipped, before the first story is served. */
import { join } from "node:path";

import { build } from "vite";

const ROOT = join(import.meta.dirname, "..", "..", "..");

export async function setup(): Promise<void> {
  const before = process.env["NODE_ENV"];
  // Vitest's own would make it a build for development, a third larger and slower.
  process.env["NODE_ENV"] = "production";
  await build({ root: join(ROOT, "web"), configFile: join(ROOT, "vite.config.ts"), logLevel: "error" });
  process.env["NODE_ENV"] = before;
}
