/** How old news is. Pure. */

/** A moment by the wall clock and by one that is never set, both in milliseconds. */
export interface Moment {
  readonly wall: number;
  readonly elapsed: number;
}

/** When it was, told by the wall clock as it is now: as old as the older of the two says, so that a clock set back makes nothing young. */
export function toldNow(heard: Moment, now: Moment): number {
  return Math.min(heard.wall, now.wall - (now.elapsed - heard.elapsed));
}

/** How old what is told may be at most: a look may take long, and a clock be set meanwhile. */
export const TOLD_EVERY_MS = 100;
