/** Reads a rule set's text, YAML or JSON: compiled, or everything that is wrong with it by line and column. */
import { createHash } from "node:crypto";

import { type Document, isMap, isScalar, isSeq, type Node, visit } from "yaml";

import { type Refusal, refusal } from "../../kernel/problem.ts";
import { parseLocatedYaml, type PlaceOfOffset } from "../../platform/located-yaml.ts";
import type { RuleSet } from "../rule-set.ts";
import { compileRules } from "./compile.ts";
import { readRuleFile } from "./read-file.ts";
import type { RuleRefusal } from "./refusals.ts";
import { LIMITS, type RuleFile } from "./rule-file.ts";

export type RulesReading =
  | { readonly ok: true; readonly rules: RuleSet; readonly file: RuleFile }
  | { readonly ok: false; readonly faults: readonly Refusal[] };

const MOST_FAULTS = 100;

const CODES = { unreadable: "decisions.rulesUnreadable", aliasUsed: "decisions.rulesUnreadable" } satisfies Record<string, RuleRefusal>;

/** `name` stands before the position of each fault: `rules.yaml:12:5`. */
export function loadRules(text: string, name = "rules.yaml"): RulesReading {
  if (text.length > LIMITS.text)
    return fail([fault("decisions.rulesTooLarge", `The file has ${text.length} characters; at most ${LIMITS.text} fit.`, name)]);
  try {
    return read(text, name);
  } catch (error) {
    // The parser recurses; what is nested deeper than the engine allows ends so.
    if (error instanceof RangeError) return fail([fault("decisions.rulesUnreadable", "It is nested too deep to be read.", name)]);
    throw error;
  }
}

function read(text: string, name: string): RulesReading {
  const parsed = parseLocatedYaml(text, name, CODES, false);
  const { document, place } = parsed;
  const faults = [...parsed.faults, ...unclearNames(document, place)];
  if (faults.length > 0) return fail(faults.slice(0, MOST_FAULTS));
  const reading = readRuleFile(document.toJS() ?? {});
  if (!reading.ok) {
    return fail(
      inOrder(
        reading.faults.map((each) => located(each, document)),
        place,
      ),
    );
  }
  return { ok: true, file: reading.file, rules: compileRules(reading.file, digestOf(text)) };
}

export function digestOf(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}

/** A name that stands twice, or is no plain text, says two things in one. In one pass, however many a map has. */
function unclearNames(document: Document, place: PlaceOfOffset): readonly Refusal[] {
  const found: Refusal[] = [];
  const add = (node: unknown, words: string) => found.push(fault("decisions.rulesUnreadable", words, place(startOf(node) ?? 0)));
  visit(document, {
    Map: (_, { items }) => {
      const seen = new Set<string>();
      for (const { key } of items) {
        if (!isScalar(key)) {
          add(key, "A name here has to be plain text.");
          continue;
        }
        const text = String(key.value);
        // Read as a number or a word of YAML, 007 is 7, and 1.10 is 1.1: a row of somebody else's.
        if (typeof key.value !== "string" && key.source !== text) add(key, `Write "${(key.source ?? "").slice(0, 60)}" in quotes.`);
        if (seen.has(text)) add(key, `"${text.slice(0, 60)}" stands here twice.`);
        seen.add(text);
      }
    },
  });
  return found;
}

interface Located {
  readonly fault: Refusal;
  readonly offset: number;
}

/** Where a pointer of a fault stands in the text: a field that is not known where its name is, everything else where its value is. */
function located(each: Refusal, document: Document): Located {
  const steps = (each.at ?? "")
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  const wantsName =
    each.code === "decisions.ruleKeyUnknown" || each.code === "decisions.rulePathUnknown" || each.code === "decisions.ruleUnused";
  for (const step of steps) {
    const next = stepInto(node, step);
    if (next === undefined) break;
    node = next.value;
    offset = (wantsName ? startOf(next.name) : undefined) ?? startOf(node) ?? startOf(next.name) ?? offset;
  }
  return { fault: each, offset };
}

function stepInto(node: unknown, step: string): { readonly name?: unknown; readonly value: unknown } | undefined {
  if (isMap(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === step);
    return pair === undefined ? undefined : { name: pair.key, value: pair.value };
  }
  const value = isSeq(node) ? node.items[Number(step)] : undefined;
  return value === undefined ? undefined : { value };
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}

/** As somebody meets them who reads from the first line. */
function inOrder(found: readonly Located[], place: PlaceOfOffset): readonly Refusal[] {
  return found.toSorted((a, b) => a.offset - b.offset).map(({ fault: each, offset }) => ({ ...each, at: place(offset) }));
}

function fault(code: RuleRefusal, detail: string, at: string): Refusal {
  return refusal(code, detail, { at });
}

function fail(faults: readonly Refusal[]): RulesReading {
  return { ok: false, faults };
}
