/** The words by which a value of a question is tested. docs/model/rules.md lists them as they stand here. */
import type { Test } from "./rule-file.ts";

export type OperatorName = Test["op"];

/** What stands behind the operator: a constant, or where `from` may stand instead, another value of the question. */
type OperandKind = "scalar" | "scalars" | "text" | "number" | "boolean" | "assurance" | "networks" | "hours";

interface Operator {
  readonly operand: OperandKind;
  /** Whether `{ from: path }` may stand there. */
  readonly from: boolean;
  readonly words: string;
}

export const OPERATORS: Readonly<Record<OperatorName, Operator>> = {
  equals: { operand: "scalar", from: true, words: "is this text, number, true or false" },
  one_of: { operand: "scalars", from: true, words: "is one of these" },
  has: { operand: "scalar", from: true, words: "is a list that holds this" },
  has_any: { operand: "scalars", from: true, words: "is a list that holds at least one of these" },
  exists: { operand: "boolean", from: false, words: "is said at all, and not null (`true`), or is not (`false`)" },
  begins_with: { operand: "text", from: true, words: "is text that begins with this" },
  ends_with: { operand: "text", from: true, words: "is text that ends with this" },
  below: { operand: "number", from: true, words: "is a number less than this" },
  at_most: { operand: "number", from: true, words: "is a number no greater than this" },
  above: { operand: "number", from: true, words: "is a number greater than this" },
  at_least: { operand: "number", from: true, words: "is a number no less than this" },
  meets: {
    operand: "assurance",
    from: true,
    words: "is a method or level at least as strong as this method or level; of a list, as its strongest",
  },
  weaker_than: { operand: "assurance", from: true, words: "is a method or level weaker than this one; of a list, than its strongest" },
  within: { operand: "networks", from: false, words: "is an IPv4 or IPv6 address in one of these networks, as `10.0.0.0/8`" },
  hours: {
    operand: "hours",
    from: false,
    words:
      'is a moment on these days between these hours: `{ zone: Europe/Zurich, days: [1, 5], from: "08:00", until: "18:00" }`; for `now` only',
  },
};

export function isOperator(name: string): name is OperatorName {
  return Object.hasOwn(OPERATORS, name);
}
