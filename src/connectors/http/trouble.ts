/** What an answer that is none tells: to wait, that the server is not well; and words of others, made fit to be told. */
import { epochMs, type Instant } from "../../kernel/time.ts";
import { ProviderFault } from "../port.ts";
import type { WireAnswer } from "./wire.ts";

/** RFC 9110, 10.2.3: seconds, or a date. Undefined when there is none, or none that can be read. */
export function retryAfterMs(header: string | undefined, now: Instant): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - epochMs(now));
}

export function asksForPause({ status, headers }: WireAnswer): boolean {
  return status === 429 || (status === 503 && headers["retry-after"] !== undefined);
}

/** What a sign-in is answered that the server cannot deal with now: nothing is wrong with what was sent, nor with what it was for. */
export function troubleOfSignIn(answer: WireAnswer, words: string, now: Instant, askedPauseMs?: number): ProviderFault | undefined {
  const pauseMs = retryAfterMs(answer.headers["retry-after"], now) ?? askedPauseMs;
  if (asksForPause(answer)) return new ProviderFault("throttled", words, pauseMs === undefined ? {} : { retryAfterMs: pauseMs });
  return answer.status >= 500 ? new ProviderFault("unreachable", words) : undefined;
}

const MOST_SAID = 300;

/** Another's words: on one line, not too many, and without what we sent to sign in, which they may repeat. */
export function tellable(words: string, secrets: readonly string[]): string {
  const untold = secrets.filter((secret) => secret !== "").reduce((left, secret) => left.replaceAll(secret, "…"), words);
  return untold.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ").slice(0, MOST_SAID);
}
