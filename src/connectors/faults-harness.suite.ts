/** What a provider brings to the suite of faults: itself, and how its answers are told apart and spoiled. */
import type { IncomingHttpHeaders } from "node:http";

import type { Connector, GrantOrder } from "./port.ts";

export interface FaultsHarness {
  /** A connector that reaches its provider at this origin, and waits so long for an answer. */
  open(origin: string, timeoutMs: number): Connector;
  /** Where the provider really is. */
  readonly upstream: { readonly host: string; readonly port: number };
  /** An order for somebody new whom the policy holds. */
  order(): Promise<GrantOrder>;
  /** Names a kind of request, so that each kind is spoiled for itself; undefined for those that are let alone (the token). */
  kindOf(method: string, path: string): string | undefined;
  /** Where the provider keeps its lists: `value` of an object; undefined: the whole body is the list. */
  readonly listAt?: string;
  /** The answer with a next page that is this URL: in the body or in a header. */
  withNextPage(answer: Answer, url: string): Answer;
  /** How this provider words an error. */
  errorBody(): unknown;
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}
