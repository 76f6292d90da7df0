/** Builds the console once, before the first story is served. */
import { join } from "node:path";

import { build } from "vite";

const ROOT = join(import.meta.dirname, "..", "..", "..");

export async function setup(): Promise<void> {
  await build({ root: join(ROOT, "web"), configFile: join(ROOT, "vite.config.ts"), logLevel: "error" });
}
