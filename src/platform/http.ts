/**
 * The HTTP shell: turns a list of routes (contract → handler) into a server. Validation, authorization, problem documents,
 * request ids, limits and security headers are the same for every endpoint because they are here and nowhere else.
 */
import { randomUUID } from "node:crypto";

import { type Context, Hono } from "hono";
import type { z } from "zod";

import { type Endpoint, patternOf } from "../kernel/contract.ts";
import { refusal, Refused } from "../kernel/problem.ts";
import { type Clock, epochMs, type Instant } from "../kernel/time.ts";
import { problemOf, problemResponse } from "./http-problem.ts";
import type { IdempotencyStore } from "./idempotency.ts";
import { type Log, words } from "./log.ts";
import { securityHeaders } from "./security-headers.ts";

/** Who is calling, as the access module found out from cookie or token. */
export interface Caller {
  readonly personId: string;
  readonly roles: readonly string[];
  readonly sessionId: string;
  /** A passkey opened the session, not the company's provider. */
  readonly byPasskey: boolean;
}

/** What a handler knows about the request beside its validated input. `now` is read once. */
export interface Call {
  readonly now: Instant;
  readonly requestId: string;
  /** Present on every endpoint whose access is not `anyone`. */
  readonly caller: Caller | undefined;
  /** Version from If-Match, where the client sent one. */
  readonly ifMatch: number | undefined;
  /** Where a reader of a stream was cut off. */
  readonly lastEventId: string | undefined;
  readonly remoteAddress: string;
  /** The Cookie header, for what is bound to one browser before anybody is signed in. */
  readonly cookies: string | null;
  /** Sets a reply header (ETag, Set-Cookie). */
  setHeader(name: string, value: string): void;
}

export interface Input<E extends Endpoint> {
  readonly params: z.output<E["params"]>;
  readonly query: z.output<E["query"]>;
  readonly body: z.output<E["body"]>;
}

export interface Route {
  readonly endpoint: Endpoint;
  readonly handle: (input: Input<Endpoint>, call: Call) => Promise<unknown>;
}

/** Binds a handler to its contract, keeping its types. A handler may return a web `Response` for what is not JSON. */
export function route<E extends Endpoint>(to: E, handle: (input: Input<E>, call: Call) => Promise<z.input<E["reply"]> | Response>): Route {
  return { endpoint: to, handle };
}

/** The caller of an endpoint that demands one. */
export function callerOf(call: Call): Caller {
  if (call.caller === undefined) throw new Refused([refusal("http.signInNeeded", "Sign in first.")], 401);
  return call.caller;
}

export interface HttpDependencies {
  readonly clock: Clock;
  readonly log: Log;
  readonly authenticate: (request: Request, now: Instant) => Promise<Caller | undefined>;
  readonly idempotency: IdempotencyStore;
  /** Address people type, `https://postern.example`; its origin is the only one that may send cookies with a change. */
  readonly origin: string;
  readonly observe?: (endpointId: string, status: number, seconds: number) => void;
}

const MAX_BODY_BYTES = 1_048_576;

/** Builds the application. Unknown paths below /api answer a 404 problem; other paths are left to `app.get("*")` of the caller. */
export function createHttp(routes: readonly Route[], deps: HttpDependencies): Hono {
  const app = new Hono();
  const headers = securityHeaders(deps.origin);
  app.use(async (context, next) => {
    await next();
    for (const [name, value] of headers) context.res.headers.set(name, value);
    // The console tells distances by the clock that decides, which need not be this machine's.
    context.res.headers.set("Date", new Date(epochMs(deps.clock.now())).toUTCString());
  });
  for (const each of routes) {
    app.on(each.endpoint.method, each.endpoint.path, (context) => serve(each, context, deps));
  }
  app.all("/api/*", (context) => {
    const known = routes.some((each) => patternOf(each.endpoint.path).test(context.req.path));
    const reason = known
      ? refusal("http.methodNotAllowed", "This address exists, but not for this method.")
      : refusal("http.notFound", "There is nothing here, or nothing you may know of.");
    return problemResponse(new Refused([reason], known ? 405 : 404), requestIdOf(context.req.raw));
  });
  app.onError((error, context) => problemResponse(error, requestIdOf(context.req.raw)));
  return app;
}

async function serve(each: Route, context: Context, deps: HttpDependencies): Promise<Response> {
  const startedMs = performance.now();
  const requestId = requestIdOf(context.req.raw);
  let response: Response;
  try {
    response = await answer(each, context, deps, requestId);
  } catch (error) {
    response = problemResponse(error, requestId);
    if (problemOf(error, requestId).status >= 500)
      deps.log.error("request failed", { requestId, endpoint: each.endpoint.id, error: words(error) });
  }
  deps.observe?.(each.endpoint.id, response.status, (performance.now() - startedMs) / 1000);
  return response;
}

async function answer(each: Route, context: Context, deps: HttpDependencies, requestId: string): Promise<Response> {
  const { endpoint } = each;
  const request = context.req.raw;
  const now = deps.clock.now();
  refuseForeignOrigin(request, endpoint, deps.origin);
  refuseForm(request);
  const caller = await deps.authenticate(request, now);
  authorize(endpoint, caller);
  const raw = await readBody(request, endpoint);
  const input = validate(endpoint, context, raw);
  const headers = new Headers({ "X-Request-ID": requestId });
  const call: Call = {
    now,
    requestId,
    caller,
    ifMatch: readIfMatch(request),
    lastEventId: request.headers.get("Last-Event-ID") ?? undefined,
    remoteAddress: remoteAddressOf(context),
    cookies: request.headers.get("Cookie"),
    setHeader: (name, value) => headers.append(name, value),
  };
  const run = async () => {
    const result = await each.handle(input, call);
    if (result instanceof Response) return result;
    // Our own output is parsed too: what the contract does not declare never leaves.
    return { status: endpoint.status, body: endpoint.reply.parse(result) };
  };
  const key = request.headers.get("Idempotency-Key");
  const result =
    endpoint.method === "POST" && key !== null && caller !== undefined
      ? await deps.idempotency.once({ actor: caller.personId, key, fingerprint: `${endpoint.id} ${JSON.stringify(input)}`, now }, run)
      : await run();
  if (result instanceof Response) {
    for (const [name, value] of headers) result.headers.append(name, value);
    return result;
  }
  headers.set("Content-Type", "application/json");
  headers.set("Cache-Control", "no-store");
  return new Response(JSON.stringify(result.body), { status: result.status, headers });
}

/**
 * A browser page of another origin can make our cookie travel, but never past this: browsers name the origin of every change, so a
 * cookie that comes without one is not our console's doing either.
 */
function refuseForeignOrigin(request: Request, endpoint: Endpoint, origin: string): void {
  if (endpoint.method === "GET") return;
  const from = request.headers.get("Origin");
  const site = request.headers.get("Sec-Fetch-Site");
  const isNamed = from === null ? !request.headers.has("Cookie") : from === origin;
  if (!isNamed || (site !== null && site !== "same-origin" && site !== "none")) {
    throw new Refused([refusal("http.foreignOrigin", `Changes are accepted from ${origin} only.`)], 403);
  }
}

/** A form of HTML declares what it sends, even where it sends nothing; and it cannot declare JSON. */
function refuseForm(request: Request): void {
  const declared = request.headers.get("Content-Type");
  if (declared !== null && !isJson(declared)) throw new Refused([NOT_JSON], 415);
}

const isJson = (declared: string): boolean => /^application\/json\s*(;|$)/i.test(declared);
const NOT_JSON = refusal("http.contentType", "Send JSON with Content-Type: application/json.");

/** Missing role and missing thing look the same from outside; a session that is missing, or too weak, is told apart. */
function authorize(endpoint: Endpoint, caller: Caller | undefined): void {
  if (endpoint.access === "anyone") return;
  if (caller === undefined) throw new Refused([refusal("http.signInNeeded", "Sign in first.")], 401);
  const allowed = endpoint.access === "signedIn" || endpoint.access.some((role) => caller.roles.includes(role));
  if (!allowed) throw new Refused([refusal("http.notFound", "There is nothing here, or nothing you may know of.")], 404);
  if (endpoint.makesDeciders && !caller.byPasskey) throw new Refused([refusal("access.passkeyNeeded", NO_DECIDERS)], 403);
}

/** Whoever has somebody's account at the provider for a minute would leave an approver of their own behind. */
const NO_DECIDERS =
  "This changes who may decide, and you came in through your company's provider. Sign out, sign in with your passkey and do it again. " +
  "If you have no passkey here, ask an administrator for an invitation.";

/** What cannot be read is not taken for absent: the change would go through over what its sender never saw. */
function readIfMatch(request: Request): number | undefined {
  const given = request.headers.get("If-Match");
  if (given === null) return undefined;
  const version = /^(?:W\/)?"(\d{1,15})"$/.exec(given)?.[1];
  if (version === undefined) {
    throw new Refused([refusal("http.ifMatchInvalid", 'If-Match is one version as an ETag gives it, for example "3".')], 400);
  }
  return Number(version);
}

async function readBody(request: Request, endpoint: Endpoint): Promise<unknown> {
  if (endpoint.method === "GET" || endpoint.method === "DELETE") return {};
  const text = await readText(request);
  if (text === "") return {};
  if (!request.headers.has("Content-Type")) throw new Refused([NOT_JSON], 415);
  try {
    return JSON.parse(text);
  } catch {
    throw new Refused([refusal("http.malformedJson", "The body is not readable JSON.")], 400);
  }
}

/** Reads no further than the limit, whatever length was announced. */
async function readText(request: Request): Promise<string> {
  const decoder = new TextDecoder();
  let bytes = 0;
  let text = "";
  for await (const chunk of request.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) {
      throw new Refused([refusal("http.bodyTooLarge", `The body may be at most ${MAX_BODY_BYTES} bytes.`)], 413);
    }
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function validate(endpoint: Endpoint, context: Context, raw: unknown): Input<Endpoint> {
  const parts = { params: context.req.param(), query: context.req.query(), body: raw } as const;
  const reasons = [];
  const read: Record<string, unknown> = {};
  for (const part of ["params", "query", "body"] as const) {
    if (holdsUnkeepable(parts[part])) {
      const detail = "Text may not contain the character NUL or half a surrogate pair: no database keeps it.";
      reasons.push(refusal("http.invalidInput", detail, { at: `${part}:` }));
      continue;
    }
    const parsed = endpoint[part].safeParse(parts[part]);
    if (parsed.success) read[part] = parsed.data;
    else
      reasons.push(
        ...parsed.error.issues.map((issue) => refusal("http.invalidInput", issue.message, { at: `${part}:/${issue.path.join("/")}` })),
      );
  }
  if (reasons.length > 0) throw new Refused(reasons, 400);
  return read as unknown as Input<Endpoint>;
}

/** PostgreSQL keeps no NUL and no lone surrogate in text or JSON; found there, it would be our fault instead of a refusal. */
function holdsUnkeepable(value: unknown): boolean {
  // A list that grows while it is read, and no recursion: how deep a body is is for its sender to choose.
  const open: unknown[] = [value];
  for (const each of open) {
    if (typeof each === "string" && (each.includes("\0") || !each.isWellFormed())) return true;
    if (typeof each === "object" && each !== null) for (const [key, inner] of Object.entries(each)) open.push(key, inner);
  }
  return false;
}

function requestIdOf(request: Request): string {
  const given = request.headers.get("X-Request-ID");
  return given !== null && /^[\w.:-]{1,100}$/.test(given) ? given : randomUUID();
}

function remoteAddressOf(context: Context): string {
  const env = context.env as { incoming?: { socket?: { remoteAddress?: string } } } | undefined;
  return env?.incoming?.socket?.remoteAddress ?? "";
}
