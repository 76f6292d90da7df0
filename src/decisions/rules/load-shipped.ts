/** The rule sets that ship with Postern: files beside this one, in force by their names until somebody stores their own. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

import type { RuleSet } from "../rule-set.ts";
import { loadRules } from "./load-rules.ts";

export const SHIPPED_FOLDER = join(import.meta.dirname, "sets");

export interface ShippedRules {
  readonly text: string;
  readonly rules: RuleSet;
}

/** All of a folder, by name. A file that is wrong is a fault of whoever wrote it, and told whole. */
export function loadShipped(folder: string = SHIPPED_FOLDER): ReadonlyMap<string, ShippedRules> {
  const found = new Map<string, ShippedRules>();
  for (const file of readdirSync(folder)
    .filter((each) => each.endsWith(".yaml"))
    .sort()) {
    const text = readFileSync(join(folder, file), "utf8");
    const reading = loadRules(text, file);
    if (!reading.ok) throw new Error(reading.faults.map(({ at, detail }) => `${at}: ${detail}`).join("\n"));
    if (reading.rules.name !== basename(file, ".yaml")) throw new Error(`${file}: its name is "${reading.rules.name}"`);
    found.set(reading.rules.name, { text, rules: reading.rules });
  }
  return found;
}
