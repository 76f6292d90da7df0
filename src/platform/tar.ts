/** Tar archives (POSIX ustar) of plain files and folders, as streams: what backups are made of, readable by any `tar`. */

export interface TarEntry {
  /** Relative, with forward slashes. */
  readonly path: string;
  /** Bytes of a file; undefined for a folder. */
  readonly size: number | undefined;
}

const BLOCK = 512;
const MAX_PATH_BYTES = 100;
/** The largest size that fits the header's eleven octal digits: 8 GiB. */
const MAX_SIZE = 8 ** 11 - 1;

/** The block that comes before an entry's bytes. Throws RangeError for what the format cannot hold. */
export function tarHeader({ path, size }: TarEntry): Uint8Array {
  if (Buffer.byteLength(path) > MAX_PATH_BYTES || (size ?? 0) > MAX_SIZE)
    throw new RangeError(`too long or too large for an archive: ${path}`);
  const header = Buffer.alloc(BLOCK);
  const isFolder = size === undefined;
  header.write(path, 0);
  header.write(isFolder ? "0000700\0" : "0000600\0", 100);
  header.write("0000000\x000000000\0", 108);
  header.write(`${(size ?? 0).toString(8).padStart(11, "0")}\0`, 124);
  header.write("00000000000\0", 136);
  header.write(isFolder ? "5" : "0", 156);
  header.write("ustar\u000000", 257);
  header.write(`${checksum(header).toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}

/** Zeros that fill up an entry's last block. */
export function tarPadding(size: number): Uint8Array {
  return new Uint8Array((BLOCK - (size % BLOCK)) % BLOCK);
}

/** The two empty blocks that end an archive. */
export const TAR_END: Uint8Array = new Uint8Array(2 * BLOCK);

export class TarFault extends Error {
  override readonly name = "TarFault";
}

/**
 * Reads an archive. For every entry `take` is given its header and its bytes, which it has to read to the end. Throws
 * {@link TarFault} for what is no archive, is cut short, or holds anything but plain files and folders below itself.
 */
export async function readTar(
  archive: AsyncIterable<Uint8Array>,
  take: (entry: TarEntry, bytes: AsyncIterable<Uint8Array>) => Promise<void>,
): Promise<void> {
  const reader = createReader(archive);
  for (;;) {
    const header = await reader.block();
    // What follows the end is read too: a compressed archive has its own check there.
    if (header.every((byte) => byte === 0)) return reader.drain();
    const entry = parseHeader(header);
    await take(entry, reader.bytes(entry.size ?? 0));
    await reader.skip(tarPadding(entry.size ?? 0).length);
  }
}

function parseHeader(header: Buffer): TarEntry {
  const field = (from: number, length: number): string => header.toString("utf8", from, from + length).replace(/\0.*$/s, "");
  const path = field(0, 100).replace(/\/$/, "");
  const type = field(156, 1);
  const stated = Number.parseInt(field(148, 8), 8);
  if (field(257, 5) !== "ustar" || stated !== checksum(header)) throw new TarFault("not an archive, or a damaged one");
  const isBelow = path !== "" && field(345, 155) === "" && path.split("/").every((part) => part !== "" && part !== "." && part !== "..");
  if (!isBelow || path.includes("\\") || path.includes(":")) throw new TarFault(`the archive holds a path that is not allowed: ${path}`);
  if (type === "5") return { path, size: undefined };
  const size = field(124, 12);
  if (type !== "0" || !/^[0-7]{11}$/.test(size)) throw new TarFault(`the archive holds something that is neither file nor folder: ${path}`);
  return { path, size: Number.parseInt(size, 8) };
}

/** The sum of a header's bytes, its own field counted as spaces. */
function checksum(header: Uint8Array): number {
  return header.reduce((sum, byte, i) => sum + (i >= 148 && i < 156 ? 32 : byte), 0);
}

function createReader(source: AsyncIterable<Uint8Array>) {
  const chunks = source[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array(0);

  async function some(most: number): Promise<Uint8Array> {
    while (rest.length === 0) {
      const next = await chunks.next();
      if (next.done === true) throw new TarFault("the archive ends too early");
      rest = next.value;
    }
    const taken = rest.subarray(0, most);
    rest = rest.subarray(taken.length);
    return taken;
  }

  async function* bytes(size: number): AsyncGenerator<Uint8Array> {
    for (let left = size; left > 0;) {
      const taken = await some(left);
      left -= taken.length;
      yield taken;
    }
  }

  return {
    bytes,
    async block(): Promise<Buffer> {
      const parts: Uint8Array[] = [];
      for await (const part of bytes(BLOCK)) parts.push(part);
      return Buffer.concat(parts);
    },
    async drain(): Promise<void> {
      while ((await chunks.next()).done !== true);
    },
    async skip(size: number): Promise<void> {
      for (let left = size; left > 0;) left -= (await some(left)).length;
    },
  };
}
