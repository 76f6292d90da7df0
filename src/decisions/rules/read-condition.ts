/** Reading the conditions of a rule. */
import { shown, under } from "./faults.ts";
import { readPath, type Scope } from "./read-path.ts";
import { readTest } from "./read-test.ts";
import { fieldsOf, listOf } from "./read-values.ts";
import { type Condition, LIMITS } from "./rule-file.ts";

/** A map of conditions that have to hold together. */
export function readCondition(value: unknown, at: string, scope: Scope, depth = 1): Condition | undefined {
  if (depth > LIMITS.depth) {
    scope.faults.add("decisions.rulesTooLarge", at, `Conditions may stand in one another ${LIMITS.depth} deep.`);
    return undefined;
  }
  const fields = fieldsOf(value, at, scope.faults);
  if (fields?.size === 0) scope.faults.add("decisions.ruleValueInvalid", at, "An empty condition says nothing; leave it out.");
  const of = [...(fields ?? [])].flatMap(([key, inside]) => ofField(key, inside, under(at, key), scope, depth));
  return of.length === 1 ? of[0] : { kind: "all", of };
}

function ofField(key: string, value: unknown, at: string, scope: Scope, depth: number): readonly Condition[] {
  if (key === "all" || key === "any") {
    const list = listOf(value, at, scope.faults) ?? [];
    if (Array.isArray(value) && list.length === 0)
      scope.faults.add("decisions.ruleValueInvalid", at, "An empty list says nothing; leave it out.");
    const of = list.flatMap((each, index) => readCondition(each, under(at, index), scope, depth + 1) ?? []);
    return [{ kind: key, of }];
  }
  if (key === "not") {
    const of = readCondition(value, at, scope, depth + 1);
    return of === undefined ? [] : [{ kind: "not", of }];
  }
  const path = readPath(key, at, scope);
  return path === undefined ? [] : readTests(value, at, scope).map((test) => ({ kind: "test", path, test }));

  function readTests(tested: unknown, where: string, { faults, used }: Scope) {
    const tests = readTest(tested, path!, where, scope);
    used.tests += tests.length;
    if (used.tests > LIMITS.tests && used.tests - tests.length <= LIMITS.tests)
      faults.add("decisions.rulesTooLarge", where, `The rule set has more than ${LIMITS.tests} tests here, at ${shown(key)}.`);
    return tests;
  }
}
