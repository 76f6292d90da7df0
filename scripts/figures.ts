/**
 * `npm run figures`: what keeps the code small enough to read. Prints each figure beside its budget and names what breaks one;
 * exits 1 then. Complexity has its budget in the linter.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { listSources } from "../test/support/source-tree.ts";
import { allScripts, readManifest, type Script, scriptsFor, sizeOf } from "./console-size.ts";
import { functionsOf, type FunctionLength } from "./function-lengths.ts";

const ROOT = join(import.meta.dirname, "..");
const CODE = ["src", "web", "test", "scripts", "bench"];
const IS_TEST = /\.(test|suite)\.tsx?$|^test\//;

/** Beyond this many direct dependencies nobody knows them all any more. */
const MAX_RUNTIME_DEPENDENCIES = 21;

/** Where `npm run build` puts the console, and the budgets of its scripts in bytes, compressed. */
const CONSOLE = join(ROOT, "dist", "console");
const REGISTER = "pages/exceptions/register-page.tsx";
const REGISTER_BYTES = 200_000;
const CONSOLE_BYTES = 420_000;

interface Figure {
  readonly name: string;
  readonly value: number;
  readonly budget: number;
  /** What breaks the budget, for people. */
  readonly offenders?: readonly string[];
}

function figures(): readonly Figure[] {
  const paths = CODE.filter((folder) => existsSync(join(ROOT, folder))).flatMap((folder) => listSources(ROOT, folder));
  const texts = new Map(paths.map((path) => [path, readFileSync(join(ROOT, path), "utf8")]));
  const files = paths.map((path) => ({ path, lines: texts.get(path)!.split("\n").length - 1 }));
  const functions = paths.filter((path) => !IS_TEST.test(path)).flatMap((path) => functionsOf(path, texts.get(path)!));
  return [...figuresOfFiles(files), ...figuresOfFunctions(functions), ...figuresOfDependencies(), ...figuresOfConsole()];
}

function figuresOfFiles(files: readonly { path: string; lines: number }[]): readonly Figure[] {
  const lines = files.map((file) => file.lines);
  return [
    { name: "files", value: files.length, budget: Infinity },
    { name: "lines", value: lines.reduce((sum, each) => sum + each, 0), budget: Infinity },
    { name: "lines of a file, median", value: percentile(lines, 50), budget: 100 },
    { name: "lines of a file, p95", value: percentile(lines, 95), budget: 300 },
    { name: "lines of a file, most", value: Math.max(...lines), budget: 400, offenders: over(files, 400, (file) => file.path) },
  ];
}

function figuresOfFunctions(functions: readonly FunctionLength[]): readonly Figure[] {
  const lines = functions.map((each) => each.lines);
  return [
    { name: "functions (tests apart)", value: functions.length, budget: Infinity },
    { name: "lines of a function, p95", value: percentile(lines, 95), budget: 40 },
    {
      name: "lines of a function, most",
      value: Math.max(...lines),
      budget: 60,
      offenders: over(functions, 60, (each) => `${each.path}:${each.line} ${each.name}`),
    },
  ];
}

function figuresOfDependencies(): readonly Figure[] {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as Record<string, object>;
  const names = Object.keys(dependencies!);
  const folder = join(ROOT, "docs", "decisions");
  const decisions = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
  const unjustified = [...names, ...Object.keys(devDependencies!)].filter(
    (name) => !decisions.some((text) => text.includes(`\`${name}\``)),
  );
  return [
    { name: "direct runtime dependencies", value: names.length, budget: MAX_RUNTIME_DEPENDENCIES },
    { name: "dependencies without a reason in docs/decisions", value: unjustified.length, budget: 0, offenders: unjustified },
  ];
}

/** A console that was not built has no size; the figure is NaN then, and broken. */
function figuresOfConsole(): readonly Figure[] {
  const isBuilt = existsSync(join(CONSOLE, "manifest.json"));
  const manifest = isBuilt ? readManifest(CONSOLE) : {};
  const figure = (name: string, budget: number, scripts: readonly Script[]): Figure => ({
    name: `${name}, bytes of JavaScript after gzip`,
    value: isBuilt ? sizeOf(scripts) : Number.NaN,
    budget,
    offenders: isBuilt ? scripts.slice(0, 8).map(({ file, bytes }) => `${file} (${bytes})`) : ["there is no dist/console: npm run build"],
  });
  return [
    figure("first paint of the register", REGISTER_BYTES, isBuilt ? scriptsFor(CONSOLE, manifest, REGISTER) : []),
    figure("the whole console", CONSOLE_BYTES, isBuilt ? allScripts(CONSOLE, manifest) : []),
  ];
}

/** The smallest value that at least this share of all values does not exceed. */
function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((sorted.length * share) / 100) - 1)] ?? Number.NaN;
}

function over<T extends { readonly lines: number }>(all: readonly T[], budget: number, words: (one: T) => string): string[] {
  return all.filter(({ lines }) => lines > budget).map((one) => `${words(one)} (${one.lines})`);
}

function main(): number {
  let broken = 0;
  for (const { name, value, budget, offenders = [] } of figures()) {
    // A figure of nothing is no figure: a checker that read no file must not report success.
    const isBroken = Number.isNaN(value) || value > budget || !Number.isFinite(value);
    if (isBroken) broken += 1;
    console.log(`${isBroken ? "OVER" : "  ok"}  ${String(value).padStart(7)}${budget === Infinity ? "" : ` of ${budget}`}  ${name}`);
    for (const offender of isBroken ? offenders : []) console.log(`                 ${offender}`);
  }
  // No budget to break here: how long it takes also says what else the machine was doing.
  const seconds = join(ROOT, ".cache", "reports", "check.seconds");
  if (existsSync(seconds)) console.log(`      ${readFileSync(seconds, "utf8").padStart(7)} s  last npm run check (to stay within 30 s)`);
  return broken === 0 ? 0 : 1;
}

if (import.meta.main) process.exitCode = main();
