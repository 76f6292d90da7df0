/** The filter that a question to the register stands for: the same for the list, the export, and whoever asks next. Pure. */
import { defined } from "../kernel/defined.ts";
import type { Instant } from "../kernel/time.ts";
import type { StateName } from "./exception.ts";
import type { RegisterSort, RegisterSortKey } from "./register-sorts.ts";

export interface RegisterQuestion {
  readonly state?: readonly StateName[] | undefined;
  readonly category?: string | undefined;
  readonly unit?: string | undefined;
  readonly owner?: string | undefined;
  readonly requester?: string | undefined;
  readonly mine?: "true" | "false" | undefined;
  readonly overstaying?: "true" | "false" | undefined;
  readonly sharedFate?: "true" | "false" | undefined;
  readonly search?: string | undefined;
  readonly endsBefore?: Instant | undefined;
  readonly sort: RegisterSort;
}

export function filterOf(question: RegisterQuestion, seats: readonly string[]) {
  const { sort, state, mine, overstaying, sharedFate, ...rest } = question;
  return {
    ...defined(rest),
    ...(state !== undefined && { statuses: state }),
    ...(overstaying === "true" && { overstaying: true }),
    ...(sharedFate === "true" && { sharedFate: true }),
    ...(mine === "true" && { awaitsAnyOf: seats }),
    sort: sort.replace("-", "") as RegisterSortKey,
    descending: sort.startsWith("-"),
  };
}
