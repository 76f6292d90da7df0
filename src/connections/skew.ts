/** How far a provider's clock may be from ours. Pure. */

/**
 * A minute: ends are told by the minute, directories tell their time by the second, and most providers refuse a sign-in that bears
 * a time further off. Above it, an end that the provider keeps by itself comes too early or too late by as much.
 */
const CLOCKS_APART_MS = 60_000;

/** False where the provider does not tell its time: nothing is known then. */
export function isClockWrong(clockSkewMs: number | undefined): boolean {
  return clockSkewMs !== undefined && Math.abs(clockSkewMs) > CLOCKS_APART_MS;
}
