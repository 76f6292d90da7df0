/** What differs by state, as a table: the type demands a line for every state, so a new state cannot be forgotten. */
import type { ExceptionState, StateName } from "./exception.ts";

export type ByState<R, More extends readonly unknown[] = []> = {
  readonly [S in StateName]: (state: Extract<ExceptionState, { state: S }>, ...more: More) => R;
};

export function byState<R, More extends readonly unknown[]>(table: ByState<R, More>, state: ExceptionState, ...more: More): R {
  const line = table[state.state] as (state: ExceptionState, ...more: More) => R;
  return line(state, ...more);
}
