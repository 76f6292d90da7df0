/** A state machine as a table: what may follow what. Its diagram is drawn from it; folds and decisions are held to it by tests. */
export interface Transition<State extends string, Event extends string> {
  /** `nothing` is before the first event. */
  readonly from: State | "nothing";
  readonly event: Event;
  readonly to: State;
}

/** One event that leads from each of these states to the same one. */
export function from<State extends string, Event extends string>(
  states: readonly (State | "nothing")[],
  event: Event,
  to: State,
): readonly Transition<State, Event>[] {
  return states.map((state) => ({ from: state, event, to }));
}

/** The table in Mermaid. Ends are the states that nothing leaves, where no others are given. */
export function drawTransitions(table: readonly Transition<string, string>[], ends: readonly string[] = endsOf(table)): string {
  const lines = table.map(({ from: state, event, to }) => `  ${state === "nothing" ? "[*]" : state} --> ${to}: ${event}`);
  return ["stateDiagram-v2", ...lines, ...ends.map((state) => `  ${state} --> [*]`)].join("\n");
}

function endsOf(table: readonly Transition<string, string>[]): readonly string[] {
  return [...new Set(table.map(({ to }) => to))].filter((state) => !table.some((each) => each.from === state));
}
