/** The lock-out solver beside Debian's SCRAM, in turn on the same trees: the solving alone, and the whole program. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

import { readFaultTree } from "../src/lockout/open-psa/read-fault-tree.ts";
import { analyse } from "../src/lockout/solver/analyse.ts";
import type { FaultTree } from "../src/lockout/solver/fault-tree.ts";
import { type Bench, type Figure, figure } from "./figure.ts";
import { SHARED_DATA } from "../test/support/shared-data.ts";
import { shippedModel } from "../test/support/scram.ts";

const ROOT = join(import.meta.dirname, "..");
const TREES = join(SHARED_DATA, "aralia");
/** Published trees that SCRAM's package brings along. */
const SHIPPED = ["Baobab/baobab2", "CEA9601/CEA9601", "Chinese/chinese"];
/** Nobody has solved these; there is nothing to compare. */
const UNSOLVED = new Set(["nus9601"]);
/** Rounds of ours and theirs in turn; the least counts, because whatever disturbs only adds. */
const ROUNDS = 5;
/** What takes longer is run once. */
const LONG_SECONDS = 20;

export const lockOutBench: Bench = {
  name: "lock-out",
  missing: () => (existsSync(TREES) ? scramMissing() : `no fault trees: ${TREES} is not there (set POSTERN_SHARED)`),
  run: () => {
    const folder = mkdtempSync(join(tmpdir(), "postern-bench-"));
    try {
      const shipped = SHIPPED.map((name) => {
        const file = join(folder, `${basename(name)}.xml`);
        writeFileSync(file, shippedModel(name));
        return file;
      });
      const given = readdirSync(TREES).filter((name) => name.endsWith(".xml") && !UNSOLVED.has(basename(name, ".xml")));
      const files = [...given.map((name) => join(TREES, name)), ...shipped];
      return Promise.resolve([...measured(files, "solving, warm", solving), ...measured(files, "whole program, cold", programs)]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

/** Least seconds of ours and of theirs. */
type Measure = (file: string) => { readonly ours: number; readonly theirs: number };

function measured(files: readonly string[], what: string, measure: Measure): Figure[] {
  const figures: Figure[] = [];
  let [ours, theirs, slower, logarithms] = [0, 0, 0, 0];
  for (const file of files) {
    const one = { ours: Infinity, theirs: Infinity };
    for (let round = 0; round < ROUNDS && (round === 0 || one.theirs < LONG_SECONDS); round += 1) {
      const taken = measure(file);
      one.ours = Math.min(one.ours, taken.ours);
      one.theirs = Math.min(one.theirs, taken.theirs);
    }
    ours += one.ours;
    theirs += one.theirs;
    slower += one.ours > one.theirs ? 1 : 0;
    logarithms += Math.log(one.ours / one.theirs);
    figures.push(figure(`lock-out ${basename(file, ".xml")}: ${what}`, "s", one.ours, "scram --bdd", one.theirs));
  }
  const mean = Math.exp(logarithms / files.length).toPrecision(3);
  const note = `${slower} of ${files.length} trees slower than scram; geometric mean of the ratios ${mean}; processor time`;
  return [...figures, figure(`lock-out, all trees: ${what}`, "s", ours, "scram --bdd", theirs, note)];
}

/** Minimal sets, counted by size, and the exact probability; ours after as many runs as make the code warm. */
function solving(file: string): { ours: number; theirs: number } {
  const tree = treeIn(file);
  let ours = Infinity;
  for (let run = 0, spent = 0; run < 20 && (run < 2 || spent < 2); run += 1) {
    const before = process.cpuUsage();
    const start = performance.now();
    analyse(tree);
    // The clock of the processor counts in steps that are too long for the smallest trees.
    const wall = (performance.now() - start) / 1000;
    const { user, system } = process.cpuUsage(before);
    ours = Math.min(ours, Math.min(wall, (user + system) / 1e6 || wall));
    spent += wall;
  }
  const report = execFileSync("bash", ["-c", `${HEAD} | cat`, "bash", "scram", ...SCRAM, file], { encoding: "utf8" });
  // By its own clock. It counts its sets only as it reports them, which that clock does not see and ours does.
  const theirs = ["products", "probability"].map((part) => Number(new RegExp(`<${part}>([^<]*)</${part}>`).exec(report)?.[1] ?? "NaN"));
  return { ours, theirs: theirs[0]! + theirs[1]! };
}

/** The first of what a program prints: SCRAM would list every set, up to a hundred million of them, which is not asked of it. */
const HEAD = '"$@" 2>/dev/null | head -c 16384';
const SCRAM = ["--bdd", "--probability", "true", "--limit-order", "1000", "--verbosity", "0", "--no-indent"];

/** From the call of the program to its answer, files and all. */
function programs(file: string): { ours: number; theirs: number } {
  return {
    ours: processorSeconds(process.execPath, [join(ROOT, "src", "main.ts"), "lockout", file, "--json"]),
    theirs: processorSeconds("scram", [...SCRAM, file]),
  };
}

/** User and system time of a program, as the shell counts it. */
function processorSeconds(program: string, args: readonly string[]): number {
  const script = `TIMEFORMAT="%U %S"; { time { ${HEAD} >/dev/null; }; } 2>&1`;
  const env = { ...process.env, NODE_COMPILE_CACHE: join(ROOT, ".cache", "compile") };
  const times = execFileSync("bash", ["-c", script, "bash", program, ...args], { encoding: "utf8", env });
  const [user, system] = times.trim().split(" ").map(Number);
  return user! + system!;
}

function treeIn(file: string): FaultTree {
  const read = readFaultTree(readFileSync(file, "utf8"), { file });
  if ("refused" in read) throw new Error(`${file}: ${read.refused.map(({ detail }) => detail).join("; ")}`);
  return read.tree;
}

function scramMissing(): string | undefined {
  try {
    execFileSync("scram", ["--version"], { stdio: "ignore" });
    return undefined;
  } catch {
    return "no scram (Debian: apt-get install scram)";
  }
}
