/** The client of the public API. The contracts give path, method and types; what goes wrong comes out as one error with reasons. */
import { type Endpoint, pathOf, type ReplyOf } from "../src/kernel/contract.ts";
import { type Refusal, refusal } from "../src/kernel/problem.ts";
import type { z } from "zod";

import { BASE } from "./instance.ts";
import { noteServerClock } from "./now.tsx";
import { noteOwnAct } from "./own-acts.ts";
import { noteAnswer, noteSilence } from "./reach.ts";

type Part<Name extends string, Value> =
  Record<string, never> extends Value ? { readonly [K in Name]?: Value } : { readonly [K in Name]: Value };

/** What a call takes: the parts the endpoint declares, as the server reads them. */
export type Given<E extends Endpoint> = Part<"params", z.input<E["params"]>> &
  Part<"query", z.input<E["query"]>> &
  Part<"body", z.input<E["body"]>>;

export interface CallOptions {
  /** Version the change is based on; the server refuses it when another came between. */
  readonly ifMatch?: number | undefined;
  /** The same key for every attempt at the same act: the server does it once. */
  readonly idempotencyKey?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** False where being signed out is an answer, not an interruption. */
  readonly asksToSignIn?: boolean;
}

/** `refused`: the reasons say what to change. `signedOut`: nobody is signed in. `offline`: no answer came. `fault`: the server failed. */
export type FailureKind = "refused" | "signedOut" | "offline" | "fault";

export class CallFailed extends Error {
  readonly kind: FailureKind;
  readonly status: number;
  readonly reasons: readonly Refusal[];
  readonly requestId: string;

  constructor(kind: FailureKind, status: number, reasons: readonly Refusal[], requestId: string) {
    super(reasons.map((reason) => reason.detail).join(" "));
    this.name = "CallFailed";
    this.kind = kind;
    this.status = status;
    this.reasons = reasons;
    this.requestId = requestId;
  }
}

type AskToSignIn = () => Promise<boolean>;
let askToSignIn: AskToSignIn = () => Promise.resolve(false);
/** How often the person signed in again. */
let signIns = 0;

/** Sets who asks the person to sign in again when a session ends in the middle of work. True means: signed in, go on. */
export function onSessionEnd(ask: AskToSignIn): void {
  askToSignIn = ask;
}

/**
 * Calls an endpoint and gives its reply. Throws {@link CallFailed}. When the session has ended, the person is asked to sign in
 * over the page as it stands and the call is made again, so that nothing typed is lost.
 */
export async function call<E extends Endpoint>(endpoint: E, given: Given<E>, options: CallOptions = {}): Promise<ReplyOf<E>> {
  const request = requestOf(endpoint, given as Loose, options);
  const reply = await inSession(() => send<E>(request), options);
  if (endpoint.method !== "GET") noteOwnAct();
  return reply;
}

/** A file as the server named it. */
export interface CalledFile {
  readonly name: string;
  readonly content: Blob;
}

/** Calls an endpoint that answers with a file. Throws {@link CallFailed} like {@link call}. */
export async function callForFile<E extends Endpoint>(endpoint: E, given: Given<E>): Promise<CalledFile> {
  const request = requestOf(endpoint, given as Loose, {});
  return inSession(async () => {
    const response = await reach(request);
    const name = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition") ?? "")?.[1];
    if (response.ok && name !== undefined) return { name, content: await response.blob() };
    throw failureOf(response, await response.json().catch(() => undefined), request[1].headers.get("X-Request-ID") ?? "");
  }, {});
}

/** Calls an endpoint that answers with bytes. Throws {@link CallFailed} like {@link call}. */
export async function callForBytes<E extends Endpoint>(endpoint: E, given: Given<E>): Promise<Uint8Array> {
  const request = requestOf(endpoint, given as Loose, {});
  return inSession(async () => {
    const response = await reach(request);
    if (response.ok) return new Uint8Array(await response.arrayBuffer());
    throw failureOf(response, await response.json().catch(() => undefined), request[1].headers.get("X-Request-ID") ?? "");
  }, {});
}

async function inSession<T>(attempt: () => Promise<T>, options: CallOptions): Promise<T> {
  const begun = signIns;
  try {
    return await attempt();
  } catch (error) {
    const isSessionOver = error instanceof CallFailed && error.kind === "signedOut" && options.asksToSignIn !== false;
    if (!isSessionOver) throw error;
    // An answer from before the person signed in again says nothing of the session there is now.
    if (signIns !== begun) return inSession(attempt, options);
    if (!(await askToSignIn())) throw error;
    signIns += 1;
    return await attempt();
  }
}

interface Loose {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

type Prepared = readonly [url: string, init: RequestInit & { headers: Headers }];

function requestOf(endpoint: Endpoint, given: Loose, options: CallOptions): Prepared {
  const headers = new Headers({ Accept: "application/json, application/problem+json", "X-Request-ID": crypto.randomUUID() });
  if (endpoint.method === "POST") headers.set("Idempotency-Key", options.idempotencyKey ?? crypto.randomUUID());
  if (options.ifMatch !== undefined) headers.set("If-Match", `"${options.ifMatch}"`);
  const hasBody = endpoint.method === "POST" || endpoint.method === "PUT";
  if (hasBody) headers.set("Content-Type", "application/json");
  const search = queryOf(given.query ?? {});
  const init: RequestInit & { headers: Headers } = { method: endpoint.method, headers, credentials: "same-origin" };
  if (hasBody) init.body = JSON.stringify(given.body ?? {});
  if (options.signal !== undefined) init.signal = options.signal;
  return [`${BASE}${pathOf(endpoint.path, given.params ?? {})}${search}`, init];
}

function queryOf(query: Readonly<Record<string, unknown>>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") search.set(name, String(value));
  }
  const text = search.toString();
  return text === "" ? "" : `?${text}`;
}

async function send<E extends Endpoint>(request: Prepared): Promise<ReplyOf<E>> {
  const response = await reach(request);
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.ok && answer !== undefined) return answer as ReplyOf<E>;
  throw failureOf(response, answer, request[1].headers.get("X-Request-ID") ?? "");
}

async function reach([url, init]: Prepared): Promise<Response> {
  const response = await fetch(url, init).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    noteSilence();
    const detail = "Postern did not answer. Nothing you entered is lost; try again when you are connected.";
    throw new CallFailed("offline", 0, [refusal("console.offline", detail)], init.headers.get("X-Request-ID") ?? "");
  });
  noteAnswer();
  const serverMs = Date.parse(response.headers.get("Date") ?? "");
  if (!Number.isNaN(serverMs)) noteServerClock(serverMs);
  return response;
}

function failureOf(response: Response, answer: unknown, sentId: string): CallFailed {
  const requestId = response.headers.get("X-Request-ID") ?? sentId;
  const reasons = reasonsOf(answer);
  if (response.status === 401 && reasons.some((reason) => reason.code === "http.signInNeeded")) {
    return new CallFailed("signedOut", 401, reasons, requestId);
  }
  if (response.status < 500 && reasons.length > 0) return new CallFailed("refused", response.status, reasons, requestId);
  if (reasons.length > 0) return new CallFailed("fault", response.status, reasons, requestId);
  const detail = `The answer (status ${response.status}) could not be read. Something between here and Postern may have replaced it.`;
  return new CallFailed("fault", response.status, [refusal("console.unreadable", detail)], requestId);
}

/** The reasons of a problem document; none when the answer is not one. */
function reasonsOf(answer: unknown): readonly Refusal[] {
  if (typeof answer !== "object" || answer === null || !("reasons" in answer) || !Array.isArray(answer.reasons)) return [];
  return answer.reasons.filter(
    (each: unknown): each is Refusal => typeof each === "object" && each !== null && "code" in each && "detail" in each,
  );
}

/** What went wrong, whatever was thrown. */
export function failureFrom(error: unknown): CallFailed {
  if (error instanceof CallFailed) return error;
  const detail = error instanceof Error ? error.message : "Something failed in the console.";
  return new CallFailed("fault", 0, [refusal("console.fault", detail)], "");
}

/** Where a reason points to, as a plain JSON pointer into the form: `body:/content/title` and `/title` are the same field. */
export function pointerOf(reason: Refusal): string | undefined {
  return reason.at?.replace(/^(?:body|query|params):/, "").replace(/^\/content(?=\/)/, "");
}

/** The reasons for one field, or for anything below it. */
export function errorsAt(reasons: readonly Refusal[], pointer: string): Refusal[] {
  return reasons.filter((reason) => isAt(pointerOf(reason), pointer));
}

/** The reasons that belong to none of the given fields: they go above the form. */
export function reasonsElsewhere(reasons: readonly Refusal[], pointers: readonly string[]): Refusal[] {
  return reasons.filter((reason) => !pointers.some((pointer) => isAt(pointerOf(reason), pointer)));
}

function isAt(at: string | undefined, pointer: string): boolean {
  return at !== undefined && (at === pointer || at.startsWith(`${pointer}/`));
}
