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

/** Paths somebody gets in by, and in time. One that takes longer counts as failed: as if it were not there. */
export function waysIn(
  { paths, withinMinutes: own }: Pick<Operation, "paths" | "withinMinutes">,
  question: Question = {},
): readonly AccessPath[] {
  const { withinMinutes = own, roles } = question;
  return paths.filter(
    ({ role, minutes }) =>
      GIVES_ACCESS[role] && (roles?.includes(role) ?? true) && (withinMinutes === null || minutes === null || minutes <= withinMinutes),
  );
}
