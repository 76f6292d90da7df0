import type { Instant } from "../kernel/time.ts";
import type { FindingCountsView, FindingView } from "./contract.ts";
import {
  FINDING_KINDS,
  type Finding,
  type FindingKind,
  type FindingState,
  isOverdue,
  SEVERITIES,
  type Severity,
  standingAt,
} from "./finding.ts";

export function viewOf(finding: Finding, names: ReadonlyMap<string, string>, mayCare: boolean, now: Instant): FindingView {
  const { id, kind, severity, source, subject, statement, owner, isAssigned, foundAt, openedAt, reopened, dueAt, notes } = finding;
  const state = standingAt(finding, now);
  return {
    id,
    state,
    kind,
    severity,
    source,
    subject: { ...subject },
    statement,
    owner,
    isAssigned,
    foundAt,
    openedAt,
    reopened,
    dueAt,
    ownerName: owner === null ? null : (names.get(owner) ?? null),
    overdue: isOverdue(finding, now),
    acceptance:
      state === "accepted" && finding.state === "accepted" ? { risk: finding.acceptance.risk, until: finding.acceptance.until } : null,
    mendedAt: finding.state === "mended" ? finding.mendedAt : null,
    notes: notes.map((note) => ({ ...note, byName: names.get(note.by) ?? null })),
    mayCare,
  };
}

interface Count {
  readonly kind: FindingKind;
  readonly state: FindingState;
  readonly severity: Severity;
  readonly overdue: boolean;
  readonly count: number;
}

export function countsOf(counts: readonly Count[], unowned: number, unread: FindingCountsView["unread"]): FindingCountsView {
  const sum = (holds: (each: Count) => boolean) => counts.reduce((all, each) => (holds(each) ? all + each.count : all), 0);
  const isOpen = ({ state }: Count) => state === "open";
  const ofKind = (kind: FindingKind) => ({
    kind,
    open: sum((each) => isOpen(each) && each.kind === kind),
    overdue: sum((each) => each.overdue && each.kind === kind),
  });
  return {
    open: sum(isOpen),
    overdue: sum(({ overdue }) => overdue),
    accepted: sum(({ state }) => state === "accepted"),
    mended: sum(({ state }) => state === "mended"),
    unowned,
    byKind: FINDING_KINDS.map(ofKind).filter(({ open }) => open > 0),
    bySeverity: SEVERITIES.map((severity) => ({ severity, open: sum((each) => isOpen(each) && each.severity === severity) })),
    unread,
  };
}
