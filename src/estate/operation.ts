/** What must be possible on a bad day, and by which ways somebody gets in to do it. */
import type { PersonId } from "../people/person.ts";
import type { Tier } from "./estate.ts";
import type { Expression } from "./expression.ts";

export const POPULATIONS = ["human", "privileged", "machine", "third-party"] as const;
export const PATH_ROLES = ["primary", "fallback", "recovery", "break-glass", "rollback"] as const;
export type PathRole = (typeof PATH_ROLES)[number];

/** How strong the sign-in of a path is: the assurance level of NIST SP 800-63B, and whether a false page can make nothing of it. */
export interface Assurance {
  readonly aal: 1 | 2 | 3;
  readonly phishingResistant: boolean;
}

export interface AccessPath {
  /** Slug, its own within the operation. */
  readonly key: string;
  readonly name: string;
  readonly population: (typeof POPULATIONS)[number];
  readonly role: PathRole;
  readonly needs: Expression;
  /** How long it takes to get in by it, in minutes; null: at once. */
  readonly minutes: number | null;
  /** Left out or null: nobody said; then it is told from the kinds of what it needs, or not known. */
  readonly assurance?: Assurance | null;
}

export interface OperationFields {
  readonly name: string;
  readonly criticality: Tier;
  /** Key of the application it is done in. */
  readonly application: string | null;
  readonly businessOwner: PersonId | null;
  /** Who approves the model of it; the approval itself is a decision bound to its content (accountability). */
  readonly modelApprover: PersonId | null;
  readonly maintainer: PersonId | null;
  readonly onCall: PersonId | null;
  /** How many independent failures it has to survive. */
  readonly tolerates: 0 | 1 | 2;
  /** How long it may wait, in minutes: a path that takes longer counts as failed. Null: as long as it takes. */
  readonly withinMinutes: number | null;
  readonly paths: readonly AccessPath[];
  readonly status: "active" | "retired";
}

export interface Operation extends OperationFields {
  /** Slug; unique, never changes. */
  readonly key: string;
}
