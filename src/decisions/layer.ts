/**
 * What the register is made of: layers that each hold some persons and some exceptions, whole. Where a newer one holds a person or an
 * exception, the older one hides it.
 */
import type { GrantRow } from "./grant-row.ts";
import type { SubjectKey } from "./register.ts";

/** Somebody a name may mean. */
export interface Candidate {
  /** Null: known by an exception alone. */
  readonly person: { readonly id: string; readonly active: boolean } | null;
  /**
   * Keys the name stands for. By a person's own name, those of the accounts they live by: what they hold by another account of theirs
   * is asked about by that one's name. By a name of an account, that one's.
   */
  readonly keys: readonly SubjectKey[];
  /** False for an account that is off. */
  readonly enabled: boolean;
}

export interface Layer {
  /** Adds whom a name may mean; `kind` is a kind of subject. */
  findCandidates(kind: string, name: string, into: Candidate[]): void;
  /** Undefined where this layer does not hold them. */
  isActive(person: string): boolean | undefined;
  findRows(key: SubjectKey, resource: GrantRow["resource"], into: GrantRow[]): void;
  rowsOf(key: SubjectKey): Iterable<GrantRow>;
  rowsOn(resource: GrantRow["resource"]): Iterable<GrantRow>;
}

/** A key that says where its rows lie in the words it was read from, and its hash by their seed. */
export interface PlacedKey extends SubjectKey {
  readonly hash: number;
  readonly words: Uint32Array;
  readonly place: number;
}
