/** What a risk rests on, as it was when it was put forward, and how that differs from what is there now. Pure. */

export const BASIS_KINDS = ["exception", "operation", "finding", "lockOutSet"] as const;
export type BasisKind = (typeof BASIS_KINDS)[number];

/** Failures that together leave an operation without a way in: sorted keys of components, common causes as `cause_key`. */
export interface LockOutSet {
  readonly operation: string;
  readonly failures: readonly string[];
}

/** One thing a risk names, and the digest of what makes it what it is. */
export interface Basis {
  readonly kind: BasisKind;
  /** Of a lock-out set: operation and failures in one text. */
  readonly id: string;
  readonly digest: string;
}

/** Beside the exceptions and the design issue that every risk may name. */
export interface StandsOn {
  readonly operations: readonly string[];
  readonly lockOutSets: readonly LockOutSet[];
  readonly findings: readonly string[];
  readonly basis: readonly Basis[];
}

/** `gone`: it is there no more, and there is less to answer for. `over`: it ended. `changed`: it is not what was accepted. */
export const CHANGES = ["changed", "over", "gone", "executiveLeft"] as const;

export interface Change {
  readonly kind: BasisKind | "person";
  readonly id: string;
  readonly what: (typeof CHANGES)[number];
}

/** What is there now under the id of a basis. Undefined: nobody can tell now, which changes nothing. */
export type Standing = { readonly digest: string } | "over" | "gone" | undefined;

export function lockOutSetId({ operation, failures }: LockOutSet): string {
  return `${operation}: ${failures.join(" + ")}`;
}

export function sortedSet({ operation, failures }: LockOutSet): LockOutSet {
  return { operation, failures: [...new Set(failures)].toSorted() };
}

/**
 * What would make somebody decide again. What is over or gone leaves less to answer for: that alone is no reason, unless nothing is
 * left of all that was named. `hasMore`: a design issue is named too.
 */
export function changesSince(basis: readonly Basis[], hasMore: boolean, now: (basis: Basis) => Standing): readonly Change[] {
  const looked = basis.map((each) => ({ each, standing: now(each) }));
  const nothingLeft = !hasMore && looked.length > 0 && looked.every(({ standing }) => standing === "gone" || standing === "over");
  return looked.flatMap(({ each: { kind, id, digest }, standing }): Change[] => {
    if (standing === undefined) return [];
    if (typeof standing === "string") return nothingLeft ? [{ kind, id, what: standing }] : [];
    return standing.digest === digest ? [] : [{ kind, id, what: "changed" }];
  });
}
