/** Checkpoints (C2SP tlog-checkpoint): the origin of the log, its size and its root, as the text of a signed note. */
import { decodeBase64, encodeBase64 } from "../kernel/base64.ts";
import { HASH_BYTES } from "../kernel/merkle.ts";
import { isNoteText } from "./note.ts";

export interface Checkpoint {
  /** Names the log: a URL without scheme. */
  readonly origin: string;
  /** Number of entries. */
  readonly size: number;
  readonly root: Uint8Array;
}

/** The note text. Throws RangeError for an origin that is not one non-empty line, or a size that is not a whole number. */
export function formatCheckpoint(checkpoint: Checkpoint): string {
  const text = `${checkpoint.origin}\n${checkpoint.size}\n${encodeBase64(checkpoint.root)}\n`;
  if (parseCheckpoint(text) === undefined) throw new RangeError(`not a checkpoint: ${JSON.stringify(text)}`);
  return text;
}

/** The checkpoint, or undefined when the text is not one. Extension lines are allowed and ignored. */
export function parseCheckpoint(text: string): Checkpoint | undefined {
  if (!text.endsWith("\n") || !isNoteText(text)) return undefined;
  const lines = text.slice(0, -1).split("\n");
  const [origin, size, root] = lines;
  if (origin === undefined || size === undefined || root === undefined || lines.includes("")) return undefined;
  if (!/^(0|[1-9]\d*)$/.test(size) || !Number.isSafeInteger(Number(size))) return undefined;
  const rootBytes = decodeBase64(root);
  if (rootBytes?.length !== HASH_BYTES) return undefined;
  return { origin, size: Number(size), root: rootBytes };
}
