/**
 * A port of its own for TLS, at which callers may show a certificate. One that does not hold does not end the connection: the request is
 * answered with what is wrong with it.
 */
import { constants } from "node:crypto";
import { readFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { createServer as createTlsServer, type Server as TlsServer } from "node:https";

import { watchFiles } from "./watched-files.ts";

export interface TlsListenerSettings {
  readonly port: number;
  readonly host: string;
  /** Other processes may listen there too. */
  readonly sharePort: boolean;
  readonly certificateFile: string;
  readonly keyFile: string;
  /** Certificates (PEM) of authorities whose clients are known, as of now. */
  readonly clientAuthorities: () => readonly string[];
  readonly handle: RequestListener;
  /** Who says nothing for so long does not get to a request. */
  readonly handshakeWithinMs?: number;
  /** Files that could not be used any more; the former ones stay in force. */
  readonly onTrouble: (words: string) => void;
}

export interface TlsListener {
  readonly port: number;
  readonly server: TlsServer;
  /** Takes files and authorities on as they are now. */
  reload(): void;
  close(): Promise<void>;
}

const HANDSHAKE_WITHIN_MS = 10_000;
const CHECKED_EVERY_MS = 5000;

export async function listenByTls(settings: TlsListenerSettings): Promise<TlsListener> {
  const files = [settings.certificateFile, settings.keyFile];
  const handshakeTimeout = settings.handshakeWithinMs ?? HANDSHAKE_WITHIN_MS;
  const limits = { handshakeTimeout, connectionsCheckingInterval: CHECKED_EVERY_MS };
  const asking = { requestCert: true, rejectUnauthorized: false };
  const server = createTlsServer({ ...contextOf(settings), ...limits, ...asking }, settings.handle);
  limitConnections(server);
  await listening(server, settings);
  const reload = () => {
    try {
      server.setSecureContext(contextOf(settings));
    } catch (error) {
      settings.onTrouble(error instanceof Error ? error.message : "they cannot be read");
    }
  };
  const watch = watchFiles(() => files, reload);
  return {
    port: (server.address() as { port: number }).port,
    server,
    reload,
    async close() {
      watch.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function contextOf({ certificateFile, keyFile, clientAuthorities }: TlsListenerSettings) {
  return {
    cert: readFileSync(certificateFile),
    key: readFileSync(keyFile),
    // With none named nobody is known; Node would otherwise trust every authority of the web.
    ca: [...clientAuthorities()],
    minVersion: "TLSv1.2" as const,
    // No ticket: a resumed session would bring the certificate of another day, and not the chain above it. Nor does a connection go on with another certificate than it began with: Node takes the first one's word for the second.
    secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION,
  };
}

/** Nobody holds a connection by saying nothing, or by saying it slowly. */
function limitConnections(server: TlsServer): void {
  server.requestTimeout = 10_000;
  server.headersTimeout = 5000;
  server.keepAliveTimeout = 65_000;
  server.maxConnections = 10_000;
}

function listening(server: TlsServer, { port, host, sharePort }: TlsListenerSettings): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, host, reusePort: sharePort }, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
