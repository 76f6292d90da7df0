/** The Debian package `scram`: another program that solves fault trees, run beside ours. Nothing of it is read but what it prints. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface ScramAnswer {
  readonly minimalCutSets: number;
  /** By size, from size 1. */
  readonly histogram: readonly number[];
  readonly probability: number;
  /** What it says it took: to find the sets, and to compute the probability. */
  readonly seconds: number;
}

export function scramMissing(): string | undefined {
  try {
    execFileSync("scram", ["--version"], { stdio: "ignore" });
    return undefined;
  } catch {
    return "no scram (Debian: apt-get install scram)";
  }
}

/** Exact, by its binary decision diagrams; sizes are not limited. */
export function runScram(file: string): ScramAnswer {
  const args = ["--bdd", "--ccf", "true", "--probability", "true", "--limit-order", "1000", "--no-indent", "--verbosity", "0", file];
  // Its report lists every set; only what stands before the first is looked at.
  const report = execFileSync("bash", ["-c", '"$@" | head -c 16384', "bash", "scram", ...args], { encoding: "utf8" });
  const attribute = (name: string) => new RegExp(`<sum-of-products [^>]*\\b${name}="([^"]*)"`).exec(report)?.[1] ?? "";
  const taken = ["products", "probability"].map((part) => Number(new RegExp(`<${part}>([^<]*)</${part}>`).exec(report)?.[1] ?? "NaN"));
  return {
    minimalCutSets: Number(attribute("products")),
    histogram: attribute("distribution").split(" ").filter(Boolean).map(Number),
    probability: Number(attribute("probability")),
    seconds: taken[0]! + taken[1]!,
  };
}

const EXAMPLES = "/usr/share/scram/input";

/** A published tree that the package brings along, as one model: there the gates are in one file and the events in another. */
export function shippedModel(name: string): string {
  const [gates, events] = ["", "-basic-events"].map((part) => readFileSync(join(EXAMPLES, `${name}${part}.xml`), "utf8"));
  const chances = events!.slice(events!.indexOf("<model-data>"), events!.indexOf("</opsa-mef>"));
  return gates!.replace("</opsa-mef>", `${chances}</opsa-mef>`);
}
