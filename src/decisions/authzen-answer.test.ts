import * as fc from "fast-check";
import { expect, test } from "vitest";

import { EMPTY_REGISTER, snapshotOf } from "../../test/support/decision-point.ts";
import type { Id } from "../kernel/id.ts";
import { instant } from "../kernel/time.ts";
import { createWriter, writeBatch, writeFaults, writeSnapshot, writeVerdict } from "./authzen-answer.ts";
import { type Obligation, REASON_CODES, type Verdict } from "./verdict.ts";

const text = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string({ unit: "binary" }),
  fc.constantFrom('"', "\\", "\u0000", "\u007f", "\u2028", "\ud800", "</script>", "plain words."),
);
const obligation: fc.Arbitrary<Obligation> = fc.oneof(
  fc.record({ type: fc.constant("step_up" as const), method: text }),
  fc.record({ type: fc.constant("restricted_network" as const), networks: fc.array(text) }),
  fc.record({ type: fc.constant("session_length" as const), seconds: fc.nat() }),
  fc.record({ type: fc.constant("notify" as const), whom: text }),
);
const grant = fc.record({
  exception: text.map((id) => `exc_${id}` as Id<"exception">),
  ref: text,
  validUntil: fc.constant(instant("2026-11-27T09:00:00Z")),
  owner: fc.option(text.map((id) => `per_${id}` as Id<"person">)),
});
const verdict: fc.Arbitrary<Verdict> = fc.record(
  {
    permit: fc.boolean(),
    code: fc.constantFrom(...REASON_CODES),
    words: text,
    rule: text,
    grant,
    obligations: fc.array(obligation),
    requestable: fc.boolean(),
  },
  { requiredKeys: ["permit", "code", "words", "obligations", "requestable"] },
);

const SNAPSHOT = { ...snapshotOf([]), register: { ...EMPTY_REGISTER, sequence: 48_211 }, freshAtMs: 1_000 };

const OTHERWISE: readonly ((verdict: Verdict) => Partial<Verdict>)[] = [
  () => ({}),
  ({ permit }) => ({ permit: !permit }),
  () => ({ obligations: [] }),
  ({ code }) => ({ code: code === "nothing_permits" ? "denied_by_rule" : "nothing_permits" }),
  ({ words }) => ({ words: `${words}.` }),
  ({ rule }) => ({ rule: `${rule ?? ""}.` }),
  ({ grant: told }) => (told === undefined ? {} : { grant: { ...told, ref: `${told.ref}.` } }),
];

test("every answer is what JSON makes of the same, member by member", () => {
  fc.assert(
    fc.property(fc.array(verdict, { maxLength: 5 }), fc.integer({ min: -10, max: 1e9 }), (some, ageMs) => {
      // Neighbours that say the same, or all but one thing the same.
      const verdicts = some.flatMap((each) => [each, ...OTHERWISE.flatMap((otherwise) => [{ ...each, ...otherwise(each) }, { ...each }])]);
      const told = writeSnapshot(SNAPSHOT, SNAPSHOT.freshAtMs + ageMs);
      const snapshot = { sequence: 48_211, age: Math.max(0, ageMs) / 1000 };
      const expected = verdicts.map(({ permit, code, words, rule, grant: told_, obligations }) => ({
        decision: permit,
        context: {
          reason: { code, words },
          ...(rule !== undefined && { rule }),
          ...(told_ && { exception: { id: told_.exception, ref: told_.ref, validUntil: told_.validUntil, owner: told_.owner } }),
          ...(obligations.length > 0 && { obligations }),
          snapshot,
        },
      }));
      const text = JSON.stringify({ evaluations: expected });
      expect(writeBatch(verdicts.map((each) => writeVerdict(each, told)))).toBe(text);
      const write = createWriter(told);
      expect(writeBatch(verdicts.map((each) => write(each, "")))).toBe(text);
    }),
    { numRuns: 1_000 },
  );
});

test("what is wrong with an item is told as JSON, whatever its words", () => {
  fc.assert(
    fc.property(text, text, (at, words) => {
      const answer = JSON.parse(writeFaults([{ at: `/${at}`, words }], writeSnapshot(SNAPSHOT, 2_500))) as unknown;
      const said = JSON.parse(JSON.stringify(`/${at} ${words}.`)) as unknown;
      const error = { status: 400, message: said };
      const reason = { code: "invalid_question", words: said };
      expect(answer).toEqual({ decision: false, context: { reason, error, snapshot: { sequence: 48_211, age: 1.5 } } });
    }),
  );
});
