/**
 * `npm run oracle -- NAME PATH [--OPTION VALUE]`: runs cases made by others, from a file or folder, against our code. Prints one JSON line with
 * the totals and a line on stderr for each disagreement; exits 1 on any, and also when it found no case at all.
 * To add one: a file in scripts/oracles that exports an {@link Oracle}, and a line in ORACLES.
 */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { aralia } from "./oracles/aralia.ts";
import { authzen } from "./oracles/authzen.ts";
import { merkle } from "./oracles/merkle.ts";
import { realms } from "./oracles/realms.ts";
import { scubagear } from "./oracles/scubagear.ts";

/** One case of somebody else's, judged. */
export interface Verdict {
  readonly name: string;
  /** What they say and what we say, where these differ. */
  readonly disagreement?: string;
  /** What they say and what we say, where the cases are told apart by it: counted in a matrix. */
  readonly theirs?: string;
  readonly ours?: string;
}

/** Judges the cases of one file. A file it cannot read is a disagreement too, never skipped. */
export interface Oracle {
  /** Which files of a folder hold cases. */
  readonly files: RegExp;
  judge(path: string, options?: Options): Verdict[] | Promise<Verdict[]>;
  /** Ends what it started to judge with. */
  close?(): Promise<void>;
}

/** What is given besides the path, by name. */
export type Options = Readonly<Record<string, string>>;

const ORACLES: Readonly<Record<string, Oracle>> = { aralia, authzen, merkle, realms, scubagear };

export interface Outcome {
  readonly total: number;
  readonly agree: number;
  readonly disagree: number;
  /** How often we say what (inside) where they say what (outside). */
  readonly matrix?: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Judges every case below a path. */
export async function runOracle(oracle: Oracle, path: string, report: (line: string) => void, options: Options = {}): Promise<Outcome> {
  let total = 0;
  let disagree = 0;
  const matrix: Record<string, Record<string, number>> = {};
  for (const file of filesBelow(path, oracle.files)) {
    for (const verdict of await oracle.judge(file, options)) {
      total += 1;
      count(matrix, verdict);
      if (verdict.disagreement === undefined) continue;
      disagree += 1;
      report(`${verdict.name}: ${verdict.disagreement}`);
    }
  }
  return { total, agree: total - disagree, disagree, ...(Object.keys(matrix).length > 0 && { matrix }) };
}

function count(matrix: Record<string, Record<string, number>>, { theirs, ours }: Verdict): void {
  if (theirs === undefined || ours === undefined) return;
  const row = (matrix[theirs] ??= {});
  row[ours] = (row[ours] ?? 0) + 1;
}

function filesBelow(path: string, wanted: RegExp): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && wanted.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Options that one of them knows. */
const OPTIONS = { rules: { type: "string" } } as const;

async function main(args: readonly string[]): Promise<number> {
  const { positionals, values } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  const [name, path] = positionals;
  const oracle = Object.hasOwn(ORACLES, name ?? "") ? ORACLES[name!] : undefined;
  if (oracle === undefined || path === undefined) {
    console.error(`usage: npm run oracle -- NAME PATH [--rules NAME], where NAME is one of: ${Object.keys(ORACLES).join(", ")}`);
    return 2;
  }
  try {
    const outcome = await runOracle(oracle, path, console.error, { ...values });
    console.log(JSON.stringify(outcome));
    if (outcome.total === 0) console.error(`no case found in ${path}`);
    return outcome.total > 0 && outcome.disagree === 0 ? 0 : 1;
  } finally {
    await oracle.close?.();
  }
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
