/** Whatever the rules and whatever the question: what is compiled says what the language means, and nothing left out opens a door. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { arbitraryQuestion, arbitraryRules } from "../../../test/support/arbitrary-rules.ts";
import { OPENNESS, type RawRules, reference } from "../../../test/support/rules-reference.ts";
import type { Question } from "../question.ts";
import type { RuleSet } from "../rule-set.ts";
import { compileRules } from "./compile.ts";
import { loadRules } from "./load-rules.ts";
import { loadShipped } from "./load-shipped.ts";
import { readRuleFile } from "./read-file.ts";

const NOW = Date.UTC(2026, 2, 29);
const WEEK_MS = 7 * 86_400_000;
const moments = fc.integer({ min: NOW - WEEK_MS, max: NOW + WEEK_MS });

type Raw = RawRules & { readonly name: string };

/** Rules at random are often unreachable or impossible: those are refused, and taken out one by one. */
function accepted(document: Raw): { readonly rules: RuleSet; readonly document: Raw } | undefined {
  const reading = readRuleFile(document);
  if (reading.ok) return { rules: compileRules(reading.file, "sha256:"), document };
  const at = reading.faults.find((fault) => /^\/rules\/\d/.test(fault.at ?? ""))?.at;
  const index = Number(at?.split("/")[2]);
  if (Number.isInteger(index)) return accepted({ ...document, rules: document.rules.filter((_, each) => each !== index) });
  const unused = reading.faults.flatMap(({ code, at: where }) => (code === "decisions.ruleUnused" ? [where!.split("/")[1]!] : []));
  if (unused.length === 0 || document.rules.length === 0) return undefined;
  return accepted(Object.fromEntries(Object.entries(document).filter(([key]) => !unused.includes(key))) as Raw);
}

describe("a compiled rule set", () => {
  test("says what the slow interpreter of its document says", () => {
    let compared = 0;
    const decided = new Set<string>();
    fc.assert(
      fc.property(
        arbitraryRules({ exists: true }),
        fc.array(arbitraryQuestion, { minLength: 10, maxLength: 10 }),
        moments,
        (raw, all, now) => {
          const made = accepted(raw);
          if (made === undefined) return;
          for (const question of all) {
            const { effect, rule, obligations } = made.rules.decide(question, now);
            expect({ effect, rule, obligations }).toEqual(reference(made.document, question, now));
            decided.add(effect);
            compared += 1;
          }
        },
      ),
      { numRuns: 600 },
    );
    expect(compared).toBeGreaterThan(4_000);
    expect([...decided].sort()).toEqual(["deny", "needs_exception", "none", "permit"]);
  });

  test("never opens more to a question that says less, where no rule asks whether something is said", () => {
    let tighter = 0;
    fc.assert(
      fc.property(
        arbitraryRules({ exists: false }),
        fc.array(arbitraryQuestion, { minLength: 10, maxLength: 10 }),
        moments,
        (raw, all, now) => {
          // What is known of entities stands in for what a question does not say; here nothing shall.
          const made = accepted({ ...raw, subjects: {}, resources: {} });
          if (made === undefined) return;
          for (const question of all) {
            const said = made.rules.decide(question, now);
            for (const less of withLess(question)) {
              const later = made.rules.decide(less, now);
              expect(OPENNESS.indexOf(later.effect)).toBeLessThanOrEqual(OPENNESS.indexOf(said.effect));
              if (later.effect === "permit") expect(later.obligations).toEqual(expect.arrayContaining([...said.obligations]));
              tighter += Number(later.effect !== said.effect);
            }
          }
        },
      ),
      { numRuns: 400 },
    );
    expect(tighter).toBeGreaterThan(5);
  });
});

const without = (properties: object, name: string) => Object.fromEntries(Object.entries(properties).filter(([key]) => key !== name));

/** The question without one of its properties, for each. */
function* withLess(question: Question): Iterable<Question> {
  for (const of of ["subject", "action", "resource"] as const) {
    for (const name of Object.keys(question[of].properties))
      yield { ...question, [of]: { ...question[of], properties: without(question[of].properties, name) } };
  }
  for (const name of Object.keys(question.context)) yield { ...question, context: without(question.context, name) };
}

const FIELDS = ["name", "description", "register", "methods", "tables", "define", "subjects", "resources", "actions", "rules"];

const codes = (text: string) => {
  const reading = loadRules(text);
  return reading.ok ? [] : [...new Set(reading.faults.map(({ code }) => code))];
};

describe("reading a rule set", () => {
  test("never throws, whatever the document is, and either reads it or says what is wrong", () => {
    const anything = fc.oneof(
      fc.anything({ withNullPrototype: true }),
      fc.dictionary(fc.constantFrom(...FIELDS, "__proto__"), fc.anything({ maxDepth: 4 })),
      fc.record({ rules: fc.array(fc.dictionary(fc.constantFrom("name", "permit", "when", "obligations", "all"), fc.anything())) }),
    );
    fc.assert(
      fc.property(anything, (document) => {
        const reading = readRuleFile(document);
        if (!reading.ok) expect(reading.faults.length).toBeGreaterThan(0);
      }),
      { numRuns: 1_500 },
    );
  });

  test("never throws, whatever the text is: each fault has a line and a column of it", () => {
    const shipped = [...loadShipped().values()].map(({ text }) => text);
    const mutated = fc
      .tuple(fc.constantFrom(...shipped), fc.nat(), fc.nat({ max: 40 }), fc.string({ maxLength: 10 }))
      .map(([text, at, cut, put]) => text.slice(0, at % text.length) + put + text.slice((at % text.length) + cut));
    fc.assert(
      fc.property(fc.oneof(mutated, fc.string({ unit: "binary" }), fc.json()), (text) => {
        const reading = loadRules(text, "r");
        if (reading.ok) return;
        expect(reading.faults.length).toBeGreaterThan(0);
        const lines = text.split("\n");
        for (const { at } of reading.faults) {
          const [, line = 0] = /^r:(\d+):(\d+)$/.exec(at!)!.map(Number);
          expect(line).toBeLessThanOrEqual(lines.length);
        }
      }),
      { numRuns: 500 },
    );
  });

  test("ends in a refusal where it is nested or repeated beyond all bounds", () => {
    expect(codes("[".repeat(200_000))).toEqual(["decisions.rulesUnreadable"]);
    expect(codes(`a: ${"{a: ".repeat(60_000)}`)).toEqual(["decisions.rulesUnreadable"]);
    expect(codes("x".repeat(300_000))).toEqual(["decisions.rulesTooLarge"]);
    expect(codes(Array.from({ length: 20_000 }, (_, i) => `k${i}: 1`).join("\n"))).toContain("decisions.ruleKeyUnknown");
    expect(codes("a: &a [x]\nb: *a")).toEqual(["decisions.rulesUnreadable"]);
    expect(codes("a: 1\na: 2")).toEqual(["decisions.rulesUnreadable"]);
  });
});
