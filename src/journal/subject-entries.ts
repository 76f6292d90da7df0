import type { Db } from "../platform/db.ts";
import type { JournalEntry } from "./entry.ts";
import { listSubjectEntries } from "./store.ts";

const PAGE = 500;

/** All that happened to one subject, oldest first, as it was written. */
export async function entriesOfSubject(db: Db, subject: string): Promise<JournalEntry[]> {
  const entries: JournalEntry[] = [];
  for (;;) {
    const rows = await listSubjectEntries(db, subject, entries.at(-1)?.version ?? 0, PAGE);
    entries.push(...rows.map((row) => JSON.parse(row.body) as JournalEntry));
    if (rows.length < PAGE) return entries;
  }
}
