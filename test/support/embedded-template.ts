/**
 * A fresh embedded database in a fraction of a second: making one and migrating it takes seconds, copying one that was made before
 * does not. Kept in .cache, one for each state of the migrations.
 */
import { createHash, randomUUID } from "node:crypto";
import { constants, existsSync, readdirSync, readFileSync } from "node:fs";
import { cp, mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";

import { openDatabase } from "../../src/platform/db.ts";
import { databaseFolder } from "../../src/platform/embedded.ts";
import { migrate } from "../../src/platform/migrate.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const TEMPLATES = join(ROOT, ".cache", "embedded-templates");

/** Puts a migrated database into a data folder that has none. */
export async function placeMigrated(dataDir: string, migrations: string): Promise<void> {
  const template = join(TEMPLATES, fingerprint(migrations));
  if (!existsSync(template)) await makeTemplate(template, migrations);
  await cp(template, databaseFolder(dataDir), { recursive: true, mode: constants.COPYFILE_FICLONE });
}

async function makeTemplate(template: string, migrations: string): Promise<void> {
  const aside = `${template}.${randomUUID()}`;
  await mkdir(TEMPLATES, { recursive: true });
  await forgetOld();
  const database = await openDatabase({ dataDir: aside });
  await migrate(database.db, migrations);
  await database.close();
  try {
    await rename(databaseFolder(aside), template);
  } catch (error) {
    // Another test file was faster, and its template is as good.
    if (!existsSync(template)) throw error;
  }
  await rm(aside, { recursive: true, force: true });
}

/** Each is some 40 MB, and every change of a migration makes another. */
async function forgetOld(): Promise<void> {
  for (const name of await readdir(TEMPLATES)) {
    const path = join(TEMPLATES, name);
    const age = Date.now() - (await stat(path).catch(() => ({ mtimeMs: Date.now() }))).mtimeMs;
    if (age > 86_400_000) await rm(path, { recursive: true, force: true });
  }
}

/** Of everything a template is made from. */
function fingerprint(migrations: string): string {
  const digest = createHash("sha256");
  const embedded = ["src/platform/embedded.ts", "src/platform/migrate.ts", "package-lock.json"].map((path) => join(ROOT, path));
  const files = readdirSync(migrations)
    .sort()
    .map((name) => join(migrations, name));
  for (const path of [...files, ...embedded]) digest.update(path).update(readFileSync(path));
  return digest.digest("hex").slice(0, 20);
}
