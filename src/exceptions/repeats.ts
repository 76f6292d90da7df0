/**
 * Repeats: the same need asked for again, under whatever name, unit or category. Counted over a rolling 365 days, refused,
 * withdrawn and expired requests included, because a need that keeps coming back is a design fault, not an exception.
 */
import { addDuration, duration, type Instant } from "../kernel/time.ts";
import type { Content, DraftContent, ExceptionId, Resource, Subject } from "./version.ts";

export const REPEAT_WINDOW = duration("P365D");

/** How many others in the window: same subject and resource, same resource, same subject, parts of one that was refused. */
export interface RepeatCounts {
  readonly same: number;
  readonly resource: number;
  readonly subject: number;
  readonly split: number;
}
export type RepeatLevel = keyof RepeatCounts;

export const NO_REPEATS: RepeatCounts = { same: 0, resource: 0, subject: 0, split: 0 };

/** One scope item's fingerprint at each level; equal texts are the same need. */
export interface Fingerprint {
  readonly same: string;
  readonly resource: string;
  readonly subject: string;
}

/** A past or present request as the store keeps it for counting. */
export interface RepeatRecord {
  readonly exception: ExceptionId;
  readonly askedAt: Instant;
  readonly refused: boolean;
  readonly fingerprints: readonly Fingerprint[];
  readonly headcount: number;
}

/** Of an exception for nobody but accounts that exist to be tried: it comes back every week on purpose. */
export function isForDrills(content: Pick<DraftContent, "scope"> | undefined, drills: ReadonlySet<string>): boolean {
  const scope = content?.scope ?? [];
  return scope.length > 0 && scope.every(({ subject }) => drills.has(subject.key));
}

/** Case, width and spacing do not make two needs. */
export function normalise(text: string): string {
  return text.normalize("NFKC").trim().toLowerCase().replaceAll(/\s+/g, " ");
}

/** How fingerprints name a resource. */
export function resourceText({ kind, id }: Resource): string {
  return normalise(`${kind} ${id}`);
}

/** A person stays the same through every account; what is not a person is its key in its connection. */
export function subjectRoot(subject: Subject): string {
  return subject.person ?? normalise(`${subject.connection} ${subject.kind} ${subject.key}`);
}

export function fingerprintsOf(category: string, content: Content | DraftContent): readonly Fingerprint[] {
  const control = content.weakenedControl;
  const weakened = control === null ? "" : normalise(`${control.connection} ${control.policy}`);
  return content.scope.map((item) => {
    const resource = resourceText(item.resource);
    const subject = subjectRoot(item.subject);
    return { same: [normalise(category), weakened, resource, subject].join("|"), resource, subject };
  });
}

/** Counts at all four levels. `records` may hold the candidate itself and anything older; both are left out. */
export function countRepeats(records: readonly RepeatRecord[], candidate: RepeatRecord, now: Instant): RepeatCounts {
  const others = records.filter(
    (record) => record.exception !== candidate.exception && record.askedAt <= now && addDuration(record.askedAt, REPEAT_WINDOW) > now,
  );
  const sharing = (level: keyof Fingerprint): number => {
    const mine = new Set(candidate.fingerprints.map((print) => print[level]));
    return others.filter((record) => record.fingerprints.some((print) => mine.has(print[level]))).length;
  };
  return { same: sharing("same"), resource: sharing("resource"), subject: sharing("subject"), split: countSplit(others, candidate) };
}

/** The largest number of parts, the candidate included, that together amount to one refused request; 0 when none do. */
function countSplit(others: readonly RepeatRecord[], candidate: RepeatRecord): number {
  const sizes = others
    .filter((record) => record.refused)
    .map((refused) => partsOf(refused, others, candidate))
    .map((parts) => (parts.includes(candidate) ? parts.length : 0));
  return Math.max(0, ...sizes);
}

/** What was asked for since a request was refused, each smaller than it, that together amounts to it; nothing when it does not. */
export function partsOf(refused: RepeatRecord, others: readonly RepeatRecord[], candidate?: RepeatRecord): readonly RepeatRecord[] {
  const resources = new Set(refused.fingerprints.map((print) => print.resource));
  const since = others.filter((record) => !record.refused && record.askedAt >= refused.askedAt);
  const parts = [...since, ...(candidate === undefined ? [] : [candidate])].filter(
    (record) => record.headcount < refused.headcount && record.fingerprints.some((print) => resources.has(print.resource)),
  );
  const people = parts.reduce((sum, part) => sum + part.headcount, 0);
  const covered = new Set(parts.flatMap((part) => part.fingerprints.map((print) => print.same)));
  const addsUp = people >= refused.headcount || refused.fingerprints.every((print) => covered.has(print.same));
  return addsUp ? parts : [];
}

/** Levels at which the limit is reached: a design issue is due. */
export function levelsReached(counts: RepeatCounts, limits: RepeatCounts): readonly RepeatLevel[] {
  return (["same", "resource", "subject", "split"] as const).filter((level) => counts[level] >= limits[level]);
}
