/** Entra ID's logs: read from where the last reading stopped. Lines appear late, so the end of the log is read again each time. */
import { z } from "zod";

import { type Duration, type Instant, parseInstant, subtractDuration } from "../../kernel/time.ts";
import { type Page, ProviderFault } from "../port.ts";
import { type Context, pagesOf } from "./graph.ts";

/** A reading ends after the page with which it has as much of either; what it has is kept then, whatever becomes of the next. */
const MOST_ITEMS = 500;
const MOST_LINES = 2000;

export interface LogLine {
  readonly id: string;
  readonly at: Instant;
}

export interface Log<Line extends LogLine> {
  readonly path: string;
  /** The property that holds the instant. */
  readonly time: string;
  readonly filter?: string;
  readonly line: z.ZodType<Line>;
  /** How late a line may appear behind one that was read. Microsoft promises nothing; most are there within minutes. */
  readonly overlap: Duration;
  /** What is wanted of it. */
  readonly keep: (line: Line) => boolean;
}

export const logInstant = z
  .string()
  .transform((text) => parseInstant(text))
  .refine((at) => at !== undefined)
  .transform((at) => at);

/** The instant up to which lines were seen, those given of the time that is read again, and the page to go on at while there is more. */
const cursorShape = z.strictObject({
  last: logInstant,
  given: z.array(z.tuple([z.string(), logInstant])),
  next: z.string().min(1).optional(),
});

export async function readLog<Line extends LogLine>(context: Context, log: Log<Line>, text: string | undefined): Promise<Page<Line>> {
  const cursor = parseCursor(text);
  const given = new Map(cursor?.given);
  const items: Line[] = [];
  let [lines, last, next] = [0, cursor?.last, undefined as string | undefined];
  for await (const page of pagesSince(context, log, cursor)) {
    for (const line of page.value) {
      if (last === undefined || line.at > last) last = line.at;
      if (given.has(line.id) || !log.keep(line)) continue;
      items.push(line);
      given.set(line.id, line.at);
    }
    lines += page.value.length;
    next = page.next;
    if (items.length >= MOST_ITEMS || lines >= MOST_LINES) break;
  }
  const more = next !== undefined;
  if (last === undefined) return { items, cursor: "", more };
  const kept = [...given].filter(([, at]) => at >= subtractDuration(last, log.overlap));
  return { items, cursor: JSON.stringify({ last, given: kept, next }), more };
}

/** From the page on that the last reading left; else from shortly before the last line seen, oldest first. */
async function* pagesSince<Line extends LogLine>(context: Context, log: Log<Line>, cursor: z.infer<typeof cursorShape> | undefined) {
  const filters = [
    ...(cursor === undefined ? [] : [`${log.time} ge ${subtractDuration(cursor.last, log.overlap)}`]),
    ...(log.filter === undefined ? [] : [`(${log.filter})`]),
  ];
  const query = { $top: context.settings.pageSize, $orderby: log.time, ...(filters.length > 0 && { $filter: filters.join(" and ") }) };
  let before: Instant | undefined;
  for await (const page of pagesOf(context.graph, log.path, query, log.line, cursor?.next)) {
    for (const { at } of page.value) {
      // Read in another order than was asked for, what lies behind the cursor would be taken for given.
      if (before !== undefined && at < before) throw new ProviderFault("fault", `${log.path} is not in the order that was asked for.`);
      before = at;
    }
    yield page;
  }
}

function parseCursor(text: string | undefined): z.infer<typeof cursorShape> | undefined {
  if (text === undefined || text === "") return undefined;
  try {
    return cursorShape.parse(JSON.parse(text));
  } catch {
    throw new ProviderFault("fault", "This cursor was not given by a log of Entra ID.");
  }
}
