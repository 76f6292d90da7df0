/** The session cookie. Browsers enforce what the `__Host-` prefix promises: this host only, over TLS only, no subdomain can set it. */

/**
 * Its name for an origin. On plain http (localhost only) the prefix is not allowed; there the port is part of the name,
 * because cookies do not tell ports apart and two instances on one machine must not sign each other out.
 */
export function cookieName(origin: string): string {
  const url = new URL(origin);
  return url.protocol === "https:" ? "__Host-postern" : `postern-${url.port === "" ? "80" : url.port}`;
}

/** The Set-Cookie line that hands a token over; without one, that takes it back. */
export function setCookie(origin: string, token: string | undefined, maxAgeSeconds = 0): string {
  const secure = origin.startsWith("https:") ? "; Secure" : "";
  return `${cookieName(origin)}=${token ?? ""}; Path=/; HttpOnly; SameSite=Strict${secure}; Max-Age=${token === undefined ? 0 : maxAgeSeconds}`;
}

/** The token in a Cookie header. */
export function readCookie(origin: string, header: string | null): string | undefined {
  const prefix = `${cookieName(origin)}=`;
  const found = (header ?? "")
    .split(";")
    .map((part) => part.trim())
    .find((part) => part.startsWith(prefix));
  return found === undefined || found.length === prefix.length ? undefined : found.slice(prefix.length);
}
