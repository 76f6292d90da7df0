/** Which paths of an operation count as a way in. */
import type { AccessPath, Operation, PathRole } from "../estate/operation.ts";

/** A rollback undoes what was done; nobody gets in by it. */
const GIVES_ACCESS: Readonly<Record<PathRole, boolean>> = {
  primary: true,
  fallback: true,
  recovery: true,
  "break-glass": true,
  rollback: false,
};

export interface Question {
  /** Within how many minutes somebody has to be in; null: however long it takes. Left out: what the operation says. */
  readonly withinMinutes?: number | null;
  /** Only paths in these roles. */
  readonly roles?: readonly PathRole[];
}

/** Whether somebody gets in by a path of an operation, and in time. One that takes longer counts as failed: as if it were not there. */
export function isWayIn({ role, minutes }: AccessPath, operation: Pick<Operation, "withinMinutes">, question: Question = {}): boolean {
  if (!GIVES_ACCESS[role] || question.roles?.includes(role) === false) return false;
  const within = question.withinMinutes === undefined ? operation.withinMinutes : question.withinMinutes;
  return within === null || minutes === null || minutes <= within;
}

export function waysIn(operation: Pick<Operation, "paths" | "withinMinutes">, question: Question = {}): readonly AccessPath[] {
  return operation.paths.filter((path) => isWayIn(path, operation, question));
}
