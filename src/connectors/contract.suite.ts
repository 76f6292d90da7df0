/**
 * The suite every connector passes, whatever it talks to. A harness brings the provider, plants and looks behind the connector's
 * back, and breaks what lies between; a connector that cannot do something says so by its capabilities, and is held to that.
 */
import { afterAll, beforeAll, describe, expect } from "vitest";

import { addDuration, duration } from "../kernel/time.ts";
import { type ContractDescription, createKit, type Kit } from "./contract-harness.suite.ts";
import { testGrants, testOthersAtWork, testOverlaps } from "./contract-policy.suite.ts";
import { testPlainness, testProof } from "./contract-proof.suite.ts";
import { testReading } from "./contract-reading.suite.ts";
import { testTrouble } from "./contract-trouble.suite.ts";

export function describeConnectorContract(name: string, description: ContractDescription): void {
  const kit = createKit(description);

  describe(`${name} keeps the connector contract`, () => {
    beforeAll(() => kit.begin());
    afterAll(() => kit.end());

    describe("reading", () => testReading(kit));
    describe.each(description.policies)("the policy %s", (policy) => {
      testGrants(kit, policy);
      testOverlaps(kit, policy);
      testOthersAtWork(kit, policy);
      testProof(kit, policy);
    });
    describe("in plain words", () => testPlainness(kit));
    describe("when the provider is in trouble", () => testTrouble(kit));
    describe("at last", () => testWhatIsLeft(kit));
  });
}

/** What is left when an exception is over. */
function testWhatIsLeft(kit: Kit): void {
  const { beyondInVain, found, it } = kit;

  it("has all that it was not said to lack", async () => {
    expect(beyondInVain()).toEqual([]);
  });

  it("says what sessions may live on, and no longer than it declared", async (harness) => {
    const { endSessions, residualSessionSeconds } = await harness.connector.capabilities();
    const { ended, residual } = await harness.connector.endSessions(await harness.freshPerson());
    // Read afterwards: the clock of a real provider goes on.
    const now = harness.clock.now();
    if (ended) expect(endSessions).toBe(true);
    expect(residual === undefined).toBe(residualSessionSeconds === 0);
    if (residual !== undefined && residualSessionSeconds !== null)
      expect(residual.until <= addDuration(now, duration(`PT${Math.ceil(residualSessionSeconds)}S`))).toBe(true);
  });

  it("gives sign-ins page by page, or none when it declared none", async (harness) => {
    const { signIns } = await harness.connector.capabilities();
    const page = await harness.connector.signIns(undefined);
    if (!signIns) expect(page).toMatchObject({ items: [], more: false });
    const next = await harness.connector.signIns(page.cursor);
    const ids = [...page.items, ...next.items].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("removes what it found, or says why it cannot", async (harness) => {
    for (const bypass of await found()) {
      const outcome = await harness.connector.remove(bypass);
      if (outcome.outcome === "not_supported") expect(outcome.reason).not.toBe("");
      else expect((await found()).map(({ key }) => key)).not.toContain(bypass.key);
    }
  });
}
