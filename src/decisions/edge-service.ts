/**
 * Follows a published snapshot over HTTP, without a database: what it answers from was signed by the log's key, is never older than what
 * it has seen, and belongs to a journal that only grows. Whatever is wrong with what it is told, it keeps what it has, says why, and
 * denies once that is too old.
 */
import { getRandomValues } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import { consistencyFault } from "../kernel/merkle-proof.ts";
import { equalBytes } from "../kernel/merkle.ts";
import { decodeBase64 } from "../kernel/base64.ts";
import type { Checkpoint } from "../journal/checkpoint.ts";
import { type VerifierKey, verifierKey } from "../journal/note.ts";
import { openCheckpoint, openNote, sha256 } from "../journal/signing.ts";
import { type Log, words } from "../platform/log.ts";
import { type Remote, RemoteFault } from "../platform/remote-files.ts";
import { repeat, type Repeated } from "../platform/repeat.ts";
import { type Book, createBook, sizeOf } from "./book.ts";
import { manifestShape } from "./contract-published.ts";
import { EdgeFileFault, type EdgeFiles } from "./edge-files-service.ts";
import { type Moment, TOLD_EVERY_MS, toldNow } from "./heard.ts";
import { createRegister } from "./layered-register.ts";
import { AT } from "./packed-format.ts";
import { createPackedLayer } from "./packed-layer.ts";
import { type Accepted, applyLine, type Manifest, manifestKeyName, saidByManifest, whyNotTaken } from "./published.ts";
import type { RuleSet } from "./rule-set.ts";
import { loadRules } from "./rules/load-rules.ts";
import type { Snapshot } from "./snapshot.ts";

export interface EdgeDependencies {
  readonly remote: Remote;
  readonly files: EdgeFiles;
  /** The log's public key, as it was got once from somebody trusted. */
  readonly key: VerifierKey;
  readonly nowMs: () => number;
  /** A clock that is never set. */
  readonly elapsedMs: () => number;
  readonly maxAgeMs: number;
  readonly log: Log;
  readonly lookEveryMs?: number;
}

export interface Edge {
  snapshot(): Snapshot | undefined;
  /** Why nothing new was taken lately; undefined while all is well. */
  trouble(): string | undefined;
  /** Reads what is on the disk, and begins to follow. */
  start(): Promise<void>;
  /** Resolves after a look that began after the call. */
  look(): Promise<void>;
  stop(): Promise<void>;
}

/** What is told cannot be believed, or cannot be used. */
class NotTaken extends Error {
  override readonly name = "NotTaken";
}

const SNAPSHOT_PATH = "/decisions/v1/snapshot";
const LOOK_EVERY_MS = 1000;
const MOST_MANIFEST_BYTES = 1_048_576;
const MOST_PROOF_BYTES = 16_384;
/** What was taken without news is written down that often: a start finds it a little older. */
const WRITE_EVERY_MS = 10_000;
const MOST_PAUSE_MS = 15_000;
/** A stream of wake-ups that broke is opened again after so long. */
const REOPEN_MS = 2000;

/** What was seen with a sound signature: nothing before it is taken again. */
interface Seen {
  readonly accepted: Accepted;
  readonly checkpoint: Checkpoint;
}

/** What was built from a manifest. */
interface Held {
  readonly chain: string;
  readonly sequence: number;
  readonly book: Book;
  /** Digest of the base, then those of the changes over it, in their order. Two of them may be the same: what was, is again. */
  readonly applied: readonly string[];
  readonly ruleSets: ReadonlyMap<string, RuleSet>;
  readonly ruleDigests: string;
}

function openManifest(
  note: string,
  key: VerifierKey,
  ownKey: VerifierKey,
): { readonly manifest: Manifest; readonly checkpoint: Checkpoint } {
  const text = openNote(note, ownKey);
  if (typeof text !== "object") throw new NotTaken(`the manifest is not signed by ${key.name} (${text})`);
  const read = manifestShape.safeParse(saidByManifest(ownKey.name, text.text));
  if (!read.success) throw new NotTaken(`the manifest is none (${read.error.issues[0]?.path.join(".") ?? ""})`);
  const checkpoint = openCheckpoint(read.data.checkpoint, key);
  if (typeof checkpoint === "string") throw new NotTaken(`its checkpoint is not signed by ${key.name} (${checkpoint})`);
  return { manifest: read.data, checkpoint };
}

export function createEdge(deps: EdgeDependencies): Edge {
  const { remote, files, key, nowMs, elapsedMs, maxAgeMs, log } = deps;
  const ownKey = verifierKey(sha256, manifestKeyName(key.name), key.publicKey);
  const stopping = new AbortController();
  let seen: Seen | undefined;
  let held: Held | undefined;
  let snapshot: Snapshot | undefined;
  let freshAt: Moment = { wall: 0, elapsed: 0 };
  /** What the publisher said of it, by its own clock. */
  let heardAtMs: number | undefined;
  let toldAt = -Infinity;
  let writtenAt = -Infinity;
  let trouble: string | undefined;
  let failures = 0;
  let notBefore = -Infinity;
  let rounds: Repeated | undefined;
  let waking: Promise<void> | undefined;

  const clocks = (): Moment => ({ wall: nowMs(), elapsed: elapsedMs() });

  /** The journal that was seen has to be a part of the one that is told. */
  async function compare(seen: Checkpoint, told: Checkpoint): Promise<void> {
    if (told.size < seen.size)
      throw new NotTaken(`its journal is shorter than the one seen before: ${told.size} entries, not ${seen.size}`);
    if (told.size === seen.size) {
      if (!equalBytes(told.root, seen.root)) throw new NotTaken("its journal is another one than the one seen before: the log was forked");
      return;
    }
    if (seen.size === 0) return;
    const text = await remote.text(`${SNAPSHOT_PATH}/consistency/${seen.size}/${told.size}`, MOST_PROOF_BYTES);
    const proof = text.split("\n").flatMap((line) => (line === "" ? [] : [decodeBase64(line) ?? new Uint8Array()]));
    const fault = consistencyFault(sha256, { oldSize: seen.size, size: told.size, oldRoot: seen.root, root: told.root, proof });
    if (fault !== undefined) throw new NotTaken(`its journal is not the one seen before, grown: the log was forked (${fault})`);
  }

  async function build(manifest: Manifest, from: Remote | undefined): Promise<Held> {
    const { isSame, changes, named } = missingOf(manifest, held);
    const ruleDigests = JSON.stringify(manifest.rules);
    const hasRules = held?.ruleDigests === ruleDigests;
    for (const file of [...(isSame ? [] : [manifest.base]), ...changes, ...(hasRules ? [] : manifest.rules)])
      await files.ensure(file, from);
    const ruleSets = hasRules ? held!.ruleSets : await readRules(files, manifest);
    const book = isSame ? held!.book : await beginBook(files, manifest);
    const lines: string[] = [];
    for (const file of changes) for await (const line of files.lines(file)) lines.push(line);
    // Once all were read to their ends, and at once: nobody is answered by what was in force in between.
    for (const line of lines) applyLine(line, book);
    return { book, applied: named, ruleSets, ruleDigests, chain: manifest.chain, sequence: manifest.sequence };
  }

  function publish(): void {
    if (held === undefined) return;
    const { book, ruleSets, sequence } = held;
    const { base, overlay, connections } = book;
    const layers = base === undefined ? [overlay] : [overlay, base];
    const register = createRegister({ sequence, size: sizeOf(book), layers, connections });
    const now = clocks();
    toldAt = now.elapsed;
    snapshot = { register, ruleSets, freshAtMs: toldNow(freshAt, now), maxAgeMs };
  }

  async function take(): Promise<void> {
    const asked = clocks();
    const note = await remote.text(SNAPSHOT_PATH, MOST_MANIFEST_BYTES);
    const { manifest, checkpoint } = openManifest(note, key, ownKey);
    const why = whyNotTaken(manifest, seen?.accepted, asked.wall);
    if (why !== undefined) throw new NotTaken(`the manifest is not taken: ${why}`);
    if (seen !== undefined) await compare(seen.checkpoint, checkpoint);
    const before = held;
    held = await build(manifest, remote);
    seen = { accepted: acceptedOf(manifest), checkpoint };
    hear(manifest, asked);
    const isNews = before?.chain !== held.chain || before.sequence !== held.sequence || before.ruleDigests !== held.ruleDigests;
    if (!isNews && asked.elapsed - writtenAt < WRITE_EVERY_MS) return;
    await files.writeNote(note);
    await files.keepOnly([manifest.base, ...manifest.deltas, ...manifest.rules]);
    writtenAt = asked.elapsed;
  }

  /** The publisher's word, and never younger than the question. What it said before is no younger for being said again. */
  function hear({ freshAtMs }: Manifest, asked: Moment): void {
    if (freshAtMs === heardAtMs) return;
    heardAtMs = freshAtMs;
    const lateMs = Math.max(0, asked.wall - freshAtMs);
    freshAt = { wall: asked.wall - lateMs, elapsed: asked.elapsed - lateMs };
  }

  async function round(): Promise<void> {
    if (elapsedMs() >= notBefore) await tryToTake();
    publish();
  }

  async function tryToTake(): Promise<void> {
    try {
      await take();
      failures = 0;
      if (trouble !== undefined) log.info("snapshot followed again");
      trouble = undefined;
    } catch (error) {
      const why = wordsOf(error);
      if (why !== trouble) log.error("snapshot not followed", { why });
      trouble = why;
      // A large file that is wrong is not fetched every second.
      failures += 1;
      notBefore = elapsedMs() + Math.min(MOST_PAUSE_MS, 250 * 2 ** Math.min(failures, 10));
    }
  }

  async function readDisk(): Promise<void> {
    const note = await files.readNote();
    if (note === undefined) return;
    try {
      const { manifest, checkpoint } = openManifest(note, key, ownKey);
      seen = { accepted: acceptedOf(manifest), checkpoint };
      held = await build(manifest, undefined);
      const agoMs = nowMs() - manifest.publishedAtMs;
      if (agoMs < 0) log.warn("clock behind what was seen", { seconds: Math.ceil(-agoMs / 1000) });
      // How long ago that was cannot be told by a clock that is behind it.
      else hear(manifest, clocks());
      publish();
    } catch (error) {
      log.error("kept snapshot not usable", { why: wordsOf(error) });
    }
  }

  async function wakeAgainAndAgain(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await remote.events(`${SNAPSHOT_PATH}/events`, () => rounds?.wake(), stopping.signal);
      } catch {
        // A hint only: the looks go on without it, and say what is wrong.
      }
      await sleep(REOPEN_MS, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined);
    }
  }

  return {
    snapshot() {
      if (snapshot !== undefined && elapsedMs() - toldAt >= TOLD_EVERY_MS) publish();
      return snapshot;
    },
    trouble: () => trouble,
    async start() {
      await readDisk();
      rounds = repeat(round, deps.lookEveryMs ?? LOOK_EVERY_MS);
      waking = wakeAgainAndAgain();
    },
    look: async () => rounds?.round(),
    async stop() {
      stopping.abort();
      await rounds?.stop();
      remote.close();
      await waking;
    },
  };
}

/** What a manifest names that is not held. */
function missingOf(manifest: Manifest, held: Held | undefined) {
  const named = [manifest.base, ...manifest.deltas].map(({ digest }) => digest);
  const isSame = held !== undefined && held.chain === manifest.chain && held.applied[0] === manifest.base.digest;
  // Where what is held is not the beginning of what is told, all changes are put in again: each holds what it changes whole.
  const done = isSame && held.applied.every((digest, i) => digest === named[i]) ? held.applied.length : 1;
  return { isSame, changes: manifest.deltas.slice(done - 1), named };
}

/** An empty book over what is packed, or one that was read from lines. */
async function beginBook(files: EdgeFiles, { base }: Manifest): Promise<Book> {
  const nowhere = { logKey: "", leaves: 0, lastEntry: "" };
  if (base.form === "packed") {
    const words = await files.words(base);
    const seed = { key0: words[AT.key0]!, key1: words[AT.key1]! };
    return createBook(seed, nowhere, createPackedLayer(words));
  }
  const [key0 = 0, key1 = 0] = getRandomValues(new Uint32Array(2));
  const book = createBook({ key0, key1 }, nowhere);
  for await (const line of files.lines(base)) applyLine(line, book);
  return book;
}

function acceptedOf({ sequence, publishedAtMs, chain, number }: Manifest): Accepted {
  return { sequence, publishedAtMs, chain, number };
}

async function readRules(files: EdgeFiles, manifest: Manifest): Promise<ReadonlyMap<string, RuleSet>> {
  const sets = new Map<string, RuleSet>();
  for (const file of manifest.rules) {
    const reading = loadRules(await files.text(file), `${file.name}.yaml`);
    if (!reading.ok) throw new NotTaken(`rule set ${file.name} cannot be read by this release`);
    sets.set(file.name, reading.rules);
  }
  return sets;
}

function wordsOf(error: unknown): string {
  return error instanceof NotTaken || error instanceof RemoteFault || error instanceof EdgeFileFault ? error.message : words(error);
}
