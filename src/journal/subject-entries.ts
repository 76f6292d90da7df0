import type { Db } from "../platform/db.ts";
import { rowsOfSubject } from "./bundle.ts";
import type { JournalEntry } from "./entry.ts";

/** All that happened to one subject, oldest first, as it was written. */
export async function entriesOfSubject(db: Db, subject: string): Promise<JournalEntry[]> {
  return (await rowsOfSubject(db, subject)).map((row) => JSON.parse(row.body) as JournalEntry);
}
