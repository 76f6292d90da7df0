/**
 * ZIP archives of a few small files, stored as they are. The same files give the same bytes, whoever makes the archive and when:
 * whoever has the files can make it again and compare.
 */
import { crc32 } from "node:zlib";

export interface ZipFile {
  /** Letters, digits, dots and dashes. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const LOCAL_BYTES = 30;
const VERSION = 20;
/** The first day the format can name. An archive that said when it was made would never be the same twice. */
const FIRST_DAY = 0x0021;

/** The archive. */
export function writeZip(files: readonly ZipFile[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const file of files) {
    const name = Buffer.from(file.name);
    const facts = factsOf(file, name);
    const local = Buffer.concat([uint32(LOCAL), facts, name, file.bytes]);
    directory.push(Buffer.concat([uint32(CENTRAL), uint16(VERSION), facts, Buffer.alloc(10), uint32(offset), name]));
    parts.push(local);
    offset += local.length;
  }
  const listed = Buffer.concat(directory);
  const count = uint16(files.length);
  const end = Buffer.concat([uint32(END), Buffer.alloc(4), count, count, uint32(listed.length), uint32(offset), uint16(0)]);
  return Buffer.concat([...parts, listed, end]);
}

/**
 * The files of an archive laid out as {@link writeZip} does it; undefined for any other. Checksums are not looked at: whoever
 * wants to know of any change writes the files again and compares.
 */
export function readZip(archive: Uint8Array): ZipFile[] | undefined {
  const bytes = Buffer.from(archive);
  const files: ZipFile[] = [];
  let at = 0;
  while (at + LOCAL_BYTES <= bytes.length && bytes.readUInt32LE(at) === LOCAL) {
    const nameEnd = at + LOCAL_BYTES + bytes.readUInt16LE(at + 26);
    const end = nameEnd + bytes.readUInt32LE(at + 18);
    if (end > bytes.length) return undefined;
    files.push({ name: bytes.toString("utf8", at + LOCAL_BYTES, nameEnd), bytes: bytes.subarray(nameEnd, end) });
    at = end;
  }
  return files.length === 0 ? undefined : files;
}

/** What the local header and the directory say alike: version, flags, method, time, day, checksum, sizes, name length. */
function factsOf({ bytes }: ZipFile, name: Buffer): Buffer {
  const size = uint32(bytes.length);
  const stored = [uint16(VERSION), uint16(0), uint16(0), uint16(0), uint16(FIRST_DAY)];
  return Buffer.concat([...stored, uint32(crc32(bytes)), size, size, uint16(name.length), uint16(0)]);
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
