/**
 * The engine of the whole estate on 10,000 operations: everything exact, all sets of one and two failures, and edits of paths and of
 * shared services. Each part runs in a process of its own, so that its memory is what it takes. Beside the time that passed stands
 * the processor's, which other processes of the machine do not lengthen as much.
 */
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";

import { type Bench, type Figure, figure } from "./figure.ts";
import type { Part, Taken } from "./lockout-estate-process.ts";

/** What the heap may grow to: without a word the runtime collects only when it has taken much more than it needs. */
const HEAP_MB = 320;

interface Limit {
  readonly name: string;
  readonly unit: string;
  readonly most: number;
}

/** What each part tells, in its order. */
const LIMITS: Readonly<Record<Part, readonly Limit[]>> = {
  exact: [{ name: "lock-out estate: sets, probability and Birnbaum of every operation", unit: "s", most: 3 }],
  small: [{ name: "lock-out estate: all singles and pairs, from the model on", unit: "s", most: 0.3 }],
  path: [{ name: "lock-out estate: edit of a path up to triples, p95", unit: "ms", most: 2 }],
  service: [{ name: "lock-out estate: edit of a shared service up to pairs, p95", unit: "ms", most: 150 }],
};

export const lockoutEstateBench: Bench = {
  name: "lock-out-estate",
  async run() {
    const figures: Figure[] = [];
    for (const [part, limits] of Object.entries(LIMITS)) {
      const { values, note, rssMb } = await measured(part as Part);
      limits.forEach(({ name, unit, most }, i) => {
        const { passed, processor } = values[i]!;
        figures.push(figure(name, unit, passed, "the limit", most, note));
        figures.push(figure(`${name}, processor time`, unit, processor, "the limit", most));
      });
      figures.push(figure(`memory of ${part}`, "MB", rssMb, "the limit", 500, `resident, at most; with a heap of at most ${HEAP_MB} MB`));
    }
    return figures;
  },
};

async function measured(part: Part): Promise<Taken> {
  const child = spawn(
    process.execPath,
    [`--max-old-space-size=${HEAP_MB}`, new URL("lockout-estate-process.ts", import.meta.url).pathname, part],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const closed = new Promise<number | null>((resolve) => child.once("close", resolve));
  const said = await text(child.stdout);
  if ((await closed) !== 0) throw new Error(`the part ${part} ended early`);
  return JSON.parse(said) as Taken;
}
