export type { Counts, Difference, Touched } from "./difference.ts";
export type { Loops } from "./edit.ts";
export type { Edit } from "./estate-graph.ts";
export type { Exact, ExactLimits } from "./exact.ts";
export type { Order } from "./family.ts";
export { createLiveEstate, type LeafSet, type LiveEstate, type LiveOptions, type WhatIf, type WhatIfOptions } from "./live-estate.ts";
