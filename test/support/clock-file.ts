/** A clock in a file: a test moves it while processes that read it come and go. */
import { readFileSync, renameSync, writeFileSync } from "node:fs";

import { type Clock, instant, type Instant } from "../../src/kernel/time.ts";

export const clockIn = (file: string): Clock => ({ now: () => instant(readFileSync(file, "utf8")) });

/** In one step: whoever reads it meanwhile finds the one time or the other. */
export function setClockIn(file: string, at: Instant): void {
  writeFileSync(`${file}.next`, at);
  renameSync(`${file}.next`, file);
}
