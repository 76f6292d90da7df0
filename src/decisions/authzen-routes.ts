/**
 * AuthZEN over node:http, in front of everything else (docs/decisions/0032-decision-point.md). Whoever asks is known before a byte of
 * the body is read, and nothing here waits for a database.
 */
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";

import { type Refusal, refusal, Refused } from "../kernel/problem.ts";
import { problemOf } from "../platform/http-problem.ts";
import { type Log, words } from "../platform/log.ts";
import { type BodyFault, type BodyReader, createBodyReader, type Reply, sendReply } from "../platform/quick-http.ts";
import { type Admission, orRefuse } from "./admission.ts";
import type { DecisionLog } from "./asked.ts";
import { answerBatch, answerEvaluation, answerSearch, readJson, type Work } from "./authzen-service.ts";
import { baseOf, metadataOf, type Place, placeOf } from "./authzen-metadata.ts";
import { type Authenticate, type Caller, type CallerFound, isWithin } from "./caller.ts";
import type { Extension, ExtensionAnswer, Extensions } from "./extension.ts";
import { DEFAULT_RULES } from "./rules/rule-file.ts";
import type { Snapshot } from "./snapshot.ts";

export interface DecisionPointDependencies {
  /** Address people type, without a path. */
  readonly origin: string;
  readonly nowMs: () => number;
  /** Undefined until there is one. */
  readonly snapshot: () => Snapshot | undefined;
  readonly authenticate: Authenticate;
  readonly admission: Admission;
  readonly decisionLog: DecisionLog;
  readonly extensions: Extensions;
  readonly log: Log;
  /** Headers of every answer, names and values one after the other. */
  readonly headers: readonly string[];
  /** How long a body may take to arrive. */
  readonly bodyWithinMs?: number;
}

export interface DecisionPoint {
  /** Answers a request if its address is the decision point's; false if it is somebody else's. */
  take(request: IncomingMessage, response: ServerResponse): boolean;
  /** From now on every answer ends its connection, so that whoever asks next asks another replica. */
  drain(): void;
  stop(): void;
}

const MOST_BYTES = 1_048_576;
const SHORT_BYTES = 65_536;
const BODY_WITHIN_MS = 10_000;
const LONGEST_REQUEST_ID = 256;

interface Endpoint {
  readonly method: "GET" | "POST";
  readonly isSearch?: boolean;
  answer?(work: Work, body: unknown): string | Promise<string>;
  readonly extension?: Extension;
}

const ENDPOINTS: ReadonlyMap<string, Endpoint> = new Map<string, Endpoint>([
  ["evaluation", { method: "POST", answer: answerEvaluation }],
  ["evaluations", { method: "POST", answer: answerBatch }],
  ["search/subject", { method: "POST", isSearch: true, answer: (work, body) => answerSearch("subject", work, body) }],
  ["search/resource", { method: "POST", isSearch: true, answer: (work, body) => answerSearch("resource", work, body) }],
  ["search/action", { method: "POST", isSearch: true, answer: (work, body) => answerSearch("action", work, body) }],
]);

/** What all requests have in common. */
interface Point extends DecisionPointDependencies {
  readonly reader: BodyReader;
  readonly json: readonly string[];
  readonly problem: readonly string[];
  isDraining: boolean;
}

/** One request, as far as it is known. */
interface Exchange {
  readonly point: Point;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly place: Place;
  readonly requestId: string | undefined;
  readonly startedMs: number;
  /** Once it is known, and has the request open. */
  caller: Caller | undefined;
}

export function createDecisionPoint(deps: DecisionPointDependencies): DecisionPoint {
  const reader = createBodyReader({ withinMs: deps.bodyWithinMs ?? BODY_WITHIN_MS });
  const common = [...deps.headers, "Cache-Control", "no-store"];
  const point: Point = {
    ...deps,
    reader,
    json: ["Content-Type", "application/json", ...common],
    problem: ["Content-Type", "application/problem+json", ...common],
    isDraining: false,
  };
  return {
    take(request, response) {
      const place = placeOf(request.url ?? "");
      if (place === undefined) return false;
      const exchange = {
        point,
        request,
        response,
        place,
        requestId: requestIdOf(request),
        startedMs: performance.now(),
        caller: undefined,
      };
      guard(exchange, () => begin(exchange));
      return true;
    },
    drain() {
      point.isDraining = true;
    },
    stop: () => reader.close(),
  };
}

/** Whatever fails in it is answered. */
function guard(exchange: Exchange, step: () => void | Promise<void>): void {
  try {
    const later = step();
    if (later !== undefined) later.catch((error: unknown) => fail(exchange, error));
  } catch (error) {
    fail(exchange, error);
  }
}

function begin(exchange: Exchange): void | Promise<void> {
  const { point, request, place } = exchange;
  if ((exchange.requestId?.length ?? 0) > LONGEST_REQUEST_ID) throw new Refused([REQUEST_ID], 400);
  orRefuse(point.admission.overload());
  if (place.what === "metadata") return tellMetadata(exchange);
  const endpoint = ENDPOINTS.get(place.what) ?? extensionOf(point.extensions.endpoints, place.what);
  if (endpoint === undefined) throw new Refused([NOTHING_HERE], 404);
  if (request.method !== endpoint.method) return refuseMethod(exchange, endpoint.method);
  const found = point.authenticate(request);
  // Of whoever went away meanwhile nobody would hear again that they did: what they had open would count for ever.
  if (found instanceof Promise) return found.then((late) => (exchange.response.destroyed ? undefined : know(exchange, endpoint, late)));
  return know(exchange, endpoint, found);
}

/** Of who asks, everything is settled before the body is read. */
function know(exchange: Exchange, endpoint: Endpoint, found: CallerFound): void | Promise<void> {
  const { point, request, place } = exchange;
  if (found.kind === "refused") {
    const challenge = found.status === 401 ? ["WWW-Authenticate", "Bearer"] : undefined;
    return refuse(exchange, found.status, [refusal(found.code, found.words, retryAfter(found))], challenge);
  }
  const { caller } = found;
  if (!isWithin(caller.scope.ruleSets, place.ruleSet) || (endpoint.isSearch === true && !caller.scope.maySearch)) {
    throw new Refused([OUT_OF_SCOPE], 403);
  }
  enter(exchange, caller);
  if (endpoint.method === "GET" || isLeftOut(endpoint, request)) return work(exchange, endpoint, caller, undefined);
  const declared = request.headers["content-type"];
  if (declared !== "application/json" && !/^application\/json\s*(;|$)/i.test(declared ?? "")) throw new Refused([NOT_JSON], 400);
  point.reader.read(request, isLengthSaid(request) ? MOST_BYTES : SHORT_BYTES, (body) =>
    guard(exchange, () => work(exchange, endpoint, caller, readJson(whole(body, request)))),
  );
}

/** What a caller has open counts until its answer is sent or it went away. */
function enter(exchange: Exchange, caller: Caller): void {
  const { admission } = exchange.point;
  const { request } = exchange;
  // A body of which nobody says how long it is has to be a short one.
  const bytes = isLengthSaid(request) ? Number(request.headers["content-length"] ?? 0) : SHORT_BYTES;
  orRefuse(admission.enter(caller, Math.min(bytes, MOST_BYTES)));
  exchange.response.once("close", () => admission.leave(caller, Math.min(bytes, MOST_BYTES)));
  exchange.caller = caller;
}

function isLeftOut({ extension }: Endpoint, request: IncomingMessage): boolean {
  const isEmpty = isLengthSaid(request) && Number(request.headers["content-length"] ?? 0) === 0;
  return extension?.isBodyOptional === true && isEmpty;
}

const isLengthSaid = ({ headers }: IncomingMessage): boolean => headers["transfer-encoding"] === undefined;

function whole(body: Uint8Array | BodyFault, request: IncomingMessage): Uint8Array {
  if (body === "too_large") throw new Refused([isLengthSaid(request) ? TOO_LARGE : TOO_LARGE_UNSAID], 413);
  if (body === "too_slow") throw new Refused([TOO_SLOW], 408);
  return body;
}

function work(exchange: Exchange, endpoint: Endpoint, caller: Caller, body: unknown): void | Promise<void> {
  const { point, place, request } = exchange;
  const { snapshot: read, nowMs: clock, origin, admission, decisionLog, extensions } = point;
  const nowMs = clock();
  const base = baseOf(origin, place.ruleSet);
  const requestId = exchange.requestId ?? null;
  if (endpoint.extension !== undefined) {
    const name = endpoint.extension.path.endsWith("*") ? place.what.slice(endpoint.extension.path.length - 1) : "";
    const { headers } = request;
    orRefuse(admission.admit(caller, 1));
    const answered = endpoint.extension.answer({ caller, ruleSet: place.ruleSet, base, name, body, headers, requestId, nowMs });
    const tell = (said: ExtensionAnswer) => send(exchange, said, said.isProblem === true ? point.problem : point.json);
    return answered instanceof Promise ? answered.then(tell) : tell(answered);
  }
  const snapshot = read();
  if (snapshot === undefined) throw new Refused([NOT_READY], 503);
  const rules = snapshot.ruleSets.get(place.ruleSet);
  if (rules === undefined) throw new Refused([NOTHING_HERE], 404);
  const { sequence } = snapshot.register;
  const asked = { caller: caller.name, requestId, ruleSet: rules.name, sequence, ageMs: nowMs - snapshot.freshAtMs };
  const offering = { caller, base, nowMs, sequence, ruleSet: rules.name, rulesDigest: rules.digest };
  const answered = endpoint.answer!({ caller, rules, snapshot, nowMs, offering, asked, admission, decisionLog, extensions }, body);
  if (typeof answered === "string") return send(exchange, { status: 200, body: answered }, point.json);
  return answered.then((late) => send(exchange, { status: 200, body: late }, point.json));
}

function tellMetadata(exchange: Exchange): void {
  const { point, request, place } = exchange;
  if (request.method !== "GET" && request.method !== "HEAD") return refuseMethod(exchange, "GET, HEAD");
  const base = baseOf(point.origin, place.ruleSet);
  const snapshot = point.snapshot();
  // Before there is a snapshot nobody knows which rule sets there are, but where the first one is asked is settled.
  if (snapshot === undefined && place.ruleSet !== DEFAULT_RULES) throw new Refused([NOT_READY], 503);
  if (snapshot !== undefined && !snapshot.ruleSets.has(place.ruleSet)) throw new Refused([NOTHING_HERE], 404);
  const body = metadataOf(base, point.extensions.metadata(base));
  send(exchange, { status: 200, body }, ["Content-Type", "application/json", ...point.headers, "Cache-Control", "public, max-age=300"]);
}

function send({ point, response, requestId, startedMs }: Exchange, reply: Reply, always: readonly string[]): void {
  const headers = requestId === undefined ? reply.headers : ["X-Request-ID", requestId, ...(reply.headers ?? [])];
  const isLast = point.isDraining || reply.isLast === true;
  // Node writes headers in the encoding of a body that is text; beside bytes it writes them as they came.
  const body = isAscii(requestId) || typeof reply.body !== "string" ? reply.body : Buffer.from(reply.body);
  sendReply(response, { status: reply.status, body, isLast, headers }, always);
  point.decisionLog.answered(performance.now() - startedMs, point.nowMs());
}

function fail(exchange: Exchange, error: unknown): void {
  if (error instanceof Refused) {
    // Reading what cannot be answered is work as well.
    if (exchange.caller !== undefined && error.status < 429) exchange.point.admission.admit(exchange.caller, 1);
    return refuse(exchange, error.status, error.reasons);
  }
  const said = problemOf(error, exchange.requestId ?? randomUUID());
  exchange.point.log.error("question failed", { requestId: said.instance, error: words(error) });
  send(exchange, { status: 500, body: JSON.stringify(said) }, exchange.point.problem);
}

function refuse(exchange: Exchange, status: number, reasons: readonly Refusal[], headers: readonly string[] = []): void {
  const tooLong = (exchange.requestId?.length ?? 0) > LONGEST_REQUEST_ID;
  const said = problemOf(new Refused(reasons, status), tooLong ? randomUUID() : (exchange.requestId ?? randomUUID()));
  const wait = reasons[0]?.facts?.["retryAfterSeconds"];
  const all = typeof wait === "number" ? [...headers, "Retry-After", String(wait)] : headers;
  const isLast = status === 408 || isLong(exchange.request);
  send(exchange, { status, headers: all, body: JSON.stringify(said), isLast }, exchange.point.problem);
}

/** A short body that is not read is passed over; for a long one nobody waits. */
function isLong(request: IncomingMessage): boolean {
  return !request.complete && (!isLengthSaid(request) || Number(request.headers["content-length"] ?? 0) > SHORT_BYTES);
}

function refuseMethod(exchange: Exchange, allow: string): void {
  refuse(exchange, 405, [WRONG_METHOD], ["Allow", allow]);
}

function extensionOf(extensions: readonly Extension[], what: string): Endpoint | undefined {
  const found = extensions.find(({ path }) =>
    path.endsWith("*") ? what.startsWith(path.slice(0, -1)) && /^[\w.:-]{1,200}$/.test(what.slice(path.length - 1)) : what === path,
  );
  return found && { method: found.method, extension: found };
}

function retryAfter({ retryAfterSeconds }: { readonly retryAfterSeconds?: number }): { facts?: Record<string, number> } {
  return retryAfterSeconds === undefined ? {} : { facts: { retryAfterSeconds } };
}

/** Of what a header can hold. */
function isAscii(text: string | undefined): boolean {
  return text === undefined || /^[\t -~]*$/.test(text);
}

/** Given back as it came, whatever it is: a header holds no line break. */
function requestIdOf({ headers }: IncomingMessage): string | undefined {
  const given = headers["x-request-id"];
  return typeof given === "string" ? given : undefined;
}

const NOTHING_HERE = refusal("http.notFound", "There is nothing here, or nothing you may know of.");
const WRONG_METHOD = refusal("http.methodNotAllowed", "This address exists, but not for this method.");
const NOT_JSON = refusal("http.contentType", "Send JSON with Content-Type: application/json.");
const TOO_LARGE = refusal("http.bodyTooLarge", `The body may be at most ${MOST_BYTES} bytes.`);
const TOO_LARGE_UNSAID = refusal("http.bodyTooLarge", `A body of more than ${SHORT_BYTES} bytes needs a Content-Length.`);
const TOO_SLOW = refusal("decisions.bodyTooSlow", "The body did not arrive in time. Send it at once.");
const REQUEST_ID = refusal("decisions.requestIdInvalid", `X-Request-ID may have at most ${LONGEST_REQUEST_ID} characters.`);
const OUT_OF_SCOPE = refusal("decisions.outOfScope", "Whoever asks may not use this: their scope does not say so.");
const NOT_READY = refusal("decisions.notReady", "The register is not loaded yet. Ask again in a moment.", {
  facts: { retryAfterSeconds: 1 },
});
