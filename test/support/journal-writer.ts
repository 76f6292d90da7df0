/** A process that writes and sequences without end in the data folder it is given, to be killed once it has said so: `node journal-writer.ts FOLDER`. */
import { loadLogKey, openLog } from "../../src/journal/log-key.ts";
import { sequenceBatch } from "../../src/journal/sequencer.ts";
import { openDatabase } from "../../src/platform/db.ts";
import { COUNTED_AT, count } from "./counters.ts";

const dataDir = process.argv[2]!;
const database = await openDatabase({ dataDir });
const signer = await openLog(database.db, await loadLogKey({ dataDir }), "postern.example/journal");
for (let i = 0; ; i++) {
  await count(database, `exc_${i % 9}`, [1, i]);
  if (i === 0) process.stdout.write("written\n");
  if (i % 3 === 0) await sequenceBatch({ db: database.db, signer }, COUNTED_AT, 5);
}
