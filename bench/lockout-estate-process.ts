/** One part of the bench of the estate's engine, in a process of its own: `lockout-estate-process.ts exact|small|path|service`. */
import type { Component } from "../src/estate/component.ts";
import type { Operation } from "../src/estate/operation.ts";
import { createLiveEstate, type LiveEstate, type LiveOptions } from "../src/lockout/estate-engine/live-estate.ts";
import { drawing } from "../test/support/lockout-models.ts";
import { quantile } from "./figure.ts";
import { type LargeEstate, largeEstate, withOtherNeeds, withOtherPath } from "./large-estate.ts";

export type Part = "exact" | "small" | "path" | "service";

export interface Taken {
  readonly values: readonly Time[];
  readonly note: string;
  readonly rssMb: number;
}

/** Seconds, or milliseconds for what is edited. */
interface Time {
  readonly passed: number;
  readonly processor: number;
}

const OPERATIONS = 10_000;
const EDITS = 1_000;
const ROUNDS = 5;

const PARTS: Readonly<Record<Part, (estate: LargeEstate) => Omit<Taken, "rssMb">>> = { exact, small, path, service };

const processorMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

function timed(action: () => void): Time {
  const from = performance.now();
  const used = processorMs();
  action();
  return { passed: performance.now() - from, processor: processorMs() - used };
}

function quantileOf(times: readonly Time[], q: number, scale = 1): Time {
  return {
    passed:
      quantile(
        times.map(({ passed }) => passed),
        q,
      ) / scale,
    processor:
      quantile(
        times.map(({ processor }) => processor),
        q,
      ) / scale,
  };
}

function made(estate: LargeEstate, options: LiveOptions): LiveEstate {
  const live = createLiveEstate(estate.model, options);
  if ("kind" in live) throw new Error(`circles: ${live.loops.join(" | ")}`);
  return live;
}

function exact(estate: LargeEstate): Omit<Taken, "rssMb"> {
  const live = made(estate, { order: 1 });
  let sets = 0n;
  const times = Array.from({ length: 3 }, () =>
    timed(() => {
      sets = 0n;
      for (const key of live.operations()) {
        const answer = live.exact(key);
        if (answer?.probability === null || answer === null || answer === undefined) throw new Error(`${key} is not known exactly`);
        sets += answer.minimalSets;
      }
    }),
  );
  return {
    values: [quantileOf(times, 0.5, 1000)],
    note: `${sets} sets, ${nodesOf(estate)} components and paths; the middle one of 3, the first ${(times[0]!.passed / 1000).toFixed(2)} s`,
  };
}

function small(estate: LargeEstate): Omit<Taken, "rssMb"> {
  const found = [0, 0, 0, 0];
  const times = Array.from({ length: ROUNDS }, () =>
    timed(() => {
      const live = made(estate, { order: 2 });
      found.fill(0);
      for (const key of live.operations()) for (const [size, count] of live.counts(key)!.entries()) found[size]! += count;
    }),
  );
  return {
    values: [quantileOf(times, 0.5, 1000)],
    note: `${found[1]} singles, ${found[2]} pairs; the middle one of ${ROUNDS}, the first ${(times[0]!.passed / 1000).toFixed(2)} s`,
  };
}

function path(estate: LargeEstate): Omit<Taken, "rssMb"> {
  const draw = drawing(7);
  const live = made(estate, { order: 3 });
  const operations: Operation[] = [...estate.model.operations];
  const times = Array.from({ length: EDITS }, () => {
    const at = draw.below(operations.length);
    const operation = withOtherPath(draw, operations[at]!);
    operations[at] = operation;
    return timed(() => live.edit([{ operation }]));
  });
  return { values: [quantileOf(times, 0.95)], note: described(times) };
}

function service(estate: LargeEstate): Omit<Taken, "rssMb"> {
  const draw = drawing(7);
  const live = made(estate, { order: 2 });
  const byKey = new Map<string, Component>(estate.model.components.map((each) => [each.key, each]));
  let touched = 0;
  const times = Array.from({ length: EDITS }, () => {
    const component = withOtherNeeds(draw, byKey.get(draw.oneOf(estate.services))!);
    byKey.set(component.key, component);
    return timed(() => {
      const difference = live.edit([{ component }]);
      if ("kind" in difference) throw new Error("no circle was to be closed");
      touched += difference.touched.length;
    });
  });
  return { values: [quantileOf(times, 0.95)], note: `${described(times)}; ${Math.round(touched / EDITS)} operations touched by one` };
}

const nodesOf = ({ model }: LargeEstate): number =>
  model.components.length + model.operations.reduce((sum, { paths }) => sum + paths.length, 0);

function described(times: readonly Time[]): string {
  const mean = times.reduce((sum, { passed }) => sum + passed, 0) / times.length;
  return `${times.length} edits, p50 ${quantileOf(times, 0.5).passed.toFixed(2)} ms, mean ${mean.toFixed(2)} ms`;
}

const estate = largeEstate(OPERATIONS, 1);
const taken = PARTS[process.argv[2] as Part](estate);
process.stdout.write(JSON.stringify({ ...taken, rssMb: process.resourceUsage().maxRSS / 1024 }));
