/** What the board's page asks of the analysis and of the findings. */
import { countFindings } from "../../../src/findings/contract.ts";
import { listOperationAnswers, readLockOut } from "../../../src/lockout/contract.ts";
import { read } from "../../queries.ts";

/** The page is one sheet of paper. */
const SHOWN = 4;

export const LOCK_OUT = read(readLockOut, {});
/** Those furthest from what they have to survive come first. */
export const WORST_OPERATIONS = read(listOperationAnswers, { query: { limit: SHOWN } });
export const WRONG = read(countFindings, { query: {} });
