/** What a component or a path needs, in terms of success: a component by key, all of several, any of them, or k of n. */
export type Expression =
  | string
  | { readonly all: readonly Expression[] }
  | { readonly any: readonly Expression[] }
  | { readonly atLeast: number; readonly of: readonly Expression[] };

/** The parts of an expression; a component by key has none. */
export function partsOf(expression: Expression): readonly Expression[] {
  if (typeof expression === "string") return [];
  if ("all" in expression) return expression.all;
  return "any" in expression ? expression.any : expression.of;
}

/** Keys of every component an expression names, each once, in the order they are first named. */
export function keysOf(expression: Expression | null): readonly string[] {
  const found = new Set<string>();
  const walk = (each: Expression) => {
    if (typeof each === "string") found.add(each);
    else for (const part of partsOf(each)) walk(part);
  };
  if (expression !== null) walk(expression);
  return [...found];
}
