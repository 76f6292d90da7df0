/**
 * A real OpenID provider (npm oidc-provider) that signs people in by passkey, password or one-time code, held to docs/enforce's gate;
 * and what a browser does with it. Its passkeys are a word in a form: what they prove is not what is tried here.
 */
import { createHash, randomBytes, randomUUID, generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";

import { type Configuration, Provider } from "oidc-provider";

import { freePort } from "./free-port.ts";

interface Gate {
  readonly configuration: Configuration;
  readonly sessionSeconds: NonNullable<NonNullable<Configuration["ttl"]>["Session"]>;
  finish(
    provider: Provider,
    request: IncomingMessage,
    response: ServerResponse,
    login: { readonly accountId: string; readonly acr: string; readonly amr: readonly string[] },
  ): Promise<string | undefined>;
}

interface Published {
  readonly fallbackGate: (
    point: { readonly url: string; readonly token: () => string; readonly timeoutMs?: number },
    options: {
      readonly methods: Readonly<Record<string, string>>;
      readonly needed: string;
      readonly resourceOf: (client: string) => { readonly type: string; readonly id: string };
    },
  ) => Gate;
}

export const SECRET = "what-only-this-provider-ever-sees";
export const NEEDED = "Use your passkey, or ask for an exception.";
const AMR = { phr: ["hwk", "user"], pwd: ["pwd"], otp: ["otp"], tattoo: ["bio"] } as const;
export type Way = keyof typeof AMR;
const CLIENT = "http://localhost:1/back";

/** Where a browser ends up: at the page that asks who they are, with what it says; or back at the client. */
export type Arrived = { readonly page: string; readonly at: string } | { readonly query: URLSearchParams };

export interface GuardedProvider {
  /** A browser of its own. */
  browser(): Visitor;
  close(): Promise<void>;
}

export interface Visitor {
  /** Begins at a client, with the session there is. */
  enter(client?: string, more?: Readonly<Record<string, string>>): Promise<Arrived>;
  /** Fills in the page. */
  signIn(at: Arrived, account: string, acr: Way, secret?: string): Promise<Arrived>;
  /** What the code is worth. */
  claims(arrived: Arrived): Promise<Readonly<Record<string, unknown>>>;
  /** When the session's cookie ends, in seconds from now; undefined without one. */
  sessionSeconds(): number | undefined;
}

export async function openGuardedProvider(
  point: { readonly url: string; readonly token: () => string },
  resource: { readonly type: string; readonly id: string },
): Promise<GuardedProvider> {
  const port = await freePort();
  const issuer = `http://localhost:${port}`;
  const { fallbackGate } = (await import(new URL("../../docs/enforce/openid-provider.mjs", import.meta.url).href)) as Published;
  const gate = fallbackGate(
    { ...point, timeoutMs: 2000 },
    {
      methods: { pwd: "password", otp: "otp" },
      needed: NEEDED,
      resourceOf: (client) => (client === "vpn" ? resource : { type: "application", id: client }),
    },
  );
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const provider = new Provider(issuer, {
    ...gate.configuration,
    clients: ["vpn", "other"].map((client_id) => ({
      client_id,
      redirect_uris: [CLIENT],
      grant_types: ["authorization_code"],
      token_endpoint_auth_method: "none" as const,
    })),
    jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), kid: randomUUID(), alg: "RS256", use: "sig" }] },
    cookies: { keys: ["only for tests"] },
    acrValues: Object.keys(AMR),
    claims: { openid: ["sub", "acr", "amr"] },
    conformIdTokenClaims: false,
    ttl: { Session: gate.sessionSeconds, AccessToken: 600, AuthorizationCode: 60, Grant: 28_800, IdToken: 600, Interaction: 600 },
    features: { devInteractions: { enabled: false } },
    interactions: { ...gate.configuration.interactions, url: (_, { uid }) => `/interaction/${uid}` },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({ clientId: oidc.client!.clientId, accountId: oidc.session!.accountId! });
      grant.addOIDCScope("openid");
      await grant.save();
      return grant;
    },
  });
  provider.on("server_error", (_, error) => process.stderr.write(`the OpenID provider failed: ${error.stack}\n`));
  const server = createServer((request, response) => {
    const isPage = request.url!.startsWith("/interaction/");
    void (isPage ? showPage(provider, gate, request, response) : provider.callback()(request, response));
  });
  // On a machine that is busy a connection may rest for longer than usual.
  server.keepAliveTimeout = 60_000;
  server.listen(port, "localhost");
  await once(server, "listening");
  return { browser: () => openVisitor(issuer), close: () => closed(server) };
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

async function showPage(provider: Provider, gate: Gate, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== "POST") {
    const { prompt } = await provider.interactionDetails(request, response);
    const { why } = prompt.details;
    response.end(`Sign in. ${typeof why === "string" ? why : ""}`);
    return;
  }
  const form = new URLSearchParams(await text(request));
  const way = form.get("acr") as Way;
  const login = { accountId: form.get("account")!, acr: way, amr: AMR[way] };
  const why = form.get("secret") === SECRET ? await gate.finish(provider, request, response, login) : "That is not right.";
  if (why !== undefined) response.writeHead(403).end(why);
}

function openVisitor(issuer: string): Visitor {
  const jar = new Map<string, { readonly value: string; readonly expires: number | undefined }>();
  const verifiers = new Map<string, readonly [verifier: string, client: string]>();
  const go = async (url: string, form?: URLSearchParams): Promise<Arrived> => {
    const Cookie = [...jar].map(([name, { value }]) => `${name}=${value}`).join("; ");
    const response = await fetch(url, { redirect: "manual", headers: { Cookie }, ...(form && { method: "POST", body: form }) });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      const expires = /expires=([^;]+)/i.exec(line)?.[1];
      jar.set(name, { value, expires: expires === undefined ? undefined : Date.parse(expires) });
    }
    const location = response.headers.get("Location");
    if (location === null) return { page: await response.text(), at: url };
    const to = new URL(location, url);
    return to.href.startsWith(CLIENT) ? { query: to.searchParams } : go(to.href);
  };
  return {
    enter(client = "vpn", more = {}) {
      const verifier = randomBytes(32).toString("base64url");
      const state = randomUUID();
      verifiers.set(state, [verifier, client]);
      const challenge = createHash("sha256").update(verifier).digest("base64url");
      const asked = { client_id: client, redirect_uri: CLIENT, response_type: "code", scope: "openid", state, ...more };
      const query = new URLSearchParams({ ...asked, code_challenge: challenge, code_challenge_method: "S256" });
      return go(`${issuer}/auth?${query.toString()}`);
    },
    signIn: (at, account, acr, secret = SECRET) =>
      "at" in at ? go(at.at, new URLSearchParams({ account, acr, secret })) : Promise.reject(new Error("nobody asks who they are")),
    async claims(arrived) {
      if (!("query" in arrived)) throw new Error(arrived.page);
      const [verifier, client] = verifiers.get(arrived.query.get("state")!)!;
      const form = { grant_type: "authorization_code", code: arrived.query.get("code")!, redirect_uri: CLIENT };
      const body = new URLSearchParams({ ...form, client_id: client, code_verifier: verifier });
      const { id_token: token } = (await (await fetch(`${issuer}/token`, { method: "POST", body })).json()) as { id_token: string };
      return JSON.parse(Buffer.from(token.split(".")[1]!, "base64url").toString()) as Record<string, unknown>;
    },
    sessionSeconds() {
      const expires = jar.get("_session")?.expires;
      return expires === undefined ? undefined : Math.round((expires - Date.now()) / 1000);
    },
  };
}
