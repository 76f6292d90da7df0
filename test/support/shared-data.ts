/** Material by others that is no part of the repository: the folder it lies in, where somebody has it. */
import { join } from "node:path";

/** `POSTERN_SHARED` names the folder itself; else it is looked for beside the checkout. */
export const SHARED_DATA = process.env["POSTERN_SHARED"] ?? join(import.meta.dirname, "../../../shared/data");
