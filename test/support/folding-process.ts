/**
 * Closes one exception after the other and keeps the register, for whoever kills it in the middle: `node folding-process.ts FOLDER
 * HOW_MANY`. Prints the number of each that is closed, before anything of it is kept.
 */
import { createBook, type Book, putException } from "../../src/decisions/book.ts";
import { openKeeping } from "../../src/decisions/keeping-service.ts";
import { closedRow, openRow } from "./folding-rows.ts";

const [folder = "", howMany = "0"] = process.argv.slice(2);
const log = { info: () => undefined, warn: () => undefined, error: (line: string) => void process.stderr.write(`${line}\n`) };
// Ten seconds pass with each microsecond, so that every rest is over.
const keeping = openKeeping({ folder, release: "1.0.0", elapsedMs: () => performance.now() * 1e7, log });
const book = (await keeping.load())?.book ?? begun(Number(howMany));

function begun(count: number): Book {
  const made = createBook({ key0: 1, key1: 2 }, { logKey: "log.example+1", leaves: 0, lastEntry: "" });
  for (let n = 1; n <= count; n++) putException(made, `exc_${n}`, [openRow(n)]);
  return made;
}

/** As a follower: the entry is committed, then taken in. */
function close(): number {
  const n = book.place.leaves + 1;
  process.stdout.write(`${n}\n`);
  putException(book, `exc_${n}`, [closedRow(n)]);
  book.place = { ...book.place, leaves: n, lastEntry: `ent_${n}` };
  return n;
}

for (let round = 0; ; round++) {
  // The clock is the number of what was closed last.
  const folded = keeping.fold(book, [], close(), "now");
  if (round % 2 === 0) close();
  await folded;
  await keeping.noteHeard(book, book.place.leaves);
}
