/**
 * The register of decisions as it is published for edge decision points: a signed manifest that names files by their digests. A file of
 * changes holds persons and exceptions whole, one a line, so that a later file replaces what an earlier one said. Pure.
 */
import { type Book, putException, putPerson } from "./book.ts";
import type { GrantRow } from "./grant-row.ts";
import type { PersonRow } from "./person-row.ts";

export interface PublishedFile {
  /** SHA-256 of what is sent, in hexadecimal. */
  readonly digest: string;
  /** Bytes that are sent, and what they unfold to. */
  readonly size: number;
  readonly plain: number;
}

export interface Manifest {
  /** A publisher's own, from its start on: files of two chains do not go together. */
  readonly chain: string;
  /** Counts what was published in a chain. */
  readonly number: number;
  /** Entries of the journal that are in it, and rows of grants. */
  readonly sequence: number;
  readonly publishedAtMs: number;
  /** When the publisher last knew that nothing of the journal is missing. */
  readonly freshAtMs: number;
  /** The journal's newest checkpoint, as a signed note. */
  readonly checkpoint: string;
  /** Packed as it lies in memory, or, of a small register, in lines. */
  readonly base: PublishedFile & { readonly form: "packed" | "lines" };
  /** In the order they have to be applied in. */
  readonly deltas: readonly PublishedFile[];
  readonly rules: readonly (PublishedFile & { readonly name: string })[];
}

/** Under this name a log's key signs manifests, and nothing else. */
export function manifestKeyName(log: string): string {
  return `${log}/decision-snapshot`;
}

export function manifestText(name: string, manifest: Manifest): string {
  return `${name}\n${JSON.stringify(manifest)}\n`;
}

/** What a signed text says, to be checked against a shape; undefined for a text that is signed for something else. */
export function saidByManifest(name: string, text: string): unknown {
  const [first, json, rest] = text.split("\n");
  if (first !== name || json === undefined || rest !== "") return undefined;
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return undefined;
  }
}

/** What one file changes. */
export interface PublishedChanges {
  readonly exceptions: Iterable<readonly [id: string, rows: readonly GrantRow[]]>;
  readonly persons: Iterable<PersonRow>;
  /** All there are. */
  readonly connections: readonly (readonly [key: string, id: string])[];
}

export function* linesOf({ exceptions, persons, connections }: PublishedChanges): Iterable<string> {
  yield JSON.stringify({ connections });
  for (const [exception, rows] of exceptions) yield JSON.stringify({ exception, rows });
  for (const person of persons) yield JSON.stringify({ person });
}

/** Throws SyntaxError or TypeError for a line that is none: the digest was right, so that the publisher wrote it. */
export function applyLine(line: string, book: Book): void {
  const said = JSON.parse(line) as Partial<{
    exception: string;
    rows: readonly GrantRow[];
    person: PersonRow;
    connections: readonly (readonly [string, string])[];
  }>;
  if (said.exception !== undefined) putException(book, said.exception, said.rows!);
  else if (said.person !== undefined) putPerson(book, said.person);
  else {
    book.connections.clear();
    for (const [key, id] of said.connections!) book.connections.set(key, id);
  }
}

/** What an edge has accepted last. */
export interface Accepted {
  readonly sequence: number;
  readonly publishedAtMs: number;
  readonly chain: string;
  readonly number: number;
}

/** By so much the publisher's clock may be ahead: what is dated later could be kept back and shown as fresh. */
const AHEAD_MS = 60_000;

/** Why a manifest with a sound signature is not taken; undefined where it is. */
export function whyNotTaken(manifest: Manifest, last: Accepted | undefined, nowMs: number): string | undefined {
  if (manifest.publishedAtMs > nowMs + AHEAD_MS || manifest.freshAtMs > manifest.publishedAtMs) return "it is dated in the future";
  if (last === undefined) return undefined;
  if (manifest.sequence < last.sequence) return `it goes back from entry ${last.sequence} to ${manifest.sequence}`;
  if (manifest.publishedAtMs < last.publishedAtMs) return "it is older than the one that was seen before";
  if (manifest.chain === last.chain && manifest.number < last.number) return "it is older than the one that was seen before";
  return undefined;
}
