/**
 * The addresses of the Access Request and Approval Profile (a draft): a request filed, its task read, its cancellation. Whoever asks was
 * found out before; what a caller did not file is not there.
 */
import { createHash } from "node:crypto";

import { createRateLimit } from "../access/index.ts";
import { mayName } from "../decisions/caller.ts";
import type { Extension, ExtensionAnswer, ExtensionCall, Extensions } from "../decisions/extension.ts";
import { type Refusal, refusal, Refused } from "../kernel/problem.ts";
import { type Instant, instantOfEpochMs } from "../kernel/time.ts";
import { refuse } from "./decide.ts";
import type { Denial } from "./denial.ts";
import type { Offers } from "./offer-service.ts";
import type { RequestService, Told } from "./service.ts";
import { isAbout, readSubmission, type Submission, wantedUntil } from "./submission.ts";
import { CANCELLATIONS_PATH, REQUESTS_PATH, taskOf } from "./task.ts";

export interface ExtensionDependencies {
  readonly service: RequestService;
  readonly offers: Offers;
  /** Where people reach the console. */
  readonly origin: string;
  /** Marks a caller's own words, so that what is kept of them allows no guesses. */
  readonly digest: (text: string) => string;
}

/** A person asks now and then; a gateway passes on what many people ask. */
const FILING = { burst: 60, perSecond: 1, addresses: 10_000 };
const POLLING = { burst: 600, perSecond: 20, addresses: 10_000 };

const LONGEST_KEY = 200;
const LONGEST_COMMENT = 1000;

/** Problem types of the profile, where it has one that fits. */
const TYPES: Readonly<Record<string, string>> = {
  "requests.notRequestable": "not_requestable",
  "requests.denialExpired": "expired_denial",
  "requests.denialUnbound": "invalid_denial_binding",
  "requests.keyTaken": "duplicate_request",
  "requests.declinedLately": "duplicate_request",
  "requests.useUnderReview": "duplicate_request",
  "requests.notFound": "unknown_task",
  "requests.notWaiting": "invalid_task_state",
};

/** What the profile puts beside the endpoints of AuthZEN. */
export function createRequestExtensions(deps: ExtensionDependencies): Extensions {
  const filing = createRateLimit(FILING);
  const polling = createRateLimit(POLLING);
  const { service, offers } = deps;
  const polled = (tell: (call: Call) => Promise<Told>) =>
    guarded(async (call) => {
      wait(polling.take(call.caller.name, call.now));
      return answer(200, deps, await tell(call), call);
    });
  const endpoints: readonly Extension[] = [
    {
      method: "POST",
      path: within(REQUESTS_PATH),
      answer: guarded((call) => {
        wait(filing.take(call.caller.name, call.now));
        return file(deps, call);
      }),
    },
    { method: "GET", path: `${within(REQUESTS_PATH)}/*`, answer: polled(({ name, caller }) => service.task(name, caller.name)) },
    {
      method: "POST",
      path: `${within(CANCELLATIONS_PATH)}/*`,
      isBodyOptional: true,
      answer: polled((call) => service.cancel(call.name, call.caller.name, commentOf(call), call.now)),
    },
  ];
  return {
    endpoints,
    metadata: (base) => ({
      access_request_endpoint: `${base}${REQUESTS_PATH}`,
      capabilities: ["urn:openid:authzen:capability:access-request"],
    }),
    offer: (question, verdict, offering) => offers.offer({ ...offering, question, verdict }),
  };
}

interface Call extends ExtensionCall {
  readonly now: Instant;
}

const within = (path: string) => path.slice("/access/v1/".length);

/** What is refused is told as the profile has it; a caller that may not ask for access is told of nothing. */
function guarded(run: (call: Call) => Promise<ExtensionAnswer>): Extension["answer"] {
  return async (given) => {
    const call = { ...given, now: instantOfEpochMs(given.nowMs) };
    try {
      if (!call.caller.scope.mayRequestAccess) throw new Refused([NOT_THERE], 404);
      return await run(call);
    } catch (error) {
      if (error instanceof Refused) return problem(error, call);
      throw error;
    }
  };
}

const NOT_THERE = refusal("requests.notFound", "There is nothing here, or nothing you may know of.");

function wait(seconds: number | undefined): void {
  if (seconds === undefined) return;
  const facts = { retryAfterSeconds: seconds };
  throw new Refused([refusal("requests.tooMany", `Too many at once; again in ${seconds} seconds.`, { facts })], 429);
}

async function file(deps: ExtensionDependencies, call: Call): Promise<ExtensionAnswer> {
  const read = readSubmission(call.body);
  if ("reasons" in read) throw new Refused(read.reasons, 400);
  const denial = boundDenial(deps, read.ok, call);
  const { justification, emergency } = read.ok;
  const key = keyOf(deps, call);
  const filed = await deps.service.file({ denial, justification, emergency, wantedUntil: wantedUntil(read.ok, call.now), key }, call.now);
  return answer(202, deps, filed, call);
}

/** Ours, of this caller, and about exactly this. Whose fault it is is told apart; what would help to forge one is not. */
function boundDenial({ offers }: ExtensionDependencies, submission: Submission, { caller, ruleSet }: Call): Denial {
  if (!submission.requestable)
    throw new Refused([refuse("requests.notRequestable", "The denial did not say that it may be asked about.")], 400);
  const denial = offers.read(submission.requestContext);
  const isTheirs = denial?.caller === caller.name && denial.rules === ruleSet;
  if (!isTheirs || !mayName(caller.scope, denial.resource.type, denial.resource.id) || !isAbout(submission, denial)) {
    const words = "This is not what you were denied: ask the decision point, and send what it answers.";
    throw new Refused([refuse("requests.denialUnbound", words)], 400);
  }
  return denial;
}

function keyOf({ digest }: ExtensionDependencies, { headers, body }: Call) {
  const idempotencyKey = headers["idempotency-key"];
  if (idempotencyKey === undefined) return undefined;
  if (typeof idempotencyKey !== "string" || idempotencyKey === "" || idempotencyKey.length > LONGEST_KEY) {
    throw new Refused(
      [refusal("requests.malformed", `Idempotency-Key: 1 to ${LONGEST_KEY} characters.`, { at: "header:Idempotency-Key" })],
      400,
    );
  }
  const text = createHash("sha256").update(JSON.stringify(body)).digest("hex");
  return { name: digest(`key ${idempotencyKey}`), body: digest(`body ${text}`) };
}

function commentOf({ body }: { readonly body: unknown }): string {
  if (body === undefined || body === null) return "";
  const said: Readonly<Record<string, unknown>> = typeof body === "object" ? { ...body } : { reason: body };
  const { reason = "", comment = "" } = said;
  const words = [reason, comment];
  if (words.every((each) => typeof each === "string" && each.length <= LONGEST_COMMENT && !each.includes("\0") && each.isWellFormed())) {
    return words.filter((each) => each !== "").join(": ");
  }
  throw new Refused([refusal("requests.malformed", `reason and comment: text of at most ${LONGEST_COMMENT} characters.`, { at: "" })], 400);
}

function answer(
  status: number,
  { origin }: ExtensionDependencies,
  { request, exception }: Told,
  { caller, base, now }: Call,
): ExtensionAnswer {
  const told = taskOf(request, exception, { origin, base, now, seesException: caller.scope.maySeeExceptions });
  return { status, ...(status === 202 && { headers: ["Location", told.task.status_endpoint] }), body: JSON.stringify(told) };
}

/** Where it was not said sooner: what waits is answered by people. */
const LATER_SECONDS = 3600;

function problem({ reasons, status }: Refused, { requestId }: Call): ExtensionAnswer {
  const [first] = reasons as [Refusal];
  const type = TYPES[first.code];
  const seconds = first.facts?.["retryAfterSeconds"] ?? LATER_SECONDS;
  return {
    status,
    isProblem: true,
    ...(status === 429 && { headers: ["Retry-After", String(seconds)] }),
    body: JSON.stringify({
      type: type === undefined ? `/problems/${first.code}` : `urn:openid:authzen:access-request:error:${type}`,
      title: first.code,
      status,
      detail: reasons.map(({ detail }) => detail).join(" "),
      ...(requestId !== null && { instance: requestId }),
      reasons,
    }),
  };
}
