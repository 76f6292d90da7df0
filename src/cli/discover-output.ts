/** What `postern discover` says: for people, for programs, and as an exit code. */
import { type ConfigFault, faultWords } from "../connectors/port.ts";
import type { Finding, Inventory } from "../discovery/inventory.ts";
import { reportOf } from "../discovery/report.ts";
import { onOneLine } from "../discovery/text.ts";
import { UsageFault } from "./command.ts";
import { jsonText } from "./output.ts";

export interface Unreadable {
  readonly name: string;
  readonly faults: readonly ConfigFault[];
}

export interface Discovered {
  readonly inventory: Inventory;
  readonly findings: readonly Finding[];
  readonly unreadable: readonly Unreadable[];
}

/** How many bypasses that no exception in force covers are too many. */
export interface Threshold {
  readonly criticalOnly: boolean;
  readonly most: number;
}

/** `critical`: not one critical; `any`: not one; `12`: not more than twelve. Without it nothing is too much. */
export function thresholdOf(given: string | boolean | undefined): Threshold | undefined {
  if (given === undefined) return undefined;
  if (given === "critical") return { criticalOnly: true, most: 0 };
  if (given === "any") return { criticalOnly: false, most: 0 };
  if (typeof given === "string" && /^\d{1,9}$/.test(given)) return { criticalOnly: false, most: Number(given) };
  throw new UsageFault(`--fail-on ${String(given)}: say critical, any, or how many bypasses are not too many`);
}

/** 1: something was not read, and nobody knows what is in it. 3: more was found than is allowed. */
export function exitCodeOf({ inventory, unreadable }: Discovered, threshold: Threshold | undefined): number {
  if (unreadable.length > 0) return 1;
  if (threshold === undefined) return 0;
  return (threshold.criticalOnly ? inventory.openCritical : inventory.open) > threshold.most ? 3 : 0;
}

export function unreadableWords(unreadable: readonly Unreadable[]): string {
  const lines = unreadable.flatMap(({ name, faults }) => faults.map((fault) => `cannot read ${name}: ${faultWords(fault)}`));
  return lines.map(onOneLine).join("\n");
}

export function jsonOf({ inventory, findings, unreadable }: Discovered): string {
  const bypasses = findings.map(({ source, bypass, accounts, owner, cover }) => ({
    source: source.name,
    ...bypass,
    /** How many accounts it lets in; null where nobody can tell. */
    accounts: accounts?.length ?? null,
    owner: owner ?? bypass.owner ?? null,
    /** By an exception in force; null where no register was asked. */
    covered: cover === undefined ? null : cover !== null,
    exception: cover?.exception ?? null,
    coveredUntil: cover?.until ?? null,
  }));
  return jsonText({ inventory, bypasses, unreadable });
}

export function textOf({ inventory, findings }: Discovered, all: boolean, width: number): string {
  return reportOf(inventory, { width, ...(all && { all: findings }) });
}
