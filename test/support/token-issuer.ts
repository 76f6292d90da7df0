/**
 * An issuer of workload tokens on a port of its own: discovery, published keys, and tokens with whatever a test puts in them. It can be
 * told to answer as a broken or hostile one would.
 */
import { generateKeyPairSync, type KeyObject, randomUUID, sign } from "node:crypto";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";

export type Claims = Record<string, unknown>;

export interface IssuerKey {
  readonly kid: string;
  readonly alg: "RS256" | "ES256" | "EdDSA";
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export interface TokenIssuer {
  readonly issuer: string;
  /** Address of its keys. */
  readonly keysUrl: string;
  /** Paths asked so far. */
  readonly asked: string[];
  readonly key: () => IssuerKey;
  /** A token as it should be (five minutes from now), with other claims or header where a test says. */
  token(claims?: Claims, header?: Claims): string;
  /** What is published: a JWKS. */
  published(): string;
  /** A new key; the old ones go, or stay beside it. */
  rotate(keep?: "keep", alg?: IssuerKey["alg"]): IssuerKey;
  /** Answers in its own way instead; undefined as it should. */
  answer(with_: ((path: string, response: ServerResponse) => void) | undefined): void;
  close(): Promise<void>;
}

export interface IssuerSettings {
  readonly audience?: string;
  readonly subject?: string;
  readonly nowMs?: () => number;
  readonly alg?: IssuerKey["alg"];
  /** What follows the host in the issuer's name: `/realms/acme`. */
  readonly path?: string;
}

export const AUDIENCE = "https://decisions.example";
export const SUBJECT = "workload-1";

export async function openTokenIssuer(settings: IssuerSettings = {}): Promise<TokenIssuer> {
  const { audience = AUDIENCE, subject = SUBJECT, nowMs = Date.now, path = "" } = settings;
  let keys = [newKey(settings.alg)];
  let answering: ((path: string, response: ServerResponse) => void) | undefined;
  const asked: string[] = [];
  const published = () => JSON.stringify({ keys: keys.map(publicOf) });
  const server = createServer((request, response) => {
    asked.push(request.url!);
    if (answering !== undefined) return answering(request.url!, response);
    response.setHeader("Content-Type", "application/json");
    if (request.url === `${path}/.well-known/openid-configuration`)
      return response.end(JSON.stringify({ issuer, jwks_uri: `${issuer}/keys` }));
    if (request.url === `${path}/keys`) return response.end(published());
    response.statusCode = 404;
    return response.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const issuer = `http://127.0.0.1:${port}${path}`;
  return {
    issuer,
    keysUrl: `${issuer}/keys`,
    asked,
    key: () => keys.at(-1)!,
    token(claims = {}, header = {}) {
      const now = Math.floor(nowMs() / 1000);
      const right = { iss: issuer, sub: subject, aud: audience, iat: now, exp: now + 300, jti: randomUUID() };
      return signToken(keys.at(-1)!, { ...right, ...claims }, header);
    },
    published,
    rotate(keep, alg = settings.alg) {
      keys = [...(keep === undefined ? [] : keys), newKey(alg)];
      return keys.at(-1)!;
    },
    answer(with_) {
      answering = with_;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function newKey(alg: IssuerKey["alg"] = "ES256"): IssuerKey {
  const kid = randomUUID();
  if (alg === "RS256") return { kid, alg, ...generateKeyPairSync("rsa", { modulusLength: 2048 }) };
  return alg === "ES256"
    ? { kid, alg, ...generateKeyPairSync("ec", { namedCurve: "P-256" }) }
    : { kid, alg, ...generateKeyPairSync("ed25519") };
}

export function publicOf({ kid, alg, publicKey }: IssuerKey): Claims {
  return { ...publicKey.export({ format: "jwk" }), kid, alg, use: "sig" };
}

/** Header and claims as they are signed; a claim that is undefined is left out. */
export function unsignedToken(header: Claims, claims: Claims): string {
  return [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
}

export function signToken(key: IssuerKey, claims: Claims, header: Claims = {}): string {
  const text = unsignedToken({ alg: key.alg, kid: key.kid, typ: "JWT", ...header }, claims);
  const algorithm = key.alg === "EdDSA" ? null : "sha256";
  const signature = sign(algorithm, Buffer.from(text), { key: key.privateKey, dsaEncoding: "ieee-p1363" });
  return `${text}.${signature.toString("base64url")}`;
}

/** One caller that may do everything, by a token of this issuer: the callers file of a test that is about something else. */
export function callersOf(issuer: TokenIssuer, more = ""): string {
  return `audiences: ["${AUDIENCE}"]
issuers:
  - { name: tests, issuer: "${issuer.issuer}" }
callers:
  - name: everything
    is: [{ issuer: tests, subject: ${SUBJECT} }]
    may:
      ruleSets: any
      subjects: any
      actions: any
      resources: any
      search: true
      vouchForGroups: true
      seeExceptions: true
      seeOwners: true
      readSnapshot: true
      requestAccess: true
${more}`;
}
