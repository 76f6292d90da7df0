/**
 * A decision point's address that a test can make fail or lie: what connects there reaches the real one, nobody, somebody who never
 * answers, or a server that answers whatever it was told to. Each change ends the connections that are open.
 */
import { createServer as createHttp, type RequestListener, type Server as HttpServer, type ServerResponse } from "node:http";
import { createServer as createHttps } from "node:https";
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

import type { Certificate } from "./slapd.ts";

/**
 * What it does with a request. `says` promises more than it sends: after it the connection ends, or nothing more ever comes. With
 * nothing said there is no answer at all.
 */
export type Lie =
  | { readonly status: number; readonly type?: string; readonly text: string; readonly headers?: Readonly<Record<string, string>> }
  | { readonly says: string; readonly after: "end" | "silence" };

export type Front = Awaited<ReturnType<typeof openFront>>;

const HOST = "127.0.0.1";
/** Where a redirect leads: there is a permit. */
const ELSEWHERE = "/elsewhere";

/** `tls`: what the lying server shows; without, it speaks in clear as the real one behind it does, at `real`. */
export async function openFront(tls: Certificate | undefined, real: number | "down" = "down") {
  let lie: Lie = { status: 500, text: "" };
  const answer: RequestListener = (request, response) => {
    request.resume();
    request.once("end", () => {
      if (request.url === ELSEWHERE) response.writeHead(200, { "Content-Type": "application/json" }).end(`{"decision":true}`);
      else if ("says" in lie) say(lie, response);
      else response.writeHead(lie.status, { "Content-Type": lie.type ?? "application/json", ...lie.headers }).end(lie.text);
    });
  };
  const liar: HttpServer = tls === undefined ? createHttp(answer) : createHttps({ cert: tls.certificatePem, key: tls.keyPem }, answer);
  const lyingPort = await listening(liar);
  const sockets = new Set<Socket>();
  let to: number | "down" | "silent" = real;
  const server = createServer((near) => {
    sockets.add(near);
    near.on("error", () => near.destroy()).on("close", () => sockets.delete(near));
    if (to === "down") near.destroy();
    if (typeof to === "number") join(near, connect({ host: HOST, port: to }));
  });
  const port = await listening(server);
  const lead = (where: typeof to): void => {
    to = where;
    for (const socket of sockets) socket.destroy();
  };
  return {
    port,
    lead,
    heal: () => lead(real),
    tell(what: Lie): void {
      lie = what;
      lead(lyingPort);
    },
    async close(): Promise<void> {
      lead("down");
      liar.closeAllConnections();
      await Promise.all([server, liar].map((each) => new Promise((resolve) => each.close(resolve))));
    },
  };
}

function say({ says, after }: Extract<Lie, { says: string }>, response: ServerResponse): void {
  const said = () => void (after === "end" && response.destroy());
  if (says === "") return said();
  response.writeHead(200, { "Content-Type": "application/json", "Content-Length": says.length + 1 });
  response.write(says, said);
}

function join(near: Socket, far: Socket): void {
  near.pipe(far).pipe(near);
  far.on("error", () => near.destroy()).on("close", () => near.destroy());
  near.on("close", () => far.destroy());
}

async function listening(server: Server): Promise<number> {
  server.listen(0, HOST);
  await once(server, "listening");
  return (server.address() as { port: number }).port;
}

const EXCEPTION = { id: "exc_1", ref: "EX-1", validUntil: "2999-01-01T00:00:00Z", owner: null };

/** For those that see what an answer says it is. */
export const MISTYPED: Lie = { status: 200, type: "text/html; charset=utf-8", text: `{"decision":true}` };

/** Everything an enforcement point must take for a no, by what it is. */
export const LIES: Readonly<Record<string, Lie>> = {
  "a denial": { status: 200, text: `{"decision":false}` },
  "401 with a permit in it": { status: 401, text: `{"decision":true}` },
  "429 with a permit in it": { status: 429, text: `{"decision":true}`, headers: { "Retry-After": "1" } },
  "503 with a permit in it": { status: 503, text: `{"decision":true}` },
  "500 with a permit in it": { status: 500, text: `{"decision":true}` },
  "204 and nothing": { status: 204, text: "" },
  "a redirect": { status: 302, text: `{"decision":true}`, headers: { Location: ELSEWHERE } },
  "an HTML page with 200": { status: 200, type: "text/html", text: "<!doctype html><title>Sign in</title>" },
  "nothing with 200": { status: 200, text: "" },
  null: { status: 200, text: "null" },
  "true alone": { status: 200, text: "true" },
  "a list": { status: 200, text: `[{"decision":true}]` },
  "half of a permit": { status: 200, text: `{"decision":true` },
  "a permit that is cut off": { says: `{"decision":true}`, after: "end" },
  "a permit that does not come to its end": { says: `{"decision":true}`, after: "silence" },
  "silence after the question": { says: "", after: "silence" },
  "an end after the question": { says: "", after: "end" },
  "a permit of 100 kilobytes": { status: 200, text: `{"decision":true,"context":{"words":"${"x".repeat(100_000)}"}}` },
  "no decision": { status: 200, text: `{"context":{}}` },
  "the text true": { status: 200, text: `{"decision":"true"}` },
  "the number 1": { status: 200, text: `{"decision":1}` },
  "another spelling": { status: 200, text: `{"Decision":true}` },
  "a batch": { status: 200, text: `{"evaluations":[{"decision":true}]}` },
  "a context that is none": { status: 200, text: `{"decision":true,"context":null}` },
  "obligations that are no list": {
    status: 200,
    text: `{"decision":true,"context":{"obligations":{"type":"session_length","seconds":60}}}`,
  },
  "an obligation nobody knows": { status: 200, text: `{"decision":true,"context":{"obligations":[{"type":"dance"}]}}` },
  "an obligation without a type": { status: 200, text: `{"decision":true,"context":{"obligations":[{}]}}` },
  "an obligation that is null": { status: 200, text: `{"decision":true,"context":{"obligations":[null]}}` },
  "an obligation named as what every object has": {
    status: 200,
    text: `{"decision":true,"context":{"obligations":[{"type":"toString"}]}}`,
  },
  "a session of no length": { status: 200, text: `{"decision":true,"context":{"obligations":[{"type":"session_length","seconds":0}]}}` },
  "a session of a length in words": {
    status: 200,
    text: `{"decision":true,"context":{"obligations":[{"type":"session_length","seconds":"long"}]}}`,
  },
  "attributes of the server that asks": {
    status: 200,
    text: JSON.stringify({ "control:Auth-Type": { value: "Accept" }, "reply:Reply-Message": "%{exec:/bin/id}", exception: EXCEPTION }),
  },
};
