/** Packs a register beside what runs: given its parts a few at a time, so that nothing waits long for anything. */
import { Worker } from "node:worker_threads";

import { words } from "../platform/log.ts";
import type { GrantRow } from "./grant-row.ts";
import type { Seed } from "./pack.ts";
import type { PersonRow } from "./person-row.ts";
import type { Changes } from "./repack.ts";
import type { Packed, PackOrder } from "./repack-worker.ts";

export interface Folding {
  put(changes: Changes): Promise<void>;
  /**
   * Writes the file and gives what is in it, or is to be: `unwritten` says why the disk did not take it. `before`: digest of what lies
   * there, that was changed. Throws where nothing came of it.
   */
  finish(how: {
    readonly path: string;
    readonly before: string | undefined;
    readonly seed: Seed;
    readonly about: unknown;
  }): Promise<Exclude<Packed, { failed: string }>>;
  /** Gives it up. */
  stop(): Promise<void>;
}

/** Copying so many to the thread takes some milliseconds. */
const AT_ONCE = 500;

export function beginFolding(): Folding {
  const thread = new Worker(new URL("./repack-worker.ts", import.meta.url));
  thread.unref();
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  const order = (what: PackOrder): void => thread.postMessage(what);
  const done = new Promise<Packed>((resolve) => {
    thread.once("message", resolve);
    thread.once("error", (error: unknown) => resolve({ failed: words(error) }));
    thread.once("exit", () => resolve({ failed: "the thread ended" }));
  });
  return {
    async put({ exceptions, persons }) {
      const [some, people]: [(readonly [string, readonly GrantRow[]])[], PersonRow[]] = [[...exceptions], [...persons.values()]];
      for (let at = 0; at < Math.max(some.length, people.length); at += AT_ONCE) {
        order({ kind: "put", exceptions: some.slice(at, at + AT_ONCE), persons: people.slice(at, at + AT_ONCE) });
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    async finish(how) {
      order({ kind: "finish", ...how });
      const packed = await done;
      if ("failed" in packed) throw new Error(packed.failed);
      return packed;
    },
    stop: async () => void (await thread.terminate()),
  };
}
