/**
 * Fault trees whose answers are known: `counts.json` says of each model how many minimal cut sets it has and how likely its top
 * event is; the model is NAME.xml beside it, in Open-PSA XML. Models without an answer have to give what they can, and say so.
 */
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

import { z } from "zod";

import { readFaultTree } from "../../src/lockout/open-psa/read-fault-tree.ts";
import { analyse } from "../../src/lockout/solver/analyse.ts";
import type { FaultTree } from "../../src/lockout/solver/fault-tree.ts";
import type { Oracle, Verdict } from "../oracle.ts";

const RELATIVE = 1e-9;
/** What nobody knows the answer of: small sets in no time, the rest within a budget. */
const SMALL_SIZE = 3;
const SMALL_MS = 250;
const BUDGET_MS = 20_000;
const ROUNDS = 5;

const counts = z.object({
  models: z.record(z.string(), z.object({ minimalCutSets: z.union([z.number(), z.string()]), topEventProbability: z.number() })),
});

export const aralia: Oracle = { files: /^counts\.json$/, judge };

function judge(path: string): Verdict[] {
  const folder = dirname(path);
  const { models } = counts.parse(JSON.parse(readFileSync(path, "utf8")));
  const known = Object.entries(models).map(([name, { minimalCutSets, topEventProbability }]) =>
    judged(folder, name, (tree) => {
      const { minimalCutSets: sets, topEventProbability: chance, completeToOrder } = analyse(tree);
      const isNear = chance !== null && Math.abs(chance - topEventProbability) <= RELATIVE * topEventProbability;
      if (completeToOrder === null && sets === BigInt(minimalCutSets) && isNear) return undefined;
      return `they say ${minimalCutSets} sets and ${topEventProbability}; we say ${sets} (complete to ${completeToOrder}) and ${chance}`;
    }),
  );
  const others = readdirSync(folder).filter((name) => name.endsWith(".xml") && !Object.hasOwn(models, basename(name, ".xml")));
  return [...known, ...others.map((name) => judged(folder, basename(name, ".xml"), withoutAnswer))];
}

function judged(folder: string, name: string, differs: (tree: FaultTree) => string | undefined): Verdict {
  const file = join(folder, `${name}.xml`);
  try {
    const read = readFaultTree(readFileSync(file, "utf8"), { file });
    const disagreement = "refused" in read ? read.refused.map(({ code, at }) => `${code} at ${at}`).join("; ") : differs(read.tree);
    return { name, ...(disagreement !== undefined && { disagreement }) };
  } catch (error) {
    return { name, disagreement: error instanceof Error ? error.message : String(error) };
  }
}

function withoutAnswer(tree: FaultTree): string | undefined {
  const small = Array.from({ length: ROUNDS }, () => processorMs(() => analyse(tree, { maxOrder: SMALL_SIZE })));
  const least = Math.min(...small.map(({ ms }) => ms));
  if (least > SMALL_MS) return `sets of up to ${SMALL_SIZE} took ${Math.round(least)} ms`;
  const end = performance.now() + BUDGET_MS / 2;
  const { ms, result } = processorMs(() => analyse(tree, { outOfTime: () => performance.now() > end }));
  if (ms > BUDGET_MS) return `did not end within its budget: ${Math.round(ms)} ms`;
  const { completeToOrder, probabilityBounds } = result;
  const isStated = completeToOrder === null || (completeToOrder >= SMALL_SIZE && probabilityBounds !== null);
  return isStated ? undefined : `complete to ${completeToOrder}, and nothing said of the rest`;
}

/** Time of the processor, because a machine that has other work too is no slower solver. */
function processorMs<T>(run: () => T): { ms: number; result: T } {
  const before = process.cpuUsage();
  const result = run();
  const { user, system } = process.cpuUsage(before);
  return { ms: (user + system) / 1000, result };
}
