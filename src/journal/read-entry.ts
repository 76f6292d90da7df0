/** Reading entries back, strictly: what the writer would not have written is not an entry. */
import canonicalize from "canonicalize";

import type { JournalEntry } from "./entry.ts";
import type { EntryRow } from "./store.ts";

const TEXT_FIELDS = ["id", "kind", "subject", "type", "at"];
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const FIELDS = new Set([...TEXT_FIELDS, "v", "version", "actor", "data"]);

/** The entry in a body, or undefined when the body is not the one text of one entry. */
export function readEntry(body: Uint8Array): JournalEntry | undefined {
  try {
    const text = UTF8.decode(body);
    const value: unknown = JSON.parse(text);
    return isEntry(value) && isWrittenAs(value, text) ? value : undefined;
  } catch {
    // Not UTF-8, not JSON, half a character in it, or nested deeper than anything can read.
    return undefined;
  }
}

/**
 * Writing the value again must give the same text: no second value for a key, no other spelling of a number, nothing two readers
 * could read differently. Plain JSON shows that at a third of the cost of the canonical form; only keys that are numbers need it.
 */
function isWrittenAs(value: unknown, text: string): boolean {
  return JSON.stringify(value) === text || canonicalize(value) === text;
}

function isEntry(value: unknown): value is JournalEntry {
  if (typeof value !== "object" || value === null) return false;
  const fields = value as Record<string, unknown>;
  return (
    fields["v"] === 1 &&
    TEXT_FIELDS.every((name) => typeof fields[name] === "string") &&
    Number.isSafeInteger(fields["version"]) &&
    typeof (fields["actor"] as { id?: unknown } | null)?.id === "string" &&
    Object.keys(fields).every((name) => FIELDS.has(name))
  );
}

/** The column beside the body that does not say what the body says, if any. */
export function differingColumn(entry: JournalEntry, row: EntryRow): string | undefined {
  const pairs: Record<string, [unknown, unknown]> = {
    id: [entry.id, row.id],
    subject_kind: [entry.kind, row.subject_kind],
    subject: [entry.subject, row.subject],
    subject_version: [entry.version, row.subject_version],
    type: [entry.type, row.type],
    at: [entry.at, row.at],
    actor: [entry.actor.id, row.actor],
  };
  return Object.keys(pairs).find((name) => pairs[name]![0] !== pairs[name]![1]);
}
