/** The task handle as the profile has it on the wire. It says how far it is and who goes on, and nothing of who decides. Pure. */
import { type ExceptionState, grantedUntil } from "../exceptions/exception.ts";
import type { Instant } from "../kernel/time.ts";
import type { AccessRequest } from "./access-request.ts";
import { progressOf, type TaskProgress, type TaskStatus, type TaskStep } from "./status.ts";

export interface Task {
  readonly id: string;
  readonly status: TaskStatus;
  readonly status_endpoint: string;
  readonly progress?: { readonly step_name: TaskStep };
  readonly display: { readonly title: string; readonly description: string };
  readonly links: Readonly<Record<string, string>>;
}

export interface TaskAnswer {
  readonly task: Task;
  readonly result?: {
    readonly mode: "reevaluate";
    readonly approval: { readonly id: string; readonly approved_at: Instant; readonly approved_until: Instant };
  };
}

interface Showing {
  /** Where people reach the console. */
  readonly origin: string;
  /** The decision point's address, as the caller asked it. */
  readonly base: string;
  readonly now: Instant;
  /** Whether the caller may know which exception came of it. */
  readonly seesException: boolean;
}

export const REQUESTS_PATH = "/access/v1/requests";
export const CANCELLATIONS_PATH = "/access/v1/request-cancellations";

export function taskOf(
  request: AccessRequest,
  exception: ExceptionState | undefined,
  { origin, base, now, seesException }: Showing,
): TaskAnswer {
  const progress = progressOf(request, exception, now);
  const task: Task = {
    id: request.id,
    status: progress.status,
    status_endpoint: `${base}${REQUESTS_PATH}/${request.id}`,
    ...(progress.step !== null && { progress: { step_name: progress.step } }),
    display: { title: "Access request", description: WORDS[progress.step ?? progress.status] },
    links: linksOf(request, { origin, base, progress, seesException }),
  };
  const result = progress.status === "approved" && exception !== undefined ? resultOf(exception, request, seesException) : undefined;
  return { task, ...(result !== undefined && { result }) };
}

const WORDS: Readonly<Record<TaskStep | TaskStatus, string>> = {
  waiting_on_call: "Somebody on point finds it in Postern, under Today, and begins the emergency access that stands ready.",
  waiting_for_the_person: "The person it is about finds it in Postern, under Today, and completes the request there.",
  request_form: "The person it is about has begun the request and has not put it forward yet.",
  approval: "It was put forward and waits for those who decide.",
  activation: "It was approved and is being brought up. Ask the decision point again before letting through.",
  in_force: "It is in force. Ask the decision point again before letting through.",
  suspended: "It was approved and is switched off until it is decided on anew.",
  pending: "It waits.",
  approved: "It was approved. Ask the decision point again before letting through.",
  denied: "It was rejected.",
  expired: "It is over: nobody took it up in time, or what was granted has ended.",
  cancelled: "It was taken back, declined or ended.",
  failed: "It could not be brought up.",
};

interface Linking extends Omit<Showing, "now"> {
  readonly progress: TaskProgress;
}

function linksOf(request: AccessRequest, { origin, base, progress, seesException }: Linking): Readonly<Record<string, string>> {
  if (progress.step === "waiting_for_the_person" || progress.step === "waiting_on_call")
    return { ticket: `${origin}/today`, cancel: `${base}${CANCELLATIONS_PATH}/${request.id}` };
  if (request.state !== "taken_up" || !seesException) return { ticket: `${origin}/today` };
  if (progress.step === "request_form") return { ticket: `${origin}/request?draft=${request.exception}` };
  const page = `${origin}/exceptions/${request.exception}`;
  return progress.step === "approval" ? { ticket: page, review: `${page}/decide` } : { ticket: page };
}

/** Which grant that is, or only which request; the permission is asked for anew, and never rests on this. */
function resultOf({ dossier }: ExceptionState, request: AccessRequest, seesException: boolean): TaskAnswer["result"] {
  const use = request.state === "taken_up" ? request.use : null;
  const grant = dossier.grants.findLast(({ kind, seq }) => (use === null ? kind !== "emergency" : seq === use));
  const until = use === null ? grantedUntil(dossier) : grant?.validUntil;
  if (grant === undefined || until === undefined) return undefined;
  const id = `${seesException ? dossier.id : request.id}.${grant.seq}`;
  return { mode: "reevaluate", approval: { id, approved_at: grant.grantedAt, approved_until: until } };
}
