/** A need that keeps coming back is a fault in the design. A design issue says which, and who answers for changing it. */
import type { Resource } from "../exceptions/version.ts";
import type { Id } from "../kernel/id.ts";
import { addDuration, duration, type Instant } from "../kernel/time.ts";
import type { PersonId } from "../people/person.ts";

export interface NewDesignIssue {
  readonly id: Id<"designIssue">;
  /** What the exceptions keep being asked for; at most one issue about it is open. */
  readonly about: Resource;
  readonly owner: PersonId;
  readonly statement: string;
  /** Null where a rule opened it: the limit of repeats was reached. */
  readonly openedBy: PersonId | null;
  readonly openedAt: Instant;
}

/** A quarter: time enough to change a design, and short enough that the need does not come back four times more. */
const ANSWERED_WITHIN = duration("P90D");

/** Until when its owner is to say what became of it. Nothing ends at that moment: from then on governance is told too. */
export function issueDueAt({ openedAt }: Pick<NewDesignIssue, "openedAt">): Instant {
  return addDuration(openedAt, ANSWERED_WITHIN);
}

/** `resolved`: the design was changed. `closed`: it was not, and need not be. */
export const ISSUE_ENDS = ["resolved", "closed"] as const;
export type IssueEnd = (typeof ISSUE_ENDS)[number];

interface Ended {
  readonly by: PersonId;
  readonly at: Instant;
  readonly sentence: string;
}

export type DesignIssue = NewDesignIssue & ({ readonly state: "open" } | (Ended & { readonly state: IssueEnd }));
export const ISSUE_STATES = ["open", ...ISSUE_ENDS] as const satisfies readonly DesignIssue["state"][];

export type DesignIssueEvent =
  | { readonly type: "designIssueOpened"; readonly data: NewDesignIssue }
  | { readonly type: "designIssueResolved" | "designIssueClosed"; readonly data: Ended };
