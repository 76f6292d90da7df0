/**
 * The thread that packs a register, so that questions are answered meanwhile: it takes what is to be packed in parts, reads the file of
 * the one before where there is one, writes the new file and gives its words back.
 */
import { parentPort } from "node:worker_threads";

import { words as wordsOf } from "../platform/log.ts";
import type { GrantRow } from "./grant-row.ts";
import { digestOfPacked, encode, readSnapshotFile, writeSnapshotFile } from "./load-snapshot-file.ts";
import type { Seed } from "./pack.ts";
import type { PersonRow } from "./person-row.ts";
import { repack } from "./repack.ts";

export type PackOrder =
  | {
      readonly kind: "put";
      readonly exceptions: readonly (readonly [string, readonly GrantRow[]])[];
      readonly persons: readonly PersonRow[];
    }
  | {
      readonly kind: "finish";
      /** File to write, and digest of the snapshot in it that the changes are to; undefined where they are all there is. */
      readonly path: string;
      readonly before: string | undefined;
      readonly seed: Seed;
      readonly about: unknown;
    };

/** `unwritten`: why the file could not be written; the words are good all the same. */
export type Packed = { readonly words: Uint32Array<ArrayBuffer>; readonly unwritten?: string } | { readonly failed: string };

const exceptions = new Map<string, readonly GrantRow[]>();
const persons = new Map<string, PersonRow>();

async function finish({ path, before, seed, about }: Extract<PackOrder, { kind: "finish" }>): Promise<Packed> {
  try {
    const held = before === undefined ? undefined : await readSnapshotFile(path);
    if (before !== undefined && (held === undefined || !("words" in held) || digestOfPacked(held.words) !== before)) {
      return { failed: "the file is not the snapshot that changed" };
    }
    const words = repack(held === undefined || !("words" in held) ? undefined : held.words, { exceptions, persons }, seed, about);
    try {
      await writeSnapshotFile(path, encode(words));
      return { words };
    } catch (error) {
      return { words, unwritten: wordsOf(error) };
    }
  } catch (error) {
    return { failed: wordsOf(error) };
  }
}

async function answer(order: Extract<PackOrder, { kind: "finish" }>): Promise<void> {
  const packed = await finish(order);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage(packed, "words" in packed ? [packed.words.buffer] : []);
  parentPort?.close();
}

parentPort?.on("message", (order: PackOrder) => {
  if (order.kind === "finish") {
    void answer(order);
    return;
  }
  for (const [id, rows] of order.exceptions) exceptions.set(id, rows);
  for (const person of order.persons) persons.set(person.id, person);
});
