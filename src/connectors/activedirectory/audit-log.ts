/** Reads a log file from where it was left, line by line, across rotations. */
import { type FileHandle, open, stat } from "node:fs/promises";

import { ProviderFault } from "../port.ts";

/** Where reading stopped: which file (it may have been renamed since) and after how many bytes. */
export interface Position {
  readonly file: string;
  readonly offset: number;
}

export interface LogPage {
  readonly lines: readonly string[];
  readonly position: Position;
  readonly more: boolean;
}

const PAGE_BYTES = 512 * 1024;
const NEWLINE = 0x0a;

/**
 * The next whole lines after `from`, at most about half a megabyte. A line still being written is left for the next time. When the
 * file was rotated, its rest is read from the name it was given (`.old` by Samba, `.1` by logrotate) before the new one is begun.
 */
export async function readLog(path: string, from: Position | undefined): Promise<LogPage> {
  const current = await identity(path);
  if (current === undefined) throw new ProviderFault("fault", `The audit log ${path} cannot be read.`);
  if (from === undefined) return readAt(path, { file: current, offset: 0 });
  if (from.file === current) return readAt(path, from);
  for (const rotated of [`${path}.old`, `${path}.1`]) {
    if ((await identity(rotated)) !== from.file) continue;
    const rest = await readAt(rotated, from);
    return rest.more ? rest : { ...rest, position: { file: current, offset: 0 }, more: true };
  }
  return readAt(path, { file: current, offset: 0 });
}

async function identity(path: string): Promise<string | undefined> {
  try {
    const { dev, ino } = await stat(path);
    return `${dev}-${ino}`;
  } catch {
    return undefined;
  }
}

async function readAt(path: string, { file, offset }: Position): Promise<LogPage> {
  const handle = await open(path, "r").catch((cause: unknown) => {
    throw new ProviderFault("fault", `The audit log ${path} cannot be read.`, { cause });
  });
  try {
    const { size } = await handle.stat();
    // A file shorter than what was read of it was emptied in place: begin anew.
    const start = size < offset ? 0 : offset;
    const bytes = await readBytes(handle, start, Math.min(PAGE_BYTES, size - start));
    const whole = bytes.lastIndexOf(NEWLINE) + 1;
    // A line longer than a page cannot be an audit record: it is passed over rather than waited for.
    const consumed = whole === 0 && bytes.length === PAGE_BYTES ? PAGE_BYTES : whole;
    const lines = bytes
      .subarray(0, whole)
      .toString("utf8")
      .split("\n")
      .filter((line) => line.trim() !== "");
    const end = start + consumed;
    return { lines, position: { file, offset: end }, more: consumed > 0 && end < size };
  } finally {
    await handle.close();
  }
}

async function readBytes(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await handle.read(buffer, 0, length, position);
  return buffer.subarray(0, bytesRead);
}
