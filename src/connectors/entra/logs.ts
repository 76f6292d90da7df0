/** Entra ID's logs: read from where the last reading stopped. Lines appear late, so the end of the log is read again each time. */
import { z } from "zod";

import { duration, type Instant, parseInstant, subtractDuration } from "../../kernel/time.ts";
import { type Page, ProviderFault } from "../port.ts";
import { type Context, itemsOf } from "./graph.ts";

/** Microsoft promises nothing; most lines are there within minutes. */
const OVERLAP = duration("PT15M");
const LINES_PER_PAGE = 500;

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
  /** What is wanted of it. */
  readonly keep: (line: Line) => boolean;
}

export const logInstant = z
  .string()
  .transform((text) => parseInstant(text))
  .refine((at) => at !== undefined)
  .transform((at) => at);

/** Where a reading stopped, and the lines already given of the time that is read again. */
const cursorShape = z.strictObject({ last: logInstant, given: z.array(z.tuple([z.string(), logInstant])) });

export async function readLog<Line extends LogLine>(context: Context, log: Log<Line>, text: string | undefined): Promise<Page<Line>> {
  const cursor = parseCursor(text);
  const given = new Map(cursor?.given);
  const items: Line[] = [];
  let more = false;
  for await (const line of linesSince(context, log, cursor?.last)) {
    if (given.has(line.id) || !log.keep(line)) continue;
    more = items.length === LINES_PER_PAGE;
    if (more) break;
    items.push(line);
    given.set(line.id, line.at);
  }
  const last = [...given.values()].sort().at(-1);
  if (last === undefined) return { items, cursor: "", more };
  const kept = [...given].filter(([, at]) => at >= subtractDuration(last, OVERLAP));
  return { items, cursor: JSON.stringify({ last, given: kept }), more };
}

/** Lines from shortly before an instant on, oldest first. */
async function* linesSince<Line extends LogLine>(context: Context, log: Log<Line>, last: Instant | undefined): AsyncGenerator<Line> {
  const filters = [
    ...(last === undefined ? [] : [`${log.time} ge ${subtractDuration(last, OVERLAP)}`]),
    ...(log.filter === undefined ? [] : [`(${log.filter})`]),
  ];
  const query = { $top: context.settings.pageSize, $orderby: log.time, ...(filters.length > 0 && { $filter: filters.join(" and ") }) };
  let before: Instant | undefined;
  for await (const line of itemsOf(context.graph, log.path, query, log.line)) {
    // Read in another order than was asked for, what lies behind the cursor would be taken for given.
    if (before !== undefined && line.at < before) throw new ProviderFault("fault", `${log.path} is not in the order that was asked for.`);
    before = line.at;
    yield line;
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
