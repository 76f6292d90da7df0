/** The HTTP server of an instance: questions to the decision point are taken out in front, everything else goes to the routes. */
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";

import { getRequestListener } from "@hono/node-server";

/** What answers its own addresses in front of everything else, and says of others that they are not its own. */
export interface Point {
  take(request: IncomingMessage, response: ServerResponse): boolean;
}

/** A request has to be here in full by then; who sends more slowly holds a connection and nothing else. */
const REQUEST_WITHIN_MS = 60_000;
const HEADERS_WITHIN_MS = 10_000;
const CHECKED_EVERY_MS = 5000;
/** More are turned away: each takes memory and a file handle, of which there is an end. */
const MOST_CONNECTIONS = 10_000;

export type Fetch = Parameters<typeof getRequestListener>[0];

/** What stands behind a server, and may be replaced by something else while it answers. */
export interface Door {
  readonly point: Point;
  readonly fetch: Fetch;
  lead(to: { readonly point: Point; readonly fetch: Fetch }): void;
}

export function createDoor(to: { readonly point: Point; readonly fetch: Fetch }): Door {
  let behind = to;
  return {
    point: { take: (request, response) => behind.point.take(request, response) },
    fetch: (request, env) => behind.fetch(request, env),
    lead(next) {
      behind = next;
    },
  };
}

export function createHttpServer(front: Point, fetch: Fetch): Server {
  const rest = getRequestListener(fetch);
  return createLimitedServer((request, response) => {
    if (!front.take(request, response)) void rest(request, response);
  });
}

export function createLimitedServer(handle: RequestListener): Server {
  const server = createServer({ connectionsCheckingInterval: CHECKED_EVERY_MS }, handle);
  server.requestTimeout = REQUEST_WITHIN_MS;
  server.headersTimeout = HEADERS_WITHIN_MS;
  server.maxConnections = MOST_CONNECTIONS;
  return server;
}

/** At the port with client certificates nothing else is to be had: no console, no API. */
export function decisionsOnly(front: Point): RequestListener {
  return (request, response) => {
    if (!front.take(request, response)) response.writeHead(404).end();
  };
}

/** The first whose address it is answers. */
export function oneAfterAnother(points: readonly Point[]): Point {
  return { take: (request, response) => points.some((point) => point.take(request, response)) };
}
