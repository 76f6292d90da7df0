/** A fault tree, in terms of failure: basic events, and gates over them. What the solver takes, and what Open-PSA files say. */
export type Formula =
  | { readonly event: string }
  | { readonly gate: string }
  | { readonly and: readonly Formula[] }
  | { readonly or: readonly Formula[] }
  | { readonly atLeast: number; readonly of: readonly Formula[] }
  | { readonly not: Formula }
  | { readonly xor: readonly Formula[] }
  | { readonly constant: boolean };

export interface FaultTree {
  readonly name: string;
  /** The gate whose failure is asked about. */
  readonly top: string;
  readonly gates: ReadonlyMap<string, Formula>;
  /** Each basic event with its probability, 0 to 1; null where nobody said one. */
  readonly events: ReadonlyMap<string, number | null>;
}
