import { useState } from "react";

import { isBeforeOwnAct } from "./own-acts.ts";

interface Shown<Row> {
  readonly asked: string;
  /** When the rows shown were read. */
  readonly readAtMs: number;
  readonly answer: readonly Row[];
  readonly rows: readonly Row[];
}

export interface SteadyRows<Row> {
  readonly rows: readonly Row[];
  /** Rows that came and rows that left meanwhile. */
  readonly news: { readonly fresh: number; readonly gone: number };
  readonly isGone: (row: Row) => boolean;
  readonly show: () => void;
}

const NONE: readonly never[] = [];

/**
 * Rows that do not move under the hand: what others change is shown within the rows that are there; rows that come or leave wait
 * until they are asked for. What one asked for oneself, by a filter or an act, is shown at once. `asked` says what the rows are the
 * answer to; undefined while that answer is under way. `readAtMs`: when they were read.
 */
export function useSteadyRows<Row>(
  given: readonly Row[] | undefined,
  keyOf: (row: Row) => string,
  asked: string | undefined,
  readAtMs: number,
): SteadyRows<Row> {
  const answer: readonly Row[] = given ?? NONE;
  const [shown, setShown] = useState<Shown<Row>>();
  const all = asked === undefined ? undefined : { asked, readAtMs, answer, rows: answer };
  const before = shown?.asked === asked ? shown : undefined;
  const next = before === undefined ? all : following(before, { readAtMs, answer }, keyOf);
  if (next !== shown) setShown(next);
  const rows = before?.rows ?? answer;
  const are = new Set(answer.map(keyOf));
  return { rows, news: newsBetween(rows, answer, keyOf), isGone: (row) => !are.has(keyOf(row)), show: () => setShown(all) };
}

/** What is shown once this was read. The same object where nothing changes. */
function following<Row>(
  before: Shown<Row>,
  { readAtMs, answer }: Pick<Shown<Row>, "readAtMs" | "answer">,
  keyOf: (row: Row) => string,
): Shown<Row> {
  if (before.answer === answer) return before.readAtMs === readAtMs ? before : { ...before, readAtMs };
  return isHeld(before) ? inPlace({ ...before, readAtMs }, answer, keyOf) : { ...before, readAtMs, answer, rows: answer };
}

/** Where there are no rows, none can move; and what is older than what one did oneself is not worth holding. */
function isHeld({ rows, readAtMs }: Shown<unknown>): boolean {
  return rows.length > 0 && !isBeforeOwnAct(readAtMs);
}

function inPlace<Row>(shown: Shown<Row>, answer: readonly Row[], keyOf: (row: Row) => string): Shown<Row> {
  const latest = new Map(answer.map((row) => [keyOf(row), row]));
  return { ...shown, answer, rows: shown.rows.map((row) => latest.get(keyOf(row)) ?? row) };
}

function newsBetween<Row>(before: readonly Row[], after: readonly Row[], keyOf: (row: Row) => string): SteadyRows<Row>["news"] {
  const were = new Set(before.map(keyOf));
  const are = new Set(after.map(keyOf));
  return { fresh: [...are].filter((key) => !were.has(key)).length, gone: [...were].filter((key) => !are.has(key)).length };
}
