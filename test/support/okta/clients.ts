/** Who may call the fake: service applications with a key and scopes, and an administrator's token for the second client. */
import { generateKeyPairSync, type KeyObject, randomBytes, verify } from "node:crypto";

import { epochMs, type Instant } from "../../../src/kernel/time.ts";
import type { Answer } from "./answer.ts";
import { ADMIN, type Actor } from "./org.ts";
import { createProofs, type Proven } from "./proofs.ts";

const TOKEN_SECONDS = 3600;
const LONGEST_ASSERTION_SECONDS = 3600;

interface Pair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

interface Client {
  /** Whether its tokens are bound to a key (RFC 9449), as Okta has it for new ones. */
  readonly isProving: boolean;
  readonly key: KeyObject;
  readonly scopes: ReadonlySet<string>;
}

interface Token {
  readonly client: string;
  readonly scopes: ReadonlySet<string>;
  readonly endsMs: number;
  readonly boundTo: string | undefined;
}

const refused = (error: string): Answer => ({
  status: error === "invalid_client" ? 401 : 400,
  body: { error, error_description: "refused" },
});

interface Caller {
  readonly actor: Actor;
  readonly scopes: ReadonlySet<string> | "all";
}

export function createClients(now: () => Instant) {
  const clients = new Map<string, Client>();
  const tokens = new Map<string, Token>();
  const proofs = createProofs(now);
  const used = new Set<string>();
  const adminToken = randomBytes(20).toString("hex");

  /** The client an assertion proves, with every claim Okta looks at. */
  function clientOf(url: URL, assertion: string): string | undefined {
    const [head = "", body = "", signature = ""] = assertion.split(".");
    const claims = JSON.parse(Buffer.from(body, "base64url").toString() || "{}") as Record<"iss" | "sub" | "aud" | "exp" | "jti", string>;
    const client = clients.get(claims.iss);
    if (client === undefined || used.has(claims.jti)) return undefined;
    used.add(claims.jti);
    const isSigned = verify("sha256", Buffer.from(`${head}.${body}`), client.key, Buffer.from(signature, "base64url"));
    return isSigned && claims.sub === claims.iss && claims.aud === url.href && isTimely(Number(claims.exp)) ? claims.iss : undefined;
  }

  function isTimely(end: number): boolean {
    const left = end - epochMs(now()) / 1000;
    return left > 0 && left <= LONGEST_ASSERTION_SECONDS;
  }

  function whyUnproven(proven: Proven | undefined): Answer | undefined {
    if (proven === undefined) return refused("invalid_dpop_proof");
    return proven.nonce === proofs.nonce ? undefined : { ...refused("use_dpop_nonce"), headers: { "dpop-nonce": proofs.nonce } };
  }

  return {
    adminToken,

    /** A service application and its key, as it is given to whoever connects. */
    add(
      id: string,
      scopes: readonly string[],
      {
        key = generateKeyPairSync("rsa", { modulusLength: 2048 }),
        isProving = true,
      }: { readonly key?: Pair; readonly isProving?: boolean } = {},
    ): { readonly pem: string; readonly key: Pair } {
      clients.set(id, { key: key.publicKey, scopes: new Set(scopes), isProving });
      return { pem: key.privateKey.export({ type: "pkcs8", format: "pem" }), key };
    },

    token(url: URL, form: URLSearchParams, proof: string | undefined): Answer {
      const id = clientOf(url, form.get("client_assertion") ?? "");
      if (id === undefined || form.get("grant_type") !== "client_credentials") return refused("invalid_client");
      const { scopes: granted, isProving } = clients.get(id)!;
      const proven = proofs.check("POST", url, proof);
      const why = isProving ? whyUnproven(proven) : undefined;
      if (why !== undefined) return why;
      const scope = form.get("scope") ?? "";
      const scopes = new Set(scope.split(" "));
      if ([...scopes].some((one) => !granted.has(one))) return refused("invalid_scope");
      const text = randomBytes(24).toString("base64url");
      const endsMs = epochMs(now()) + TOKEN_SECONDS * 1000;
      tokens.set(text, { client: id, scopes, endsMs, boundTo: isProving ? proven!.key : undefined });
      const kind = isProving ? "DPoP" : "Bearer";
      return { status: 200, body: { token_type: kind, expires_in: TOKEN_SECONDS, access_token: text, scope } };
    },

    whoIs(method: string, url: URL, authorization: string, proof: string | undefined): Caller | undefined {
      if (authorization === `SSWS ${adminToken}`) return { actor: ADMIN, scopes: "all" };
      const [scheme, text = ""] = authorization.split(" ");
      const token = tokens.get(text);
      if (token === undefined || token.endsMs <= epochMs(now())) return undefined;
      const proven = token.boundTo === undefined ? undefined : proofs.check(method, url, proof, text);
      if (scheme !== (token.boundTo === undefined ? "Bearer" : "DPoP") || proven?.key !== token.boundTo) return undefined;
      return { actor: { id: token.client, type: "PublicClientApp", alternateId: token.client }, scopes: token.scopes };
    },

    /** Everything that was given out and may be shown nowhere. */
    secrets: (): readonly string[] => [...tokens.keys()],
    endTokens: (): void => tokens.clear(),
  };
}
