/** Our cookies: the session, and what a sign-in at the company provider is finished with. Browsers enforce what the `__Host-` prefix promises: this host only, over TLS only, no subdomain can set it. */

export type CookieKind = "session" | "company";

/**
 * A cookie's name for an origin. On plain http (localhost only) the prefix is not allowed; there the port is part of the name,
 * because cookies do not tell ports apart and two instances on one machine must not sign each other out.
 */
function cookieName(origin: string, kind: CookieKind): string {
  const url = new URL(origin);
  const name = url.protocol === "https:" ? "__Host-postern" : `postern-${url.port === "" ? "80" : url.port}`;
  return kind === "session" ? name : `${name}-${kind}`;
}

/**
 * The Set-Cookie line that hands a token over; without one, that takes it back. Strict also for the company provider's answer:
 * it is a page of ours that hands it over, after the provider sent the browser to it.
 */
export function setCookie(origin: string, token: string | undefined, maxAgeSeconds = 0, kind: CookieKind = "session"): string {
  const secure = origin.startsWith("https:") ? "; Secure" : "";
  return `${cookieName(origin, kind)}=${token ?? ""}; Path=/; HttpOnly; SameSite=Strict${secure}; Max-Age=${token === undefined ? 0 : maxAgeSeconds}`;
}

/** The token in a Cookie header. */
export function readCookie(origin: string, header: string | null, kind: CookieKind = "session"): string | undefined {
  const prefix = `${cookieName(origin, kind)}=`;
  const found = (header ?? "")
    .split(";")
    .map((part) => part.trim())
    .find((part) => part.startsWith(prefix));
  return found === undefined || found.length === prefix.length ? undefined : found.slice(prefix.length);
}
