/** Lists of exceptions that somebody keeps: one row, one way around strong sign-in. Pure. */
import { endOfDay, type Instant, parseInstant, parsePlainDate, startOfDay, type Zone } from "../../kernel/time.ts";
import type { Bypass, BypassForm, BypassSubject, ConfigFault } from "../port.ts";
import { cellFault, type Row, type Table } from "./map-row.ts";

export const LIST_FIELDS = ["subject", "application", "policy", "owner", "since", "until", "reason"] as const;
export type ListField = (typeof LIST_FIELDS)[number];

/** How the list writes a day. Never guessed: 03/04 is two different days. An instant with a zone is read in every list. */
export const DATE_ORDERS = ["YYYY-MM-DD", "DD.MM.YYYY", "DD/MM/YYYY", "MM/DD/YYYY"] as const;

export interface ListProfile {
  readonly name: string;
  readonly title?: string;
  /** Column of the file for each field; `=value` is a value for all rows. */
  readonly columns: { readonly subject: string } & Readonly<Partial<Record<ListField, string>>>;
  readonly form: BypassForm;
  readonly kind: BypassSubject["kind"];
  readonly dates: (typeof DATE_ORDERS)[number];
  readonly zone: Zone;
}

export interface ListReading {
  readonly bypasses: readonly Bypass[];
  readonly faults: readonly ConfigFault[];
  /** Rows that begin later than now. */
  readonly later: number;
}

/** What the rows of a list say, by its profile; with any fault all of them and no bypass. */
export function mapList({ columns, rows }: Table, profile: ListProfile, now: Instant): ListReading {
  const faults = columnFaults(columns, profile);
  if (faults.length > 0) return { bypasses: [], faults, later: 0 };
  const firstOf = new Map<string, string>();
  const read = rows.map((row) => {
    const bypass = bypassOf(row, profile, now, faults);
    const twin = firstOf.get(bypass.key);
    if (twin !== undefined) faults.push({ at: row.place, words: `says the same as ${twin}` });
    firstOf.set(bypass.key, row.place);
    return bypass;
  });
  const begun = read.filter(({ since }) => since === undefined || since <= now);
  return { bypasses: faults.length > 0 ? [] : begun, faults, later: read.length - begun.length };
}

function columnFaults(columns: readonly string[], { columns: meant }: ListProfile): ConfigFault[] {
  return Object.entries(meant).flatMap(([field, column]) => {
    if (column === undefined || column.startsWith("=")) return [];
    const found = columns.filter((each) => each === column).length;
    if (found === 1) return [];
    const words = found === 0 ? `is missing (${field}); there are: ${columns.join(", ")}` : `is there ${found} times (${field})`;
    return [{ at: `column ${column}`, words }];
  });
}

function bypassOf(row: Row, profile: ListProfile, now: Instant, faults: ConfigFault[]): Bypass {
  const cell = (field: ListField) => cellOf(row, profile, field);
  const [subject, owner, reason] = [cell("subject"), cell("owner"), cell("reason")];
  const place = [cell("application"), cell("policy")];
  if (subject === "") faults.push(cellFault(row, profile.columns.subject, "is empty"));
  const { since, until } = termOf(row, profile, faults);
  return {
    key: JSON.stringify([profile.name, subject, ...place, since ?? ""]),
    form: profile.form,
    subject: { kind: profile.kind, key: subject, name: subject },
    object: place.filter((text) => text !== "").join(", ") || (profile.title ?? profile.name),
    // Over, and still on the list: nobody saw to its end.
    critical: until !== undefined && until <= now,
    evidence: { place: row.place, until: until ?? "none given", ...(reason !== "" && { reason }) },
    ...(since !== undefined && { since }),
    ...(owner !== "" && { owner }),
  };
}

function termOf(row: Row, profile: ListProfile, faults: ConfigFault[]) {
  const since = dayOf(row, profile, "since", faults);
  const until = dayOf(row, profile, "until", faults);
  if (since !== undefined && until !== undefined && until <= since)
    faults.push(cellFault(row, profile.columns.until ?? "", "is before it begins"));
  return { since, until };
}

function cellOf({ cells }: Row, { columns }: ListProfile, field: ListField): string {
  const column = columns[field] ?? "";
  return column.startsWith("=") ? column.slice(1).trim() : (cells[column] ?? "");
}

/** A day begins something at its first instant and ends something at its last, in the list's zone. */
function dayOf(row: Row, profile: ListProfile, field: "since" | "until", faults: ConfigFault[]): Instant | undefined {
  const text = cellOf(row, profile, field);
  if (text === "") return undefined;
  const day = parsePlainDate(text) ?? parsePlainDate(reordered(text, profile.dates));
  if (day !== undefined) return field === "since" ? startOfDay(day, profile.zone) : endOfDay(day, profile.zone);
  const at = parseInstant(text);
  if (at === undefined)
    faults.push(cellFault(row, profile.columns[field] ?? "", `"${text}" is no day (${profile.dates}) and no instant with a zone`));
  return at;
}

function reordered(text: string, order: ListProfile["dates"]): string {
  const parts = text.split(/[./-]/);
  if (parts.length !== 3 || text.replaceAll(/\d+/g, "") !== order.replaceAll(/[DMY]/g, "")) return "";
  const names = order.split(/[./-]/);
  const part = (name: string) => parts[names.indexOf(name)]!.padStart(name.length, "0");
  return `${part("YYYY")}-${part("MM")}-${part("DD")}`;
}
