/**
 * Refusals are values. Each has a stable code `module.reason`, a page `docs/problems/<code>.md`, and words a person can act on.
 * On the wire they become RFC 9457 problem details (application/problem+json).
 */

export interface Refusal {
  /** `module.reason`, for example `exceptions.requesterMayNotApprove`. */
  readonly code: string;
  /** One sentence: what is wrong and what to do about it. */
  readonly detail: string;
  /** Where in the input, as a JSON pointer (`/scope/0/subject`) or a file position (`estate.yaml:12:5`). */
  readonly at?: string;
  /** Facts behind the refusal, for programs. */
  readonly facts?: Readonly<Record<string, string | number | boolean | null>>;
}

export function refusal(code: string, detail: string, more: Omit<Refusal, "code" | "detail"> = {}): Refusal {
  return { code, detail, ...more };
}

/** Thrown by a service to answer with refusals; the HTTP shell turns it into a problem document, the CLI into lines. */
export class Refused extends Error {
  readonly status: number;
  readonly reasons: readonly Refusal[];

  constructor(reasons: readonly Refusal[], status = 422) {
    super(reasons.map((reason) => `${reason.code}: ${reason.detail}`).join("; "));
    this.name = "Refused";
    this.status = status;
    this.reasons = reasons;
  }
}
