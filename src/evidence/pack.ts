/**
 * An evidence pack: the whole of an exception in one file that proves itself. Its entries carry what happened, each with a proof
 * under one signed checkpoint; what is claimed follows from them and is computed again by whoever verifies; the little that the
 * server merely says stands apart under `unproven`. The key is not in it: a pack that brought its own key would prove nothing.
 */
import { evolve } from "../exceptions/evolve.ts";
import type { ExceptionEvent } from "../exceptions/events.ts";
import type { ExceptionState } from "../exceptions/exception.ts";
import type { JournalEntry } from "../journal/entry.ts";
import type { Instant } from "../kernel/time.ts";

export const PACK_FORMAT = "postern-evidence-1";

export interface PackEntry {
  /** Place in the log. */
  readonly leaf: number;
  /** The exact text that was hashed. */
  readonly body: string;
  /** Inclusion proof under the pack's checkpoint: base 64, nearest the leaf first. */
  readonly inclusion: readonly string[];
}

export interface Claims {
  /** What the exception's entries fold to. */
  readonly state: ExceptionState;
  /** Names by id, as the entries about people in the pack last say. */
  readonly people: Readonly<Record<string, string>>;
}

/** Said by the server that made the pack, and by nothing else. */
export interface Unproven {
  readonly madeAt: Instant;
  readonly madeBy: string;
  /** Names of connections by id. */
  readonly connections: Readonly<Record<string, string>>;
}

export interface Pack {
  readonly format: typeof PACK_FORMAT;
  /** Name of the log's key: which key to verify with. */
  readonly log: string;
  readonly exception: string;
  /** Signed note. */
  readonly checkpoint: string;
  /** In the order of the log. */
  readonly entries: readonly PackEntry[];
  readonly claims: Claims;
  readonly unproven: Unproven;
}

/** Everything that happened to these stands in a pack, so that nothing can be left out of their midst. */
export const WHOLE_KINDS: ReadonlySet<string> = new Set(["exception", "delegation", "riskAcceptance", "designIssue"]);

/** Of a passkey: whose it is, what it signed here, and what put it out of use. Its sign-ins are nobody's business here. */
const OF_PASSKEY: ReadonlySet<string> = new Set(["registered", "suspended", "removed"]);

/** Of a person, what they are called. */
const OF_PERSON: ReadonlySet<string> = new Set(["personAdded", "displayNameChanged"]);

/** Whether an entry belongs into a pack in which these assertions are relied on. */
export function belongs(entry: Pick<JournalEntry, "kind" | "type" | "data">, digests: ReadonlySet<string>): boolean {
  if (entry.kind === "person") return OF_PERSON.has(entry.type);
  if (entry.kind !== "passkey") return WHOLE_KINDS.has(entry.kind);
  return OF_PASSKEY.has(entry.type) || (entry.type === "signed" && digests.has(signedDigest(entry)));
}

/** The digest of the assertion that a passkey's `signed` entry holds. */
export function signedDigest({ data }: Pick<JournalEntry, "data">): string {
  const { digest } = (data ?? {}) as { digest?: unknown };
  return typeof digest === "string" ? digest : "";
}

/** The exception's state after its entries. Throws RangeError when they tell no history. */
export function foldException(entries: readonly JournalEntry[]): ExceptionState {
  const state = entries.reduce<ExceptionState | undefined>((before, entry) => evolve(before, eventOf(entry)), undefined);
  if (state === undefined) throw new RangeError("there is no entry of the exception");
  return state;
}

export function eventOf(entry: JournalEntry): ExceptionEvent {
  return { type: entry.type, ...(entry.data as object) } as ExceptionEvent;
}

/** Names as the entries about people last say. */
export function namesIn(entries: readonly JournalEntry[]): Record<string, string> {
  const names: Record<string, string> = {};
  for (const { kind, subject, data } of entries) {
    const name = kind === "person" ? (data as { displayName?: unknown }).displayName : undefined;
    if (typeof name === "string") names[subject] = name;
  }
  return names;
}

/** Ids of people that anything in these texts names. */
export function peopleNamedIn(bodies: readonly string[]): readonly string[] {
  return [...new Set(bodies.flatMap((body) => body.match(/\bper_[0-9a-z]{26}\b/g) ?? []))];
}

/** What else the exception rests on: delegations its voters used, and what its versions stand on beyond the caps. */
export function subjectsBehind({ dossier }: ExceptionState): readonly string[] {
  const used = dossier.versions.flatMap(({ content, votes }) => [
    content.designIssue,
    content.riskAcceptance,
    ...votes.map((vote) => vote.delegation),
  ]);
  return [...new Set(used)].filter((id): id is NonNullable<typeof id> => id !== null && id !== undefined);
}

/** The pack's one text. */
export function packText(pack: unknown): string {
  return `${JSON.stringify(pack, null, 1)}\n`;
}

/** `EXC-2026-0001-evidence` */
export function packName(ref: string): string {
  return `${ref}-evidence`;
}
