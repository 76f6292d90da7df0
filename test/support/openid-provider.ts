/**
 * A real OpenID provider (npm oidc-provider) on a port of its own, to sign in at over HTTP. Its page asks only who and how: what
 * happens before that is the provider's business. What it answers can be changed on its way, as a hostile one would answer.
 */
import { createSign, generateKeyPairSync, type KeyObject, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";

import { type ClientMetadata, Provider } from "oidc-provider";

import type { CompanySettings } from "../../src/access/index.ts";
import { freePort } from "./free-port.ts";

/** Those its page offers a browser. Anybody else exists, too: the key of `sub-x` in the directory is `guid-x`. */
const OFFERED = ["sub-ada", "sub-ben", "sub-eve"];

/** How one can sign in there, and what the provider says of it. */
const WAYS = {
  passkey: { acr: "phr", amr: ["hwk", "user"] },
  password: { acr: "1", amr: ["pwd"] },
  unsaid: {},
} as const;
export type Way = keyof typeof WAYS;

export type Claims = Record<string, unknown>;
/** Makes another ID token out of the right one; `sign` signs as the provider would. */
export type Forge = (claims: Claims, sign: (claims: Claims) => string) => string;

export interface OpenIdProvider {
  readonly settings: CompanySettings;
  /** The key an HS256 token would be signed with by somebody who takes a public key for a secret. */
  readonly publicPem: () => string;
  /** Signs in at the provider's page; gives the query it sends the browser back with. */
  signIn(redirect: string, account: string, way?: Way): Promise<string>;
  forge(forge: Forge | undefined): void;
  /** Changes what discovery says. */
  describe(change: ((metadata: Claims) => Claims) | undefined): void;
  /** A new key, and none of the old ones. */
  rotate(): void;
  /** Paths asked so far. */
  readonly asked: readonly string[];
  stop(): Promise<void>;
  start(): Promise<void>;
}

interface Keys {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** With `jwksUri` the client shows itself by a signature of the key published there; else it is a public one. */
export async function openProvider(redirectUri: string, more: Partial<CompanySettings> = {}, jwksUri?: string): Promise<OpenIdProvider> {
  const port = await freePort();
  const issuer = `http://localhost:${port}`;
  let keys = newKeys();
  const client = {
    client_id: "postern",
    redirect_uris: [redirectUri],
    grant_types: ["authorization_code"],
    ...(jwksUri === undefined
      ? { token_endpoint_auth_method: "none" as const }
      : { token_endpoint_auth_method: "private_key_jwt" as const, token_endpoint_auth_signing_alg: "ES256" as const, jwks_uri: jwksUri }),
  };
  let provider = createProvider(issuer, client, keys);
  let forge: Forge | undefined;
  let describe: ((metadata: Claims) => Claims) | undefined;
  const asked: string[] = [];
  let server: Server;
  const forged = (body: Claims): Claims =>
    forge === undefined || typeof body["id_token"] !== "string"
      ? body
      : { ...body, id_token: forge(claimsOf(body["id_token"]), signer(keys)) };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname } = new URL(request.url!, issuer);
    asked.push(pathname);
    if (pathname.startsWith("/interaction/")) return askWhoAndHow(provider, request, response);
    if (pathname === "/token") changing(response, forged);
    if (pathname === "/.well-known/openid-configuration" && describe !== undefined) changing(response, describe);
    await provider.callback()(request, response);
  };
  const start = async (): Promise<void> => {
    server = createServer((request, response) => void answer(request, response));
    server.listen(port, "localhost");
    await once(server, "listening");
  };
  await start();
  return {
    settings: {
      issuer,
      clientId: "postern",
      clientAuth: "none",
      name: "Northwind ID",
      scope: "openid",
      acr: ["phr"],
      amr: [],
      maxAgeSeconds: undefined,
      account: undefined,
      ...more,
    },
    publicPem: () => keys.publicKey.export({ type: "spki", format: "pem" }),
    signIn: (redirect, account, way = "passkey") => signIn(redirect, redirectUri, account, way),
    forge(to) {
      forge = to;
    },
    describe(change) {
      describe = change;
    },
    rotate() {
      keys = newKeys();
      provider = createProvider(issuer, client, keys);
    },
    asked,
    start,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function newKeys(): Keys {
  return { kid: randomUUID(), ...generateKeyPairSync("rsa", { modulusLength: 2048 }) };
}

function createProvider(issuer: string, client: ClientMetadata, { kid, privateKey }: Keys): Provider {
  const provider = new Provider(issuer, {
    clients: [client],
    jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), kid, alg: "RS256", use: "sig" }] },
    cookies: { keys: ["only for tests"] },
    // By itself it reads the keys of no client on this machine, as a provider on the open Internet should not.
    fetch: (url, { method = "GET", headers = {}, signal = null } = {}) => fetch(url, { method, headers, signal }),
    acrValues: ["phr", "1"],
    claims: { openid: ["sub", "acr", "amr", "guid"] },
    conformIdTokenClaims: false,
    ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, guid: sub.replace("sub-", "guid-") }) }),
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({ clientId: "postern", accountId: oidc.session!.accountId! });
      grant.addOIDCScope("openid");
      await grant.save();
      return grant;
    },
  });
  provider.on("server_error", (_, error) => process.stderr.write(`the OpenID provider failed: ${error.stack}\n`));
  return provider;
}

/** The provider's own sign-in page: one button for everybody and each way. */
async function askWhoAndHow(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== "POST") {
    const buttons = OFFERED.flatMap((account) =>
      Object.keys(WAYS).map((way) => `<button name="who" value="${account} ${way}">${account} by ${way}</button>`),
    );
    response.setHeader("Content-Type", "text/html");
    response.end(
      `<!doctype html><title>Northwind ID</title><form method="post">${buttons.join("")}<button name="who" value="">Cancel</button></form>`,
    );
    return;
  }
  const [accountId = "", way = ""] = (new URLSearchParams(await text(request)).get("who") ?? "").split(" ");
  const result = accountId === "" ? { error: "access_denied" } : { login: { accountId, ...WAYS[way as Way] } };
  await provider.interactionFinished(request, response, result as never);
}

/** What a browser does between us and the provider, with a jar of its own. */
async function signIn(redirect: string, redirectUri: string, account: string, way: Way): Promise<string> {
  const jar = new Map<string, string>();
  const go = async (url: string, form?: URLSearchParams): Promise<string> => {
    const Cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(url, { redirect: "manual", headers: { Cookie }, ...(form && { method: "POST", body: form }) });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      jar.set(name, value);
    }
    const location = response.headers.get("Location");
    if (location === null) {
      if (form !== undefined || !new URL(url).pathname.startsWith("/interaction/")) throw new Error(`${url}: ${await response.text()}`);
      return go(url, new URLSearchParams({ who: account === "" ? "" : `${account} ${way}` }));
    }
    const to = new URL(location, url);
    return to.href.startsWith(redirectUri) ? to.hash.slice(1) : go(to.href);
  };
  return go(redirect);
}

/** Lets a JSON answer through with something else in it. */
function changing(response: ServerResponse, change: (body: Claims) => Claims): void {
  const end = response.end.bind(response);
  response.end = ((body: unknown) => {
    if (typeof body !== "string" && !Buffer.isBuffer(body)) return end();
    const changed = JSON.stringify(change(JSON.parse(body.toString()) as Claims));
    response.setHeader("Content-Length", Buffer.byteLength(changed));
    return end(changed);
  }) as typeof response.end;
}

function claimsOf(token: string): Claims {
  return JSON.parse(Buffer.from(token.split(".")[1]!, "base64url").toString()) as Claims;
}

function signer({ kid, privateKey }: Keys) {
  return (claims: Claims): string => {
    const signed = unsigned({ alg: "RS256", kid }, claims);
    return `${signed}.${createSign("sha256").update(signed).sign(privateKey, "base64url")}`;
  };
}

/** Header and claims of a token, as they are signed. */
export function unsigned(header: Claims, claims: Claims): string {
  return [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
}
