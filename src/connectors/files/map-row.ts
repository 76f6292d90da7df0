/** Rows of a file, and what is wrong with them. Pure. */
import type { ConfigFault } from "../port.ts";

export interface Row {
  /** As a person counts: the first row after the headings is row 2; the first object of a JSON list is item 1. */
  readonly place: string;
  readonly cells: Readonly<Record<string, string>>;
}

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

/** A fault of one cell. */
export function cellFault({ place }: Row, column: string, words: string): ConfigFault {
  return { at: `${place}, column ${column}`, words };
}
