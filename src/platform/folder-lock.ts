/**
 * One process at a time on a folder: PGlite takes no lock of its own, and two processes on one folder silently lose rows. The
 * lock is a file that says who holds it. What a killed process left behind is taken over at once on the same machine; a holder on
 * another machine (a container that shares the folder) is believed to live until it has not been heard of for a minute.
 */
import { linkSync, mkdirSync, readFileSync, rmdirSync, statSync, unlinkSync, utimesSync, writeFileSync } from "node:fs";
import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { join, resolve } from "node:path";

export class FolderInUse extends Error {
  override readonly name = "FolderInUse";
}

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Start of the process in clock ticks since the machine started, where the system tells: numbers of processes come again. */
  readonly started?: string;
}

const HEARTBEAT_MS = 5000;
const SILENT_AFTER_MS = 60_000;
/** Nobody needs this long between looking at a stale lock and taking it over. */
const TAKEOVER_ABANDONED_MS = 10_000;

const heldHere = new Set<string>();

/** Takes `<folder>/lock` and returns what gives it back. Throws {@link FolderInUse} when somebody else holds it. */
export function lockFolder(folder: string): () => void {
  const path = resolve(folder, "lock");
  if (heldHere.has(path)) throw new FolderInUse(`The data folder ${folder} is in use by this process already.`);
  if (!place(path)) takeOver(path, folder);
  heldHere.add(path);
  const heartbeat = setInterval(() => touch(path), HEARTBEAT_MS);
  heartbeat.unref();
  return () => {
    clearInterval(heartbeat);
    heldHere.delete(path);
    // Who was silent for too long may have lost it to somebody on another machine: that one's is not ours to remove.
    const holder = findHolder(path);
    if (holder?.pid === process.pid && holder.host === hostname()) unlinkSync(path);
  };
}

/** Linked into place whole, so that nobody ever reads a lock without its holder. */
function place(path: string): boolean {
  const aside = `${path}.${randomUUID()}`;
  const me: Holder = { pid: process.pid, host: hostname(), ...startOf(process.pid) };
  writeFileSync(aside, JSON.stringify(me), { mode: 0o600 });
  try {
    linkSync(aside, path);
    return true;
  } catch (error) {
    if (!isCode(error, "EEXIST")) throw error;
    return false;
  } finally {
    unlinkSync(aside);
  }
}

/**
 * Puts ours in place of the lock of a holder that is gone. Of several that find it stale one does, and none removes the next one's:
 * only who is inside the gate removes a lock, and only one that was there to be looked at.
 */
function takeOver(path: string, folder: string): void {
  const gate = `${path}.takeover`;
  if (!enter(gate)) throw inUse(folder, findHolder(path));
  try {
    const text = findText(path);
    const holder = holderIn(text);
    if (holder !== undefined && isAlive(holder, path)) throw inUse(folder, holder);
    // Gone since we looked first: given back, and whatever is there by now is somebody's who came in between.
    if (text !== undefined) unlinkSync(path);
    if (!place(path)) throw inUse(folder, findHolder(path));
  } finally {
    rmdirSync(gate);
  }
}

function enter(gate: string): boolean {
  try {
    mkdirSync(gate);
    return true;
  } catch (error) {
    if (!isCode(error, "EEXIST")) throw error;
  }
  try {
    if (Date.now() - statSync(gate).mtimeMs < TAKEOVER_ABANDONED_MS) return false;
    rmdirSync(gate);
    mkdirSync(gate);
    return true;
  } catch (error) {
    if (isCode(error, "ENOENT") || isCode(error, "EEXIST")) return false;
    throw error;
  }
}

const findHolder = (path: string): Holder | undefined => holderIn(findText(path));

function findText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (isCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

function holderIn(text: string | undefined): Holder | undefined {
  if (text === undefined) return undefined;
  try {
    const read = JSON.parse(text) as Partial<Holder> | null;
    return typeof read?.pid === "number" && typeof read.host === "string" ? (read as Holder) : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(holder: Holder, path: string): boolean {
  if (holder.host !== hostname()) return Date.now() - statSync(path).mtimeMs < SILENT_AFTER_MS;
  // Our own number, and we do not hold it: a predecessor in a container that always starts us under the same one.
  if (!Number.isInteger(holder.pid) || holder.pid <= 0 || holder.pid === process.pid) return false;
  if (!isRunning(holder.pid)) return false;
  const { started } = startOf(holder.pid);
  return started === undefined || holder.started === undefined || started === holder.started;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isCode(error, "EPERM");
  }
}

function startOf(pid: number): { started?: string } {
  try {
    // The name, in parentheses, may hold anything; the start is the twentieth field after it.
    const afterName = readFileSync(join("/proc", String(pid), "stat"), "utf8").replace(/^.*\) /s, "");
    const started = afterName.split(" ")[19];
    return started === undefined ? {} : { started };
  } catch {
    return {};
  }
}

function touch(path: string): void {
  const now = new Date();
  try {
    utimesSync(path, now, now);
  } catch {
    // The folder may be away for a moment; what is written there fails by itself.
  }
}

function inUse(folder: string, holder: Holder | undefined): FolderInUse {
  const who = holder === undefined ? "another process" : `process ${holder.pid} on ${holder.host}`;
  return new FolderInUse(`The data folder ${folder} is in use by ${who}. Stop it first, or choose another POSTERN_DATA.`);
}

function isCode(error: unknown, code: string): boolean {
  return (error as NodeJS.ErrnoException).code === code;
}
