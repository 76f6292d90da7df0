/** Addresses of servers that messages are handed to, as the configuration gives them. Nothing secret may stand in one. */
import { isIP } from "node:net";

import type { MailServer } from "./mail.ts";
import { isLoopback, mayConnect } from "./addresses.ts";

const SECURITY = { "smtps:": "tls", "smtp:": "starttls", "smtp+plain:": "none" } as const;
const PORTS = { tls: 465, starttls: 587, none: 25 } as const;

export type MailServerAddress = Pick<MailServer, "host" | "port" | "security" | "user">;

/**
 * Reads `smtp://user@host:port` (STARTTLS or nothing), `smtps://…` (TLS from the start) or `smtp+plain://localhost` (this machine
 * only). Undefined for anything else, and for an address with a password in it: addresses are seen in lists of processes.
 */
export function parseMailServer(text: string): MailServerAddress | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, port, username, password, pathname, search, hash } = new URL(text);
  const security = SECURITY[protocol as keyof typeof SECURITY];
  const isBare = /^\/?$/.test(pathname) && search === "" && hash === "" && password === "" && hostname !== "";
  if (security === undefined || !isBare || (security === "none" && !isLoopback(hostname))) return undefined;
  return {
    host: hostname.replace(/^\[|\]$/g, ""),
    port: port === "" ? PORTS[security] : Number(port),
    security,
    user: username === "" ? undefined : decodeURIComponent(username),
  };
}

/** `https://` anywhere but where nobody's chat is; `http://` on this machine only. */
export function parseWebhookUrl(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const bare = url.hostname.replace(/^\[|\]$/g, "");
  const isHere = isLoopback(url.hostname);
  const goes = url.protocol === "https:" || (url.protocol === "http:" && isHere);
  const isClean = url.username === "" && url.password === "" && url.hash === "";
  return goes && isClean && (isIP(bare) === 0 || mayConnect(bare, isHere)) ? url : undefined;
}
