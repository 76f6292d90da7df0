import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll } from "vitest";

/** Makes folders for the tests of one file, each empty and the owner's alone; all are gone when the file's last test is done. */
export function tempFolders(name: string): () => string {
  const root = mkdtempSync(join(tmpdir(), `postern-${name}-`));
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  return () => mkdtempSync(join(root, "f"));
}
