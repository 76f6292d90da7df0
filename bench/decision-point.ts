/**
 * The decision point over HTTP beside Cerbos on the same rules, and beside a node:http that only echoes as many bytes: the same
 * questions, the same generator, in turn on the same machine. docs/decisions/0038-decision-figures.md says how to read it.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";

import { postgresMissing } from "../test/support/databases.ts";
import { freePort } from "../test/support/free-port.ts";
import { cerbosConfig, cerbosProgram, writePolicies } from "./decision/cerbos.ts";
import { drive, type Driven, type Load, quiet, type Target, wrkMissing } from "./decision/load.ts";
import { startOurs } from "./decision/ours.ts";
import { type Asked, BATCH, bodies, EXCEPTIONS, questions } from "./decision/questions.ts";
import { type Running, startAt, startPrinting } from "./decision/servers.ts";
import { type Bench, type Figure, figure, quantile } from "./figure.ts";

const SINGLE_PATH = "/access/v1/evaluation";
const BATCH_PATH = "/access/v1/evaluations";
const SECONDS = 3;
const ROUNDS = 5;
const ECHO = "bare node:http echo of as many bytes";

const SHAPES = [
  { words: "1 connection", connections: 1, batch: 1 },
  { words: "16 connections", connections: 16, batch: 1 },
  { words: "64 connections", connections: 64, batch: 1 },
  { words: `batches of ${BATCH}, 16 connections`, connections: 16, batch: BATCH },
];

export const decisionPointBench: Bench = {
  name: "decision-point",
  missing: () =>
    wrkMissing() ??
    postgresMissing() ??
    (cerbosProgram() === undefined ? `npm has no cerbos for ${process.platform}-${process.arch}, or cannot be reached` : undefined),
  async run() {
    const folder = mkdtempSync(join(tmpdir(), "postern-bench-"));
    const started: Pick<Running, "stop">[] = [];
    const keep = <T extends Pick<Running, "stop">>(one: T): T => {
      started.unshift(one);
      return one;
    };
    try {
      const from = new Date();
      const { alone, together } = keep(await startOurs(join(folder, "ours"), from));
      const cerbos = keep(await startCerbos(folder, from));
      await quiet(alone);
      await quiet(together);
      const sizes = await checkAll(questions(), { alone, together, cerbos });
      const echo = keep(
        await startPrinting({ command: process.execPath, args: [join(import.meta.dirname, "decision/echo.ts"), ...sizes] }),
      );
      return await measure(folder, { alone, together, cerbos, echo });
    } finally {
      for (const one of started) await one.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function startCerbos(folder: string, from: Date): Promise<Running> {
  const policies = join(folder, "policies");
  const config = join(folder, "cerbos.yaml");
  const port = await freePort();
  writePolicies(policies, from);
  writeFileSync(config, cerbosConfig(policies, port, await freePort()));
  const args = ["server", `--config=${config}`, "--log-level=error"];
  return startAt(`http://127.0.0.1:${port}`, "/_cerbos/health", { command: cerbosProgram()!, args, isMuted: true });
}

/** Every question to everybody, alone and in batches. Whoever decides otherwise than it has to is not measured. Tells the sizes of our answers. */
async function checkAll(all: readonly Asked[], targets: Readonly<Record<string, Target>>): Promise<[single: string, batch: string]> {
  const sizes = { single: [] as number[], batch: [] as number[] };
  for (const [name, target] of Object.entries(targets)) {
    const told = { single: [] as boolean[], batch: [] as boolean[] };
    for (const body of bodies(all, 1)) {
      const text = await ask(target, SINGLE_PATH, body);
      if (name === "alone") sizes.single.push(text.length);
      told.single.push((JSON.parse(text) as Decision).decision);
    }
    for (const body of bodies(all, BATCH)) {
      const text = await ask(target, BATCH_PATH, body);
      if (name === "alone") sizes.batch.push(text.length);
      told.batch.push(...(JSON.parse(text) as { evaluations: Decision[] }).evaluations.map(({ decision }) => decision));
    }
    for (const [way, decisions] of Object.entries(told)) {
      const wrong = all.findIndex(({ permit }, i) => decisions[i] !== permit);
      if (wrong >= 0) throw new Error(`${name} (${way}) decides otherwise: ${JSON.stringify(all[wrong])}`);
    }
  }
  return [`${quantile(sizes.single, 0.5)}`, `${quantile(sizes.batch, 0.5)}`];
}

interface Decision {
  readonly decision: boolean;
}

async function ask({ origin, authorization }: Target, path: string, body: string): Promise<string> {
  const headers = { "Content-Type": "application/json", ...(authorization !== undefined && { Authorization: authorization }) };
  const response = await fetch(`${origin}${path}`, { method: "POST", body, headers });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${origin}${path} answers ${response.status}: ${text}`);
  return text;
}

type Ours = "alone" | "together";
type Name = Ours | "cerbos" | "echo";

const NAMES: readonly Name[] = ["alone", "together", "cerbos", "echo"];
const TITLES: Readonly<Record<Ours, string>> = {
  alone: "decision point",
  together: `decision point, ${availableParallelism()} processes`,
};

async function measure(folder: string, targets: Readonly<Record<Name, Target>>): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const { words, connections, batch } of SHAPES) {
    const file = join(folder, `bodies-${batch}`);
    writeFileSync(file, bodies(questions(), batch).join("\n"));
    const load = { file, path: batch === 1 ? SINGLE_PATH : BATCH_PATH, connections };
    const driven = await rounds(targets, load);
    figures.push(...told("alone", words, driven), ...told("together", words, driven));
  }
  return figures;
}

/** In turn, so that what disturbs the machine disturbs all; the middle of the rounds counts. The first of each only warms. */
async function rounds(targets: Readonly<Record<Name, Target>>, load: Omit<Load, "seconds">): Promise<Record<Name, Driven[]>> {
  const driven: Record<Name, Driven[]> = { alone: [], together: [], cerbos: [], echo: [] };
  for (let round = 0; round <= ROUNDS; round++) {
    for (const name of NAMES) {
      const one = await drive(targets[name], { ...load, seconds: SECONDS });
      if (round > 0) driven[name].push(one);
    }
  }
  return driven;
}

function told(ours: Ours, words: string, driven: Record<Name, Driven[]>): Figure[] {
  const spread = (what: keyof Driven) => {
    const values = driven[ours].map((one) => one[what]);
    return `${ROUNDS} rounds of ${SECONDS} s in turn, ours ${Math.round(Math.min(...values))} to ${Math.round(Math.max(...values))}; ${EXCEPTIONS} exceptions`;
  };
  const middle = (name: Name, what: keyof Driven) =>
    quantile(
      driven[name].map((one) => one[what]),
      0.5,
    );
  const beside = (title: string, unit: string, what: keyof Driven, peer: "cerbos" | "echo", limit?: string) =>
    figure(
      `${TITLES[ours]}: ${title}, ${words}`,
      unit,
      middle(ours, what),
      peer === "cerbos" ? "Cerbos" : ECHO,
      middle(peer, what),
      limit === undefined ? spread(what) : `${spread(what)}; limit ${limit}`,
    );
  return [
    beside("requests", "1/s", "perSecond", "cerbos", "6 x"),
    beside("requests", "1/s", "perSecond", "echo", "0.7 x"),
    beside("processor of the server a request", "us", "cpuMicros", "cerbos"),
    beside("processor of the server a request", "us", "cpuMicros", "echo"),
    beside("p50", "us", "p50Micros", "cerbos"),
    beside("p99", "us", "p99Micros", "cerbos", "0.5 x"),
    beside("p99", "us", "p99Micros", "echo"),
  ];
}
