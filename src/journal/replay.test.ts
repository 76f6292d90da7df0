import { expect, test } from "vitest";

import { instant } from "../kernel/time.ts";
import type { JournalEntry } from "./entry.ts";
import type { Fault } from "./fault.ts";
import { createReplaying, type Replays } from "./replay.ts";

const entry = (subject: string, version: number, by: unknown = 1, kind = "exception"): JournalEntry => ({
  v: 1,
  id: `ent_${subject}_${version}`,
  kind,
  subject,
  version,
  type: "counted",
  at: instant("2026-01-01T00:00:00Z"),
  actor: { kind: "system", id: "test" },
  data: { by },
});

const replays: Replays = {
  exception: {
    table: "counter",
    evolve: (state, { data }) => {
      const { by } = data as { by: number };
      if (by < 0) throw new RangeError("below zero");
      return { n: ((state as { n: number } | undefined)?.n ?? 0) + by };
    },
  },
};

function faultsOf(states: [string, number, unknown][], entries: JournalEntry[], settled = entries.length): readonly Fault[] {
  const faults: Fault[] = [];
  const replaying = createReplaying(replays, (fault) => faults.push(fault));
  for (const [subject, version, state] of states) replaying.expect({ kind: "exception", subject, version, state });
  entries.forEach((each, i) => replaying.take(each, i < settled, i));
  replaying.finish();
  return faults;
}

test("entries that make the stored state are sound, however the state orders its keys", () => {
  expect(faultsOf([["a", 2, { n: 3 }]], [entry("a", 1), entry("a", 2, 2)])).toEqual([]);
});

test("a fold to something that is no JSON is a difference, not the end of the verifier", () => {
  expect(faultsOf([["a", 1, { n: 1 }]], [entry("a", 1, Number.NaN)])).toEqual([
    expect.objectContaining({ code: "state_differs", entry: "ent_a_1", leaf: 0, detail: expect.stringContaining("NaN") as string }),
  ]);
});

test("an entry that cannot follow is named once, and nothing after it of the same subject", () => {
  const found = faultsOf([["a", 3, { n: 1 }]], [entry("a", 1, -1), entry("a", 2), entry("a", 3)]);
  expect(found.map((fault) => [fault.code, fault.entry])).toEqual([["replay_failed", "ent_a_1"]]);
});

test("a subject does not change its kind", () => {
  expect(faultsOf([["a", 2, { n: 2 }]], [entry("a", 1), entry("a", 2, 1, "person")])[0]).toMatchObject({ code: "kind_changed", leaf: 1 });
});

test("a kind is looked up among the published ones only", () => {
  expect(faultsOf([], [entry("a", 1, 1, "constructor")])[0]).toMatchObject({ code: "kind_unknown" });
});

test("entries that came while the states were read need not be in them, but the ones before must", () => {
  const entries = [entry("a", 1), entry("a", 2), entry("b", 1)];
  expect(faultsOf([["a", 1, { n: 1 }]], entries, 1)).toEqual([]);
  expect(faultsOf([["a", 1, { n: 1 }]], entries, 2).map((fault) => [fault.code, fault.subject])).toEqual([["state_stale", "a"]]);
  expect(faultsOf([["a", 2, { n: 2 }]], entries, 3).map((fault) => [fault.code, fault.subject])).toEqual([["state_missing", "b"]]);
});

test("a state stored twice, and one ahead of its entries, are named", () => {
  const twice = faultsOf(
    [
      ["a", 1, { n: 1 }],
      ["a", 1, { n: 1 }],
    ],
    [entry("a", 1)],
  );
  expect(twice.map((fault) => fault.code)).toEqual(["state_differs"]);
  expect(faultsOf([["a", 2, { n: 1 }]], [entry("a", 1)]).map((fault) => fault.code)).toContain("state_without_entries");
});
