/** The rule sets in force: those that ship, each replaced by what the organisation stored under its name. They change with the journal's entries of the kind `ruleSet`, and with nothing else. */
import type { Db } from "../platform/db.ts";
import type { RuleSet } from "./rule-set.ts";
import { digestOf, loadRules } from "./rules/load-rules.ts";
import { loadShipped, type ShippedRules } from "./rules/load-shipped.ts";
import { createRulesStore } from "./rules-store.ts";
import type { StoredRules } from "./stored-rules.ts";

let shipped: ReadonlyMap<string, ShippedRules> | undefined;

/** Read once: files of the release do not change under a process. */
export function shippedRules(): ReadonlyMap<string, ShippedRules> {
  return (shipped ??= loadShipped());
}

/**
 * By name, what decides now. A set whose text is lost or was tampered with decides nothing: it is left out, its questions are denied,
 * and `report` is told.
 */
export async function loadRuleSets(db: Db, report: (name: string, why: string) => void = () => {}): Promise<Map<string, RuleSet>> {
  const store = createRulesStore(db);
  const found = new Map([...shippedRules()].map(([name, { rules }]) => [name, rules]));
  for (const { state } of await store.all()) {
    // What is only proposed leaves in force what ships.
    if (state.status === "proposed") continue;
    found.delete(state.name);
    if (state.status === "retired") continue;
    const rules = compiled(state, await store.findText(state.digest), report);
    if (rules?.name === state.name) found.set(state.name, rules);
    else if (rules !== undefined) report(state.name, `its text is of the rule set ${rules.name}`);
  }
  return found;
}

/** The text that a rule set in force was compiled from; undefined where it is lost. */
export async function textOfRules(db: Db, { name, digest }: RuleSet): Promise<string | undefined> {
  const own = shippedRules().get(name);
  return own?.rules.digest === digest ? own.text : createRulesStore(db).findText(digest);
}

/** What rule sets in force were compiled from, by name, to compile them again where there is no database. */
export async function textsOfRules(db: Db, ruleSets: ReadonlyMap<string, RuleSet>): Promise<readonly (readonly [string, string])[]> {
  const texts: (readonly [string, string])[] = [];
  for (const [name, rules] of ruleSets) {
    const text = await textOfRules(db, rules);
    if (text !== undefined) texts.push([name, text]);
  }
  return texts;
}

/** Those that this release reads; the others are left out, and their questions denied. */
export function rulesOfTexts(texts: readonly (readonly [string, string])[]): ReadonlyMap<string, RuleSet> {
  const found = new Map<string, RuleSet>();
  for (const [name, text] of texts) {
    const reading = loadRules(text, name);
    if (reading.ok && reading.rules.name === name) found.set(name, reading.rules);
  }
  return found;
}

/** Compiled ones by digest: a follower asks again whenever one of them changes. */
const kept = new Map<string, RuleSet>();
const MOST_KEPT = 50;

function compiled(
  { name, digest }: StoredRules,
  text: string | undefined,
  report: (name: string, why: string) => void,
): RuleSet | undefined {
  const known = kept.get(digest);
  if (known !== undefined) return known;
  if (text === undefined || digestOf(text) !== digest) {
    report(name, "its text is not the one that was signed");
    return undefined;
  }
  const reading = loadRules(text, name);
  if (!reading.ok) {
    report(name, `this release does not read it: ${reading.faults[0]?.detail ?? ""}`);
    return undefined;
  }
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(digest, reading.rules);
  return reading.rules;
}
