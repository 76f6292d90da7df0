export { readDatabase } from "./database-source.ts";
export type { JournalEntry } from "./entry.ts";
export { loadLogKey, loadVerifierKey, openLog } from "./log-key.ts";
export type { Replay, Replays } from "./replay.ts";
export { journalRoutes } from "./routes.ts";
export { startSequencer } from "./sequencer.ts";
export { createJournalService } from "./service.ts";
export { entriesOfSubject } from "./subject-entries.ts";
export { verifyJournal } from "./verify.ts";
