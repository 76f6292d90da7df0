/**
 * Publishes the register of decisions for edge decision points: a base, what changed since, and a manifest that is signed anew each
 * second, so that who holds an old one can tell. Nothing here waits for the database but the checkpoint, and the last one does.
 */
import { createHash, randomUUID } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

import { hexDigest } from "../platform/hex-digest.ts";
import { type Log, words } from "../platform/log.ts";
import { repeat, type Repeated } from "../platform/repeat.ts";
import type { Book } from "./book.ts";
import type { GrantRow } from "./grant-row.ts";
import { linesOf, type Manifest, manifestText, type PublishedChanges, type PublishedFile } from "./published.ts";
import type { PersonRow } from "./person-row.ts";
import type { RuleSet } from "./rule-set.ts";

/** What a follower knows at one moment. */
export interface Followed {
  /** The same object as long as it is of the same journal. */
  readonly book: Book;
  /** The same object as long as they are the same. */
  readonly ruleSets: ReadonlyMap<string, RuleSet>;
  readonly sequence: number;
  readonly freshAtMs: number;
}

export interface PublisherDependencies {
  /** Undefined until the register was read once. */
  readonly followed: () => Followed | undefined;
  /** What a rule set in force was compiled from; one whose text is lost is not published. */
  readonly ruleText: (rules: RuleSet) => Promise<string | undefined>;
  /** The journal's newest signed checkpoint. */
  readonly checkpoint: () => Promise<string>;
  /** Signs a text under the name of manifests; gives the signed note. */
  readonly sign: (text: string) => string;
  readonly keyName: string;
  readonly nowMs: () => number;
  readonly log: Log;
  readonly lookEveryMs?: number;
}

export interface Publisher {
  /** The newest manifest, signed; undefined before there is one. */
  manifest(): string | undefined;
  /** A file by its digest, as long as a manifest of late named it. */
  file(digest: string): Uint8Array | undefined;
  /** Calls back after each publication; ends with what it gives. */
  watch(published: (number: number) => void): () => void;
  start(): void;
  stop(): Promise<void>;
}

const LOOK_EVERY_MS = 200;
/** A manifest is signed anew that often: it is the only sign of life that cannot be replayed. */
const SIGN_EVERY_MS = 1000;
/** So many files of changes are made one. */
const MOST_DELTAS = 32;
/** Files that no manifest names any more are kept for who is just fetching them. */
const KEPT_MS = 120_000;
/** With more changes than these over the base, the next base that was packed is published in place of both. */
const MOST_CHANGED = 5000;
/** Between so many bytes, others get their turn. */
const TURN_BYTES = 8_388_608;

const pack = promisify(gzip);

interface Chain {
  readonly id: string;
  readonly book: Book;
  /** What changed since the base, as it was published last; by identity: what was put in again is another object. */
  readonly exceptions: Map<string, readonly GrantRow[]>;
  readonly persons: Map<string, PersonRow>;
  readonly words: Uint32Array<ArrayBuffer> | undefined;
  readonly base: Manifest["base"];
  deltas: PublishedFile[];
  number: number;
  sequence: number;
}

export function createPublisher(deps: PublisherDependencies): Publisher {
  const { nowMs, log } = deps;
  const files = new Map<string, { readonly bytes: Uint8Array; lastNamedMs: number }>();
  const watchers = new Set<(number: number) => void>();
  let chain: Chain | undefined;
  let rules: { readonly of: ReadonlyMap<string, RuleSet>; readonly files: Manifest["rules"] } | undefined;
  let checkpoint: string | undefined;
  let signed: { readonly note: string; readonly atMs: number } | undefined;
  let isQuiet = false;
  let rounds: Repeated | undefined;

  async function keep(lines: Iterable<string>): Promise<PublishedFile> {
    const plain = Buffer.from([...lines].join("\n"));
    const bytes = await pack(plain, { level: 6 });
    const digest = hexDigest(bytes);
    files.set(digest, { bytes, lastNamedMs: nowMs() });
    return { digest, size: bytes.length, plain: plain.length };
  }

  /** What was packed is sent as it lies in memory: nothing is made of a million grants while questions wait. */
  async function keepPacked(words: Uint32Array<ArrayBuffer>): Promise<PublishedFile> {
    const bytes = Buffer.from(words.buffer, words.byteOffset, words.byteLength);
    const digest = await digestInTurns(bytes);
    files.set(digest, { bytes, lastNamedMs: nowMs() });
    return { digest, size: bytes.length, plain: bytes.length };
  }

  async function begin({ book, sequence }: Followed): Promise<Chain> {
    // All of one moment, taken before anything is waited for.
    const [words, exceptions, persons] = [book.base?.words, new Map(book.overlay.exceptions), new Map(book.overlay.persons)];
    const begun = { id: randomUUID(), book, words, exceptions, persons, number: 0, sequence };
    const connections = [...book.connections];
    if (words === undefined) {
      const base = await keep(linesOf({ exceptions, persons: persons.values(), connections }));
      return { ...begun, base: { ...base, form: "lines" }, deltas: [] };
    }
    const delta = await keep(linesOf({ exceptions, persons: persons.values(), connections }));
    return { ...begun, base: { ...(await keepPacked(words)), form: "packed" }, deltas: [delta] };
  }

  async function grow(on: Chain, { book, sequence }: Followed): Promise<void> {
    const changes = changesOf(on, book);
    const delta = await keep(linesOf(changes));
    for (const [id, rows] of changes.exceptions) on.exceptions.set(id, rows);
    for (const person of changes.persons) on.persons.set(person.id, person);
    on.deltas = on.deltas.length < MOST_DELTAS ? [...on.deltas, delta] : [await keep(linesOf(allOf(on)))];
    on.number += 1;
    on.sequence = sequence;
  }

  async function readRules({ ruleSets }: Followed): Promise<boolean> {
    if (rules?.of === ruleSets) return false;
    const named: (PublishedFile & { readonly name: string })[] = [];
    for (const [name, set] of ruleSets) {
      const text = await deps.ruleText(set);
      if (text !== undefined) named.push({ name, ...(await keep([text])) });
    }
    rules = { of: ruleSets, files: named };
    return true;
  }

  async function look(): Promise<void> {
    const followed = deps.followed();
    if (followed === undefined) return;
    const hasRules = await readRules(followed);
    const before = chain;
    if (chain === undefined || !goesOn(chain, followed)) chain = await begin(followed);
    else if (chain.sequence !== followed.sequence) await grow(chain, followed);
    const isNews = hasRules || chain !== before || chain.number !== numberSigned;
    if (!isNews && signed !== undefined && nowMs() - signed.atMs < SIGN_EVERY_MS) return;
    await readCheckpoint();
    sign(chain, followed.freshAtMs);
    if (isNews) for (const published of watchers) published(chain.number);
  }

  async function readCheckpoint(): Promise<void> {
    try {
      checkpoint = await deps.checkpoint();
    } catch (error) {
      // Without a database the newest that is known is signed again; how old it all is stands beside it.
      if (checkpoint === undefined) throw error;
    }
  }

  let numberSigned = -1;
  function sign(on: Chain, freshAtMs: number): void {
    const publishedAtMs = nowMs();
    const manifest: Manifest = {
      chain: on.id,
      number: on.number,
      sequence: on.sequence,
      publishedAtMs,
      freshAtMs: Math.min(Math.floor(freshAtMs), publishedAtMs),
      checkpoint: checkpoint!,
      base: on.base,
      deltas: on.deltas,
      rules: rules!.files,
    };
    signed = { note: deps.sign(manifestText(deps.keyName, manifest)), atMs: publishedAtMs };
    numberSigned = on.number;
    for (const { digest } of [on.base, ...on.deltas, ...rules!.files]) files.get(digest)!.lastNamedMs = publishedAtMs;
    for (const [digest, { lastNamedMs }] of files) if (publishedAtMs - lastNamedMs > KEPT_MS) files.delete(digest);
  }

  async function round(): Promise<void> {
    try {
      await look();
      isQuiet = false;
    } catch (error) {
      if (!isQuiet) log.error("snapshot not published", { error: words(error) });
      isQuiet = true;
    }
  }

  return {
    manifest: () => signed?.note,
    file: (digest) => files.get(digest)?.bytes,
    watch(published) {
      watchers.add(published);
      return () => watchers.delete(published);
    },
    start() {
      rounds = repeat(round, deps.lookEveryMs ?? LOOK_EVERY_MS);
    },
    stop: async () => rounds?.stop(),
  };
}

/** What changed before a folding began that ended since is not told apart any more: where it was not published, all is. */
function goesOn({ book, sequence, words, exceptions, persons }: Chain, followed: Followed): boolean {
  const isLong = exceptions.size + persons.size > MOST_CHANGED && book.base?.words !== words;
  return book === followed.book && sequence >= book.foldedSequence && !isLong;
}

async function digestInTurns(bytes: Buffer): Promise<string> {
  const hash = createHash("sha256");
  for (let at = 0; at < bytes.length; at += TURN_BYTES) {
    hash.update(bytes.subarray(at, at + TURN_BYTES));
    await new Promise((resolve) => setImmediate(resolve));
  }
  return hash.digest("hex");
}

function changesOf(on: Chain, { overlay, connections }: Book): PublishedChanges {
  return {
    exceptions: [...overlay.exceptions].filter(([id, rows]) => on.exceptions.get(id) !== rows),
    persons: [...overlay.persons.values()].filter((person) => on.persons.get(person.id) !== person),
    connections: [...connections],
  };
}

/** Everything that changed since the base, as it was published last. */
function allOf({ exceptions, persons, book }: Chain): PublishedChanges {
  return { exceptions: [...exceptions], persons: [...persons.values()], connections: [...book.connections] };
}
