/** What changed from one version to the next, as a person would say it: each thing by its name, and only what is different. */
import type { ContentView } from "../../../src/exceptions/contract-content.ts";
import { titleWords } from "../../words.ts";
import { apart } from "../../parts/apart.ts";

export interface Change {
  readonly name: string;
  /** Null: it was not there. */
  readonly before: string | null;
  /** Null: it is not there any more. */
  readonly after: string | null;
}

export interface Saying {
  readonly people: Readonly<Record<string, string>>;
  readonly connectionName: (id: string) => string;
  /** An instant as this page says it. */
  readonly instant: (at: string) => string;
}

export function changesBetween(before: ContentView, after: ContentView, saying: Saying): readonly Change[] {
  const old = factsOf(before, saying);
  const now = factsOf(after, saying);
  const names = [...new Set([...now.keys(), ...old.keys()])];
  return names.flatMap((name) => {
    const change = { name, before: old.get(name) ?? null, after: now.get(name) ?? null };
    return change.before === change.after ? [] : [change];
  });
}

/** Every fact of a content under a name that stays the same while the thing does: a subject's is its name, a control's its statement. */
function factsOf(content: ContentView, saying: Saying): ReadonlyMap<string, string> {
  const facts: [string, string | null][] = [
    ["Title", content.title],
    ["Why", content.justification],
    ["Kind of reason", content.reasonClass && titleWords(content.reasonClass)],
    ["What is weakened", weakenedWords(content, saying)],
    ["Let through instead", content.fallbackMethodAllowed],
    ["That depends on", content.fallbackDependencies.join(", ")],
    ["Risk without controls", content.inherentRisk],
    ["Risk with them", content.residualRisk],
    ["From", saying.instant(content.requestedFrom)],
    ["Until, not after", content.requestedUntil && saying.instant(content.requestedUntil)],
    ...content.scope.map((item): [string, string] => scopeFact(item, saying)),
    ...content.compensatingControls.map((control): [string, string] => [`Control: ${control.statement}`, controlWords(control, saying)]),
    ...exitFacts(content, saying),
    ...answerFacts(content, saying),
    ["Vendor contract", content.vendorContract && content.vendorContract.contract],
    ["Design issue", content.designIssue],
    ["Risk acceptance", content.riskAcceptance],
    ...content.evidence.map((each): [string, string] => [`Evidence: ${apart(each.title)}`, each.digest]),
  ];
  return new Map(facts.filter((fact): fact is [string, string] => fact[1] !== null && fact[1] !== ""));
}

function weakenedWords({ weakenedControl: weakened }: ContentView, { connectionName }: Saying): string | null {
  return weakened && `${weakened.policy} in ${connectionName(weakened.connection)}: ${weakened.lostMethod} is no longer demanded`;
}

function scopeFact(item: ContentView["scope"][number], { connectionName }: Saying): [string, string] {
  const { networks, deviceClasses, hours } = item.conditions;
  const only = [
    networks && `from ${networks.join(", ")}`,
    deviceClasses && `on ${deviceClasses.join(", ")}`,
    hours && `at certain hours (${hours.days.join(", ")}; minute ${hours.fromMinute} to ${hours.untilMinute}, ${hours.zone})`,
  ].filter((words) => words !== null);
  const counted = item.headcountAtApproval === undefined ? "" : `, ${item.headcountAtApproval} counted`;
  const name = `Let through: ${apart(item.subject.name)} for ${item.resource.kind} ${item.resource.id} in ${connectionName(item.subject.connection)}`;
  return [name, `at most ${item.ceiling}${counted}, ${only.length === 0 ? "from anywhere at any hour" : only.join("; ")}`];
}

function controlWords(control: ContentView["compensatingControls"][number], { instant }: Saying): string {
  const tested = control.lastTestedAt === null ? "never tested" : `${control.result ?? "no result"} at ${instant(control.lastTestedAt)}`;
  return `tested ${control.test === "probe" ? "by a probe" : "by hand"}, fresh for ${control.freshFor}, ${tested}`;
}

function exitFacts({ exitPlan }: ContentView, { people, instant }: Saying): [string, string | null][] {
  if (exitPlan === null) return [];
  return [
    ["Exit plan", exitPlan.what],
    ["Exit owner", exitPlan.owner && (people[exitPlan.owner] ?? exitPlan.owner)],
    ["Tracked in", exitPlan.remediationRef],
    ...exitPlan.milestones.map(({ what, by }): [string, string] => [`Milestone: ${what}`, by === null ? "no day" : instant(by)]),
  ];
}

function answerFacts({ accountability }: ContentView, { people }: Saying): [string, string | null][] {
  if (accountability === null) return [];
  const nameOf = (id: string | null) => id && (people[id] ?? id);
  return [
    ["Business owner", nameOf(accountability.businessOwner)],
    ["Deputy", nameOf(accountability.deputy)],
    ["Implementer", nameOf(accountability.implementer)],
    ["On call", accountability.onCall],
  ];
}

export interface Piece {
  readonly text: string;
  readonly kind: "kept" | "gone" | "new";
}

/** Longer texts are shown whole, before and after: comparing costs the product of their lengths. */
const MOST_WORDS = 1500;

/** The words of two texts side by side: what stayed, what went, what came. Undefined where they are too long to compare. */
export function wordsChanged(before: string, after: string): readonly Piece[] | undefined {
  const [a, b] = [before, after].map((text) => text.split(/(\s+)/).filter((word) => word !== "")) as [string[], string[]];
  if (a.length > MOST_WORDS || b.length > MOST_WORDS) return undefined;
  const common = longestCommon(a, b);
  const pieces: Piece[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      pieces.push({ text: a[i]!, kind: "kept" });
      i += 1;
      j += 1;
    } else if (j >= b.length || (i < a.length && common[i + 1]![j]! >= common[i]![j + 1]!)) pieces.push({ text: a[i++]!, kind: "gone" });
    else pieces.push({ text: b[j++]!, kind: "new" });
  }
  return joined(pieces);
}

/** `[i][j]`: how many words the rests of both from there have in common, in order. */
function longestCommon(a: readonly string[], b: readonly string[]): number[][] {
  const common = Array.from({ length: a.length + 1 }, () => Array.from({ length: b.length + 1 }, () => 0));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      common[i]![j] = a[i] === b[j] ? common[i + 1]![j + 1]! + 1 : Math.max(common[i + 1]![j]!, common[i]![j + 1]!);
    }
  }
  return common;
}

function joined(pieces: readonly Piece[]): Piece[] {
  const runs: Piece[] = [];
  for (const piece of pieces) {
    const last = runs.at(-1);
    if (last?.kind === piece.kind) runs[runs.length - 1] = { ...last, text: last.text + piece.text };
    else runs.push(piece);
  }
  return runs;
}
