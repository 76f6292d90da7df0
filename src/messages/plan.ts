/** Who is told what now. One digest a person and day, incidents at once; nobody is told the same thing twice. */
import { addDuration, dayIn, duration, type Instant, type PlainDate, wallClock, type Zone } from "../kernel/time.ts";
import type { Urgency } from "./matter.ts";

/** Something a person was not told yet. */
export interface News {
  readonly key: string;
  readonly urgency: Urgency;
}

export interface Reached {
  /** The day of the latest digest, in the organisation's zone. */
  readonly digestDay: PlainDate | null;
  readonly incidentAt: Instant | null;
}

/** Keys of the news that go out now, in one message each; empty: none does. */
export interface Plan {
  readonly digest: readonly string[];
  readonly incident: readonly string[];
}

/** Nobody reads at night, and a day's mail is read in the morning. */
const DIGEST_FROM_MINUTE = 7 * 60;

export function isDigestTime(zone: Zone, now: Instant): boolean {
  return wallClock(now, zone).minuteOfDay >= DIGEST_FROM_MINUTE;
}

/** The first incident is told at once. A provider that breaks makes hundreds: those that follow within this time are told together. */
export const INCIDENTS_TOGETHER = duration("PT15M");

/**
 * Muting, and leave, hold the digest back. They never hold an incident back: it is open now, and whoever it names may be the only
 * one who can close it.
 */
export function planMessages(news: readonly News[], reached: Reached, isQuiet: boolean, zone: Zone, now: Instant): Plan {
  const keysOf = (urgency: Urgency) => news.filter((each) => each.urgency === urgency).map(({ key }) => key);
  const hadToday = reached.digestDay !== null && reached.digestDay >= dayIn(now, zone);
  const hadJustNow = reached.incidentAt !== null && now < addDuration(reached.incidentAt, INCIDENTS_TOGETHER);
  return {
    digest: isQuiet || hadToday || !isDigestTime(zone, now) ? [] : keysOf("digest"),
    incident: hadJustNow ? [] : keysOf("incident"),
  };
}
