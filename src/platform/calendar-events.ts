/** What an iCalendar text says happens within a stretch of time, its repetitions one by one. */
import ical from "ical.js";

import {
  instantOfEpochMs,
  type Instant,
  momentOf,
  msBetween,
  parsePlainDate,
  parseZone,
  type PlainDate,
  startOfDay,
  type Zone,
} from "../kernel/time.ts";

export interface CalendarWindow {
  readonly from: Instant;
  readonly until: Instant;
  /** Of times that name no zone, and of days. */
  readonly zone: Zone;
}

export interface CalendarEvent {
  readonly from: Instant;
  readonly until: Instant;
  /** Addresses of those who take part, or else of who called it; in lower case. */
  readonly mails: readonly string[];
  readonly words: string;
}

type Component = ical.Component;
type Time = ical.Time;

/** A rule may repeat every second for a thousand years; a rota does not. */
const MOST_STEPS = 20_000;
const MOST_EVENTS = 2000;
const MOST_MAILS = 20;
const MOST_WORDS = 200;

/** In order of time. Throws for what cannot be read, in words for people: what is not understood is never left out silently. */
export function eventsWithin(text: string, window: CalendarWindow): readonly CalendarEvent[] {
  const steps = { left: MOST_STEPS };
  const found = calendarsOf(text).flatMap((calendar) => seriesOf(calendar).flatMap((series) => occurrencesOf(series, window, steps)));
  if (found.length > MOST_EVENTS) throw new RangeError(`It names more than ${MOST_EVENTS} shifts within five weeks.`);
  return found.toSorted((a, b) => (a.from < b.from ? -1 : 1));
}

function calendarsOf(text: string): Component[] {
  let parsed: unknown[];
  try {
    parsed = ical.parse(text) as unknown[];
  } catch {
    throw new RangeError("It is no calendar.");
  }
  // Several calendars in one text come as a list of lists.
  const calendars = (Array.isArray(parsed[0]) ? parsed : [parsed]).map((each) => new ical.Component(each as string));
  if (calendars.length === 0 || calendars.some(({ name }) => name !== "vcalendar")) throw new RangeError("It is no calendar.");
  for (const calendar of calendars) explainZones(calendar);
  return calendars;
}

interface Series {
  /** Absent where only single occurrences of it are told. */
  readonly master: Component | undefined;
  readonly exceptions: readonly Component[];
}

/** Events by their name: what repeats, and single occurrences that are otherwise. Of the same told twice the newest counts. */
function seriesOf(calendar: Component): readonly Series[] {
  const byUid = Map.groupBy(calendar.getAllSubcomponents("vevent"), (event, i?: number) => textIn(event, "uid") ?? `nameless ${i}`);
  return [...byUid.values()].map((events) => ({
    master: newest(events.filter((event) => !event.hasProperty("recurrence-id"))),
    exceptions: [
      ...Map.groupBy(
        events.filter((event) => event.hasProperty("recurrence-id")),
        recurrenceIdOf,
      ).values(),
    ].map((same) => newest(same)!),
  }));
}

function newest(events: readonly Component[]): Component | undefined {
  const sequence = (event: Component) => Number(textIn(event, "sequence") ?? 0);
  return events.toSorted((a, b) => sequence(b) - sequence(a))[0];
}

function recurrenceIdOf(event: Component): string {
  return String(event.getFirstPropertyValue("recurrence-id"));
}

function occurrencesOf({ master, exceptions }: Series, window: CalendarWindow, steps: { left: number }): readonly CalendarEvent[] {
  const single = (component: Component) => {
    const event = new ical.Event(component, { exceptions: [], strictExceptions: true });
    return told(event, event.startDate, event.endDate, window);
  };
  const alone = exceptions.filter((each) => !isRange(each)).flatMap(single);
  if (master === undefined) return [...alone, ...exceptions.filter(isRange).flatMap(single)];
  const event = new ical.Event(master, { exceptions: [...exceptions], strictExceptions: true });
  if (!event.isRecurring()) return [...single(master), ...alone];
  // Without a rule the library tells the added dates alone, and not the first.
  const found: CalendarEvent[] = master.hasProperty("rrule") ? [] : [...single(master)];
  const iterator = event.iterator();
  for (let at: Time | undefined = iterator.next(); at; at = iterator.next()) {
    if (--steps.left < 0) throw new RangeError("It repeats too often to be read.");
    const { item, startDate, endDate } = event.getOccurrenceDetails(at);
    // A changed occurrence may have been moved anywhere: those are told by themselves.
    const isChanged = item !== event && !isRange(item.component);
    if (!isChanged) found.push(...told(item, startDate, endDate, window));
    if (instantOf(at, window.zone) >= window.until) break;
  }
  return [...new Map([...found, ...alone].map((each) => [`${each.from} ${each.until} ${each.mails.join(" ")}`, each])).values()];
}

/** This one and all that follow. */
function isRange(event: Component): boolean {
  return event.getFirstProperty("recurrence-id")?.getFirstParameter("range") !== undefined;
}

function told({ component }: ical.Event, start: Time, end: Time, { from, until, zone }: CalendarWindow): readonly CalendarEvent[] {
  if (textIn(component, "status")?.toUpperCase() === "CANCELLED") return [];
  const shift = { from: instantOf(start, zone), until: instantOf(end, zone) };
  if (shift.until <= from || shift.from >= until || shift.from >= shift.until) return [];
  return [{ ...shift, mails: mailsOf(component), words: wordsOf(textIn(component, "summary")) }];
}

function instantOf(time: Time, zone: Zone): Instant {
  const day = dayOf(time);
  if (time.isDate) return startOfDay(day, zone);
  if (time.zone !== ical.Timezone.localTimezone) return instantOfEpochMs(time.toUnixTime() * 1000);
  return momentOf(day, secondOfDay(time), zone);
}

function dayOf(time: Time): PlainDate {
  const day = parsePlainDate(time.toString().slice(0, 10));
  if (day === undefined) throw new RangeError("It names a day that is none.");
  return day;
}

function secondOfDay({ hour, minute, second }: Time): number {
  return hour * 3600 + minute * 60 + second;
}

/** Programs name zones of the world without explaining them; those are ours to know. A name that nobody explains is no time. */
function explainZones(calendar: Component): void {
  const explained = new Set(calendar.getAllSubcomponents("vtimezone").map((zone) => textIn(zone, "tzid")));
  for (const event of calendar.getAllSubcomponents("vevent")) {
    for (const property of event.getAllProperties()) {
      const name = property.getFirstParameter("tzid");
      if (name === undefined || explained.has(name) || ical.TimezoneService.has(name)) continue;
      const zone = parseZone(name);
      if (zone === undefined) throw new RangeError(`It names a time zone that it does not explain: ${wordsOf(name)}.`);
      ical.TimezoneService.register(zoneOfWorld(zone), name);
    }
  }
}

function zoneOfWorld(zone: Zone): ical.Timezone {
  const made = new ical.Timezone({ tzid: zone, component: new ical.Component("vtimezone") });
  made.utcOffset = (time) => {
    const day = dayOf(time);
    const [asUtc, real] = [momentOf(day, secondOfDay(time), "UTC" as Zone), momentOf(day, secondOfDay(time), zone)];
    return msBetween(real, asUtc) / 1000;
  };
  return made;
}

function mailsOf(event: Component): readonly string[] {
  const taking = event.getAllProperties("attendee").filter((attendee) => {
    const parameter = (name: string) => (attendee.getFirstParameter(name) ?? "").toUpperCase();
    const isPerson = !["GROUP", "RESOURCE", "ROOM"].includes(parameter("cutype"));
    return isPerson && parameter("partstat") !== "DECLINED" && parameter("role") !== "NON-PARTICIPANT";
  });
  const mails = taking.flatMap(mailOf);
  const found = mails.length > 0 ? mails : event.getAllProperties("organizer").flatMap(mailOf);
  return [...new Set(found)].slice(0, MOST_MAILS);
}

function mailOf(property: ical.Property): readonly string[] {
  const [, mail] = /^mailto:([^\s@]{1,100}@[^\s@]{1,200})$/i.exec(String(property.getFirstValue())) ?? [];
  return mail === undefined ? [] : [mail.toLowerCase()];
}

function textIn(event: Component, name: string): string | undefined {
  const value = event.getFirstPropertyValue(name);
  return value === null || value === undefined ? undefined : String(value);
}

function wordsOf(text: string | undefined): string {
  return (text ?? "")
    .replaceAll(/\p{C}+/gu, " ")
    .trim()
    .slice(0, MOST_WORDS);
}
