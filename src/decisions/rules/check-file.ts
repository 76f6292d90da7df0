/** What is wrong with a rule set as a whole: what nothing uses, what no question reaches, what no question can meet. */
import { canonicalText } from "../../kernel/canonical.ts";
import { contradiction } from "./contradiction.ts";
import { shown, under } from "./faults.ts";
import type { Scope } from "./read-path.ts";
import type { Condition, RuleFile, Test } from "./rule-file.ts";

/** `isWhole`: every rule could be read, so that what is not used by them is not used at all. */
export function checkFile(file: RuleFile, scope: Scope, isWhole: boolean): void {
  if (isWhole) refuseUnused(file, scope);
  const conjuncts = file.rules.map((rule) => conjunctsOf(rule.when));
  for (const [index, rule] of file.rules.entries()) {
    refuseImpossible(rule.when, `${rule.at}/when`, scope);
    const earlier = file.rules.slice(0, index).find((_, before) => decidesBefore(conjuncts[before]!, conjuncts[index]!));
    if (earlier !== undefined)
      scope.faults.add("decisions.ruleUnreachable", rule.at, `Whatever ${shown(rule.name)} fits, ${shown(earlier.name)} fits before.`);
  }
}

function refuseUnused({ tables, define, methods }: RuleFile, { faults, used }: Scope): void {
  const needed = new Set([...define.values()].map(({ table }) => table));
  for (const name of tables.keys()) {
    if (!needed.has(name))
      faults.add("decisions.ruleUnused", under("/tables", name), `Nothing under define looks into the table ${shown(name)}.`);
  }
  for (const name of define.keys()) {
    if (!used.defined.has(name)) faults.add("decisions.ruleUnused", under("/define", name), `No rule refers to ${shown(name)}.`);
  }
  if (methods !== undefined && !used.methods) faults.add("decisions.ruleUnused", "/methods", "No rule compares methods.");
}

type Tested = Extract<Condition, { kind: "test" }>;

/** What has to hold together, with `all` within `all` taken apart. */
export function conjunctsOf(condition: Condition): readonly Condition[] {
  return condition.kind === "all" ? condition.of.flatMap(conjunctsOf) : [condition];
}

/** Whether the earlier rule fits whatever the later one does: each of its conditions follows from one of the later one's. */
function decidesBefore(earlier: readonly Condition[], later: readonly Condition[]): boolean {
  return earlier.every((condition) => later.some((other) => followsFrom(condition, other)));
}

function followsFrom(condition: Condition, from: Condition): boolean {
  if (condition.kind !== "test" || from.kind !== "test") return textOf(condition) === textOf(from);
  if (condition.path.text !== from.path.text) return false;
  const wide = constantsOf(condition.test);
  const narrow = constantsOf(from.test);
  if (wide === undefined || narrow === undefined) return textOf(condition) === textOf(from);
  return narrow.every((value) => wide.includes(value));
}

const textOf = (condition: Condition): string => canonicalText(condition);

export function constantsOf({ op, with: operand }: Test): readonly unknown[] | undefined {
  if ((op !== "equals" && op !== "one_of") || !("value" in operand)) return undefined;
  return Array.isArray(operand.value) ? (operand.value as readonly unknown[]) : [operand.value];
}

function refuseImpossible(condition: Condition, at: string, scope: Scope): void {
  const conjuncts = conjunctsOf(condition);
  const tests = Map.groupBy(
    conjuncts.filter((each): each is Tested => each.kind === "test"),
    ({ path }) => path.text,
  );
  for (const [path, of] of tests) {
    const why = contradiction(of.map(({ test }) => test));
    if (why !== undefined) scope.faults.add("decisions.ruleNeverFits", at, `${path} cannot ${why}.`);
  }
  for (const each of conjuncts) {
    if (each.kind === "not") refuseImpossible(each.of, at, scope);
    if (each.kind === "any") for (const one of each.of) refuseImpossible(one, at, scope);
  }
}
