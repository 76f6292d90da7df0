/** The HTTP server of an instance: questions to the decision point are taken out in front, everything else goes to the routes. */
import { createServer, type RequestListener, type Server } from "node:http";

import { getRequestListener } from "@hono/node-server";

import type { DecisionPoint } from "./decisions/index.ts";

/** A request has to be here in full by then; who sends more slowly holds a connection and nothing else. */
const REQUEST_WITHIN_MS = 60_000;
const HEADERS_WITHIN_MS = 10_000;
/** More are turned away: each takes memory and a file handle, of which there is an end. */
const MOST_CONNECTIONS = 10_000;

export function createHttpServer(decisionPoint: DecisionPoint, fetch: Parameters<typeof getRequestListener>[0]): Server {
  const rest = getRequestListener(fetch);
  const timeouts = { requestTimeout: REQUEST_WITHIN_MS, headersTimeout: HEADERS_WITHIN_MS, connectionsCheckingInterval: 5_000 };
  const server = createServer(timeouts, (request, response) => {
    if (!decisionPoint.take(request, response)) void rest(request, response);
  });
  server.maxConnections = MOST_CONNECTIONS;
  return server;
}

/** At the port with client certificates nothing else is to be had: no console, no API. */
export function decisionsOnly(decisionPoint: DecisionPoint): RequestListener {
  return (request, response) => {
    if (!decisionPoint.take(request, response)) response.writeHead(404).end();
  };
}
