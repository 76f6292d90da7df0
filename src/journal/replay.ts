/** Replaying the journal: every subject's versions in order, and every stored state compared with what its entries make of it. */
import canonicalize from "canonicalize";

import type { JournalEntry } from "./entry.ts";
import type { Fault } from "./fault.ts";
import type { DecisionCheck, Signing } from "./signed-decision.ts";
import type { StoredState } from "./source.ts";

/** How one kind of subject is rebuilt, as its module publishes it. */
export interface Replay extends Signing {
  /** Table with the columns `id`, `version`, `state`. */
  readonly table: string;
  /** The state after an entry; `undefined` stands for none yet. */
  evolve(state: unknown, entry: JournalEntry): unknown;
  /** The columns beside the state that follow from it alone: lists are made of them, so they must not lie either. */
  columns?(state: unknown): Readonly<Record<string, unknown>>;
}

/** By the kind an entry names. An entry of a kind that is not here cannot be verified, and is a fault. */
export type Replays = Readonly<Record<string, Replay>>;

export interface Replaying {
  /** A stored state, before the first entry is taken. */
  expect(state: StoredState): void;
  /** The next entry of the log. `isSettled`: it was there before the states were read, so they must show it. */
  take(entry: JournalEntry, isSettled: boolean, leaf?: number): void;
  /** After the last entry: every state had its entries, and every subject has its newest state. */
  finish(): void;
  counts(): { subjects: number; states: number };
}

interface Subject {
  readonly kind: string;
  version: number;
  settledVersion: number;
  state: unknown;
  /** False after a fault of its own: one cause, one fault. */
  isSound: boolean;
}

/** With `decisions`, what follows is also checked for the signatures it rests on. */
export function createReplaying(replays: Replays, report: (fault: Fault) => void, decisions?: DecisionCheck): Replaying {
  const subjects = new Map<string, Subject>();
  const stored = new Map<string, { state: StoredState; isReached: boolean }>();
  return {
    expect(state) {
      if (stored.has(state.subject)) report({ code: "state_differs", subject: state.subject, detail: "its state is stored twice" });
      stored.set(state.subject, { state, isReached: false });
    },
    take(entry, isSettled, leaf) {
      const subject = subjects.get(entry.subject) ?? newSubject(entry.kind);
      subjects.set(entry.subject, subject);
      if (!subject.isSound) return;
      const place = { entry: entry.id, subject: entry.subject, ...(leaf !== undefined && { leaf }) };
      const before = subject.state;
      const wrong = step(replays, subject, entry);
      if (wrong !== undefined) {
        subject.isSound = false;
        report({ ...wrong, ...place });
        return;
      }
      decisions?.take(replays[entry.kind]!, before, entry, leaf);
      if (isSettled) subject.settledVersion = entry.version;
      const expected = stored.get(entry.subject);
      if (expected?.state.version !== subject.version) return;
      expected.isReached = true;
      const difference = attempt(() => differenceOf(replays, subject, expected.state));
      if (difference !== undefined) report({ code: "state_differs", ...place, detail: difference });
    },
    finish() {
      for (const [id, subject] of subjects) {
        const fault = subject.isSound ? settledFault(subject, stored.get(id)?.state) : undefined;
        if (fault !== undefined) report({ ...fault, subject: id });
      }
      for (const [id, { state, isReached }] of stored) {
        const fault = isReached ? undefined : unreachedFault(state, subjects.get(id));
        if (fault !== undefined) report({ ...fault, subject: id });
      }
    },
    counts: () => ({ subjects: subjects.size, states: stored.size }),
  };
}

const newSubject = (kind: string): Subject => ({ kind, version: 0, settledVersion: 0, state: undefined, isSound: true });

function step(replays: Replays, subject: Subject, entry: JournalEntry): Fault | undefined {
  if (entry.version !== subject.version + 1) {
    return { code: "version_gap", detail: `version ${entry.version} follows version ${subject.version}` };
  }
  if (entry.kind !== subject.kind) return { code: "kind_changed", detail: `was of kind ${subject.kind}, now of kind ${entry.kind}` };
  const replay = Object.hasOwn(replays, entry.kind) ? replays[entry.kind] : undefined;
  if (replay === undefined) return { code: "kind_unknown", detail: `nothing here can replay the kind ${entry.kind}` };
  try {
    subject.state = replay.evolve(subject.state, entry);
  } catch (error) {
    return { code: "replay_failed", detail: `${entry.type} cannot follow: ${error instanceof Error ? error.message : "unknown error"}` };
  }
  subject.version = entry.version;
  return undefined;
}

/** What was tampered with may fold to something that is no state at all, which is a difference like any other. */
function attempt(compare: () => string | undefined): string | undefined {
  try {
    return compare();
  } catch (error) {
    return `stored state and entries cannot be compared: ${error instanceof Error ? error.message : "unknown error"}`;
  }
}

function differenceOf(replays: Replays, subject: Subject, stored: StoredState): string | undefined {
  if (stored.kind !== subject.kind) return `its state is stored as ${stored.kind}, its entries are of kind ${subject.kind}`;
  if (canonicalize(stored.state) !== canonicalize(subject.state)) {
    return `the stored state is not what the entries up to version ${subject.version} make`;
  }
  const columns = stored.columns && replays[subject.kind]?.columns?.(subject.state);
  const differs = Object.entries(columns ?? {}).find(
    ([name, value]) => canonicalize(value ?? null) !== canonicalize(stored.columns?.[name] ?? null),
  );
  return differs && `its column ${differs[0]} does not follow from its state`;
}

function settledFault(subject: Subject, stored: StoredState | undefined): Fault | undefined {
  if (subject.settledVersion === 0) return undefined;
  if (stored === undefined) return { code: "state_missing", detail: `has ${subject.version} entries but no stored state` };
  if (stored.version >= subject.settledVersion) return undefined;
  return { code: "state_stale", detail: `its state is at version ${stored.version}, but its entries reach ${subject.settledVersion}` };
}

/** A state whose version the replay never came by. */
function unreachedFault(stored: StoredState, subject: Subject | undefined): Fault | undefined {
  if (subject?.isSound === false || (subject !== undefined && subject.version > stored.version)) return undefined;
  const detail = `its state is at version ${stored.version}, but the journal has ${subject?.version ?? 0} entries of it`;
  return { code: "state_without_entries", detail };
}
