/** What findings ask of those they belong to, as they stand; all of an owner's that were found at one moment are one matter. */
import { GOVERNANCE } from "../exceptions/policy.ts";
import { type Finding, type FindingKind, standingAt } from "../findings/finding.ts";
import { addDuration, duration, earliest, type Instant } from "../kernel/time.ts";
import type { Matter } from "./matter.ts";

/** Their own part tells of these sooner, and escalates them. */
const ESCALATED_ELSEWHERE: readonly FindingKind[] = ["unregisteredBypass", "exceptionOverstay", "revokeFailed", "ownerInvalid"];
/** And of these when they are found. */
const TOLD_ELSEWHERE: readonly FindingKind[] = [...ESCALATED_ELSEWHERE, "riskReopened"];

/** How long before it is due somebody is reminded. */
export const FINDING_SOON = duration("P7D");

export interface FindingMatter {
  readonly matter: Matter;
  readonly count: number;
}

/** The subject under which the findings of a person, or of nobody, are told. */
export const findingsSubject = (owner: string | null) => `findings:${owner ?? ""}`;

const dayDue = ({ dueAt }: Finding) => dueAt.slice(0, 10);

export function mattersOfFindings(
  subject: string,
  owner: string | null,
  findings: readonly Finding[],
  now: Instant,
): readonly FindingMatter[] {
  const open = findings.filter((finding) => standingAt(finding, now) === "open");
  const told = open.filter(({ kind }) => !TOLD_ELSEWHERE.includes(kind));
  const isSoon = ({ dueAt, ownedSince }: Finding) =>
    dueAt > now && addDuration(now, FINDING_SOON) >= dueAt && addDuration(ownedSince, FINDING_SOON) < dueAt;
  const base: Omit<Matter, "key" | "kind"> = {
    urgency: "digest",
    seats: owner === null ? [GOVERNANCE] : [],
    persons: owner === null ? [] : [owner],
    since: null,
    until: null,
    path: `/findings?owner=${owner ?? "nobody"}`,
  };
  const grouped = (those: readonly Finding[], by: (finding: Finding) => string, kind: Matter["kind"], more: Partial<Matter> = {}) =>
    [...Map.groupBy(those, by)].map(([at, group]): FindingMatter => ({
      matter: { ...base, until: group.map(({ dueAt }) => dueAt).reduce(earliest), key: `${subject} ${kind} ${at}`, kind, ...more },
      count: group.length,
    }));
  return [
    ...grouped(
      told.filter(({ dueAt }) => dueAt > now),
      ({ ownedSince }) => ownedSince,
      "findings",
    ),
    ...grouped(told.filter(isSoon), dayDue, "findingsDue"),
    // Escalated: governance hears of what nobody mended in time, whoever it belongs to.
    ...grouped(
      open.filter(({ kind, dueAt }) => dueAt <= now && !ESCALATED_ELSEWHERE.includes(kind)),
      dayDue,
      "findingsOverdue",
      { seats: [GOVERNANCE], until: null },
    ),
  ];
}
