import { type Clock, type Instant, instantOfEpochMs } from "../kernel/time.ts";

/** The machine's clock. The database's clock is never used for decisions. */
export const systemClock: Clock = { now: () => instantOfEpochMs(Date.now()) };

/** A clock that stands still until told otherwise: for tests and `tick --at`. */
export interface ManualClock extends Clock {
  set(at: Instant): void;
}

export function manualClock(start: Instant): ManualClock {
  let at = start;
  return {
    now: () => at,
    set: (to) => {
      at = to;
    },
  };
}
