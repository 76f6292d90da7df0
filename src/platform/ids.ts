import { randomBytes } from "node:crypto";

import { createIds, type Ids } from "../kernel/id.ts";
import type { Clock } from "../kernel/time.ts";

/** Fresh ids from the clock and the machine's randomness. */
export function randomIds(clock: Clock): Ids {
  return createIds(clock, (size) => randomBytes(size));
}
