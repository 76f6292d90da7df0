import type { FiguresView } from "./contract-figures.ts";
import type { RegisterMetrics } from "./metrics.ts";

/** JSON has no undefined: what is not known is null. */
export function figuresView(figures: RegisterMetrics): FiguresView {
  return orNull(figures) as FiguresView;
}

function orNull(value: unknown): unknown {
  if (value === undefined) return null;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, orNull(member)]));
}
