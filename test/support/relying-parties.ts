/** Relying parties to show what was revoked to: of a real OpenID provider (npm oidc-provider), and TLS endpoints (openssl s_server). */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Provider } from "oidc-provider";

import type { Issued } from "./certificates.ts";
import { freePort } from "./free-port.ts";

export const CLIENT = { id: "drill-canary", secret: "a secret for drills only, of 40 letters!" } as const;

export interface TokenWorld {
  readonly issuer: string;
  /** Asks the provider about each token each time. */
  readonly asking: string;
  /** Asked once, and goes by what it remembers from then on. */
  readonly remembering: string;
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** A provider that gives tokens to one client, and takes them back; and two that rely on it. */
export async function openTokenWorld(): Promise<TokenWorld> {
  const port = await freePort();
  const issuer = `http://localhost:${port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        grant_types: ["client_credentials"],
        redirect_uris: [],
        response_types: [],
        token_endpoint_auth_method: "client_secret_basic",
      },
    ],
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      introspection: { enabled: true },
      revocation: { enabled: true },
    },
    cookies: { keys: ["only for tests"] },
    ttl: { ClientCredentials: 600 },
  });
  const servers: Server[] = [];
  let own: Server | undefined;
  const start = async () => {
    own = createServer((request, response) => void provider.callback()(request, response));
    own.listen(port, "localhost");
    await once(own, "listening");
  };
  const isActive = async (token: string): Promise<boolean> => {
    const answer = await fetch(`${issuer}/token/introspection`, {
      method: "POST",
      headers: { authorization: `Basic ${btoa(`${CLIENT.id}:${encodeURIComponent(CLIENT.secret)}`)}` },
      body: new URLSearchParams({ token }),
    });
    return ((await answer.json()) as { active?: boolean }).active === true;
  };
  const party = async (knows: Knows): Promise<string> => {
    const { server, address } = await openParty(knows);
    servers.push(server);
    return address;
  };
  await start();
  return {
    issuer,
    asking: await party(isActive),
    remembering: await party(remembering(isActive)),
    start,
    async stop() {
      for (const server of [own, ...servers]) {
        server?.closeAllConnections();
        server?.close();
      }
    },
  };
}

type Knows = (token: string) => Promise<boolean>;

/** A relying party of a provider: lets in whoever shows a token that it knows to be good. */
export async function openParty(knows: Knows): Promise<{ readonly server: Server; readonly address: string }> {
  const server = createServer((request, response) => {
    const token = (request.headers.authorization ?? "").replace("Bearer ", "");
    void knows(token).then((taken) => response.writeHead(taken ? 200 : 401).end("who it is that asked"));
  });
  server.listen(await freePort(), "localhost");
  await once(server, "listening");
  return { server, address: `http://localhost:${(server.address() as { port: number }).port}/me` };
}

/** Asks once, and goes by what it remembers from then on. */
export function remembering(asks: Knows): Knows {
  const remembered = new Set<string>();
  return async (token) => {
    if (remembered.has(token)) return true;
    const taken = await asks(token);
    if (taken) remembered.add(token);
    return taken;
  };
}

export interface TlsParty {
  readonly address: string;
  close(): Promise<void>;
}

/** Takes client certificates of the authority; `crlPem`: and looks at what was revoked. */
export async function openTlsParty(own: Issued, caPem: string, crlPem?: string): Promise<TlsParty> {
  const folder = mkdtempSync(join(tmpdir(), "postern-party-"));
  const files = { "own.pem": own.certificatePem, "own.key": own.keyPem, "ca.pem": caPem, "revoked.pem": crlPem ?? "" };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const port = await freePort();
  const revoked = crlPem === undefined ? [] : ["-crl_check", "-CRL", "revoked.pem"];
  const args = ["s_server", "-accept", `127.0.0.1:${port}`, "-www", "-cert", "own.pem", "-key", "own.key", "-CAfile", "ca.pem"];
  const child: ChildProcess = spawn("openssl", [...args, "-Verify", "2", "-verify_return_error", ...revoked], {
    cwd: folder,
    stdio: "ignore",
  });
  while (!(await listens(port))) {
    if (child.exitCode !== null) throw new Error("openssl s_server ended at once");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return {
    address: `https://127.0.0.1:${port}/`,
    async close() {
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
