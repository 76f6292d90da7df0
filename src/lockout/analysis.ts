/** What the exact analysis of one operation gives the answers. */
export interface OperationSets {
  /** How many minimal sets of each size, as text: there may be more than a number can hold. The index is the size. */
  readonly counts: readonly string[];
  /** Every set of up to so many failures was found; null: every set there is. */
  readonly completeTo: number | null;
  /** The smallest, as leaves; not all of them. */
  readonly sets: readonly (readonly string[])[];
  /** That no way in is left; null unless everybody said how often each of its leaves is away, and all sets were found. */
  readonly probability: number | null;
  /** By leaf: how much more likely it becomes when that one has failed than when it cannot. Empty without a probability. */
  readonly birnbaum: ReadonlyMap<string, number>;
  /** The same with every leaf as likely to fail as not: in which share of all combinations of the others it decides. Empty where too large. */
  readonly structural: ReadonlyMap<string, number>;
}
