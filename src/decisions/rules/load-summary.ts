/** What a file of rules holds, in short: for whoever checks one without a server. */
import type { Refusal } from "../../kernel/problem.ts";
import { loadRules } from "./load-rules.ts";

export type RulesSummary =
  | { readonly ok: true; readonly name: string; readonly digest: string; readonly rules: number }
  | { readonly ok: false; readonly faults: readonly Refusal[] };

export function summaryOfRules(text: string, file: string): RulesSummary {
  const reading = loadRules(text, file);
  if (!reading.ok) return reading;
  return { ok: true, name: reading.file.name, digest: reading.rules.digest, rules: reading.file.rules.length };
}
