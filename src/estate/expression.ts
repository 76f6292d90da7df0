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

/** True for an expression over others, told from any other value. */
export function isCompound(value: unknown): value is Exclude<Expression, string> {
  return typeof value === "object" && value !== null && ("all" in value || "any" in value || "atLeast" in value);
}

/** `idp and (dns or hosts-file)`, `2 of (ada, ben, cleo)`: for people to check. */
export function expressionWords(expression: Expression): string {
  if (typeof expression === "string") return expression;
  const inner = partsOf(expression).map((part) =>
    isCompound(part) && !("atLeast" in part) ? `(${expressionWords(part)})` : expressionWords(part),
  );
  if ("atLeast" in expression) return `${expression.atLeast} of (${inner.join(", ")})`;
  return inner.join("all" in expression ? " and " : " or ");
}
