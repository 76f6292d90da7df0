/**
 * A provider that lies, stalls, breaks off, turns in circles or says "200" to an error. Whatever a connector makes of it, it may never
 * be a wrong "closed": a fault is right, "unknown" is right, and so is the truth where the answer did not matter.
 *
 * Between the connector and a working provider stands a liar that spoils the answers one at a time: every kind of request that
 * an operation sends is spoiled in every way there is.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { FaultsHarness } from "./faults-harness.suite.ts";
import { type Liar, openLiar } from "./faults-liar.suite.ts";
import { type Fault, FAULTS } from "./faults-list.suite.ts";
import { type Connector, type GrantOrder, ProviderFault, type ReadBack } from "./port.ts";

export interface FaultsDescription {
  readonly start: () => Promise<FaultsHarness>;
}

export function describeFaults(name: string, { start }: FaultsDescription): void {
  let harness: FaultsHarness;

  describe.concurrent(`${name}, when the provider lies`, () => {
    beforeAll(async () => {
      harness = await start();
    });
    afterAll(() => harness.close());

    it("works through the liar while that tells the truth", async () => {
      await withLiar(harness, async ({ connector, order }) => {
        expect((await connector.grant(order)).outcome).toBe("applied");
        expect(await connector.read(order)).toMatchObject({ configured: true, effective: true });
        expect(await connector.revoke(order)).toEqual({ outcome: "removed" });
        expect(await connector.read(order)).toMatchObject({ configured: false, effective: false });
      });
    });

    it.each(FAULTS)("never calls closed what is open: $name", async (fault) => {
      const bites = await withLiar(harness, async (stage) => {
        await stage.connector.grant(stage.order);
        return (await spoilReading(stage, fault)) + (await spoilDiscovery(stage, fault)) + (await spoilRevocation(stage, fault));
      });
      expect(bites, "answers that could be spoiled this way").toBeGreaterThan(0);
    });
  });
}

/** A machine at work on other things is slow: who is told the truth has time. Who waits for nothing gives up soon. */
const PATIENT_MS = 30_000;
const HASTY_MS = 150;

interface Stage {
  readonly connector: Connector;
  /** For what is spoiled by silence. */
  readonly hasty: Connector;
  readonly order: GrantOrder;
  readonly liar: Liar;
}

async function withLiar<T>(harness: FaultsHarness, work: (stage: Stage) => Promise<T>): Promise<T> {
  const liar = await openLiar(harness);
  const connector = harness.open(liar.origin, PATIENT_MS);
  const hasty = harness.open(liar.origin, HASTY_MS);
  const order = await harness.order();
  try {
    return await work({ connector, hasty, liar, order });
  } finally {
    liar.tellTheTruth();
    await connector.revoke(order);
    await connector.close();
    await hasty.close();
    await liar.close();
  }
}

async function spoilReading({ liar, connector, hasty, order }: Stage, fault: Fault): Promise<number> {
  let bites = 0;
  for (const kind of await liar.kindsOf(() => connector.read(order))) {
    liar.spoil(fault, kind);
    const read = await (fault.waits === true ? hasty : connector).read(order).catch(faultOnly);
    bites += liar.tellTheTruth();
    expect(isClosed(read), `closed, by a reading with ${kind} spoiled`).toBe(false);
  }
  return bites;
}

/** A list that is shorter than it is, and well formed, nobody can tell from the truth: of a reading there is a second proof, of this none. */
async function spoilDiscovery({ liar, connector, hasty, order }: Stage, fault: Fault): Promise<number> {
  if (fault.isPlausible === true) return 0;
  let bites = 0;
  for (const kind of await liar.kindsOf(() => countOf(connector, order))) {
    liar.spoil(fault, kind);
    const found = await countOf(fault.waits === true ? hasty : connector, order).catch(faultOnly);
    bites += liar.tellTheTruth();
    if (found !== undefined) expect(found, `bypasses discovered, with ${kind} spoiled`).toBeGreaterThan(0);
  }
  return bites;
}

/** What a revocation says is not the end of it: only a reading closes, and it is lied to as well. */
async function spoilRevocation({ liar, connector, hasty, order }: Stage, fault: Fault): Promise<number> {
  let bites = 0;
  const again = () => connector.grant(order);
  const lied = fault.waits === true ? hasty : connector;
  for (const kind of await liar.kindsOf(() => connector.revoke(order), again)) {
    liar.spoil(fault, kind);
    const outcome = await lied.revoke(order).catch(faultOnly);
    const seen = outcome === undefined ? undefined : await lied.read(order).catch(faultOnly);
    bites += liar.tellTheTruth();
    const isSaidGone = outcome !== undefined && outcome.outcome !== "not_supported" && fault.isPlausible !== true;
    if (isSaidGone || isClosed(seen))
      expect(isClosed(await connector.read(order)), `closed, after "${outcome?.outcome}" with ${kind} spoiled`).toBe(true);
    await again();
  }
  return bites;
}

const isClosed = (read: ReadBack | undefined): boolean => read?.configured === false && read.effective === false;

/** What went wrong has to be told as a fault of the provider; anything else is a mistake of ours. */
function faultOnly(error: unknown): undefined {
  if (error instanceof ProviderFault) return undefined;
  throw error;
}

async function countOf(connector: Connector, { subject }: GrantOrder): Promise<number> {
  let found = 0;
  for await (const bypass of connector.discover()) if (bypass.subject.key === subject.key) found += 1;
  return found;
}
