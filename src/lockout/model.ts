/** The estate as the analysis sees it: what is active, by key. */
import type { CommonCause, Component } from "../estate/component.ts";
import type { Operation } from "../estate/operation.ts";

export interface LockoutModel {
  readonly components: readonly Component[];
  readonly commonCauses: readonly CommonCause[];
  readonly operations: readonly Operation[];
}
