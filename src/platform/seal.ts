/**
 * Seals secrets (a connection's password) with AES-256-GCM, under a key that is kept outside the database: whoever copies the
 * database has no secret. A sealed text names its key, so that keys can be changed: the first of several seals, all open.
 */
import { createCipheriv, createDecipheriv, createHmac, hash, hkdfSync, randomBytes, randomUUID, timingSafeEqual } from "node:crypto";
import { chmod, link, mkdir, readFile, rename, unlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

export interface Seal {
  seal(text: string): string;
  /** Throws {@link SealFault} when no key at hand sealed it, or when it was changed. */
  open(sealed: string): string;
  /** A short mark of a secret that tells whether it changed and nothing else: without the key it cannot be compared with guesses. */
  fingerprint(text: string): string;
  /** The same mark at full length: whether two texts are the same, told by what cannot be compared with guesses. */
  readonly digest: (text: string) => string;
  /** Marks texts as ours for one purpose, without hiding them: under a key of its own, so that no mark serves another purpose. */
  marks(purpose: string): Marks;
  /** False for what an older key sealed: seal it again, then that key can go. */
  isCurrent(sealed: string): boolean;
  /** Name of the key that seals: it tells nothing about the key. */
  readonly keyId: string;
  /** How many keys beside it still open what they sealed. */
  readonly olderKeys: number;
}

export interface Marks {
  sign(text: string): string;
  /** Also under a key that signs no more. */
  isOurs(text: string, mark: string): boolean;
}

export class SealFault extends Error {
  override readonly name = "SealFault";
}

const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const FORMAT = "s1";

/** Over keys of 32 bytes; the first one seals. */
export function createSeal(keys: readonly [Uint8Array, ...Uint8Array[]]): Seal {
  const byId = new Map(keys.map((key) => [keyId(key), key]));
  const [current] = keys;
  const currentId = keyId(current);
  const fingerprintKey = new Uint8Array(hkdfSync("sha256", current, "", "postern fingerprint", KEY_BYTES));
  const digest = (text: string) => createHmac("sha256", fingerprintKey).update(text).digest("hex");
  return {
    seal(text) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv("aes-256-gcm", current, iv).setAAD(Buffer.from(`${FORMAT}.${currentId}`));
      const sealed = Buffer.concat([iv, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
      return `${FORMAT}.${currentId}.${sealed.toString("base64url")}`;
    },
    open: (sealed) => openWith(byId, sealed),
    fingerprint: (text) => digest(text).slice(0, 12),
    digest,
    marks: (purpose) => createMarks(keys, purpose),
    isCurrent: (sealed) => sealed.startsWith(`${FORMAT}.${currentId}.`),
    keyId: currentId,
    olderKeys: byId.size - 1,
  };
}

const signWith = (key: Uint8Array, text: string) => createHmac("sha256", key).update(text).digest();

function createMarks(keys: readonly Uint8Array[], purpose: string): Marks {
  const own = keys.map((key) => new Uint8Array(hkdfSync("sha256", key, "", `postern mark ${purpose}`, KEY_BYTES)));
  return {
    sign: (text) => signWith(own[0]!, text).toString("base64url"),
    isOurs(text, mark) {
      const given = Buffer.from(mark, "base64url");
      // Written the same way again, so that one mark has one form.
      if (given.length !== KEY_BYTES || given.toString("base64url") !== mark) return false;
      return own.some((key) => timingSafeEqual(signWith(key, text), given));
    },
  };
}

function openWith(keys: ReadonlyMap<string, Uint8Array>, sealed: string): string {
  const [format, id, body, ...more] = sealed.split(".");
  const bytes = Buffer.from(body ?? "", "base64url");
  if (format !== FORMAT || id === undefined || more.length > 0 || bytes.length < IV_BYTES + TAG_BYTES)
    throw new SealFault("not a sealed text");
  const key = keys.get(id);
  if (key === undefined) {
    throw new SealFault(
      `This was sealed with the key ${id}, which is not here. Start with that key: keys/seal.key of the data folder it was made in, or POSTERN_SEAL_KEY.`,
    );
  }
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(`${format}.${id}`)).setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]).toString("utf8");
  } catch (error) {
    throw new SealFault("a sealed text was changed", { cause: error });
  }
}

/** Names a key without telling anything about it. */
function keyId(key: Uint8Array): string {
  return hash("sha256", Buffer.concat([Buffer.from("postern seal key"), key])).slice(0, 8);
}

export const sealKeyFile = (dataDir: string): string => join(dataDir, "keys", "seal.key");

/**
 * The seal over the keys given in the configuration (base64, separated by commas), or else over those in the data folder (one a
 * line), made there (mode 0600) at the first start. Throws RangeError for keys that are not 32 bytes of base64.
 */
export async function loadSeal(from: { given: string | undefined; dataDir: string }): Promise<Seal> {
  if (from.given !== undefined) return createSeal(parseKeys(from.given.split(","), "POSTERN_SEAL_KEY"));
  const path = sealKeyFile(from.dataDir);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  // Linked into place: of two starts only one makes the key, and one that is killed leaves no half key.
  await placeAside(path, newKey(), async (aside) => {
    await link(aside, path).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    });
    await unlink(aside);
  });
  return createSeal(await keysIn(path));
}

/** Puts a fresh key before those in the data folder. Secrets sealed before stay readable, and are sealed anew as they are changed. */
export async function rotateSealKey(dataDir: string): Promise<void> {
  const path = sealKeyFile(dataDir);
  const before = await readFile(path, "utf8");
  await placeAside(path, `${newKey()}${before}`, (aside) => rename(aside, path));
}

async function placeAside(path: string, text: string, place: (aside: string) => Promise<void>): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  await writeFile(aside, text, { mode: 0o600, flush: true });
  await chmod(aside, 0o600);
  await place(aside);
}

function newKey(): string {
  return `${randomBytes(KEY_BYTES).toString("base64")}\n`;
}

async function keysIn(path: string): Promise<[Uint8Array, ...Uint8Array[]]> {
  const text = await readFile(path, "utf8");
  return parseKeys(
    text.split("\n").filter((line) => line.trim() !== ""),
    path,
  );
}

function parseKeys(texts: readonly string[], where: string): [Uint8Array, ...Uint8Array[]] {
  const [first, ...rest] = texts.map((text) => Buffer.from(text.trim(), "base64"));
  if (first === undefined || [first, ...rest].some((key) => key.length !== KEY_BYTES)) {
    throw new RangeError(`${where} must hold keys of ${KEY_BYTES} bytes as base64`);
  }
  return [first, ...rest];
}
