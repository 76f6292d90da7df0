/** Probabilities as a model file says them: numbers, parameters, and arithmetic over both. */
import { contentOf, type Definition, type Definitions, lookUp, type Report, truthIn } from "./definitions.ts";
import type { XmlElement } from "./xml.ts";

type Operation = (values: readonly number[]) => number;

const OPERATIONS: Readonly<Record<string, Operation>> = {
  add: (values) => values.reduce((sum, value) => sum + value),
  sub: (values) => values.reduce((rest, value) => rest - value),
  mul: (values) => values.reduce((product, value) => product * value),
  div: (values) => values.reduce((rest, value) => rest / value),
  neg: ([value]) => -value!,
  min: (values) => Math.min(...values),
  max: (values) => Math.max(...values),
  pow: ([base, exponent]) => base! ** exponent!,
  exp: ([value]) => Math.exp(value!),
  // A failure that nobody repairs: how likely it has happened by a time, at a rate.
  exponential: ([rate, time]) => -Math.expm1(-rate! * time!),
};
const TAKES_TWO = new Set(["pow", "exponential"]);
const TAKES_ONE = new Set(["neg", "exp"]);

/** Parameters that lead to one another in a row: more than in any model, and few enough to be followed safely. */
const MOST_IN_A_ROW = 300;

export interface Values {
  /** Of the one expression an element holds; null when it holds none, or one that was reported. */
  of(element: XmlElement, scope: string): number | null;
}

export function valuesOf(definitions: Definitions, report: Report): Values {
  const known = new Map<Definition, number | null | "open">();
  let followed = 0;

  function of(element: XmlElement, scope: string): number | null {
    const [expression, more] = contentOf(element);
    if (more !== undefined) return unknown(more, `<${more.name}> is one expression too many`);
    return expression === undefined ? null : evaluate(expression, scope);
  }

  function evaluate(expression: XmlElement, scope: string): number | null {
    const { name } = expression;
    if (name === "float" || name === "int") return numeric(expression);
    if (name === "bool") return truthIn(expression, report) ? 1 : 0;
    if (name === "parameter") return parameter(expression, scope);
    return computed(expression, scope);
  }

  function computed(expression: XmlElement, scope: string): number | null {
    const { name } = expression;
    const operation = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined;
    if (operation === undefined) return unknown(expression, `<${name}> is not read as a probability`);
    const parts = contentOf(expression);
    const takes = TAKES_TWO.has(name) ? 2 : TAKES_ONE.has(name) ? 1 : Math.max(1, parts.length);
    if (parts.length !== takes) return unknown(expression, `<${name}> of ${parts.length} values means nothing`);
    const values = parts.map((part) => evaluate(part, scope));
    return values.every((value) => value !== null) ? operation(values) : null;
  }

  function numeric({ name, attributes, line }: XmlElement): number | null {
    const text = attributes.get("value")?.trim() ?? "";
    const value = text === "" ? Number.NaN : Number(text);
    if (Number.isFinite(value)) return value;
    report({ code: "lockout.probabilityOutOfRange", detail: `<${name}> says "${text}", which is no number`, line });
    return null;
  }

  function parameter(reference: XmlElement, scope: string): number | null {
    const name = reference.attributes.get("name") ?? "";
    const definition = lookUp(definitions, "parameter", name, scope);
    if (definition === undefined) {
      report({ code: "lockout.nameUndefined", detail: `the parameter ${name} is not defined`, line: reference.line });
      return null;
    }
    const before = known.get(definition);
    if (before === "open") return unknown(reference, `the parameter ${name} depends on itself`);
    if (before !== undefined) return before;
    if (followed >= MOST_IN_A_ROW) return unknown(reference, `more than ${MOST_IN_A_ROW} parameters lead to one another in a row`);
    known.set(definition, "open");
    followed += 1;
    const value = of(definition.element, definition.scope);
    followed -= 1;
    known.set(definition, value);
    return value;
  }

  function unknown({ line }: XmlElement, detail: string): null {
    report({ code: "lockout.constructUnknown", detail, line });
    return null;
  }

  return { of };
}
