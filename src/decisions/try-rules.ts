/** What would change if other rules were in force: the same questions, decided by both. */
import { decideAt } from "./explaining.ts";
import type { PropertyRead } from "./kept.ts";
import type { Question } from "./question.ts";
import type { Register } from "./register.ts";
import type { RuleSet } from "./rule-set.ts";
import type { Verdict } from "./verdict.ts";

/** Kinds of change, from the one to look at first. */
export const CHANGES = ["denyToPermit", "permitToDeny", "needsException", "otherRule", "otherObligations", "same"] as const;
export type Change = (typeof CHANGES)[number];

/** A question, and the moment it is decided for: the one when it was asked, so that hours are tried too. */
export interface AskedThen {
  readonly question: Question;
  readonly atMs: number;
}

/** Decides a question by the register as it is; `undefined` rules: nothing is in force by that name yet. */
export type DecideBy = (rules: RuleSet | undefined, asked: AskedThen) => Verdict;

export interface Tried {
  readonly change: Change;
  readonly question: Question;
  readonly before: Verdict;
  readonly after: Verdict;
}

export interface Trial {
  readonly counts: Readonly<Record<Change, number>>;
  /** Of each kind of change the first few. */
  readonly examples: readonly Tried[];
  /** Properties that the new rules look at and the old ones do not: of recorded questions they were not kept. */
  readonly newlyRead: readonly PropertyRead[];
}

const EXAMPLES_EACH = 5;

/** `all`: one after the other, so that whoever gives them says when others get their turn. */
export async function tryRules(
  all: AsyncIterable<AskedThen>,
  before: RuleSet | undefined,
  after: RuleSet,
  decideBy: DecideBy,
): Promise<Trial> {
  const counts = Object.fromEntries(CHANGES.map((change) => [change, 0])) as Record<Change, number>;
  const examples: Tried[] = [];
  for await (const asked of all) {
    const tried = { question: asked.question, before: decideBy(before, asked), after: decideBy(after, asked) };
    const change = changeOf(tried.before, tried.after);
    counts[change] += 1;
    if (change !== "same" && counts[change] <= EXAMPLES_EACH) examples.push({ change, ...tried });
  }
  const order = (change: Change) => CHANGES.indexOf(change);
  return { counts, examples: examples.toSorted((a, b) => order(a.change) - order(b.change)), newlyRead: newlyRead(before, after) };
}

function changeOf(before: Verdict, after: Verdict): Change {
  if (before.permit !== after.permit) return after.permit ? "denyToPermit" : "permitToDeny";
  // Both permit or both deny; but whether an exception was, or would be, what lets through is another answer.
  if (before.requestable !== after.requestable || before.grant?.exception !== after.grant?.exception) return "needsException";
  if (before.rule !== after.rule || before.code !== after.code) return "otherRule";
  return JSON.stringify(before.obligations) === JSON.stringify(after.obligations) ? "same" : "otherObligations";
}

function newlyRead(before: RuleSet | undefined, after: RuleSet): readonly PropertyRead[] {
  const known = new Set(before?.reads.map(({ of, name }) => `${of} ${name}`));
  return after.reads.filter(({ of, name }) => !known.has(`${of} ${name}`));
}

/** Where the register is not at hand: it knows everybody, and holds nothing for them. */
const NO_EXCEPTIONS: Register = {
  sequence: 0,
  size: 0,
  findSubject: () => ({ keys: [], active: true }),
  look: () => ({ kind: "none", code: "exception_needed", words: "No exception lets through." }),
  subjectsOn: () => [],
  resourcesOf: () => [],
};

const NOTHING: Verdict = {
  permit: false,
  code: "nothing_permits",
  words: "No rule set is in force by this name.",
  obligations: [],
  requestable: false,
};

/** Decides as the decision point would, its register being as fresh as it can be. */
export function deciderOf(register: Register | undefined, nowMs: number): DecideBy {
  const snapshot = { register: register ?? NO_EXCEPTIONS, ruleSets: new Map<string, RuleSet>(), freshAtMs: nowMs, maxAgeMs: 0 };
  return (rules, { question, atMs }) => (rules === undefined ? NOTHING : decideAt(question, rules, snapshot, { atMs, nowMs }));
}
