/** ZIP archives, as far as a workbook needs them: taken apart with a limit, and put together again so that nothing else is in them. */
import { crc32, inflateRawSync } from "node:zlib";

interface Entry {
  readonly name: string;
  readonly content: Uint8Array;
}

const [LOCAL, DIRECTORY, END] = [0x04034b50, 0x02014b50, 0x06054b50];
const [STORED, DEFLATED] = [0, 8];
const END_SIZE = 22;
const DIRECTORY_SIZE = 46;
const LOCAL_SIZE = 30;
const ENCRYPTED = 1;

/**
 * What the directory of an archive names and `isWanted`; undefined where that is more than `most` bytes in all. Sizes are counted as they
 * come out, for an archive may say what it likes. Throws for what is no archive.
 */
export function unzip(archive: Buffer, isWanted: (name: string) => boolean, most: number): readonly Entry[] | undefined {
  const end = archive.lastIndexOf("PK\u0005\u0006");
  if (end < 0) throw new RangeError("no directory");
  const entries: Entry[] = [];
  let room = most;
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (archive.readUInt32LE(at) !== DIRECTORY) throw new RangeError("no entry");
    const nameLength = archive.readUInt16LE(at + 28);
    const name = archive.toString("utf8", at + DIRECTORY_SIZE, at + DIRECTORY_SIZE + nameLength);
    if (isWanted(name)) {
      const content = contentOf(archive, at, room);
      if (content === undefined) return undefined;
      room -= content.length;
      entries.push({ name, content });
    }
    at += DIRECTORY_SIZE + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  return entries;
}

function contentOf(archive: Buffer, at: number, room: number): Uint8Array | undefined {
  const [flags, method, size, local] = [
    archive.readUInt16LE(at + 8),
    archive.readUInt16LE(at + 10),
    archive.readUInt32LE(at + 20),
    archive.readUInt32LE(at + 42),
  ];
  if ((flags & ENCRYPTED) !== 0 || archive.readUInt32LE(local) !== LOCAL) throw new RangeError("no content");
  const start = local + LOCAL_SIZE + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
  const packed = archive.subarray(start, start + size);
  if (method === STORED) return packed.length > room ? undefined : packed;
  if (method !== DEFLATED) throw new RangeError("no known method");
  return inflated(packed, room);
}

function inflated(packed: Uint8Array, room: number): Uint8Array | undefined {
  try {
    // Of no room at all the library would make all there is.
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, room) });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") return undefined;
    throw error;
  }
}

/** An archive of these entries, not packed. */
export function zipStored(entries: readonly Entry[]): Buffer {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const { name, content } of entries) {
    const bytes = Buffer.from(name);
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0);
    facts.writeUInt32LE(crc32(content), 10);
    facts.writeUInt32LE(content.length, 14);
    facts.writeUInt32LE(content.length, 18);
    facts.writeUInt16LE(bytes.length, 22);
    const [local, listed, place] = [Buffer.alloc(4), Buffer.alloc(6), Buffer.alloc(14)];
    local.writeUInt32LE(LOCAL);
    listed.writeUInt32LE(DIRECTORY);
    place.writeUInt32LE(at, 10);
    parts.push(local, facts, bytes, content);
    directory.push(listed, facts, place, bytes);
    at += LOCAL_SIZE + bytes.length + content.length;
  }
  const end = Buffer.alloc(END_SIZE);
  end.writeUInt32LE(END);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(
    directory.reduce((sum, part) => sum + part.length, 0),
    12,
  );
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, ...directory, end]);
}
