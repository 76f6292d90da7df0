/**
 * The example directory's file. Every call reads it anew, so that several connectors see the same; a change is read, made and put
 * in place without giving way to anybody else in this process, and a reader finds the old file or the new one, never half of one.
 * Several processes on one file are not kept apart: it is an example.
 */
import { accessSync, closeSync, constants, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

import type { Instant } from "../../kernel/time.ts";
import { ProviderFault } from "../port.ts";
import { type Directory, directorySchema } from "./directory.ts";
import { seedDirectory } from "./seed.ts";

export interface State {
  /** Throws ProviderFault: `unreachable` when the file cannot be got at, `denied` without the right to read, `fault` for a damaged file. */
  read(): Directory;
  /** What `change` returns is kept; the same directory it was given means nothing was changed. */
  update(change: (directory: Directory) => Directory): void;
  /** Whether the folder may be written to, as the operating system says. */
  isWritable(): boolean;
}

export function openState(path: string, now: () => Instant): State {
  function read(): Directory {
    const text = attempt("read", () => findText(path));
    if (text !== undefined) return parse(text);
    const first = seedDirectory(now());
    write(first);
    return first;
  }

  function write(directory: Directory): void {
    attempt("written", () => {
      mkdirSync(dirname(path), { recursive: true });
      const aside = `${path}.new`;
      const file = openSync(aside, "w", 0o600);
      try {
        writeFileSync(file, `${JSON.stringify(directory, undefined, 1)}\n`);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(aside, path);
    });
  }

  return {
    read,
    update: (change) => {
      const before = read();
      const after = change(before);
      if (after !== before) write(after);
    },
    isWritable: () => {
      try {
        accessSync(dirname(path), constants.W_OK);
        return true;
      } catch {
        return false;
      }
    },
  };
}

function findText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

function parse(text: string): Directory {
  try {
    return directorySchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new ProviderFault("fault", "The file of the example directory is damaged: mend it, or delete it to begin anew.", { cause });
  }
}

function attempt<T>(done: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const code = codeOf(cause) ?? "unknown";
    const kind = code === "EACCES" || code === "EPERM" || code === "EROFS" ? "denied" : "unreachable";
    throw new ProviderFault(kind, `The file of the example directory cannot be ${done} (${code}).`, { cause });
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}
