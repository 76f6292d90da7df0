/** The answers in words. A sentence is a list of parts, so that a reader can follow what is named in it; read in a row, it is plain text. */
import type { Difference } from "./estate-engine/difference.ts";
import type { FallbackFate } from "./fallback.ts";
import type { TriedFix } from "./fixes.ts";
import { readLeaf } from "./leaf.ts";
import type { Outage } from "./outages.ts";

/** Words that stand out; with `about`, they name something one can go to. */
export interface Named {
  readonly words: string;
  readonly about?: { readonly kind: "operation" | "failure"; readonly key: string };
}
export type Sentence = readonly (string | Named)[];

export interface NamesOf {
  /** Of a component or a common cause, by its failure. */
  failure(text: string): string;
  operation(key: string): string;
  path(operation: string, key: string): string;
}

export function plain(sentence: Sentence): string {
  return sentence.map((part) => (typeof part === "string" ? part : part.words)).join("");
}

export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}

/** If **idp0** fails, **412 operations** have no way in. */
export function blastWords(failure: string, operations: readonly string[], names: NamesOf): Sentence {
  const first = operations[0];
  const lost: Named =
    operations.length === 1 && first !== undefined ? operationNamed(first, names) : { words: counted(operations.length, "operation") };
  const have = operations.length === 1 ? "has" : "have";
  if (readLeaf(failure).kind === "cause")
    return causeWords(failure, operations.length === 0 ? ["every operation still has a way in."] : [lost, ` ${have} no way in.`], names);
  if (operations.length === 0) return ["If ", failureNamed(failure, names), " fails, every operation still has a way in."];
  return ["If ", failureNamed(failure, names), " fails, ", lost, ` ${have} no way in.`];
}

/** A cause is called by what happens, so that "if it fails" would say nothing. */
function causeWords(failure: string, then: Sentence, names: NamesOf): Sentence {
  return ["If the common cause “", failureNamed(failure, names), "” strikes, ", ...then];
}

/** When **idp0** and **laptop** have failed, **payroll** has no way in. */
export function whatIfWords(failures: readonly string[], operations: readonly string[], names: NamesOf): Sentence {
  if (failures.length === 0) return ["With nothing failed, every operation stands as it does now."];
  if (failures.length === 1) return blastWords(failures[0]!, operations, names);
  const named = failures.slice(0, MOST_NAMED).flatMap((failure, i) => [...(i > 0 ? [", "] : []), failureNamed(failure, names)]);
  const rest = failures.length > MOST_NAMED ? [` and ${counted(failures.length - MOST_NAMED, "more", "more")}`] : [];
  const end =
    operations.length === 0
      ? ["every operation still has a way in."]
      : [{ words: counted(operations.length, "operation") }, " locked out."];
  return ["With ", ...named, ...rest, " failed: ", ...end];
}

const MOST_NAMED = 6;

export interface SetsInWords {
  readonly singles: readonly string[] | "down";
  /** Counts by size as text, from size 0 on. */
  readonly counts: readonly string[];
  readonly completeTo: number | null;
}

const GROUPS = ["", "", "pairs", "sets of three", "sets of four"];
const groupOf = (size: number): string => GROUPS[size] ?? `sets of ${size}`;

/** **Payments release** is lost by any one of: time service, cloud control plane; or any of 37 pairs. */
export function setsWords(operation: string, { singles, counts, completeTo }: SetsInWords, names: NamesOf): Sentence {
  const subject = operationNamed(operation, names);
  if (singles === "down") return [subject, " has no way in at all, even with nothing failed."];
  const more = counts.flatMap((count, size) => {
    if (size < 2 || count === "0") return [];
    return [
      count === "1"
        ? `one ${groupOf(size).replace("pairs", "pair").replace("sets", "set")}`
        : `any of ${BigInt(count).toLocaleString("en")} ${groupOf(size)}`,
    ];
  });
  if (singles.length === 0) {
    const found = more[0] === undefined ? ["no set of failures that was looked at"] : [more[0]];
    return [subject, " survives any one failure. It is lost by ", ...found, `.`, ...looked(completeTo)];
  }
  const named = singles.slice(0, MOST_NAMED).flatMap((failure, i) => [...(i > 0 ? [", "] : []), failureNamed(failure, names)]);
  const rest = singles.length > MOST_NAMED ? [` and ${counted(singles.length - MOST_NAMED, "other")}`] : [];
  const one = singles.length === 1 ? " is lost by one failure alone: " : " is lost by any one of: ";
  return [subject, one, ...named, ...rest, ...(more[0] === undefined ? [] : [`; or ${more[0]}`]), ".", ...looked(completeTo)];
}

function looked(completeTo: number | null): Sentence {
  return completeTo === null ? [] : [` Complete up to ${counted(completeTo, "simultaneous failure")}.`];
}

/** Its fallback does not help with idp0: OTP → broker 1 → idp0. */
export function chainWords(operation: string, path: string, failure: string, chain: readonly string[], names: NamesOf): Sentence {
  const way = chain.flatMap((key) => [" → ", failureNamed(key, names)]);
  const words = names.path(operation, path);
  return [{ words }, " does not help with ", failureNamed(failure, names), `: ${words}`, ...way, "."];
}

export function fixWords(operation: string, { fix, removes, leaves }: TriedFix, names: NamesOf): Sentence {
  const removed = removes.flatMap((failure, i) => [...(i > 0 ? [", "] : []), failureNamed(failure, names)]);
  const effect: Sentence = [
    " Then ",
    ...removed,
    removes.length === 1 ? " alone locks nobody out" : " alone lock nobody out",
    leaves.length === 0 ? ", nor does any other single failure." : `; ${counted(leaves.length, "other single failure")} would.`,
  ];
  return [...changeWords(operation, fix, names), ...effect];
}

function changeWords(operation: string, fix: TriedFix["fix"], names: NamesOf): Sentence {
  switch (fix.kind) {
    case "addPath": {
      const path = names.path(fix.from.operation, fix.from.path);
      return ["Give it a way in that ", operationNamed(fix.from.operation, names), " has: ", { words: path }, "."];
    }
    case "quicken":
      return [
        { words: names.path(operation, fix.path) },
        ` takes ${counted(fix.minutes, "minute")}, and the operation can wait ${fix.withinMinutes}. Make it that quick.`,
      ];
    case "alternative": {
      const who = fix.component === null ? { words: names.path(operation, fix.path) } : failureNamed(fix.component, names);
      if (fix.alternative === null) return ["Let ", who, " do without ", failureNamed(fix.needs, names), "."];
      return [
        "Let ",
        who,
        " also work with ",
        failureNamed(fix.alternative, names),
        ", not only with ",
        failureNamed(fix.needs, names),
        ".",
      ];
    }
  }
}

/** Had it happened here: 3,120 operations locked out for 839 minutes. */
export function outageWords({ provider, on, minutes, isAtLeast }: Outage, operations: number): Sentence {
  const what =
    operations === 0
      ? "no operation would have been locked out"
      : `${counted(operations, "operation")} locked out for ${isAtLeast ? "at least " : ""}${counted(minutes, "minute")}`;
  return [`Had what failed at ${provider} on ${on} failed here: `, { words: what }, "."];
}

/** +1 single, 3 pairs gone, 5,998 operations touched. */
export function differenceWords({ gained, lost, touched }: Difference): Sentence {
  const groups = ["", "single", "pair", "set of three"];
  const named = (count: number, size: number) => counted(count, groups[size]!, size === 3 ? "sets of three" : `${groups[size]}s`);
  const parts = [1, 2, 3].flatMap((size) => [
    ...(gained[size]! > 0 ? [`+${named(gained[size]!, size)}`] : []),
    ...(lost[size]! > 0 ? [`${named(lost[size]!, size)} gone`] : []),
  ]);
  if (touched.length === 0) return ["Nothing changes for any operation."];
  return [[...parts, `${counted(touched.length, "operation")} touched`].join(", "), "."];
}

/** What is said of an exception's fallback. */
export function fallbackWords({ parts, front, grade, shared, chain }: FallbackFate, names: NamesOf): Sentence {
  const unknown = parts.flatMap(({ text, component }) => (component === null ? [`“${text}”`] : []));
  const also = unknown.length === 0 ? [] : [` The model does not know ${unknown.join(", ")}.`];
  if (front.length === 0)
    return ["The model does not say what this weakens, so nobody can tell whether the fallback fails with it.", ...also];
  if (unknown.length === parts.length)
    return [`The model does not know ${unknown.join(", ")}, so nobody can tell whether it fails with what it stands in for.`];
  const first = shared[0] ?? "";
  const steps = chain.flatMap((key, i): Sentence => [...(i > 0 ? [" → "] : []), { words: names.failure(key) }]);
  if (grade === "A") return ["It fails with what it stands in for: ", ...steps, ".", ...also];
  if (grade === "B") return ["Both hang on ", { words: names.failure(first) }, ": ", ...steps, ". One of them can do without it.", ...also];
  return ["No one failure takes both.", ...also];
}

export function failureNamed(failure: string, names: NamesOf): Named {
  return { words: names.failure(failure), about: { kind: "failure", key: failure } };
}

function operationNamed(key: string, names: NamesOf): Named {
  return { words: names.operation(key), about: { kind: "operation", key } };
}
