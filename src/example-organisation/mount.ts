/**
 * Serves the example organisation under /example/ of the same address. Nothing of the real instance's session goes in, and nothing
 * of the example's comes out: its cookies have names and a path of their own, whatever they are called inside.
 */
import { problemResponse } from "../platform/http-problem.ts";
import { refusal, Refused } from "../kernel/problem.ts";
import type { App } from "../compose.ts";
import type { FirstHour } from "./first-hour.ts";

export const BASE = "/example";
const API = "/api/v1/";
const SUFFIX = "-example";

export function isOfExample(url: string): boolean {
  const { pathname } = new URL(url);
  return pathname === BASE || pathname.startsWith(`${BASE}/`);
}

export interface Mounted {
  readonly app: Pick<App, "http">;
  readonly firstHour: FirstHour;
}

/** `isWelcome`: whether whoever asks is signed in to the real instance, which is what it takes to walk in. */
export async function serveMounted(
  mounted: Mounted | undefined,
  request: Request,
  env: object,
  isWelcome: () => Promise<boolean>,
): Promise<Response> {
  const url = new URL(request.url);
  const path = url.pathname.slice(BASE.length) || "/";
  const isApi = path.startsWith("/api/");
  if (mounted === undefined) return isApi ? notLoaded() : Response.redirect(new URL("/welcome", url), 303);
  // What an operator asks is asked of the real instance.
  if (["/metrics", "/healthz", "/readyz"].includes(path)) return new Response("There is nothing here.\n", { status: 404 });
  if (path.startsWith(`${API}personas/`) && path.endsWith("/enter") && !(await isWelcome())) return signInFirst();
  url.pathname = path;
  const response = await mounted.app.http.fetch(inwards(request, url), env);
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

function signInFirst(): Response {
  const words = "Sign in to Postern first; then walk into the example organisation.";
  return problemResponse(new Refused([refusal("http.signInNeeded", words)], 401), crypto.randomUUID());
}
