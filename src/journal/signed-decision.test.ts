import { expect, test } from "vitest";

import { instant } from "../kernel/time.ts";
import type { JournalEntry } from "./entry.ts";
import type { Fault } from "./fault.ts";
import { createDecisionCheck, type Signature, type SignedDecision, type Signing } from "./signed-decision.ts";

const SIGNED: Signature = { digest: "d1", person: "per_1", action: "approve", subject: "exc_1", contentHash: "c1", nonce: "n1" };
const MADE: SignedDecision = { assertion: "d1", person: "per_1", action: "approve", subject: "exc_1", contentHash: "c1" };
const AT = "2026-03-01T08:00:00.000Z";

interface Line {
  readonly signs?: Partial<Signature>;
  readonly decides?: Partial<SignedDecision>;
  readonly at?: string;
  readonly subject?: string;
}

/** Codes of what is found in these entries, each with the number of the entry it is found at. */
function found(lines: readonly Line[], isWhole = true): string[] {
  const faults: Fault[] = [];
  const check = createDecisionCheck(
    (text) => text,
    (fault) => faults.push(fault),
  );
  const signing: Signing = {
    signature: ({ data }) => (data as Line).signs && { ...SIGNED, ...(data as Line).signs },
    decision: (_, { data }) => (data as Line).decides && { ...MADE, ...(data as Line).decides },
  };
  for (const [n, line] of lines.entries()) {
    const { at = AT, subject = `sub_${n}` } = line;
    const actor = { kind: "person", id: "per_1" } as const;
    const entry = { v: 1, id: `ent_${n}`, kind: "any", subject, version: 1, type: "any", at: instant(at), actor, data: line } as const;
    check.take(signing, undefined, entry satisfies JournalEntry, n);
  }
  check.finish(isWhole);
  return faults.map(({ code, leaf }) => `${code} ${leaf}`);
}

test("a decision rests on a signature before it, of the same person over the same thing", () => {
  expect(found([{ signs: {} }, { decides: {} }])).toEqual([]);
  expect(found([{ decides: {} }])).toEqual(["decision_unsigned 0"]);
  expect(found([{ decides: {} }, { signs: {} }])).toEqual(["decision_unsigned 0"]);
  for (const other of [{ person: "per_2" }, { action: "reject" }, { subject: "exc_2" }, { contentHash: "c2" }]) {
    expect(found([{ signs: other }, { decides: {} }])).toEqual(["decision_differs 1"]);
    expect(found([{ signs: {} }, { decides: other }])).toEqual(["decision_differs 1"]);
  }
});

test("a signature serves one decision, also when it is kept again in another writing", () => {
  expect(found([{ signs: {} }, { decides: {} }, { decides: {} }])).toEqual(["signature_reused 2"]);
  const twice = [{ signs: {} }, { decides: {} }, { signs: { digest: "d2" } }, { decides: { assertion: "d2" } }];
  expect(found(twice)).toEqual(["signature_reused 2", "decision_unsigned 3"]);
  expect(found([{ signs: {} }, { decides: { subject: "exc_2" } }, { decides: {} }])).toEqual(["decision_differs 1"]);
});

test("a signature whose decision was refused is no fault, and does not serve a later one", () => {
  expect(found([{ signs: {} }])).toEqual([]);
  expect(found([{ signs: {} }, { decides: {}, at: "2026-03-01T08:05:00.000Z" }])).toEqual([]);
  expect(found([{ signs: {} }, { decides: {}, at: "2026-03-01T08:05:00.001Z" }])).toEqual(["decision_differs 1"]);
});

const contentAt = ({ at }: JournalEntry) => (at === AT ? "c1" : "c2");

test("content that the subject's next entry has is compared there, and is missing when a whole log ends before it", () => {
  const decision = { decides: { contentHash: contentAt }, subject: "exc_1" };
  const story = [{ signs: {} }, decision, { subject: "exc_2" }];
  expect(found([...story, { subject: "exc_1" }])).toEqual([]);
  expect(found([...story, { subject: "exc_1", at: "2026-03-01T08:01:00.000Z" }])).toEqual(["decision_differs 1"]);
  expect(found(story)).toEqual(["decision_differs 1"]);
  expect(found(story, false)).toEqual([]);
});
