/** Reads an iCalendar text as strictly as RFC 5545 writes it; whatever a calendar program could stumble over throws. */

export interface CalendarEvent {
  readonly [property: string]: string;
}

const SINGLE = ["UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "URL"] as const;

export function readCalendar(text: string): readonly CalendarEvent[] {
  must(text.endsWith("\r\n") || text.endsWith("END:VCALENDAR"), "it ends with its last line");
  must(!/[^\r]\n|\r[^\n]/.test(text), "lines end with CRLF and nothing else does");
  const folded = text.split("\r\n");
  for (const line of folded) must(Buffer.byteLength(line) <= 75, `a line has more than 75 octets: ${line}`);
  const lines = text
    .replaceAll(/\r\n[ \t]/g, "")
    .split("\r\n")
    .filter((line) => line !== "");
  for (const line of lines) must(/^[A-Z][A-Z-]*(;[A-Z-]+=[^;:]+)*:\P{Cc}*$/u.test(line), `not a content line: ${line}`);
  must(lines[0] === "BEGIN:VCALENDAR" && lines.at(-1) === "END:VCALENDAR", "one calendar from the first line to the last");
  must(lines.filter((line) => line === "VERSION:2.0").length === 1, "VERSION:2.0 once");
  must(lines.filter((line) => line.startsWith("PRODID:")).length === 1, "PRODID once");
  const events = eventsOf(lines.slice(1, -1));
  must(new Set(events.map(({ UID }) => UID)).size === events.length, "no UID twice");
  return events;
}

function eventsOf(lines: readonly string[]): readonly CalendarEvent[] {
  const events: Record<string, string>[] = [];
  let open: Record<string, string> | undefined;
  for (const line of lines) {
    const [name, value] = [line.slice(0, line.search(/[;:]/)), line.slice(line.indexOf(":") + 1)];
    if (line === "BEGIN:VEVENT") {
      must(open === undefined, "no event within another");
      open = {};
    } else if (line === "END:VEVENT") {
      for (const each of SINGLE) must(open?.[each] !== undefined, `an event has no ${each}`);
      events.push(open!);
      open = undefined;
    } else if (open !== undefined) {
      must(open[name] === undefined, `${name} twice in an event`);
      open[name] = value;
    } else must(name !== "BEGIN" && name !== "END", `what is ${line}?`);
  }
  must(open === undefined, "the last event is closed");
  for (const { DTSTAMP, DTSTART, DTEND, SUMMARY } of events) {
    for (const at of [DTSTAMP, DTSTART, DTEND]) must(/^\d{8}T\d{6}Z$/.test(at!), `not an instant in UTC: ${at}`);
    must(DTSTART! < DTEND!, "an event has a length");
    must(/^(?:[^\\,;]|\\[\\,;nN])*$/.test(SUMMARY!), `a comma, semicolon or backslash is not escaped: ${SUMMARY}`);
  }
  return events;
}

function must(holds: boolean, words: string): void {
  if (!holds) throw new Error(`not as RFC 5545 has it: ${words}`);
}
