/**
 * Checks an evidence pack against a key the checker brought along. Pure: proofs, hashes and signatures are handed in. It goes on
 * after a fault, so that one run names every place.
 */
import { contentHash } from "../exceptions/content.ts";
import type { ExceptionState } from "../exceptions/exception.ts";
import type { JournalEntry } from "../journal/entry.ts";
import { isFresh } from "../journal/signed-decision.ts";
import { canonicalText } from "../kernel/canonical.ts";
import { belongs, foldException, namesIn, type Pack, type PackEntry, signedDigest, WHOLE_KINDS } from "./pack.ts";
import { type Placed, type SignedDecision, signedDecisions, unfoundedApprovals } from "./signatures.ts";

export type PackFaultCode =
  | "archive"
  | "not_a_pack"
  | "other_log"
  | "checkpoint"
  | "not_proven"
  | "entry_unreadable"
  | "entry_order"
  | "entry_foreign"
  | "version_gap"
  | "replay_failed"
  | "state_differs"
  | "names_differ"
  | "content_hash"
  | "signature"
  | "page_differs";

export interface PackFault {
  readonly code: PackFaultCode;
  readonly detail: string;
  readonly leaf?: number;
  readonly entry?: string;
}

/** What a proof, a hash or a signature is worth; given by the shell. */
export interface PackTools {
  /** The log a checkpoint is of and its size when the key vouches for it, else why it is not to be believed. */
  openCheckpoint(note: string): { readonly origin: string; readonly size: number } | string;
  /** Why an entry is not proven to be in the log; undefined when it is. */
  inclusionFault(entry: PackEntry, checkpoint: string): string | undefined;
  readEntry(body: string): JournalEntry | undefined;
  hash(text: string): string;
  /** Why an assertion record is not of a registered passkey, or does not hold; undefined when it does. */
  assertionFault(record: unknown, registered: unknown): string | undefined;
}

export interface PackCheck {
  readonly isSound: boolean;
  readonly faults: readonly PackFault[];
  /** Entries the checkpoint covers; 0 when it is not to be believed. */
  readonly logSize: number;
  readonly entries: number;
  readonly subjects: number;
  /** Every decision that had to be signed; those that hold are not among the faults. */
  readonly signed: readonly SignedDecision[];
  /** The fold of the proven entries; undefined when they have none. */
  readonly state: ExceptionState | undefined;
  readonly people: Readonly<Record<string, string>>;
}

export interface PackVerification extends PackCheck {
  /** `archive`: the page was compared too. `json`: there was none to compare. */
  readonly form: "archive" | "json";
  /** Undefined when the file is none. */
  readonly pack: Pack | undefined;
}

export function checkPack(pack: Pack, tools: PackTools): PackCheck {
  const faults: PackFault[] = [];
  const report = (fault: PackFault): void => void faults.push(fault);
  const logSize = checkCheckpoint(pack, tools, report);
  const placed = readEntries(pack, tools, report);
  checkOrder(placed, report);
  const followed = follow(pack, placed, tools, report);
  const subjects = new Set(placed.map(({ entry }) => entry.subject)).size;
  return { isSound: faults.length === 0, faults, logSize, entries: placed.length, subjects, ...followed };
}

/** What was changed may have lost its shape and cannot be followed then; which entry that was is known by its proof. */
function follow(pack: Pack, placed: readonly Placed[], tools: PackTools, report: Report): Pick<PackCheck, "signed" | "state" | "people"> {
  try {
    const signed = signedDecisions(placed, (text) => tools.hash(text));
    checkWhole(pack, placed, new Set(signed.map(({ digest }) => digest)), report);
    const state = checkState(pack, placed, report);
    if (state !== undefined) checkContent(state, tools, report);
    for (const { leaf, entry, why } of unfoundedApprovals(placed)) report({ code: "replay_failed", leaf, entry: entry.id, detail: why });
    const used = new Set<string>();
    for (const decision of signed) checkSignature(decision, placed, used, tools, report);
    const people = namesIn(placed.map(({ entry }) => entry));
    if (canonicalText(people) !== canonicalText(pack.claims.people))
      report({ code: "names_differ", detail: "claims.people is not what the entries about people say" });
    return { signed, state, people };
  } catch (error) {
    report({ code: "replay_failed", detail: `it cannot be followed: ${error instanceof Error ? error.message : "unknown error"}` });
    return { signed: [], state: undefined, people: {} };
  }
}

type Report = (fault: PackFault) => void;

function checkCheckpoint(pack: Pack, tools: PackTools, report: Report): number {
  const opened = tools.openCheckpoint(pack.checkpoint);
  if (typeof opened === "string") {
    report({ code: "checkpoint", detail: `${opened}: nothing in this pack is proven by this key` });
    return 0;
  }
  if (opened.origin !== pack.log)
    report({ code: "other_log", detail: `the pack says it is of ${pack.log}, its checkpoint is of ${opened.origin}` });
  return opened.size;
}

/** Every entry that is one, proven or not: what is not proven is reported, and what it would say is still compared. */
function readEntries(pack: Pack, tools: PackTools, report: Report): Placed[] {
  return pack.entries.flatMap((each) => {
    const why = tools.inclusionFault(each, pack.checkpoint);
    const entry = tools.readEntry(each.body);
    const place = { leaf: each.leaf, ...(entry && { entry: entry.id }) };
    if (why !== undefined) report({ code: "not_proven", ...place, detail: why });
    if (entry !== undefined) return [{ leaf: each.leaf, entry }];
    report({ code: "entry_unreadable", ...place, detail: "its body is not the one text of one entry" });
    return [];
  });
}

function checkOrder(placed: readonly Placed[], report: Report): void {
  for (const [i, { leaf, entry }] of placed.entries()) {
    if (i > 0 && placed[i - 1]!.leaf >= leaf)
      report({ code: "entry_order", leaf, entry: entry.id, detail: "it does not stand after the one before it" });
  }
}

/** Of what must be whole nothing is missing in the middle, and nothing is there that has no business in this pack. */
function checkWhole(pack: Pack, placed: readonly Placed[], digests: ReadonlySet<string>, report: Report): void {
  const reached = new Map<string, number>();
  for (const { leaf, entry } of placed) {
    const isOther = entry.kind === "exception" && entry.subject !== pack.exception;
    if (isOther || !belongs(entry, digests))
      report({ code: "entry_foreign", leaf, entry: entry.id, detail: `${entry.type} of ${entry.subject} has no part in this` });
    const before = reached.get(entry.subject) ?? 0;
    const fits = WHOLE_KINDS.has(entry.kind) ? entry.version === before + 1 : entry.version > before;
    if (!fits)
      report({
        code: "version_gap",
        leaf,
        entry: entry.id,
        detail: `version ${entry.version} of ${entry.subject} follows version ${before}`,
      });
    reached.set(entry.subject, entry.version);
  }
}

function checkState(pack: Pack, placed: readonly Placed[], report: Report): ExceptionState | undefined {
  try {
    const state = foldException(placed.map(({ entry }) => entry).filter(({ subject }) => subject === pack.exception));
    const where = firstDifference(state, pack.claims.state, "claims.state");
    if (where !== undefined) report({ code: "state_differs", detail: `${where} is not what the entries make of it` });
    return state;
  } catch (error) {
    report({ code: "replay_failed", detail: error instanceof Error ? error.message : "the entries tell no history" });
    return undefined;
  }
}

/** The first place at which two JSON values differ, as a path; undefined when they are the same. */
function firstDifference(a: unknown, b: unknown, path: string): string | undefined {
  if (canonicalText(a) === canonicalText(b)) return undefined;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return path;
  const [left, right] = [a, b] as Record<string, unknown>[];
  for (const key of new Set([...Object.keys(left!), ...Object.keys(right!)])) {
    const found = firstDifference(left![key] ?? null, right![key] ?? null, `${path}.${key}`);
    if (found !== undefined) return found;
  }
  return path;
}

function checkContent(state: ExceptionState, tools: PackTools, report: Report): void {
  for (const version of state.dossier.versions) {
    const hash = contentHash(state.dossier.id, version.n, version.content, (text) => tools.hash(text));
    if (hash !== version.contentHash)
      report({ code: "content_hash", detail: `version ${version.n} says ${version.contentHash}, its content hashes to ${hash}` });
  }
}

/** Each signature is of one decision: `used` holds those that were looked at before. */
function checkSignature(decision: SignedDecision, placed: readonly Placed[], used: Set<string>, tools: PackTools, report: Report): void {
  const why = decision.contradiction ?? signatureFault(decision, placed, used, tools);
  if (why !== undefined) report({ code: "signature", leaf: decision.leaf, entry: decision.entry, detail: `${decision.words}: ${why}` });
}

/** Why a decision was not signed by the person it is said to be of, over exactly what it is about. */
function signatureFault(decision: SignedDecision, placed: readonly Placed[], used: Set<string>, tools: PackTools): string | undefined {
  const signing = placed.find(
    ({ entry }) => entry.kind === "passkey" && entry.type === "signed" && signedDigest(entry) === decision.digest,
  );
  if (signing === undefined) return "the pack has no assertion of it";
  const { record, preimage } = recordOf(signing.entry);
  // Whatever else of a record can be written differently, its question was answered once.
  const nonce = canonicalText(preimage["nonce"] ?? decision.digest);
  if (used.has(nonce)) return "its signature is that of another decision";
  used.add(nonce);
  if (tools.hash(canonicalText(record ?? null)) !== decision.digest) return "the digest is not of the assertion";
  const decided = placed.find(({ entry }) => entry.id === decision.entry)!;
  const { registered, why = timeFault(signing, decided) } = passkeyAt(signing, placed);
  return why ?? tools.assertionFault(record, registered?.data) ?? preimageFault(decision, preimage, decided.entry);
}

function recordOf({ data }: JournalEntry): { record: unknown; preimage: Readonly<Record<string, unknown>> } {
  const { record } = data as { record?: { preimage?: Record<string, unknown> } };
  return { record, preimage: record?.preimage ?? {} };
}

function timeFault(signing: Placed, decided: Placed): string | undefined {
  if (signing.leaf > decided.leaf) return "it was signed after it was decided";
  const [signedAt, decidedAt] = [signing.entry.at, decided.entry.at];
  return isFresh(signedAt, decidedAt) ? undefined : `it was signed at ${signedAt} and decided at ${decidedAt}`;
}

/** The passkey that signed, and why it could not have. */
function passkeyAt(signing: Placed, placed: readonly Placed[]): { registered?: JournalEntry; why?: string } {
  const passkey = placed.filter(({ entry }) => entry.subject === signing.entry.subject);
  const registered = passkey.find(({ entry }) => entry.type === "registered");
  if (registered === undefined || registered.leaf > signing.leaf) return { why: "the passkey was not registered when it signed" };
  const out = passkey.find(({ leaf, entry }) => leaf < signing.leaf && (entry.type === "suspended" || entry.type === "removed"));
  return out === undefined ? { registered: registered.entry } : { why: `the passkey was ${out.entry.type} when it signed` };
}

function preimageFault(decision: SignedDecision, preimage: Readonly<Record<string, unknown>>, decided: JournalEntry): string | undefined {
  for (const field of ["action", "subject", "contentHash", "person"] as const) {
    if (preimage[field] !== decision[field]) return `what was signed has another ${field}`;
  }
  return decided.actor.id === decision.person ? undefined : "somebody else acted than signed";
}
