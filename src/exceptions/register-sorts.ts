/** What the register can be sorted by, in the order of its columns. `-` before it turns it round. */
export const REGISTER_SORT_KEYS = ["ref", "title", "state", "observed", "owner", "ends", "age", "repeats", "headcount", "opened"] as const;
export type RegisterSortKey = (typeof REGISTER_SORT_KEYS)[number];
export type RegisterSort = RegisterSortKey | `-${RegisterSortKey}`;

/** Both directions of each. */
export const REGISTER_SORTS = REGISTER_SORT_KEYS.flatMap((key): RegisterSort[] => [key, `-${key}`]);
