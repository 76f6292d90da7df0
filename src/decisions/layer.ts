/**
 * What the register is made of: layers that each hold some persons and some exceptions, whole. What a newer layer holds, masks the same
 * person or exception in an older one.
 */
import type { GrantRow } from "./grant-row.ts";
import type { PersonRow } from "./person-row.ts";
import type { SubjectKey } from "./register.ts";

/** Somebody a name may mean. */
export interface Candidate {
  /** Undefined: known by an exception alone. */
  readonly person: Pick<PersonRow, "id" | "active"> | undefined;
  /**
   * Keys the name stands for. By a person's own name, those of the accounts they live by: what they hold by another account of theirs
   * is asked about by that one's name. By a name of an account, that one's.
   */
  readonly keys: readonly SubjectKey[];
  /** False for an account that is off. */
  readonly enabled: boolean;
}

export interface Layer {
  /** Whom a name may mean: `kind` is a kind of subject. */
  candidates(kind: string, name: string): Iterable<Candidate>;
  /** Undefined where this layer does not hold them; null where it knows that there is nobody. */
  person(id: string): Pick<PersonRow, "id" | "active"> | null | undefined;
  /** Whether it says what became of an exception, if only that nothing is left of it. */
  holds(exception: string): boolean;
  holdsPerson(id: string): boolean;
  rows(key: SubjectKey): Iterable<GrantRow>;
  rowsOn(resource: GrantRow["resource"]): Iterable<GrantRow>;
}
