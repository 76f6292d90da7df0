/** The key that signs checkpoints: one for the whole life of a log, whichever replica signs. */
import { generateKeyPairSync, type KeyObject, randomUUID } from "node:crypto";
import { chmod, link, mkdir, readFile, unlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import type { Db } from "../platform/db.ts";
import { formatVerifierKey, parseVerifierKey, type VerifierKey } from "./note.ts";
import { createSigner, parsePrivateKey, type Signer, sha256 } from "./signing.ts";
import { findLogKey, keepLogKey } from "./store.ts";

/** The key at hand is not the one this log is signed with. */
export class WrongLogKey extends Error {
  override readonly name = "WrongLogKey";
}

export const logKeyFile = (dataDir: string): string => join(dataDir, "keys", "journal.ed25519");

/** The private key given in the configuration, or else the one in the data folder, made there (mode 0600) at the first start. */
export async function loadLogKey(from: { given?: string; dataDir: string }): Promise<KeyObject> {
  if (from.given !== undefined) return parsePrivateKey(from.given);
  const path = logKeyFile(from.dataDir);
  const existing = await readFile(path, "utf8").catch(ifMissing);
  if (existing !== undefined) return parsePrivateKey(existing);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  // Written aside and linked into place: a start that is killed leaves no half key, and of two starts only one makes the key.
  const aside = `${path}.${randomUUID()}`;
  await writeFile(aside, generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" }), { mode: 0o600, flush: true });
  await chmod(aside, 0o600);
  await link(aside, path).catch(ifExists);
  await unlink(aside);
  return parsePrivateKey(await readFile(path, "utf8"));
}

function ifMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
}

function ifExists(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
}

/**
 * The signer of the log in this database. A new log takes `origin` (a URL without scheme) for its name and keeps it for good.
 * Throws {@link WrongLogKey} when the log was begun with another key.
 */
export async function openLog(db: Db, privateKey: KeyObject, origin: string): Promise<Signer> {
  await keepLogKey(db, formatVerifierKey(createSigner(origin, privateKey).key));
  const kept = await loadVerifierKey(db);
  const signer = createSigner(kept.name, privateKey);
  if (signer.key.keyId === kept.keyId) return signer;
  throw new WrongLogKey(
    `The journal in this database is signed by ${formatVerifierKey(kept)}, but the key here is ${formatVerifierKey(signer.key)}. ` +
      "Start with the key the journal was begun with: POSTERN_JOURNAL_KEY, or keys/journal.ed25519 in the data folder.",
  );
}

/**
 * The public key to verify with on the machine that signs: of the private key given or in the data folder, under the name the
 * log has. Undefined where there is no private key; the database's own word for its key is not asked.
 */
export async function findTrustedKey(db: Db, from: { given?: string; dataDir: string }): Promise<VerifierKey | undefined> {
  const text = from.given ?? (await readFile(logKeyFile(from.dataDir), "utf8").catch(ifMissing));
  return text === undefined ? undefined : createSigner((await loadVerifierKey(db)).name, parsePrivateKey(text)).key;
}

/** The public key of the log in this database. Throws when the log was never opened. */
export async function loadVerifierKey(db: Db): Promise<VerifierKey> {
  const line = await findLogKey(db);
  const key = line === undefined ? undefined : parseVerifierKey(sha256, line);
  if (key === undefined) throw new WrongLogKey("The journal in this database has no readable verifier key.");
  return key;
}
