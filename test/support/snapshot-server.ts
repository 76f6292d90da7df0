/**
 * A publisher of a register that a test writes, over a real HTTP server and a log of its own in memory; what it answers can be changed
 * on its way, as a broken or hostile one would.
 */
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

import { OPEN } from "../../src/decisions/admission.ts";
import { UNBOUNDED } from "../../src/decisions/caller.ts";
import { beginFold, createBook, endFold, putConnection, putException } from "../../src/decisions/book.ts";
import type { GrantRow } from "../../src/decisions/grant-row.ts";
import { encode } from "../../src/decisions/load-snapshot-file.ts";
import { createSnapshotPoint } from "../../src/decisions/publish-routes.ts";
import { createPublisher, type Publisher } from "../../src/decisions/publish-service.ts";
import { manifestKeyName } from "../../src/decisions/published.ts";
import { repack } from "../../src/decisions/repack.ts";
import type { RuleSet } from "../../src/decisions/rule-set.ts";
import { loadRules } from "../../src/decisions/rules/load-rules.ts";
import { encodeBase64 } from "../../src/kernel/base64.ts";
import { consistencyPath, hashLeaf, proofOf, rootOf } from "../../src/kernel/merkle.ts";
import type { VerifierKey } from "../../src/journal/note.ts";
import { createSigner, sha256, signCheckpoint, signNote } from "../../src/journal/signing.ts";
import { createLog } from "../../src/platform/log.ts";

const RULES = `name: default
description: Whoever has an exception.
register: [sign_in]
actions: [sign_in]
rules:
  - name: by-exception
    needs_exception: An exception is needed.
    when: { action.name: sign_in }
`;

export interface SnapshotServer {
  readonly url: string;
  readonly key: VerifierKey;
  put(exception: string, rows: readonly GrantRow[]): void;
  /** Packs what changed into the base, as a server does now and then. */
  fold(): void;
  /** Paths asked so far. */
  readonly asked: string[];
  /** Writes an entry of the journal, after which the layer is published. */
  commit(entry?: string): void;
  /** A journal with other entries from a place on; its size as given. */
  fork(from: number, size: number): void;
  /** When the follower last heard of the journal; undefined for now. */
  freshAt(ms: number | undefined): void;
  /** Begins a chain of its own, as after a restart. */
  restart(): Promise<void>;
  /** Stops looking, and goes on. */
  pause(): Promise<void>;
  goOn(): void;
  /** Publishes what there is and signs it. */
  publish(): Promise<string>;
  /** Answers in its own way instead where it returns true. */
  answer(with_: ((path: string, response: ServerResponse, request: IncomingMessage) => boolean) | undefined): void;
  /** The privileged move of somebody with the key: signs what a test says. */
  sign(text: string): string;
  /** The manifest as it is, and a file that it names. */
  note(): string;
  file(digest: string): Buffer;
  stop(): Promise<void>;
  start(): Promise<void>;
}

export async function openSnapshotServer(nowMs: () => number): Promise<SnapshotServer> {
  const { privateKey } = generateKeyPairSync("ed25519");
  const signer = createSigner("log.example", privateKey);
  const own = createSigner(manifestKeyName("log.example"), privateKey);
  const reading = loadRules(RULES);
  if (!reading.ok) throw new Error(JSON.stringify(reading.faults));
  const ruleSets: ReadonlyMap<string, RuleSet> = new Map([["default", reading.rules]]);
  const book = createBook({ key0: 1, key1: 2 }, { logKey: "", leaves: 0, lastEntry: "" });
  putConnection(book, "ad", "con_1");
  let entries = ["begun"];
  let freshAtMs: number | undefined;
  let answering: ((path: string, response: ServerResponse, request: IncomingMessage) => boolean) | undefined;
  const asked: string[] = [];
  const leaves = () => entries.map((entry) => hashLeaf(sha256, Buffer.from(entry)));
  const nodeOf = (level: number, index: number) =>
    Promise.resolve(rootOf(sha256, leaves().slice(index * 2 ** level, (index + 1) * 2 ** level)));

  const open = (): Publisher =>
    createPublisher({
      followed: () => ({
        book,
        ruleSets,
        sequence: entries.length,
        // As a follower tells it, by a clock that counts parts of milliseconds.
        freshAtMs: (freshAtMs ?? nowMs()) - 0.25,
      }),
      ruleText: () => Promise.resolve(RULES),
      checkpoint: () => Promise.resolve(signCheckpoint(signer, { size: entries.length, root: rootOf(sha256, leaves()) })),
      sign: (text) => signNote(own, text),
      keyName: own.key.name,
      nowMs,
      log: createLog(
        () => "now",
        (line) => process.stderr.write(line),
      ),
      lookEveryMs: 10,
    });
  let publisher = open();
  publisher.start();
  const point = createSnapshotPoint({
    authenticate: ({ headers: { authorization } }) =>
      authorization === "Bearer edge"
        ? { kind: "caller", caller: { name: "edge", scope: UNBOUNDED } }
        : { kind: "refused", status: 401, code: "decisions.tokenNeeded", words: "Who?" },
    admission: OPEN,
    publisher: {
      manifest: () => publisher.manifest(),
      file: (digest) => publisher.file(digest),
      watch: (published) => publisher.watch(published),
    },
    consistency: async (from, to) =>
      to > entries.length ? undefined : (await proofOf(sha256, consistencyPath({ start: 0, end: from }, to), nodeOf)).map(encodeBase64),
    onFollowed: () => {},
    headers: [],
    requestId: randomUUID,
  });
  const server = createServer((request, response) => {
    asked.push(request.url!);
    if (answering?.(request.url!, response, request) === true) return;
    if (!point.take(request, response)) response.writeHead(404).end();
  });
  let port = 0;
  const start = async () => {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    ({ port } = server.address() as { port: number });
  };
  await start();
  return {
    url: `http://127.0.0.1:${port}`,
    key: signer.key,
    put: (exception, rows) => putException(book, exception, rows),
    fold() {
      const changes = beginFold(book);
      // As a follower tells it: what had been followed when it began.
      book.foldedSequence = entries.length;
      const words = repack(book.base?.words, changes, book.seed, {});
      encode(words);
      endFold(book, words);
    },
    asked,
    commit: (entry = randomUUID()) => void entries.push(entry),
    fork(from, size) {
      entries = [...entries.slice(0, from), ...Array.from({ length: size - from }, () => randomUUID())];
    },
    freshAt(ms) {
      freshAtMs = ms;
    },
    async restart() {
      await publisher.stop();
      publisher = open();
      publisher.start();
    },
    pause: () => publisher.stop(),
    goOn: () => publisher.start(),
    async publish() {
      const before = publisher.manifest();
      for (let i = 0; i < 500 && (before === publisher.manifest() || !saysAll()); i++)
        await new Promise((resolve) => setTimeout(resolve, 5));
      return publisher.manifest()!;
    },
    answer(with_) {
      answering = with_;
    },
    sign: (text) => signNote(own, text),
    note: () => publisher.manifest()!,
    file: (digest) => Buffer.from(publisher.file(digest)!),
    start,
    async stop() {
      await publisher.stop();
      point.drain();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  function saysAll(): boolean {
    const note = publisher.manifest();
    return note !== undefined && note.includes(`"sequence":${entries.length},`);
  }
}
