/**
 * Backup and restore of the embedded database. A backup is one file, a compressed tar archive of the database's files at one
 * moment, with a manifest of their digests at its end: an incomplete or changed file is recognised before anything is restored.
 * Keys are not in it, so that whoever finds a backup opens no sealed secret and signs no checkpoint (docs/operate/keys.md).
 */
import { createHash, randomUUID } from "node:crypto";
import { createReadStream, createWriteStream, existsSync } from "node:fs";
import { link, mkdir, open, readdir, readFile, rm, stat, unlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";

import { z } from "zod";

import { type Instant, parseInstant } from "../kernel/time.ts";
import { databaseFolder, placeFolder } from "./embedded.ts";
import { FolderInUse, lockFolder } from "./folder-lock.ts";
import { requestSnapshot } from "./snapshot-socket.ts";
import { readTar, tarHeader, tarPadding, TAR_END, TarFault } from "./tar.ts";

/** A backup or restore that was refused or given up; nothing was changed. */
export class BackupFault extends Error {
  override readonly name = "BackupFault";
}

const MANIFEST = "manifest.json";
/** Folder within the archive. */
const INSIDE = "db";

const manifestType = z.strictObject({
  format: z.literal("postern-backup-1"),
  madeAt: z.string(),
  files: z.record(z.string(), z.strictObject({ bytes: z.number(), sha256: z.string() })),
});
type Manifest = z.output<typeof manifestType>;
type Digests = Manifest["files"];

export interface BackupSummary {
  readonly files: number;
  /** Before compression. */
  readonly bytes: number;
  readonly madeAt: string;
}

/**
 * Writes a backup of the database in a data folder to a new file, whether a server has it open or not. Throws
 * {@link BackupFault} when the file is there already, or there is nothing to back up.
 */
export async function backup(dataDir: string, file: string, now: Instant): Promise<BackupSummary> {
  if (existsSync(file)) throw new BackupFault(`${file} is there already. Name a new file.`);
  const folder = databaseFolder(dataDir);
  if (!existsSync(folder)) throw new BackupFault(`There is no embedded database in ${dataDir}.`);
  const summary = await backUp(dataDir, folder, file, now);
  await writeFile(noteOfLast(dataDir), `${now}\n`);
  return summary;
}

/** When the database of a data folder was last backed up; undefined where that was never noted, or cannot be read. */
export async function lastBackup(dataDir: string): Promise<Instant | undefined> {
  return parseInstant((await readFile(noteOfLast(dataDir), "utf8").catch(() => "")).trim());
}

const noteOfLast = (dataDir: string): string => join(dataDir, "last-backup");

async function backUp(dataDir: string, folder: string, file: string, now: Instant): Promise<BackupSummary> {
  const lock = tryLock(dataDir);
  if (lock !== undefined) {
    try {
      return await pack(folder, file, now);
    } finally {
      lock();
    }
  }
  const snapshot = await requestSnapshot(dataDir);
  try {
    return await pack(snapshot, file, now);
  } finally {
    await rm(snapshot, { recursive: true, force: true });
  }
}

function tryLock(dataDir: string): (() => void) | undefined {
  try {
    return lockFolder(dataDir);
  } catch (error) {
    if (error instanceof FolderInUse) return undefined;
    throw error;
  }
}

async function pack(folder: string, file: string, madeAt: Instant): Promise<BackupSummary> {
  const aside = `${file}.${randomUUID()}.partial`;
  const files: Digests = {};
  try {
    const output = createWriteStream(aside, { flags: "wx", mode: 0o600, flush: true });
    await pipeline(Readable.from(archiveOf(folder, madeAt, files)), createGzip({ level: 6 }), output);
    await link(aside, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST")
      throw new BackupFault(`${file} is there already. Name a new file.`, { cause: error });
    throw error;
  } finally {
    await unlink(aside).catch(() => undefined);
  }
  return summaryOf({ format: "postern-backup-1", madeAt, files });
}

async function* archiveOf(folder: string, madeAt: Instant, digests: Digests): AsyncGenerator<Uint8Array> {
  const inside = (await readdir(folder, { recursive: true })).sort();
  yield tarHeader({ path: INSIDE, size: undefined });
  for (const name of inside) {
    const source = join(folder, name);
    const path = `${INSIDE}/${name.replaceAll("\\", "/")}`;
    const { size, isFolder } = await stat(source).then((found) => ({ size: found.size, isFolder: found.isDirectory() }));
    yield tarHeader({ path, size: isFolder ? undefined : size });
    if (isFolder) continue;
    yield* bytesOf(source, path, size, digests);
    yield tarPadding(size);
  }
  const manifest: Manifest = { format: "postern-backup-1", madeAt, files: digests };
  const text = Buffer.from(JSON.stringify(manifest));
  yield tarHeader({ path: MANIFEST, size: text.length });
  yield text;
  yield tarPadding(text.length);
  yield TAR_END;
}

async function* bytesOf(source: string, path: string, size: number, digests: Digests): AsyncGenerator<Uint8Array> {
  const digest = createHash("sha256");
  let bytes = 0;
  for await (const chunk of createReadStream(source) as AsyncIterable<Uint8Array>) {
    digest.update(chunk);
    bytes += chunk.length;
    yield chunk;
  }
  if (bytes !== size) throw new BackupFault(`${source} changed while it was read.`);
  digests[path] = { bytes, sha256: digest.digest("hex") };
}

/**
 * Restores a backup into a data folder that has no database yet; keys that lie there stay. Throws {@link BackupFault} when the
 * folder has a database, or the file is not a whole and unchanged backup; then nothing is left behind.
 */
export async function restore(file: string, dataDir: string): Promise<BackupSummary> {
  const folder = databaseFolder(dataDir);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const unlock = lockFolder(dataDir);
  const aside = `${folder}.restoring`;
  try {
    if (existsSync(folder)) throw new BackupFault(`${dataDir} has a database already. Restore into an empty folder.`);
    await rm(aside, { recursive: true, force: true });
    await mkdir(aside, { mode: 0o700 });
    const summary = await unpack(file, aside);
    await placeFolder(join(aside, INSIDE), folder);
    return summary;
  } finally {
    await rm(aside, { recursive: true, force: true });
    unlock();
  }
}

async function unpack(file: string, into: string): Promise<BackupSummary> {
  if (!existsSync(file)) throw new BackupFault(`There is no file ${file}.`);
  const found: Digests = {};
  let manifest: unknown;
  const archive = createGunzip();
  const reading = pipeline(createReadStream(file), archive);
  try {
    await readTar(archive as AsyncIterable<Uint8Array>, async ({ path, size }, bytes) => {
      if (path === MANIFEST) manifest = JSON.parse(await textOf(bytes));
      else if (path !== INSIDE && !path.startsWith(`${INSIDE}/`)) throw new TarFault(`the archive holds what no backup does: ${path}`);
      else if (size === undefined) await mkdir(join(into, path), { mode: 0o700 });
      else found[path] = await keep(bytes, join(into, path));
    });
    await reading;
  } catch (error) {
    throw new BackupFault(`${file} is not a whole backup: ${error instanceof Error ? error.message : "unreadable"}.`, { cause: error });
  } finally {
    archive.destroy();
    // Its complaint, if it has one, is the one that was just told.
    await reading.catch(() => undefined);
  }
  return summaryOf(checked(manifest, found, file));
}

function checked(manifest: unknown, found: Digests, file: string): Manifest {
  const parsed = manifestType.safeParse(manifest);
  if (!parsed.success) throw new BackupFault(`${file} is not a whole backup: its manifest is missing or not readable.`);
  const expected = parsed.data.files;
  const paths = new Set([...Object.keys(expected), ...Object.keys(found)]);
  const wrong = [...paths].filter((path) => expected[path]?.sha256 !== found[path]?.sha256);
  if (wrong.length > 0)
    throw new BackupFault(`${file} was changed: ${wrong.length} of its files differ from its manifest, such as ${wrong[0]!}.`);
  return parsed.data;
}

async function keep(bytes: AsyncIterable<Uint8Array>, path: string): Promise<Digests[string]> {
  const digest = createHash("sha256");
  let count = 0;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await using output = await open(path, "wx", 0o600);
  for await (const chunk of bytes) {
    digest.update(chunk);
    count += chunk.length;
    await output.writeFile(chunk);
  }
  return { bytes: count, sha256: digest.digest("hex") };
}

async function textOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of bytes) parts.push(part);
  return Buffer.concat(parts).toString("utf8");
}

function summaryOf({ files, madeAt }: Manifest): BackupSummary {
  const sizes = Object.values(files);
  return { files: sizes.length, bytes: sizes.reduce((sum, { bytes }) => sum + bytes, 0), madeAt };
}
