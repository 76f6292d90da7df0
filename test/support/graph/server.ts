/**
 * A Microsoft Graph of one tenant on the loopback, and the token endpoint beside it. What is shaped after Microsoft's schema is
 * compared with it in server.test.ts, and Microsoft's own SDK is driven against it there.
 */
import { constants, createHash, randomUUID, verify, X509Certificate } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

import { epochMs } from "../../../src/kernel/time.ts";
import { filterOf, ordered, selected } from "./odata.ts";
import { sweep } from "./pim.ts";
import { type Reply, type Route, ROUTES } from "./routes.ts";
import { type Application, type Json, Refusal, type Tenant } from "./tenant.ts";

export interface GraphSettings {
  /** No page is longer, whatever `$top` asks. */
  readonly pageSize: number;
  /** Conditional Access calls of the whole tenant come no closer together than this; 0 lets all through. */
  readonly policyIntervalMs: number;
  /** The first so many Conditional Access calls come too soon after another application's. */
  readonly policyCallsRefused: number;
  /** Provider clock minus ours, told by the Date header. */
  readonly skewMs: number;
}

export type GraphServer = Awaited<ReturnType<typeof startGraph>>;

const TOKEN_SECONDS = 3599;

export async function startGraph(tenant: Tenant, given: Partial<GraphSettings> = {}) {
  const settings = { pageSize: 3, policyIntervalMs: 0, policyCallsRefused: 0, skewMs: 0, ...given };
  const tokens = new Map<string, { readonly app: Application; readonly until: number }>();
  const pages = new Map<string, { readonly items: readonly Json[]; readonly context: string; readonly select: string | null }>();
  const requests: { readonly method: string; readonly path: string; readonly status: number }[] = [];
  let lastPolicyCallAt = Number.NEGATIVE_INFINITY;
  let policyCalls = 0;
  let port = 0;

  function issue(body: URLSearchParams): Answer {
    const app = tenant.apps.get(body.get("client_id") ?? "");
    if (app === undefined || !isProven(app, body, tenant) || body.get("grant_type") !== "client_credentials")
      return {
        status: 401,
        json: { error: "invalid_client", error_description: "AADSTS7000215: Invalid client secret provided.", error_codes: [7000215] },
      };
    const seconds = Math.floor(epochMs(tenant.clock.now()) / 1000);
    const claims = {
      aud: "https://graph.microsoft.com",
      tid: tenant.id,
      appid: app.clientId,
      oid: app.servicePrincipalId,
      jti: randomUUID(),
    };
    const token = [
      part({ typ: "JWT", alg: "RS256" }),
      part({ ...claims, roles: app.roles, exp: seconds + TOKEN_SECONDS }),
      "c2lnbmVk",
    ].join(".");
    tokens.set(token, { app, until: epochMs(tenant.clock.now()) + TOKEN_SECONDS * 1000 });
    return { status: 200, json: { token_type: "Bearer", expires_in: TOKEN_SECONDS, ext_expires_in: TOKEN_SECONDS, access_token: token } };
  }

  function answer(request: IncomingMessage, url: URL, text: string): Answer {
    if (url.pathname === `/${tenant.id}/oauth2/v2.0/token`) return issue(new URLSearchParams(text));
    const app = appOf(request);
    sweep(tenant);
    const path = url.pathname.replace(/^\/v1\.0/, "");
    if (path.startsWith("/identity/conditionalAccess/")) throttle();
    const route = routeOf(request.method ?? "", path);
    if (!route.needs.some((name) => app.roles.includes(name)))
      throw new Refusal(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.");
    const link = url.searchParams.get("$skiptoken");
    if (link !== null) return nextPage(request, url, link);
    const by = { app: { appId: app.clientId, servicePrincipalId: app.servicePrincipalId, displayName: app.displayName } };
    const body = text === "" ? {} : (JSON.parse(text) as Json);
    const ids = route.path.exec(path)!.slice(1);
    return answerOf(request, url, route.run({ tenant, app, by, ids, query: url.searchParams, body }));
  }

  function appOf({ headers }: IncomingMessage): Application {
    const token = tokens.get(/^Bearer (.+)$/.exec(headers.authorization ?? "")?.[1] ?? "");
    if (token !== undefined && epochMs(tenant.clock.now()) < token.until) return token.app;
    throw new Refusal(401, "InvalidAuthenticationToken", "Access token has expired or is not yet valid.");
  }

  /** One request a second for the tenant, over all applications; 429 without a Retry-After. */
  function throttle(): void {
    const now = performance.now();
    policyCalls += 1;
    if (policyCalls <= settings.policyCallsRefused || now - lastPolicyCallAt < settings.policyIntervalMs)
      throw new Refusal(429, "TooManyRequests", "Too many requests.");
    lastPolicyCallAt = now;
  }

  function answerOf(request: IncomingMessage, url: URL, reply: Reply): Answer {
    const select = url.searchParams.get("$select");
    if (!("list" in reply)) return reply.json === undefined ? reply : { ...reply, json: selected(reply.json, select) };
    const filter = url.searchParams.get("$filter");
    const items = ordered(filter === null ? reply.list : reply.list.filter(filterOf(filter)), url.searchParams.get("$orderby"));
    return page(request, url, { items, context: reply.context, select });
  }

  function page(request: IncomingMessage, url: URL, rest: { items: readonly Json[]; context: string; select: string | null }): Answer {
    const size = Math.min(settings.pageSize, Number(url.searchParams.get("$top") ?? settings.pageSize));
    const value = rest.items.slice(0, size).map((item) => selected(item, rest.select));
    const json: Json = { "@odata.context": `https://graph.microsoft.com/v1.0/$metadata#${rest.context}`, value };
    if (rest.items.length > size) {
      const link = randomUUID();
      pages.set(link, { ...rest, items: rest.items.slice(size) });
      const host = request.headers["x-forwarded-host"] ?? request.headers.host;
      const scheme = request.headers["x-forwarded-proto"] ?? "http";
      json["@odata.nextLink"] = `${String(scheme)}://${String(host)}${url.pathname}?$top=${size}&$skiptoken=${link}`;
    }
    return { status: 200, json };
  }

  function nextPage(request: IncomingMessage, url: URL, link: string): Answer {
    const rest = pages.get(link);
    if (rest === undefined) throw new Refusal(400, "Directory_ExpiredPageToken", "The specified page token value has expired.");
    return page(request, url, rest);
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const url = new URL(request.url ?? "/", `http://${request.headers.host ?? "localhost"}`);
    const { status, json } = attempt(() => answer(request, url, Buffer.concat(chunks).toString("utf8")));
    requests.push({ method: request.method ?? "", path: url.pathname, status });
    response.writeHead(status, {
      "content-type": "application/json;odata.metadata=minimal",
      date: new Date(epochMs(tenant.clock.now()) + settings.skewMs).toUTCString(),
      "request-id": randomUUID(),
    });
    response.end(json === undefined ? undefined : JSON.stringify(json));
  }

  let server: Server;
  const start = async () => {
    server = createServer((request, response) => {
      serve(request, response).catch(() => response.destroy());
    });
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    port = (server.address() as { port: number }).port;
  };
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  await start();

  return {
    host: "127.0.0.1",
    port,
    /** Everything that was asked, in order. */
    requests,
    /** Every token given is refused from now on. */
    forgetTokens: () => tokens.clear(),
    /** Every token given. */
    tokens: () => [...tokens.keys()],
    start,
    stop,
  };
}

/** By the secret, or by a statement that the certificate's key signed for this very place (RFC 7523). */
function isProven({ clientId, secret, certificatePem }: Application, body: URLSearchParams, { id, clock }: Tenant): boolean {
  const statement = body.get("client_assertion");
  if (statement === null || certificatePem === undefined) return body.get("client_secret") === secret;
  const [head = "", claims = "", signature = ""] = statement.split(".");
  const certificate = new X509Certificate(certificatePem);
  const key = { key: certificate.publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  const { alg, "x5t#S256": thumbprint } = readPart(head);
  const { aud, iss, sub, exp } = readPart(claims);
  const isSigned = verify("sha256", Buffer.from(`${head}.${claims}`), key, Buffer.from(signature, "base64url"));
  const isOfCertificate = alg === "PS256" && thumbprint === createHash("sha256").update(certificate.raw).digest("base64url");
  const isForUs = String(aud).endsWith(`/${id}/oauth2/v2.0/token`) && Number(exp) * 1000 > epochMs(clock.now());
  return isSigned && isOfCertificate && isForUs && iss === clientId && sub === clientId;
}

function readPart(text: string): Json {
  return JSON.parse(Buffer.from(text, "base64url").toString("utf8")) as Json;
}

function part(json: Json): string {
  return Buffer.from(JSON.stringify(json)).toString("base64url");
}

interface Answer {
  readonly status: number;
  readonly json?: Json | undefined;
}

function attempt(work: () => Answer): Answer {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const innerError = { date: "2026-11-21T08:00:00", "request-id": randomUUID(), "client-request-id": randomUUID() };
    return { status: error.status, json: { error: { code: error.code, message: error.message, innerError } } };
  }
}

function routeOf(method: string, path: string): Route {
  const route = ROUTES.find((one) => one.method === method && one.path.test(path));
  if (route === undefined) throw new Refusal(400, "BadRequest", `Resource not found for the segment in ${method} ${path}.`);
  return route;
}
