/** An export of the register, read again: which exceptions were in force when it was made, for whom and until when. Pure. */
import type { Documented } from "../bypasses/documented.ts";
import { cellFault, type Row, type Table } from "../connectors/files/map-row.ts";
import type { BypassSubject, ConfigFault } from "../connectors/port.ts";
import { COVERS } from "../exceptions/export-columns.ts";
import { earliest, type Instant, parseInstant } from "../kernel/time.ts";

export interface RegisterFile {
  readonly documented: readonly Documented[];
  /** When it was exported; undefined of a register without a single exception. */
  readonly asOf: Instant | undefined;
}

/** What is wrong with it, all of it, where something is. */
export function registerOf({ columns, rows }: Table): RegisterFile & { readonly faults: readonly ConfigFault[] } {
  const missing = rows.length === 0 && columns.length === 0 ? [] : Object.values(COVERS).filter((column) => !columns.includes(column));
  if (missing.length > 0) return { documented: [], asOf: undefined, faults: missing.map(missingFault) };
  const faults: ConfigFault[] = [];
  const documented = rows.flatMap((row) => documentedBy(row, faults));
  const times = rows.flatMap(({ cells }) => parseInstant(cells[COVERS.asOf] ?? "") ?? []);
  return { documented, asOf: times.length === 0 ? undefined : times.reduce(earliest), faults };
}

function missingFault(column: string): ConfigFault {
  return { at: `column ${column}`, words: "is missing: export the register again, with all of its columns (postern export FILE)" };
}

function documentedBy(row: Row, faults: ConfigFault[]): readonly Documented[] {
  const cell = (column: string) => row.cells[column] ?? "";
  const instantIn = (column: string): Instant | undefined => {
    const at = parseInstant(cell(column));
    if (at === undefined) faults.push(cellFault(row, column, `"${cell(column)}" is no instant`));
    return at;
  };
  const from = instantIn(COVERS.asOf);
  // What was not in force lets nobody past, and says until when it does not.
  if (cell(COVERS.until) === "") return [];
  const until = instantIn(COVERS.until);
  // By the provider's id where there is one: a key of the connection stands in no file of the provider.
  const object = cell(COVERS.policyId) || cell(COVERS.policy);
  if (object === "") faults.push(cellFault(row, COVERS.policy, "is empty"));
  const subjects = cell(COVERS.subjects)
    .split("\n")
    .flatMap((line) => subjectOf(line, row, faults) ?? []);
  if (from === undefined || until === undefined) return [];
  return subjects.map((subject) => ({ exception: cell(COVERS.exception), subject, object, from, until }));
}

const KINDS: ReadonlySet<string> = new Set<BypassSubject["kind"]>(["user", "group", "service", "device"]);

function subjectOf(line: string, row: Row, faults: ConfigFault[]): Documented["subject"] | undefined {
  const [, kind = "", key = ""] = /^(\S+) (.+)$/.exec(line.trim()) ?? [];
  if (KINDS.has(kind)) return { kind: kind as BypassSubject["kind"], key };
  faults.push(cellFault(row, COVERS.subjects, `"${line}" is no kind and key of a subject`));
  return undefined;
}
