/** When one last changed something oneself: what follows from that is shown at once, wherever it moves the rows. */

let lastMs = 0;

/** The server has done what was asked of it here. */
export function noteOwnAct(): void {
  lastMs = Date.now();
}

/** True of what was read at that moment, in milliseconds, when something was done here since. */
export function isBeforeOwnAct(readAtMs: number): boolean {
  return readAtMs <= lastMs;
}
