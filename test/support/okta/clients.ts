/** Who may call the fake: service applications with a key and scopes, and an administrator's token for the second client. */
import { generateKeyPairSync, type KeyObject, randomBytes, verify } from "node:crypto";

import { epochMs, type Instant } from "../../../src/kernel/time.ts";
import { ADMIN, type Actor } from "./org.ts";
import type { Answer } from "./answer.ts";

const TOKEN_SECONDS = 3600;
const LONGEST_ASSERTION_SECONDS = 3600;

interface Client {
  readonly key: KeyObject;
  readonly scopes: ReadonlySet<string>;
}

const refused = (error: string): Answer => ({
  status: error === "invalid_client" ? 401 : 400,
  body: { error, error_description: "refused" },
});

export function createClients(now: () => Instant) {
  const clients = new Map<string, Client>();
  const tokens = new Map<string, { readonly client: string; readonly scopes: ReadonlySet<string>; readonly endsMs: number }>();
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

  return {
    adminToken,

    /** A service application and its key, as it is given to whoever connects. */
    add(
      id: string,
      scopes: readonly string[],
      key = generateKeyPairSync("rsa", { modulusLength: 2048 }),
    ): { readonly pem: string; readonly key: typeof key } {
      clients.set(id, { key: key.publicKey, scopes: new Set(scopes) });
      return { pem: key.privateKey.export({ type: "pkcs8", format: "pem" }), key };
    },

    token(url: URL, form: URLSearchParams): Answer {
      const id = clientOf(url, form.get("client_assertion") ?? "");
      if (id === undefined || form.get("grant_type") !== "client_credentials") return refused("invalid_client");
      const asked = (form.get("scope") ?? "").split(" ");
      const granted = clients.get(id)!.scopes;
      if (asked.some((scope) => !granted.has(scope))) return refused("invalid_scope");
      const text = randomBytes(24).toString("base64url");
      tokens.set(text, { client: id, scopes: new Set(asked), endsMs: epochMs(now()) + TOKEN_SECONDS * 1000 });
      return { status: 200, body: { token_type: "Bearer", expires_in: TOKEN_SECONDS, access_token: text, scope: asked.join(" ") } };
    },

    whoIs(authorization: string): { readonly actor: Actor; readonly scopes: ReadonlySet<string> | "all" } | undefined {
      if (authorization === `SSWS ${adminToken}`) return { actor: ADMIN, scopes: "all" };
      const token = tokens.get(authorization.replace(/^Bearer /, ""));
      if (token === undefined || token.endsMs <= epochMs(now())) return undefined;
      return { actor: { id: token.client, type: "PublicClientApp", alternateId: token.client }, scopes: token.scopes };
    },

    /** Everything that was given out and may be shown nowhere. */
    secrets: (): readonly string[] => [...tokens.keys()],
    endTokens: (): void => tokens.clear(),
  };
}
