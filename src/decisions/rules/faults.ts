/** Everything that is wrong with a rule set, each where it stands. Reading goes on after a fault, so that all are told at once. */
import { type Refusal, refusal } from "../../kernel/problem.ts";
import type { RuleRefusal } from "./refusals.ts";

/** More than anybody reads; a hostile file makes no report of its own size. */
const MOST = 100;

export interface Faults {
  add(code: RuleRefusal, at: string, detail: string): void;
  readonly all: readonly Refusal[];
}

export function collectFaults(): Faults {
  const all: Refusal[] = [];
  return {
    all,
    add: (code, at, detail) => {
      if (all.length < MOST) all.push(refusal(code, detail, { at }));
    },
  };
}

/** A JSON pointer (RFC 6901) one step further. */
export function under(at: string, step: string | number): string {
  return `${at}/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/** A word of the file as a fault shows it: never at any length. */
export function shown(value: unknown): string {
  if (typeof value === "string") return value.length > 60 ? `"${value.slice(0, 60)}…"` : `"${value}"`;
  if (Array.isArray(value)) return "A list";
  return typeof value === "object" && value !== null ? "A map" : String(value);
}
