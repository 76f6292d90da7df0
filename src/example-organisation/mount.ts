/**
 * Serves the example organisation under /example/ of the same address. Nothing of the real instance's session goes in, and nothing
 * of the example's comes out: its cookies have names and a path of their own, whatever they are called inside.
 */
import { AsyncLocalStorage } from "node:async_hooks";

import { problemResponse } from "../platform/http-problem.ts";
import { refusal, Refused } from "../kernel/problem.ts";
import type { App } from "../compose.ts";
import type { FirstHour } from "./first-hour.ts";

export const BASE = "/example";
const SUFFIX = "-example";

export function isOfExample(url: string): boolean {
  const { pathname } = new URL(url);
  return pathname === BASE || pathname.startsWith(`${BASE}/`);
}

export interface Mounted {
  readonly app: Pick<App, "http">;
  readonly firstHour: FirstHour;
}

const welcoming = new AsyncLocalStorage<() => Promise<boolean>>();

/**
 * Whether whoever asks is signed in to the real instance, which is what it takes to walk in. The handler that lets in asks for it: only
 * the router knows which address means what. Nobody is welcome who did not come through {@link serveMounted}.
 */
export async function isWelcomeHere(): Promise<boolean> {
  return (await welcoming.getStore()?.()) ?? false;
}

/** `isWelcome`: whether whoever asks is signed in to the real instance. */
export async function serveMounted(
  mounted: Mounted | undefined,
  request: Request,
  env: object,
  isWelcome: () => Promise<boolean>,
): Promise<Response> {
  const url = new URL(request.url);
  const path = url.pathname.slice(BASE.length) || "/";
  const isApi = path.startsWith("/api/");
  // The address that was typed is the browser's to know: behind a proxy it is not this one.
  if (mounted === undefined) return isApi ? notLoaded() : new Response(null, { status: 303, headers: { Location: "/welcome" } });
  url.pathname = path;
  // The real instance is asked outside of the example's request.
  const ask = AsyncLocalStorage.bind(isWelcome);
  const response = await welcoming.run(ask, async () => mounted.app.http.fetch(inwards(request, url), env));
  if (isApi && response.status < 300) mounted.firstHour.note(request.method, path);
  return outwards(response);
}

function inwards(request: Request, url: URL): Request {
  const headers = new Headers(request.headers);
  const cookies = (request.headers.get("Cookie") ?? "").split(";").map((part) => part.trim());
  const own = cookies.filter((part) => nameOf(part).endsWith(SUFFIX)).map(insideCookie);
  headers.delete("Cookie");
  if (own.length > 0) headers.set("Cookie", own.join("; "));
  const hasBody = request.method !== "GET" && request.method !== "HEAD";
  return new Request(url, {
    method: request.method,
    headers,
    signal: request.signal,
    ...(hasBody && { body: request.body, duplex: "half" }),
  });
}

function outwards(response: Response): Response {
  const cookies = response.headers.getSetCookie();
  if (cookies.length === 0) return response;
  const headers = new Headers(response.headers);
  headers.delete("Set-Cookie");
  for (const line of cookies) headers.append("Set-Cookie", outsideCookie(line));
  return new Response(response.body, { status: response.status, headers });
}

const nameOf = (cookie: string): string => cookie.slice(0, cookie.indexOf("="));

/** `__Host-` promises the path `/`; with one of its own a cookie can promise TLS only. */
function outsideCookie(line: string): string {
  const name = nameOf(line);
  const outside = `${name.replace(/^__Host-/, "__Secure-")}${SUFFIX}`;
  return `${outside}${line.slice(name.length)}`.replace(/; Path=\/(?=;|$)/, `; Path=${BASE}/`);
}

function insideCookie(cookie: string): string {
  const name = nameOf(cookie);
  return `${name.slice(0, -SUFFIX.length).replace(/^__Secure-/, "__Host-")}${cookie.slice(name.length)}`;
}

function notLoaded(): Response {
  const words = "No example organisation is loaded here. An administrator loads it on the welcome page.";
  return problemResponse(new Refused([refusal("example.notLoaded", words)], 404), crypto.randomUUID());
}
