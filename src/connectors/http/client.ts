/**
 * A JSON API of a provider: signed in, patient with throttling, and distrustful. Whatever is not the JSON that was asked for
 * (an error page, half an answer, a redirect) is a fault, never an empty list.
 */
import { setTimeout as sleep } from "node:timers/promises";

import type { Instant } from "../../kernel/time.ts";
import { ProviderFault } from "../port.ts";
import { asksForPause, retryAfterMs, tellable } from "./trouble.ts";
import type { Wire, WireAnswer, WireRequest } from "./wire.ts";

export interface ApiRequest {
  readonly method: WireRequest["method"];
  /** Below the base, with a leading slash; or whole, when the provider gave it (a next page). */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Statuses beside 2xx that are an answer to the caller: 404, 409. */
  readonly expect?: readonly number[];
  /** Whether it may be sent again when nobody knows if it arrived. Reading, PUT and DELETE may; POST only where the caller says so. */
  readonly repeatable?: boolean;
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: WireAnswer["headers"];
  /** Undefined when the answer had no body. */
  readonly json: unknown;
}

/** Who may go when: one for each tenant, shared by whoever works with it. */
export interface Limiter {
  /** Resolves when one more request may be sent. */
  readonly take: () => Promise<void>;
  /** The provider asked for a pause. */
  readonly pause: (ms: number) => Promise<void> | void;
}

export interface ApiSettings {
  /** `https://id.example.org/auth`, without a slash at its end. */
  readonly baseUrl: string;
  /** The value of the Authorization header; asked again with `renew` after a 401. */
  readonly authorization: (renew: boolean) => Promise<string>;
  readonly now: () => Instant;
  readonly limiter?: Limiter;
  /** How long a throttled answer asks us to wait, where it says so elsewhere than in Retry-After. */
  readonly askedPauseMs?: (answer: WireAnswer) => number | undefined;
  /** The provider's own words of an error, out of its body; for whoever looks after the connection. */
  readonly explain?: (json: unknown) => string | undefined;
  /** How long to wait in all before throttling is passed on to the caller. */
  readonly patienceMs?: number;
  /** How long to wait before the first try again, where the provider does not say. */
  readonly firstPauseMs?: number | undefined;
}

export interface Api {
  readonly send: (request: ApiRequest) => Promise<ApiAnswer>;
}

const PATIENCE_MS = 30_000;
const FIRST_PAUSE_MS = 1000;
/** A fault of the moment is tried again this often. */
const MORE_TRIES = 2;

export function createApi(wire: Wire, settings: ApiSettings): Api {
  return { send: (request) => new Exchange(wire, settings, request).run() };
}

/** One request until it is answered or given up. */
class Exchange {
  #waitedMs = 0;
  #pauses = 0;
  #tries = 0;
  #renewed = false;
  /** What we signed in with last was refused. */
  #mustRenew = false;
  /** What we signed in with: a provider, or what stands before it, may say it back. */
  #credential = "";
  readonly #wire: Wire;
  readonly #settings: ApiSettings;
  readonly #request: ApiRequest;

  constructor(wire: Wire, settings: ApiSettings, request: ApiRequest) {
    this.#wire = wire;
    this.#settings = settings;
    this.#request = request;
  }

  async run(): Promise<ApiAnswer> {
    for (;;) {
      const answer = await this.#attempt();
      if (answer === undefined) continue;
      const read = await this.#read(answer);
      if (read !== undefined) return read;
    }
  }

  /** Undefined: nothing came, and it may be sent again. */
  async #attempt(): Promise<WireAnswer | undefined> {
    const { limiter, authorization } = this.#settings;
    try {
      const headers = { authorization: await authorization(this.#mustRenew), ...this.#request.headers };
      this.#mustRenew = false;
      this.#credential = headers.authorization.split(" ").at(-1) ?? "";
      await limiter?.take();
      return await this.#wire.send(wireRequest(this.#settings.baseUrl, this.#request, headers));
    } catch (error) {
      if (!(error instanceof ProviderFault)) throw error;
      // Only a sign-in says so here: what it was for was not sent.
      if (error.kind === "throttled") return this.#pause(error.retryAfterMs, error.message);
      if (error.kind !== "unreachable" || !this.#mayTryAgain()) throw error;
      await this.#wait(this.#firstPauseMs / 4);
      return undefined;
    }
  }

  /** Undefined: it has to be sent again. */
  async #read(answer: WireAnswer): Promise<ApiAnswer | undefined> {
    const { status } = answer;
    if (asksForPause(answer)) {
      const { now, askedPauseMs } = this.#settings;
      const asked = retryAfterMs(answer.headers["retry-after"], now()) ?? askedPauseMs?.(answer);
      return this.#pause(asked, `${this.#origin} asked for a pause.`);
    }
    if (status === 401 && !this.#renewed) {
      this.#renewed = true;
      this.#mustRenew = true;
      return undefined;
    }
    if (status >= 500 && this.#mayTryAgain()) {
      await this.#wait(this.#firstPauseMs);
      return undefined;
    }
    if ((status >= 200 && status < 300) || this.#request.expect?.includes(status) === true)
      return { status, headers: answer.headers, json: this.#jsonOf(answer) };
    throw this.#faultOf(answer);
  }

  async #pause(asked: number | undefined, words: string): Promise<undefined> {
    const { limiter, patienceMs = PATIENCE_MS } = this.#settings;
    // Twice as long each time, and not all at the same moment; no shorter either where less was asked for and did not help.
    const own = this.#firstPauseMs * 2 ** this.#pauses * (1 + Math.random() / 4);
    const pauseMs = Math.max(asked ?? 0, own);
    this.#pauses += 1;
    if (this.#waitedMs + pauseMs > patienceMs) throw new ProviderFault("throttled", words, { retryAfterMs: Math.ceil(pauseMs) });
    await limiter?.pause(pauseMs);
    await this.#wait(pauseMs);
    return undefined;
  }

  #mayTryAgain(): boolean {
    const { method, repeatable = method !== "POST" && method !== "PATCH" } = this.#request;
    this.#tries += 1;
    return repeatable && this.#tries <= MORE_TRIES;
  }

  async #wait(ms: number): Promise<void> {
    this.#waitedMs += ms;
    await sleep(ms);
  }

  get #firstPauseMs(): number {
    return this.#settings.firstPauseMs ?? FIRST_PAUSE_MS;
  }

  get #origin(): string {
    return new URL(this.#settings.baseUrl).origin;
  }

  #jsonOf({ status, text, headers }: WireAnswer): unknown {
    if (text === "") {
      if (this.#request.method === "GET" && status === 200) throw new ProviderFault("fault", `${this.#origin} answered with nothing.`);
      return undefined;
    }
    try {
      return JSON.parse(text) as unknown;
    } catch {
      // Who creates something may say so in words; who was asked for data may not.
      if (this.#request.method !== "GET" && status !== 200) return undefined;
      throw new ProviderFault(
        "fault",
        `${this.#origin} answered ${status} with ${headers["content-type"] ?? "something"} that is no JSON.`,
      );
    }
  }

  #faultOf({ status, text }: WireAnswer): ProviderFault {
    const said = this.#explained(text);
    const words = `${this.#origin} answered ${status} to ${this.#request.method} ${pathOnly(this.#request.path)}${said}.`;
    if (status === 401 || status === 403) return new ProviderFault("denied", words);
    if (status === 408 || status === 504) return new ProviderFault("timeout", words);
    if (status === 502 || status === 503) return new ProviderFault("unreachable", words);
    return new ProviderFault("fault", words);
  }

  #explained(text: string): string {
    try {
      const words = this.#settings.explain?.(JSON.parse(text));
      return words === undefined ? "" : ` (${tellable(words, [this.#credential])})`;
    } catch {
      return "";
    }
  }
}

/** A next page is the provider's to name, but only on the provider's own server: our credentials go nowhere else. */
function wireRequest(baseUrl: string, { method, path, query, body }: ApiRequest, headers: Readonly<Record<string, string>>): WireRequest {
  const { origin } = new URL(baseUrl);
  const url = URL.parse(path === "" || path.startsWith("/") ? `${baseUrl}${path}` : path);
  if (url === null) throw new ProviderFault("fault", `${origin} gave an address that is none.`);
  if (url.origin !== origin) throw new ProviderFault("fault", `${origin} pointed to another server: ${url.origin}.`);
  for (const [name, value] of Object.entries(query ?? {})) if (value !== undefined) url.searchParams.set(name, String(value));
  if (body === undefined) return { method, url, headers };
  return { method, url, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) };
}

function pathOnly(path: string): string {
  return path === "" || path.startsWith("/") ? path.replace(/\?.*/s, "") : new URL(path).pathname;
}
