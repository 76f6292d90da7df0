/**
 * The verifier. It believes the log's public key and nothing else: every hash is computed again from the entries, every
 * checkpoint must fit that one history, every subject is replayed and compared with its stored state, every decision must rest on
 * a signature of its own. It goes on after a fault, so that one run names every place.
 */
import { epochMs, type Instant, parseInstant } from "../kernel/time.ts";
import type { Fault } from "./fault.ts";
import type { VerifierKey } from "./note.ts";
import { differingColumn, readEntry } from "./read-entry.ts";
import { createReplaying, type Replaying, type Replays } from "./replay.ts";
import { createDecisionCheck } from "./signed-decision.ts";
import { hashText, openCheckpoint } from "./signing.ts";
import type { JournalSource, SourceEntry } from "./source.ts";
import { TILE_WIDTH } from "./tile.ts";
import { createTreeCheck, type Mark } from "./tree-check.ts";

/** The log promises to cover an entry within a second; one that waits this long has been held back. */
const LATE_AFTER_MS = 60_000;

/** A wrecked journal has more faults than anybody reads; the count goes on. */
const FAULTS_KEPT = 1000;

export interface VerifyOptions {
  readonly key: VerifierKey;
  readonly replays: Replays;
  readonly now: Instant;
  /** Signed checkpoints the verifier kept from earlier: a log set back to an older state cannot contain them. */
  readonly remembered?: readonly string[];
}

export interface Verification {
  readonly isSound: boolean;
  /** Entries the newest checkpoint covers. */
  readonly size: number;
  readonly entriesRead: number;
  readonly checkpoints: number;
  readonly subjects: number;
  readonly states: number;
  /** Entries stored but not covered yet. */
  readonly uncovered: number;
  readonly faultCount: number;
  /** The first thousand. */
  readonly faults: readonly Fault[];
}

export async function verifyJournal(source: JournalSource, options: VerifyOptions): Promise<Verification> {
  const faults: Fault[] = [];
  let faultCount = 0;
  const report = (fault: Fault): void => {
    faultCount += 1;
    if (faults.length < FAULTS_KEPT) faults.push(fault);
  };
  const decisions = createDecisionCheck(hashText, report);
  const replaying = createReplaying(options.replays, report, decisions);
  const settledSize = source.isSnapshot ? Infinity : sizeOf(await source.latest(), options.key);
  for await (const state of source.states()) replaying.expect(state);
  const marks = await readCheckpoints(source, options.key, report);
  const size = marks.at(-1)?.size ?? 0;
  if (!source.isSnapshot && size < settledSize)
    report({ code: "rollback", detail: `the log shrank from ${settledSize} to ${size} entries while it was read` });
  const remembered = readRemembered(options, size, report);
  const entriesRead = await walk(source, { size, marks: [...marks, ...remembered], settledSize, replaying, report });
  const uncovered = await walkTail(source, { size, now: options.now, replaying, report });
  replaying.finish();
  decisions.finish(source.isSnapshot);
  return { isSound: faultCount === 0, size, entriesRead, checkpoints: marks.length, ...replaying.counts(), uncovered, faultCount, faults };
}

function sizeOf(note: string | undefined, key: VerifierKey): number {
  const opened = note === undefined ? "not_a_note" : openCheckpoint(note, key);
  return typeof opened === "string" ? 0 : opened.size;
}

async function readCheckpoints(source: JournalSource, key: VerifierKey, report: (fault: Fault) => void): Promise<Mark[]> {
  const marks: Mark[] = [];
  let ordinal = 0;
  for await (const note of source.checkpoints()) {
    ordinal += 1;
    const opened = openCheckpoint(note, key);
    const claimed = note.split("\n", 2)[1] ?? "";
    if (typeof opened === "string") {
      report({ code: "checkpoint_invalid", detail: `checkpoint number ${ordinal} (of size ${claimed.slice(0, 20)}): ${opened}` });
      continue;
    }
    const previous = marks.at(-1);
    if (previous !== undefined && opened.size <= previous.size) {
      report({ code: "checkpoint_order", detail: `the checkpoint of size ${opened.size} follows the one of size ${previous.size}` });
      continue;
    }
    marks.push({ size: opened.size, root: opened.root, words: `the checkpoint of size ${opened.size}` });
  }
  if (marks.length === 0) report({ code: "no_checkpoint", detail: "there is no checkpoint signed by this key: nothing is proven" });
  return marks;
}

function readRemembered(options: VerifyOptions, size: number, report: (fault: Fault) => void): Mark[] {
  return (options.remembered ?? []).flatMap((note) => {
    const opened = openCheckpoint(note, options.key);
    if (typeof opened === "string") {
      report({ code: "checkpoint_invalid", detail: `a checkpoint you remember: ${opened}` });
      return [];
    }
    if (opened.size > size) {
      report({ code: "rollback", detail: `you remember ${opened.size} entries, the log has ${size}` });
      return [];
    }
    return [{ size: opened.size, root: opened.root, words: `the checkpoint of size ${opened.size} that you remember` }];
  });
}

interface Walk {
  readonly size: number;
  readonly marks: readonly Mark[];
  readonly settledSize: number;
  readonly replaying: Replaying;
  readonly report: (fault: Fault) => void;
}

/** Goes through the covered entries, a bundle at a time, growing the tree again beside them. */
async function walk(source: JournalSource, { size, marks, settledSize, replaying, report }: Walk): Promise<number> {
  const tree = createTreeCheck(source, marks, report);
  let entriesRead = 0;
  for (let start = 0; start < size; start += TILE_WIDTH) {
    const end = Math.min(start + TILE_WIDTH, size);
    await tree.openBundle(start, end);
    const found = new Map((await source.entries(start, end)).map((entry) => [entry.leaf, entry]));
    for (let leaf = start; leaf < end; leaf++) {
      const entry = found.get(leaf);
      tree.take(leaf, entry);
      if (entry === undefined) continue;
      entriesRead += 1;
      takeEntry(entry, leaf, { isSettled: leaf < settledSize, replaying, report });
    }
    await tree.closeBundle(end === size);
  }
  return entriesRead;
}

function takeEntry(
  { body, row }: Pick<SourceEntry, "body" | "row">,
  leaf: number | undefined,
  { isSettled, replaying, report }: { isSettled: boolean; replaying: Replaying; report: (fault: Fault) => void },
): void {
  const entry = readEntry(body);
  const place = leaf === undefined ? {} : { leaf };
  if (entry === undefined) {
    report({ code: "entry_unreadable", ...place, ...(row && { entry: row.id, subject: row.subject }), detail: "its body is not an entry" });
    return;
  }
  const column = row && differingColumn(entry, row);
  if (column !== undefined) {
    report({
      code: "entry_columns",
      ...place,
      entry: entry.id,
      subject: entry.subject,
      detail: `its column ${column} differs from its body`,
    });
  }
  replaying.take(entry, isSettled, leaf);
}

/** A time nobody can read is late: whoever writes such a one has something to hide. */
function isLate(at: string, now: Instant): boolean {
  const stored = parseInstant(at);
  return stored === undefined || epochMs(now) - epochMs(stored) > LATE_AFTER_MS;
}

/** Entries no checkpoint covers: replayed like the others, and a fault when they are held back. */
async function walkTail(
  source: JournalSource,
  { size, now, replaying, report }: { size: number; now: Instant; replaying: Replaying; report: (fault: Fault) => void },
): Promise<number> {
  let uncovered = 0;
  for await (const tail of source.tail(size)) {
    uncovered += 1;
    const leaf = tail.row?.leaf_index ?? undefined;
    const entry = readEntry(tail.body);
    const names = entry && { entry: entry.id, subject: entry.subject };
    if (leaf !== undefined)
      report({ code: "leaf_uncovered", leaf, ...names, detail: `it has a leaf, but the newest checkpoint covers ${size}` });
    else if (entry !== undefined && isLate(entry.at, now)) {
      report({ code: "entry_unsequenced", ...names, detail: `stored at ${entry.at} and never covered by a checkpoint` });
    }
    takeEntry(tail, leaf, { isSettled: true, replaying, report });
  }
  return uncovered;
}
