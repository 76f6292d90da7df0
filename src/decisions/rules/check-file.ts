/** What is wrong with a rule set as a whole: what nothing uses, what no question reaches, what no question can meet. */
import { canonicalText } from "../../kernel/canonical.ts";
import { contradiction } from "./contradiction.ts";
import { shown, under } from "./faults.ts";
import type { Scope } from "./read-path.ts";
import type { Condition, RuleFile, Test } from "./rule-file.ts";

/** `isWhole`: every rule could be read, so that what is not used by them is not used at all. */
export function checkFile(file: RuleFile, scope: Scope, isWhole: boolean): void {
  if (isWhole) refuseUnused(file, scope);
  const demands = file.rules.map((rule) => demandsOf(rule.when));
  for (const [index, rule] of file.rules.entries()) {
    refuseImpossible(rule.when, `${rule.at}/when`, scope);
    const earlier = file.rules.find((_, before) => before < index && decidesBefore(demands[before]!, demands[index]!));
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

/** What a rule demands, made ready to be compared with every other rule's. */
interface Demands {
  /** Each condition as one text; with the values, where it leaves a path some of them. */
  readonly conditions: ReadonlyMap<string, { readonly path: string; readonly values: ReadonlySet<unknown> } | undefined>;
}

function demandsOf(when: Condition): Demands {
  const conditions = conjunctsOf(when).map((condition) => {
    const values = condition.kind === "test" ? constantsOf(condition.test) : undefined;
    const left = values === undefined ? undefined : { path: (condition as Tested).path.text, values: new Set(values) };
    return [canonicalText(condition), left] as const;
  });
  return { conditions: new Map(conditions) };
}

/** Whether the earlier rule fits whatever the later one does: each of its conditions follows from one of the later one's. */
function decidesBefore(earlier: Demands, later: Demands): boolean {
  for (const [text, wide] of earlier.conditions) {
    if (later.conditions.has(text)) continue;
    if (wide === undefined) return false;
    const narrower = [...later.conditions.values()].filter((each) => each?.path === wide.path);
    if (!narrower.some((each) => [...each!.values].every((value) => wide.values.has(value)))) return false;
  }
  return true;
}

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
