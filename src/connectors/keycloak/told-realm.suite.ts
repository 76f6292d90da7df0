/** A realm that answers what a test tells it to: for what a real server cannot be brought to in time, or not at the right moment. */
import { createServer, type OutgoingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

import { onTestFinished } from "vitest";

import { instant } from "../../kernel/time.ts";
import { keycloakConfig, type KeycloakSettings } from "./config.ts";
import { createKeycloakConnector } from "./connector.ts";

export const NOW = instant("2026-11-21T08:00:00Z");
/** What the server says of what is not there. */
export const NOT_THERE = { status: 404, json: { error: "Could not find it" } } as const;
export const DENIED = { status: 403, json: { error: "HTTP 403 Forbidden" } } as const;

export interface Asked {
  readonly method: string;
  /** Below the realm of the admin API; `token` for a sign-in. */
  readonly path: string;
  readonly query: URLSearchParams;
}

export interface Told {
  readonly status?: number;
  readonly headers?: OutgoingHttpHeaders;
  /** Nothing is sent without. */
  readonly json?: unknown;
}

/** Each request in turn is put to `tell`; what it does not know is not there. */
export async function openToldRealm(tell: (asked: Asked) => Told | undefined, more: Partial<KeycloakSettings> = {}) {
  const requests: Asked[] = [];
  const server = createServer((request, answer) => {
    const { pathname, searchParams: query } = new URL(request.url ?? "/", "http://realm.test");
    const path = pathname.endsWith("/token") ? "token" : decodeURIComponent(pathname.replace("/admin/realms/acme", ""));
    const asked = { method: request.method ?? "GET", path, query };
    requests.push(asked);
    const told: Told = tell(asked) ?? (path === "token" ? TOKEN : NOT_THERE);
    const { status = 200, headers = {}, json } = told;
    answer.writeHead(status, headers).end(json === undefined ? undefined : JSON.stringify(json));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const policies = [{ key: "passkey", title: "Sign-in by passkey", role: "passkey-exempt" }];
  const settings = { ...keycloakConfig.parse({ url, realm: "acme", policies, timeoutMs: 5000 }), secret: "very-secret", ...more };
  const connector = createKeycloakConnector(settings, { now: () => NOW, firstPauseMs: 1 });
  onTestFinished(async () => {
    await connector.close();
    server.close();
  });
  return { connector, requests };
}

const TOKEN: Told = { json: { access_token: "a-token", expires_in: 300 } };
