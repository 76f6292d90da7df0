/** What the counts of the decision point tell of the use of an exception, and when they tell anything. Pure. */
import type { Instant } from "../kernel/time.ts";

/** How many days of the last thirty a resource has been asked about. */
export interface AskedDays {
  readonly days: number;
  readonly lastAt: Instant;
}

/** The stretch in which it is looked whether anybody asks, and in which no use is disuse. */
export const ASKED_WITHIN_DAYS = 30;
/** A weekend, or a gateway that was down for a week, does not make it unknown; one that was switched over last week does. */
export const ASKED_DAYS_NEEDED = 15;
export const ASKED_LATELY_DAYS = 3;

/** `latelySince`: the instant since which it has to have been asked about at least once. */
export function isAskedAbout(asked: readonly (AskedDays | undefined)[], latelySince: Instant): boolean {
  return asked.length > 0 && asked.every((each) => each !== undefined && each.days >= ASKED_DAYS_NEEDED && each.lastAt >= latelySince);
}
