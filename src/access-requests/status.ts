/**
 * What a task of the profile says, out of the access request and the exception that came of it. Approved is what people decided, and no
 * permission: that is only ever the answer to a new question, when the register's grant is in force and was read back. Pure.
 */
import { type Ending, type ExceptionState, grantedUntil, type StateName } from "../exceptions/exception.ts";
import type { Instant } from "../kernel/time.ts";
import type { AccessRequest } from "./access-request.ts";

/** Of the draft's own, those that a request for one thing can have. */
export const TASK_STATUSES = ["pending", "approved", "denied", "expired", "cancelled", "failed"] as const;
export type TaskStatus = (typeof TASK_STATUSES)[number];

/** Stable names of how far it is, beside the status. */
export type TaskStep = "waiting_on_call" | "waiting_for_the_person" | "request_form" | "approval" | "activation" | "in_force" | "suspended";

export interface TaskProgress {
  readonly status: TaskStatus;
  readonly step: TaskStep | null;
}

const ENDED = { status: "cancelled", step: null } as const;
const EXPIRED = { status: "expired", step: null } as const;

/** While what was granted is not over, where something was. */
const BY_STATE: Readonly<Record<StateName, TaskProgress>> = {
  draft: { status: "pending", step: "request_form" },
  in_approval: { status: "pending", step: "approval" },
  approved: { status: "approved", step: "activation" },
  activating: { status: "approved", step: "activation" },
  active: { status: "approved", step: "in_force" },
  // Approved once, switched off now, and decided on anew: nothing to go on.
  suspending: { status: "pending", step: "suspended" },
  suspended: { status: "pending", step: "suspended" },
  rejected: { status: "denied", step: null },
  withdrawn: ENDED,
  revoking: ENDED,
  verifying: ENDED,
  revoke_failed: ENDED,
  closed: ENDED,
};

const BY_ENDING: Partial<Record<Ending["cause"], TaskStatus>> = {
  expired: "expired",
  unclaimed: "expired",
  rejected: "denied",
  activation_failed: "failed",
};

/** `exception` is the state of the one it was taken up with, as it is now. */
export function progressOf(request: AccessRequest, exception: ExceptionState | undefined, now: Instant): TaskProgress {
  if (request.state === "declined" || request.state === "cancelled") return { status: "cancelled", step: null };
  if (request.state === "lapsed") return EXPIRED;
  if (request.state === "waiting") {
    if (request.expiresAt <= now) return EXPIRED;
    return { status: "pending", step: request.standing === null ? "waiting_for_the_person" : "waiting_on_call" };
  }
  // It is committed with the exception: without one nothing is known, and nothing is approved.
  if (exception === undefined) return { status: "failed", step: null };
  return request.use === null ? progressOfException(exception, now) : progressOfUse(exception, request.use, now);
}

/** A use is over at its own end, and with the exception it is one of; while that is switched off, it is in nobody's hands. */
function progressOfUse(exception: ExceptionState, use: number, now: Instant): TaskProgress {
  const grant = exception.dossier.grants.find(({ seq }) => seq === use);
  const found = BY_STATE[exception.state];
  if (grant === undefined || found === ENDED) return ENDED;
  return grant.validUntil <= now || isOver(exception, now) ? EXPIRED : found;
}

function progressOfException(exception: ExceptionState, now: Instant): TaskProgress {
  const found = BY_STATE[exception.state];
  const isGranted = found.status === "approved" || found.step === "suspended";
  if (isGranted && isOver(exception, now)) return EXPIRED;
  if (found !== ENDED || exception.state === "withdrawn") return found;
  const cause = exception.dossier.endings.at(-1)?.cause;
  return { status: (cause === undefined ? undefined : BY_ENDING[cause]) ?? found.status, step: null };
}

/** What was granted has ended, whether or not anybody noticed. */
function isOver({ dossier }: ExceptionState, now: Instant): boolean {
  const until = grantedUntil(dossier);
  return until === undefined || until <= now;
}
