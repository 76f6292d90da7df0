/** What drills find, in the words of findings. Pure. */
import type { Operation } from "../estate/operation.ts";
import type { FindingKind, FindingSeen, Severity } from "../findings/finding.ts";
import type { LockoutModel } from "../lockout/model.ts";
import type { DrillPlan } from "./plan.ts";

export type Why = "overdue" | "failed" | "aborted" | "skipped";

const KIND: Readonly<Record<Why, FindingKind>> = {
  overdue: "drillOverdue",
  failed: "drillFailed",
  aborted: "drillFailed",
  skipped: "drillSkipped",
};
const WORDS: Readonly<Record<Why, string>> = {
  overdue: "is overdue: nobody held it in time",
  failed: "did not pass when it was last held",
  aborted: "was stopped when it was last held, and how it would have gone is unknown",
  skipped: "was left out the last time",
};
const BY_TIER: readonly Severity[] = ["critical", "high", "medium", "low"];

export function failedFinding({ plan, why, open }: { plan: DrillPlan; why: Why; open: string | null }): FindingSeen {
  return {
    kind: KIND[why],
    key: `${plan.id} ${KIND[why]}`,
    subject: { kind: "drill", id: open ?? plan.id },
    statement: `The drill "${plan.name}" ${WORDS[why]}.`,
    owner: plan.owner,
    dueInDays: null,
    severity: BY_TIER[plan.tier - 1]!,
  };
}

/** How critical an operation is whose ways back in have to be tried. */
const MOST_TIER = 2;

/** Ways in, other than the one that everybody uses every day, that no drill passed within a year. */
export function undrilledFindings({ operations }: LockoutModel, tried: ReadonlySet<string>): readonly FindingSeen[] {
  return operations.filter(({ criticality }) => criticality <= MOST_TIER).flatMap((operation) => undrilledOf(operation, tried));
}

function undrilledOf({ key, name, paths, businessOwner, criticality }: Operation, tried: ReadonlySet<string>): readonly FindingSeen[] {
  const missing = paths.filter((path) => path.role !== "primary" && !tried.has(`${key}/${path.key}`));
  return missing.map((path) => ({
    kind: "notDrilled",
    key: `${key}/${path.key}`,
    subject: { kind: "operation", id: key },
    statement: `Nobody tried within a year whether "${path.name}" (${path.role}) really leads into ${name}.`,
    owner: businessOwner,
    dueInDays: null,
    severity: BY_TIER[criticality]!,
  }));
}
