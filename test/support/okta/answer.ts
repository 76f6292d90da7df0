/** What the routes of the fake are given and answer. */
import type { Actor, Json, Org } from "./org.ts";

/** What a route answers. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of a list: the address of the next page. */
  readonly next?: string | undefined;
}

export interface Call {
  readonly org: Org;
  readonly actor: Actor;
  readonly url: URL;
  readonly ids: readonly string[];
  readonly body: Json | readonly Json[] | undefined;
}

export interface Route {
  readonly method: string;
  /** As the vendor's description has it. */
  readonly path: string;
  readonly scope: string;
  readonly answer: (call: Call) => Answer;
}

export function failure(status: number, errorCode: string, errorSummary: string, causes: readonly string[] = []): Answer {
  const errorCauses = causes.map((cause) => ({ errorSummary: cause }));
  return { status, body: { errorCode, errorSummary, errorLink: errorCode, errorId: "oaeTest", errorCauses } };
}
