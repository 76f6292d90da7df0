/** Who is on point when, out of a rota and of what was last read of its calendar. */
import {
  addDays,
  addDuration,
  dayIn,
  daysBetween,
  duration,
  earliest,
  type Instant,
  instant,
  latest,
  momentOf,
  type PlainDate,
  type Zone,
} from "../kernel/time.ts";
import type { PersonId } from "../people/person.ts";
import type { Rota, Rotation } from "./rota.ts";

/** What a calendar kept elsewhere says: who, as far as it names people by address, and by its own words else. */
export interface FeedShift {
  readonly from: Instant;
  readonly until: Instant;
  /** Addresses of those who are on point. */
  readonly mails: readonly string[];
  readonly words: string;
}

/** The last good reading of a calendar, and what came of the last one. */
export interface FeedSeen {
  readonly read: { readonly at: Instant; readonly from: Instant; readonly until: Instant; readonly shifts: readonly FeedShift[] } | null;
  readonly failed: { readonly at: Instant; readonly words: string } | null;
}

export interface RotaFacts {
  readonly zone: Zone;
  /** Null for a calendar of our own. */
  readonly feed: FeedSeen | null;
  /** Whose an address is. */
  readonly personOfMail: (mail: string) => PersonId | undefined;
}

/** `nobody`: it is known that nobody is. `unknown`: it is not known who is, which is never taken for somebody. */
export interface Shift {
  readonly from: Instant;
  readonly until: Instant;
  readonly by: "rotation" | "override" | "feed" | "nobody" | "unknown";
  readonly persons: readonly PersonId[];
  /** Named by the calendar, known to nobody here. */
  readonly strangers: readonly string[];
  /** Why it is not known. */
  readonly why: string | null;
}

/** A copy that is older says nothing of today: shifts are swapped on the day. */
export const FEED_COUNTS_FOR = duration("PT24H");

/** Who is on point at one moment. */
export function onPointAt(rota: Rota, now: Instant, facts: RotaFacts): Shift {
  return valueAt(rota, now, now, facts);
}

/** Everything from one moment to another, in order and without a hole. */
export function shiftsBetween(rota: Rota, from: Instant, until: Instant, now: Instant, facts: RotaFacts): readonly Shift[] {
  const cuts = [...new Set([from, ...cutsOf(rota, from, until, facts).filter((at) => from < at && at < until), until])].sort();
  const found: Shift[] = [];
  for (const [i, at] of cuts.slice(0, -1).entries()) {
    const shift = { ...valueAt(rota, at, now, facts), from: at, until: cuts[i + 1]! };
    const last = found.at(-1);
    if (last !== undefined && isSameWatch(last, shift)) found[found.length - 1] = { ...last, until: shift.until };
    else found.push(shift);
  }
  return found;
}

/** Whether what was read last still says who is on point. */
export function feedCounts(feed: FeedSeen | null, now: Instant): boolean {
  return feed?.read != null && now < addDuration(feed.read.at, FEED_COUNTS_FOR);
}

function cutsOf({ source, overrides }: Rota, from: Instant, until: Instant, { zone, feed }: RotaFacts): readonly Instant[] {
  const ends = (spans: readonly { readonly from: Instant; readonly until: Instant }[]) =>
    spans.flatMap((span) => (span.until > from && span.from < until ? [span.from, span.until] : []));
  const read = feed?.read;
  const ofSource = source.kind === "rotation" ? handoversBetween(source, from, until, zone) : read == null ? [] : [read.from, read.until];
  return [...ends(overrides), ...ofSource, ...(source.kind === "feed" ? ends(read?.shifts ?? []) : [])];
}

function valueAt(rota: Rota, at: Instant, now: Instant, facts: RotaFacts): Shift {
  const covering = rota.overrides.findLast((each) => each.from <= at && at < each.until);
  if (covering !== undefined) {
    return { from: covering.from, until: covering.until, by: "override", persons: [covering.person], strangers: [], why: null };
  }
  const own = rota.source.kind === "rotation" ? byRotation(rota.source, at, facts.zone) : byFeed(at, now, facts);
  return narrowed(own, at, rota);
}

/** A shift lasts until somebody covers for it. */
function narrowed(shift: Shift, at: Instant, { overrides }: Rota): Shift {
  const from = overrides.reduce((found, each) => (each.until <= at ? latest(found, each.until) : found), shift.from);
  const until = overrides.reduce((found, each) => (each.from > at ? earliest(found, each.from) : found), shift.until);
  return { ...shift, from, until };
}

const FIRST = instant("0001-01-02T00:00:00Z");
const LAST = instant("9999-12-30T00:00:00Z");
const NOBODY = { by: "nobody", persons: [], strangers: [], why: null } as const;

function byRotation(rotation: Rotation, at: Instant, zone: Zone): Shift {
  const turn = turnAt(rotation, at, zone);
  const { people } = rotation;
  if (turn < 0 || people.length === 0) {
    return { ...NOBODY, from: FIRST, until: people.length === 0 ? LAST : handover(rotation, 0, zone) };
  }
  const persons = [people[turn % people.length]!];
  const [from, until] = [handover(rotation, turn, zone), handover(rotation, turn + 1, zone)];
  return { from, until, by: "rotation", persons, strangers: [], why: null };
}

function byFeed(at: Instant, now: Instant, { feed, personOfMail }: RotaFacts): Shift {
  const unknown = (why: string): Shift => ({ from: at, until: LAST, by: "unknown", persons: [], strangers: [], why });
  const read = feed?.read;
  if (read == null) return unknown(feed?.failed?.words ?? "Its calendar was not read yet.");
  if (!feedCounts(feed, now)) return unknown(`Its calendar was read last at ${read.at}; that is too long ago to count.`);
  if (at < read.from || at >= read.until) return unknown("Its calendar is not read that far.");
  const on = read.shifts.filter((shift) => shift.from <= at && at < shift.until);
  const bounds = read.shifts.flatMap((shift) => [shift.from, shift.until]);
  const from = bounds.reduce((found, bound) => (bound <= at ? latest(found, bound) : found), read.from);
  const until = bounds.reduce((found, bound) => (bound > at ? earliest(found, bound) : found), read.until);
  if (on.length === 0) return { ...NOBODY, from, until };
  const named = on.flatMap(({ mails, words }) => (mails.length === 0 ? [words] : mails));
  const persons = [...new Set(named.flatMap((each) => personOfMail(each) ?? []))];
  const strangers = [...new Set(named.filter((each) => personOfMail(each) === undefined))];
  return { from, until, by: "feed", persons, strangers, why: null };
}

/** Which turn it is, counted from the first; negative before that. */
function turnAt(rotation: Rotation, at: Instant, zone: Zone): number {
  const days = daysBetween(rotation.startsOn, dayIn(at, zone));
  let turn = Math.floor(days / rotation.everyDays);
  // Early on a day of handover it is still the turn before; where a zone left a day out, even the one before that.
  while (turn >= 0 && handover(rotation, turn, zone) > at) turn -= 1;
  return turn;
}

function handoversBetween(rotation: Rotation, from: Instant, until: Instant, zone: Zone): readonly Instant[] {
  const found: Instant[] = [];
  for (let turn = Math.max(0, turnAt(rotation, from, zone)); ; turn += 1) {
    const at = handover(rotation, turn, zone);
    if (at >= until) return found;
    found.push(at);
  }
}

function handover({ startsOn, everyDays, handoverAt }: Rotation, turn: number, zone: Zone): Instant {
  const day: PlainDate = addDays(startsOn, turn * everyDays);
  const [hours = "0", minutes = "0"] = handoverAt.split(":");
  return momentOf(day, Number(hours) * 3600 + Number(minutes) * 60, zone);
}

function isSameWatch(a: Shift, b: Shift): boolean {
  const of = ({ by, persons, strangers, why }: Shift) => [by, why, ...persons, "", ...strangers].join("\n");
  return of(a) === of(b);
}

/** The stretches within which somebody is on point, of a rota's shifts. */
export function shiftsOf(person: PersonId, shifts: readonly Shift[]): readonly Shift[] {
  return shifts.filter(({ persons }) => persons.includes(person));
}
