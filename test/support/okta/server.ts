/** A fake Okta: a real HTTP server on loopback. It pages, limits, refuses and logs as Okta does; what it says is held against the vendor's description. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

import { epochMs, type Instant } from "../../../src/kernel/time.ts";
import { type Answer, type Call, failure, type Route } from "./answer.ts";
import { createClients } from "./clients.ts";
import { type Actor, createOrg, type Json } from "./org.ts";
import { routes } from "./routes.ts";
import { openDescription } from "./schema.ts";

const HOST = "127.0.0.1";

/** What a test makes of an answer on its way. */
export interface Sent {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly text: string;
}
export type Tamper = (request: { readonly method: string; readonly url: URL }, sent: Sent) => Sent | "cut" | "half" | "stall";

interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly authorization: string;
  readonly proof: string | undefined;
  readonly text: string;
}

export type FakeOkta = Awaited<ReturnType<typeof startFakeOkta>>;

export async function startFakeOkta(now: () => Instant) {
  const org = createOrg(now);
  const clients = createClients(now);
  const description = openDescription();
  // Its schemas are compiled now: in the middle of a test that would be taken for a slow answer.
  for (const { method, path } of routes) {
    const unasked = { method, path, query: new URLSearchParams(), body: method === "POST" ? {} : undefined, reply: [] };
    for (const status of [200, 404]) description?.check({ ...unasked, status });
  }
  const begunWith = description?.checked() ?? 0;
  const misfits: string[] = [];
  const requests: { readonly method: string; readonly path: string; readonly query: string; readonly authorization: string }[] = [];
  const limits = { limit: 600, remaining: 600, resetSeconds: 60, throttled: 0 };
  let tamper: Tamper | undefined;
  let server: Server | undefined;
  let port = 0;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await bodyOf(request);
    const url = new URL(request.url ?? "/", `http://${request.headers.host}`);
    const method = request.method ?? "GET";
    const authorization = request.headers.authorization ?? "";
    requests.push({ method, path: url.pathname, query: url.search, authorization });
    const proof = [request.headers["dpop"] ?? []].flat()[0];
    const answer = answerTo({ method, url, authorization, proof, text });
    const sent = sentOf(answer, url, limits, now());
    const changed = tamper === undefined ? sent : tamper({ method, url }, sent);
    write(response, changed, sent);
  }

  function answerTo({ method, url, authorization, proof, text }: Asked): Answer {
    if (url.pathname === "/oauth2/v1/token") return clients.token(url, new URLSearchParams(text), proof);
    if (limits.throttled > 0) {
      limits.throttled -= 1;
      return failure(429, "E0000047", "API call exceeded rate limit due to too many requests.");
    }
    const route = routes.find((one) => one.method === method && idsIn(one.path, url.pathname) !== undefined);
    if (route === undefined) return failure(404, "E0000022", "The endpoint does not support the provided HTTP method");
    const body = text === "" ? undefined : (JSON.parse(text) as Json);
    const who = clients.whoIs(method, url, authorization, proof);
    const answer = who === undefined ? failure(401, "E0000011", "Invalid token provided") : permitted(route, who, url, body);
    const reply = answer.body;
    const misfit = description?.check({ method, path: route.path, query: url.searchParams, body, status: answer.status, reply });
    if (misfit !== undefined && !misfits.includes(misfit)) misfits.push(misfit);
    return answer;
  }

  function permitted(
    route: Route,
    { actor, scopes }: { actor: Actor; scopes: ReadonlySet<string> | "all" },
    url: URL,
    body: Call["body"],
  ): Answer {
    if (scopes !== "all" && !scopes.has(route.scope))
      return failure(403, "E0000006", "You do not have permission to perform the requested action");
    return route.answer({ org, actor, url, ids: idsIn(route.path, url.pathname) ?? [], body });
  }

  async function start(): Promise<void> {
    server = createServer((request, response) => void serve(request, response));
    await new Promise<void>((resolve) => server!.listen(port, HOST, resolve));
    port = (server.address() as { port: number }).port;
  }

  async function stop(): Promise<void> {
    server?.closeAllConnections();
    await new Promise((resolve) => server?.close(resolve));
  }

  await start();
  return {
    org,
    clients,
    requests,
    limits,
    misfits,
    isDescribed: description !== undefined,
    checked: () => (description?.checked() ?? 0) - begunWith,
    host: HOST,
    port,
    url: `http://${HOST}:${port}`,
    start,
    stop,
    tamper: (how: Tamper | undefined) => {
      tamper = how;
    },
  };
}

function sentOf(
  { status, body, next, headers: more }: Answer,
  url: URL,
  limits: { limit: number; remaining: number; resetSeconds: number },
  now: Instant,
): Sent {
  const reset = Math.floor(epochMs(now) / 1000) + limits.resetSeconds;
  const link = [`<${url.href}>; rel="self"`, ...(next === undefined ? [] : [`<${next}>; rel="next"`])];
  const headers = {
    date: new Date(epochMs(now)).toUTCString(),
    "content-type": "application/json",
    "x-rate-limit-limit": String(limits.limit),
    "x-rate-limit-remaining": status === 429 ? "0" : String(limits.remaining),
    "x-rate-limit-reset": String(reset),
    ...(Array.isArray(body) && { link }),
    ...more,
  };
  return { status, headers, text: body === undefined ? "" : JSON.stringify(body) };
}

function write(response: ServerResponse, sent: ReturnType<Tamper>, whole: Sent): void {
  if (sent === "stall") return;
  if (sent === "cut") {
    response.destroy();
    return;
  }
  const { status, headers, text } = sent === "half" ? whole : sent;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, typeof value === "string" ? value : [...value]);
  response.writeHead(status);
  if (sent === "half") response.write(text.slice(0, text.length / 2), () => response.destroy());
  else response.end(text);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

/** The ids in a path that fits the pattern; undefined when it does not. A word of the API is never taken for an id. */
function idsIn(pattern: string, path: string): readonly string[] | undefined {
  const [parts, given] = [pattern.split("/"), path.split("/")];
  if (parts.length !== given.length) return undefined;
  const ids: string[] = [];
  for (const [at, part] of parts.entries()) {
    if (part.startsWith("{")) ids.push(decodeURIComponent(given[at]!));
    else if (part !== given[at]) return undefined;
  }
  return ids;
}
