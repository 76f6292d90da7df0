/** Calls a server by its contracts. */
import type { z } from "zod";

import { type Endpoint, pathOf } from "../kernel/contract.ts";
import { type Refusal, refusal, Refused } from "../kernel/problem.ts";

export interface Client {
  call<E extends Endpoint>(
    endpoint: E,
    input?: { params?: z.input<E["params"]>; query?: z.input<E["query"]>; body?: z.input<E["body"]> },
  ): Promise<z.output<E["reply"]>>;
}

/** A client of the server at `origin`, with a short-lived token where there is one. */
export function createClient(origin: string, token: string | undefined): Client {
  return {
    async call(endpoint, input = {}) {
      const url = new URL(pathOf(endpoint.path, input.params ?? {}), origin);
      for (const [name, value] of Object.entries(input.query ?? {})) {
        if (value !== undefined) url.searchParams.set(name, `${value as string | number}`);
      }
      const headers = new Headers({ Accept: "application/json" });
      if (token !== undefined) headers.set("Authorization", `Bearer ${token}`);
      const hasBody = endpoint.method === "POST" || endpoint.method === "PUT";
      if (hasBody) headers.set("Content-Type", "application/json");
      const response = await reach(url, { method: endpoint.method, headers, ...(hasBody && { body: JSON.stringify(input.body ?? {}) }) });
      const reply: unknown = await response.json().catch(() => undefined);
      if (!response.ok) throw new Refused(reasonsOf(reply, response.status), response.status);
      return endpoint.reply.parse(reply) as never;
    },
  };
}

async function reach(url: URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch {
    throw new Refused([refusal("cli.serverUnreachable", `No server answers at ${url.origin}. Is it running? Name another with --url.`)]);
  }
}

function reasonsOf(reply: unknown, status: number): readonly Refusal[] {
  const reasons = (reply as { reasons?: readonly Refusal[] } | undefined)?.reasons;
  return (
    reasons ?? [refusal("cli.unexpectedAnswer", `The server answered ${status} without saying why. Is this address a Postern server?`)]
  );
}
