/** What is wrong with the ways in, as findings: too few failures lock out, a fallback shares the fate of what it stands in for, a circle. Pure. */
import type { FindingSeen, Severity } from "../findings/finding.ts";
import type { Operation } from "../estate/operation.ts";
import type { EstateAnswers, OperationStanding } from "./estate-answers.ts";
import { loopsOf } from "./loops.ts";
import type { LockoutModel } from "./model.ts";
import { createSharedFates, pairsOf, type Share } from "./shared-fate.ts";
import { waysIn } from "./ways-in.ts";
import { counted, type NamesOf, plain, setsWords } from "./words.ts";

export const ESTATE_FINDINGS = ["singlePointOfFailure", "toleranceExceeded", "sharedFate", "bootstrapLoop"] as const;

export function findingsOfEstate(model: LockoutModel, estate: EstateAnswers, names: NamesOf): readonly FindingSeen[] {
  const fates = createSharedFates(model);
  return [
    ...loopsOf(model.components).map((loop) => ofLoop(loop, model, names)),
    ...estate.operations.flatMap((standing) => [...ofStanding(standing, names), ...ofFates(standing, fates, names)]),
  ];
}

function ofStanding(standing: OperationStanding, names: NamesOf): readonly FindingSeen[] {
  const { operation, tolerance, smallest } = standing;
  if (tolerance === "held" || tolerance === "unknown") return [];
  const words = plain(setsWords(operation.key, { ...standing, completeTo: null }, names));
  const { tolerates } = operation;
  const has = tolerates === 0 ? "" : ` It has to survive any ${tolerates === 1 ? "one failure" : counted(tolerates, "failure")}.`;
  return [
    {
      kind: smallest === 1 ? "singlePointOfFailure" : "toleranceExceeded",
      key: `tolerance ${operation.key}`,
      subject: { kind: "operation", id: operation.key },
      statement: words + has,
      owner: mends(operation),
      dueInDays: null,
      severity: smallest === 0 ? "critical" : severityOf(operation),
    },
  ];
}

/** Where one failure takes a way and what stands in for it, though others may be left. */
function ofFates(
  { operation, singles }: OperationStanding,
  { takenBoth, takesBoth }: ReturnType<typeof createSharedFates>,
  names: NamesOf,
): readonly FindingSeen[] {
  const open = waysIn(operation);
  return pairsOf(open).flatMap(([primary, fallback]) => {
    const both = takesBoth(primary, fallback);
    // What locks everybody out is said already, by the finding about that.
    const isSaid = singles === "down" || both.every((failure) => singles.includes(failure));
    if (both.length === 0 || (isSaid && operation.tolerates > 0)) return [];
    return [
      {
        kind: "sharedFate" as const,
        key: `fate ${operation.key} ${primary.key} ${fallback.key}`,
        subject: { kind: "operation" as const, id: operation.key },
        statement: fateWords(operation, { primary: primary.key, fallback: fallback.key }, takenBoth(primary, fallback, both[0]!), names),
        owner: mends(operation),
        dueInDays: null,
        severity: "medium" as const,
      },
    ];
  });
}

function fateWords(
  { key }: Operation,
  { primary, fallback }: { readonly primary: string; readonly fallback: string },
  { by, chains }: Share,
  names: NamesOf,
): string {
  const way = chains.fallback.map((each) => names.failure(each)).join(" → ");
  return `${names.operation(key)}: ${names.path(key, fallback)} does not help when ${names.path(key, primary)} fails with ${names.failure(by)}: it hangs on ${way}.`;
}

function ofLoop(loop: readonly string[], { components }: LockoutModel, names: NamesOf): FindingSeen {
  const [first = ""] = loop;
  return {
    kind: "bootstrapLoop",
    key: `loop ${loop.slice(1).toSorted().join(" ")}`,
    subject: { kind: "component", id: first },
    statement: `After a cold start none of these comes up first, for each needs the next: ${loop.map((key) => names.failure(key)).join(" → ")}.`,
    owner: components.find(({ key }) => key === first)?.owner ?? null,
    dueInDays: null,
    severity: "high",
  };
}

function mends({ maintainer, businessOwner }: Operation) {
  return maintainer ?? businessOwner;
}

function severityOf({ criticality }: Operation): Severity {
  return criticality === 1 ? "high" : "medium";
}
