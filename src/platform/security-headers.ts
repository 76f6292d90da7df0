/** What every reply tells the browser to refuse. The console is built so that the strictest policy holds: nothing inline, nothing from elsewhere. */

export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const ALWAYS: readonly (readonly [name: string, value: string])[] = [
  ["Content-Security-Policy", CONTENT_SECURITY_POLICY],
  ["X-Content-Type-Options", "nosniff"],
  ["X-Frame-Options", "DENY"],
  ["Referrer-Policy", "no-referrer"],
  ["Cross-Origin-Opener-Policy", "same-origin"],
  ["Cross-Origin-Resource-Policy", "same-origin"],
  [
    "Permissions-Policy",
    "publickey-credentials-get=(self), publickey-credentials-create=(self), camera=(), microphone=(), geolocation=(), payment=(), usb=()",
  ],
];

/** Headers of every reply of a server at this origin. Over HTTPS the browser is also told never to try anything else, for a year. */
export function securityHeaders(origin: string): readonly (readonly [name: string, value: string])[] {
  return origin.startsWith("https:") ? [...ALWAYS, ["Strict-Transport-Security", "max-age=31536000"]] : ALWAYS;
}

/** An answer that did not come through the HTTP shell, with the headers of those that do. */
export function secured(response: Response, origin: string): Response {
  const headers = new Headers(response.headers);
  for (const [name, value] of securityHeaders(origin)) headers.set(name, value);
  return new Response(response.body, { status: response.status, headers });
}
