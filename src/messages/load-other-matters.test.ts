import { expect, test } from "vitest";

import type { RiskAcceptance, RiskStatement } from "../governance/risk-acceptance.ts";
import type { Id } from "../kernel/id.ts";
import { instant } from "../kernel/time.ts";
import type { PersonId } from "../people/person.ts";
import { otherMattersFor } from "./load-other-matters.ts";

const NOW = instant("2026-03-02T09:00:00Z");
const NOBODY = { operations: [], lockOutSets: [], findings: [], basis: [] };

function risk(more: Partial<RiskStatement>): RiskAcceptance {
  return {
    state: "proposed",
    id: "rsk_1" as Id<"riskAcceptance">,
    executive: "per_erika" as PersonId,
    statement: "Until the terminal is replaced.",
    exceptions: [],
    designIssue: null,
    boardVisible: true,
    until: instant("2026-06-01T00:00:00Z"),
    contentHash: "sha256:1",
    proposedBy: "per_gerda" as PersonId,
    proposedAt: NOW,
    ...more,
  };
}

test.each<[string, Partial<RiskStatement>, string]>([
  ["operations", { standsOn: { ...NOBODY, operations: ["pay-wages"] } }, "pay-wages"],
  [
    "lock-out sets of an operation that is named too",
    { standsOn: { ...NOBODY, operations: ["pay-wages"], lockOutSets: [{ operation: "pay-wages", failures: ["idp"] }] } },
    "pay-wages",
  ],
  ["findings", { standsOn: { ...NOBODY, findings: ["fnd_1"] } }, "fnd_1"],
  ["more than a line holds", { standsOn: { ...NOBODY, operations: ["a1", "b1", "c1"], findings: ["fnd_1", "fnd_2"] } }, "a1, b1, c1, +2"],
])("a message about a risk of %s says what it is about", async (_, named, ref) => {
  const world = {
    riskAcceptance: async () => risk(named),
    person: async (id: string) => ({ id, name: "Erika", active: true, roles: ["executive"], manager: null }),
    holdersOf: async () => [],
  } as unknown as Parameters<typeof otherMattersFor>[0];
  const found = await otherMattersFor(world, "rsk_1", NOW);
  expect(found?.length).toBeGreaterThan(0);
  expect(found?.map(({ line }) => line.ref)).toEqual(found?.map(() => ref));
});
