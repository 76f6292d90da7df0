/** Calls a server by its contracts. */
import type { z } from "zod";

import { type Endpoint, pathOf } from "../kernel/contract.ts";
import { type Refusal, refusal, Refused } from "../kernel/problem.ts";

interface Input<E extends Endpoint> {
  params?: z.input<E["params"]>;
  query?: z.input<E["query"]>;
  body?: z.input<E["body"]>;
}

export interface Client {
  call<E extends Endpoint>(endpoint: E, input?: Input<E>): Promise<z.output<E["reply"]>>;
  /** The bytes of an endpoint that answers with a file. */
  download<E extends Endpoint>(endpoint: E, input?: Input<E>): Promise<Uint8Array>;
}

/** A client of the server at `origin`, with a short-lived token where there is one. */
export function createClient(origin: string, token: string | undefined): Client {
  return {
    async call(endpoint, input = {}) {
      const response = await ask(origin, token, endpoint, input);
      const reply: unknown = await response.json().catch(() => undefined);
      if (!response.ok) throw new Refused(reasonsOf(reply, response.status), response.status);
      return endpoint.reply.parse(reply) as never;
    },
    async download(endpoint, input = {}) {
      const response = await ask(origin, token, endpoint, input);
      if (!response.ok) throw new Refused(reasonsOf(await response.json().catch(() => undefined), response.status), response.status);
      return new Uint8Array(await response.arrayBuffer());
    },
  };
}

function ask<E extends Endpoint>(origin: string, token: string | undefined, endpoint: E, input: Input<E>): Promise<Response> {
  const url = new URL(pathOf(endpoint.path, input.params ?? {}), origin);
  for (const [name, value] of Object.entries(input.query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, `${value as string | number}`);
  }
  const headers = new Headers({ Accept: "application/json" });
  if (token !== undefined) headers.set("Authorization", `Bearer ${token}`);
  const hasBody = endpoint.method === "POST" || endpoint.method === "PUT";
  if (hasBody) headers.set("Content-Type", "application/json");
  return reach(url, { method: endpoint.method, headers, ...(hasBody && { body: JSON.stringify(input.body ?? {}) }) });
}

async function reach(url: URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    const { cause } = error as { readonly cause?: { readonly code?: unknown } };
    if (TAKEN.has(cause?.code))
      throw new Refused([refusal("cli.noAnswerInTime", `${url.origin} gave no answer in time. What it was asked for may go on there.`)]);
    throw new Refused([refusal("cli.serverUnreachable", `No server answers at ${url.origin}. Is it running? Name another with --url.`)]);
  }
}

/** Somebody was there: nothing came for five minutes, or the connection was closed. */
const TAKEN: ReadonlySet<unknown> = new Set(["UND_ERR_HEADERS_TIMEOUT", "UND_ERR_SOCKET", "ECONNRESET"]);

function reasonsOf(reply: unknown, status: number): readonly Refusal[] {
  const reasons = (reply as { reasons?: readonly Refusal[] } | undefined)?.reasons;
  return (
    reasons ?? [refusal("cli.unexpectedAnswer", `The server answered ${status} without saying why. Is this address a Postern server?`)]
  );
}
