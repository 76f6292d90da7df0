/** Checks in this browser that the log it is shown is whole, signed, and a continuation of the one it was shown last time. */
import { journalKey, listCheckpoints, type EntryView } from "../../../src/journal/contract.ts";
import { decodeBase64, encodeBase64 } from "../../../src/kernel/base64.ts";
import { equalBytes, hashLeaf } from "../../../src/kernel/merkle.ts";
import { call } from "../../api.ts";
import { withSha256 } from "../../digest.ts";
import { isExample, nameHere } from "../../instance.ts";
import { extentOf, growTree, type LogTree } from "./log-tree.ts";
import { type Check, type Checkpoint, isSigned, readCheckpoint, saysTheSame } from "./verify-entry.ts";

const REMEMBERED = nameHere("postern.log");

/** The checkpoint this browser verified last, and the key it was signed with. */
export interface Remembered {
  readonly key: string;
  readonly origin: string;
  readonly size: number;
  /** Base 64. */
  readonly root: string;
  /** When it was verified here, by the server's clock. */
  readonly at: string;
}

export interface Published {
  readonly key: string;
  readonly at: string;
  readonly checkpoint: Checkpoint | undefined;
}

/** Of an entry: in the tree word for word, in one that was not signed, not in it as shown, or written after the checkpoint. */
export type Place = "in" | "unproven" | "differs" | "later";

export interface VerifiedLog {
  readonly checks: readonly Check[];
  readonly size: number;
  readonly entries: ReadonlyMap<string, Place>;
  readonly before: Remembered | undefined;
}

/** What the server publishes to everybody: its key and its newest checkpoint. */
export async function readPublished(): Promise<Published> {
  const [{ verifierKey }, { items }] = await Promise.all([
    call(journalKey, {}),
    call(listCheckpoints, { query: { order: "newest", limit: 1 } }),
  ]);
  return { key: verifierKey, at: items[0]?.at ?? "", checkpoint: readCheckpoint(items[0]?.note ?? "") };
}

/** Runs every check, also after one has failed; what holds is remembered for the next time. Throws CallFailed. */
export async function verifyLog(
  shown: readonly EntryView[],
  now: string,
  onProgress: (done: number, of: number) => void,
): Promise<VerifiedLog> {
  const remembered = recall();
  const { key, checkpoint } = await readPublished();
  // An example that was removed and loaded again is another log.
  const before = isExample && remembered?.key !== key ? undefined : remembered;
  if (checkpoint === undefined) {
    return { checks: [{ words: "The published checkpoint can be read", holds: false }], size: 0, entries: new Map(), before };
  }
  const tree = await growTree(checkpoint.size, onProgress);
  const isRoot = equalBytes(await tree.rootAt(tree.size), checkpoint.root);
  const signed = await isSigned(checkpoint, key);
  const places = await Promise.all(shown.map(async (entry) => [entry.id, await placeOf(entry, tree, isRoot && signed)] as const));
  const entries = new Map(places);
  const checks: Check[] = [
    { words: `The checkpoint over ${checkpoint.size} entries is signed with this log's key`, holds: signed },
    treeCheck(tree),
    {
      words: `The hashes of all ${tree.size} entries, put together here, give the root that was signed`,
      holds: isRoot,
    },
    ...(await continuity(before, key, checkpoint, tree)),
    entriesCheck(entries),
  ];
  if (checks.every((check) => check.holds)) {
    remember({ key, origin: checkpoint.origin, size: checkpoint.size, root: encodeBase64(checkpoint.root), at: now });
  }
  return { checks, size: tree.size, entries, before };
}

function treeCheck({ tiles, faults, size }: LogTree): Check {
  if (faults.length > 0) return { words: `Tile ${faults.join(", ")} is not what the entries' hashes make`, holds: false };
  const { bytes } = extentOf(size);
  const whole = tiles === 1 ? "The one tile" : `All ${tiles} tiles`;
  return {
    words: `${whole} (${Math.ceil(bytes / 1024)} KB) handed out whole${tiles === 1 ? "" : ", each made by those below it"}`,
    holds: true,
  };
}

/** The log may only have grown since this browser looked last. */
async function continuity(before: Remembered | undefined, key: string, now: Checkpoint, tree: LogTree): Promise<Check[]> {
  if (before === undefined) return [];
  const sameKey = { words: "The log's key is the one this browser saw last time", holds: before.key === key };
  if (now.size < before.size) {
    return [sameKey, { words: `The log has ${now.size} entries, and had ${before.size} when this browser looked last`, holds: false }];
  }
  const root = decodeBase64(before.root) ?? new Uint8Array();
  const words = `The first ${before.size} entries are those this browser verified last time, unchanged and in their order`;
  return [sameKey, { words, holds: equalBytes(await tree.rootAt(before.size), root) }];
}

async function placeOf(entry: EntryView, tree: LogTree, isProven: boolean): Promise<Place> {
  if (entry.leaf === undefined || entry.leaf >= tree.size) return "later";
  const hash = await withSha256((each) => hashLeaf(each, new TextEncoder().encode(entry.body)));
  if (!saysTheSame(entry) || !equalBytes(hash, tree.leaf(entry.leaf)!)) return "differs";
  return isProven ? "in" : "unproven";
}

function entriesCheck(entries: VerifiedLog["entries"]): Check {
  const places = [...entries.values()];
  const covered = places.filter((place) => place !== "later").length;
  const later = places.length - covered;
  const words = `Each of the ${covered} entries shown below is in that tree, at its place and word for word`;
  const holds = !places.includes("differs") && !places.includes("unproven");
  return { words: later === 0 ? words : `${words}; ${later} are newer than the checkpoint`, holds };
}

/** What this browser verified last; undefined when it never did, or what it kept cannot be read. */
export function recall(): Remembered | undefined {
  try {
    const kept = JSON.parse(localStorage.getItem(REMEMBERED) ?? "null") as Partial<Remembered> | null;
    return kept !== null && typeof kept.root === "string" && Number.isSafeInteger(kept.size) ? (kept as Remembered) : undefined;
  } catch {
    return undefined;
  }
}

function remember(verified: Remembered): void {
  localStorage.setItem(REMEMBERED, JSON.stringify(verified));
}
