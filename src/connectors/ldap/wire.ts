/** One LDAP connection: opened, secured and bound before anything else is said on it, and never quietly reopened. */
import { isIP } from "node:net";
import type { ConnectionOptions } from "node:tls";

import { BindRequest, Client, type Control, type Message, type MessageResponse } from "ldapts";

import { ProviderFault } from "../port.ts";
import { faultOfError, faultOfResult } from "./fault.ts";

export interface WireSettings {
  /** `ldaps://host[:port]`, or `ldap://host[:port]` together with `startTls`. Anything else is refused: the bind sends a secret. */
  readonly url: string;
  readonly startTls?: boolean | undefined;
  /** Certificates to trust instead of the machine's own store. */
  readonly caPem?: string | undefined;
  /** Ignored when a client certificate is given: its subject says who we are. */
  readonly bindDn: string;
  /** The password of `bindDn`, or the private key (PEM) of the client certificate. */
  readonly secret: string;
  /** Signs in with this certificate (SASL EXTERNAL) instead of a password. */
  readonly certificatePem?: string | undefined;
  readonly connectTimeoutMs?: number | undefined;
  /** How long one request may take before the connection is given up. */
  readonly timeoutMs?: number | undefined;
  /** Words for a refused bind, from the server's diagnostic message. */
  readonly explainBind?: ((diagnostic: string) => string | undefined) | undefined;
}

const CONNECT_TIMEOUT_MS = 5000;
const TIMEOUT_MS = 30_000;

/** What ldapts keeps private and is needed to send a message on exactly the connection that was secured and bound. */
interface Private {
  _connect(): Promise<void>;
  _send(message: Message): Promise<MessageResponse | undefined>;
  _nextMessageId(): number;
}

export interface Wire {
  readonly isOpen: boolean;
  /** Sends one message; a lost connection, a stall and an unreadable answer throw {@link ProviderFault}. */
  send(make: (messageId: number) => Message): Promise<MessageResponse>;
  close(): Promise<void>;
}

/** Connects, secures and binds; a connection that did not get that far is closed again. */
export async function openWire(settings: WireSettings): Promise<Wire> {
  const wire = await openUnbound(settings);
  try {
    const bound = await wire.send((messageId) => bindRequest(messageId, settings));
    const fault = faultOfResult(bound.status, bound.errorMessage, { explainBind: settings.explainBind });
    if (fault !== undefined) throw fault;
    return wire;
  } catch (error) {
    await wire.close();
    throw faultOfError(error, settings.url);
  }
}

/** Connects and secures, and leaves it to the caller to say who it is. */
export async function openUnbound(settings: WireSettings): Promise<Wire> {
  const secure = new URL(settings.url).protocol === "ldaps:";
  if (!secure && settings.startTls !== true) {
    throw new ProviderFault("denied", `${settings.url} would send the bind secret in clear: use ldaps:// or StartTLS.`);
  }
  if (settings.secret === "") {
    // A name without a password signs nobody in, yet a server may call that a success (RFC 4513, 5.1.2).
    throw new ProviderFault("denied", `${settings.url}: there is no secret to sign in with.`);
  }
  const tls = tlsOf(settings);
  const connectTimeout = settings.connectTimeoutMs ?? CONNECT_TIMEOUT_MS;
  const timeout = settings.timeoutMs ?? TIMEOUT_MS;
  const client = new Client({ url: settings.url, connectTimeout, timeout, ...(secure && { tlsOptions: tls }) });
  const wire = wireOver(client, settings.url);
  try {
    if (secure) await (client as unknown as Private)["_connect"]();
    else await within(connectTimeout, client.startTLS(tls));
    return wire;
  } catch (error) {
    await wire.close();
    throw faultOfError(error, settings.url);
  }
}

function wireOver(client: Client, url: string): Wire {
  const inner = client as unknown as Private;
  return {
    get isOpen() {
      return client.isConnected;
    },
    async send(make) {
      try {
        const response = await inner["_send"](make(inner["_nextMessageId"]()));
        if (response === undefined) throw new ProviderFault("fault", `${url} gave no answer.`);
        return response;
      } catch (error) {
        throw faultOfError(error, url);
      }
    },
    close: () => client.unbind().catch(() => undefined),
  };
}

function tlsOf(settings: WireSettings): ConnectionOptions {
  const host = new URL(settings.url).hostname.replace(/^\[|\]$/g, "");
  return {
    host,
    minVersion: "TLSv1.2",
    ...(settings.caPem !== undefined && { ca: settings.caPem }),
    ...(isIP(host) === 0 && { servername: host }),
    ...(settings.certificatePem !== undefined && { cert: settings.certificatePem, key: settings.secret }),
  };
}

export function bindRequest(
  messageId: number,
  { bindDn, secret, certificatePem }: Pick<WireSettings, "bindDn" | "secret" | "certificatePem">,
  controls: Control[] = [],
): BindRequest {
  if (certificatePem !== undefined) return new BindRequest({ messageId, mechanism: "EXTERNAL", controls });
  return new BindRequest({ messageId, dn: bindDn, password: secret, controls });
}

/** ldapts waits for the end of a StartTLS handshake without limit. */
async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("StartTLS timed out")), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
