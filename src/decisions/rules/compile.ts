/** Makes a rule set of a file that was read: closures, made once. A decision walks the rules that its action can fit, in their order. */
import type { PropertyRead } from "../kept.ts";
import type { Question } from "../question.ts";
import type { RuleSet, RuleVerdict } from "../rule-set.ts";
import type { Obligation } from "../verdict.ts";
import { conjunctsOf, constantsOf } from "./check-file.ts";
import { compilePath, type Getter } from "./compile-path.ts";
import { compareBy, compileHours, compileNetworks } from "./compile-test.ts";
import type { Condition, Rule, RuleFile, Test } from "./rule-file.ts";
import { FALSE, not, TRUE, type Truth, truth, UNKNOWN } from "./truth.ts";

type Fits = (question: Question, nowMs: number) => Truth;

interface CompiledRule {
  readonly rule: Rule;
  readonly fits: Fits;
  readonly verdict: RuleVerdict;
  /** Values that its conditions look at, to say which of them were not said. */
  readonly values: readonly { readonly text: string; readonly get: Getter }[];
}

const NONE: readonly Obligation[] = [];

/** `digest`: `sha256:` and hex of the text it was read from. */
export function compileRules(file: RuleFile, digest: string): RuleSet {
  const byAction = groupByAction(file.rules.map((rule) => compileRule(rule, file)));
  const register = new Set(file.register);
  return {
    name: file.name,
    digest,
    asksRegister: (action) => register.has(action),
    decide: (question, nowMs) => decideBy(byAction(question.action.name), question, nowMs),
    subjects: file.subjects,
    resources: file.resources,
    actions: file.actions,
    reads: readsOf(file),
  };
}

/**
 * The first rule that fits decides. A rule of which it is not known whether it fits never makes the answer more open than either way
 * would: a permit is passed over, but what it obliges to stays; a denial denies; what needs an exception is not permitted by a later rule.
 */
function decideBy(rules: readonly CompiledRule[], question: Question, nowMs: number): RuleVerdict {
  let obligations = NONE;
  let doubted: CompiledRule | undefined;
  for (const each of rules) {
    const fits = each.fits(question, nowMs);
    if (fits === FALSE) continue;
    const { effect } = each.verdict;
    if (effect === "deny") return fits === TRUE ? each.verdict : inDoubt(each, question, NONE);
    if (each.verdict.obligations.length > 0) obligations = [...obligations, ...each.verdict.obligations];
    if (fits === UNKNOWN) {
      if (effect === "needs_exception") doubted ??= each;
      continue;
    }
    if (doubted !== undefined) return inDoubt(doubted, question, obligations);
    return obligations.length === each.verdict.obligations.length ? each.verdict : { ...each.verdict, obligations };
  }
  return doubted === undefined ? { effect: "none", obligations } : inDoubt(doubted, question, obligations);
}

/** What a rule says because it may fit, and which values would have told. */
function inDoubt({ verdict, values }: CompiledRule, question: Question, obligations: readonly Obligation[]): RuleVerdict {
  const missing = values.filter(({ get }) => get(question) === undefined).map(({ text }) => text);
  const why = missing.length === 0 ? "a value it looks at cannot be compared" : `not said: ${missing.join(", ")}`;
  return { ...verdict, words: `${verdict.words} (${why})`, obligations };
}

/** Rules that an action can fit, by its name: most rules name theirs. */
function groupByAction(rules: readonly CompiledRule[]): (action: string) => readonly CompiledRule[] {
  const named = rules.map(({ rule }) => actionsOf(rule));
  const names = new Set(named.flatMap((each) => each ?? []));
  const groups = new Map([...names].map((name) => [name, rules.filter((_, index) => named[index]?.includes(name) ?? true)]));
  const others = rules.filter((_, index) => named[index] === undefined);
  return (action) => groups.get(action) ?? others;
}

function actionsOf(rule: Rule): readonly unknown[] | undefined {
  for (const each of conjunctsOf(rule.when)) {
    if (each.kind !== "test" || each.path.text !== "action.name") continue;
    const constants = constantsOf(each.test);
    if (constants !== undefined) return constants;
  }
}

function compileRule(rule: Rule, file: RuleFile): CompiledRule {
  const { name, effect, words, obligations } = rule;
  const values = [...new Set(pathsOf(rule.when).map(({ text }) => text))].map((text) => ({
    text,
    get: compilePath(
      pathsOf(rule.when).find((path) => path.text === text)!,
      file,
    ),
  }));
  return { rule, fits: compileCondition(rule.when, file), verdict: { effect, rule: name, words, obligations }, values };
}

function pathsOf(condition: Condition): readonly Extract<Condition, { kind: "test" }>["path"][] {
  if (condition.kind === "not") return pathsOf(condition.of);
  if (condition.kind !== "test") return condition.of.flatMap(pathsOf);
  const { with: operand } = condition.test;
  const paths = typeof operand === "object" && "from" in operand ? [condition.path, operand.from] : [condition.path];
  return paths.filter(({ root }) => root !== "now");
}

function readsOf({ rules, define }: RuleFile): readonly PropertyRead[] {
  const paths = [...rules.flatMap(({ when }) => pathsOf(when)), ...[...define.values()].map(({ by }) => by)];
  const reads = paths.flatMap(({ root, names }): PropertyRead[] => {
    if (root === "context") return [{ of: root, name: names[0]! }];
    return root !== "defined" && root !== "now" && names[0] === "properties" ? [{ of: root, name: names[1]! }] : [];
  });
  return [...new Map(reads.map((read) => [`${read.of} ${read.name}`, read])).values()];
}

function compileCondition(condition: Condition, file: RuleFile): Fits {
  if (condition.kind === "test") return compileTest(condition.path, condition.test, file);
  if (condition.kind === "not") {
    const of = compileCondition(condition.of, file);
    return (question, nowMs) => not(of(question, nowMs));
  }
  const of = condition.of.map((each) => compileCondition(each, file));
  if (of.length === 1) return of[0]!;
  // `all` is settled by the first that is false, `any` by the first that is true; what is unknown waits for the others.
  const settles = condition.kind === "all" ? FALSE : TRUE;
  return (question, nowMs) => {
    let found: Truth = condition.kind === "all" ? TRUE : FALSE;
    for (const each of of) {
      const one = each(question, nowMs);
      if (one === settles) return settles;
      if (one === UNKNOWN) found = UNKNOWN;
    }
    return found;
  };
}

function compileTest(path: Extract<Condition, { kind: "test" }>["path"], test: Test, file: RuleFile): Fits {
  if (test.op === "hours") {
    const holds = compileHours(test.with);
    return (_, nowMs) => holds(nowMs);
  }
  const get = compilePath(path, file);
  if (test.op === "exists") return (question) => truth((get(question) !== undefined) === test.with);
  if (test.op === "within") {
    const holds = compileNetworks(test.with);
    return (question) => holds(get(question));
  }
  const compare = compareBy(test.op, file.methods);
  if ("value" in test.with) {
    const { value } = test.with;
    return (question) => compare(get(question), value);
  }
  const other = compilePath(test.with.from, file);
  return (question) => compare(get(question), other(question));
}
