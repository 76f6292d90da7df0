/** Tokens by client credentials: with a client secret, or signed with the key of the application's certificate. */
import { createHash, createPrivateKey, randomUUID, sign, X509Certificate } from "node:crypto";

import { z } from "zod";

import { epochMs, type Instant } from "../../kernel/time.ts";
import { tellable, troubleOfSignIn } from "../http/trouble.ts";
import type { Wire, WireAnswer } from "../http/wire.ts";
import { ProviderFault } from "../port.ts";
import type { EntraSettings } from "./config.ts";

export interface Token {
  readonly bearer: string;
  /** What the token says of itself. Undefined where it cannot be read: a token is Microsoft's, and nothing obliges it to be legible. */
  readonly roles: ReadonlySet<string> | undefined;
  readonly servicePrincipalId: string | undefined;
}

export interface Tokens {
  readonly get: (renew?: boolean) => Promise<Token>;
}

/** A token that is about to end is not used: the answer would come after its end. */
const SPARE_MS = 60_000;
const ASSERTION_SECONDS = 300;

const answered = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number().positive() });
const refused = z.object({ error: z.string().max(100), error_codes: z.array(z.number()).optional() });
const claims = z.object({ roles: z.array(z.string()).default([]), oid: z.string().optional() });

/** Asks once for whoever waits. */
export function createTokens(wire: Wire, settings: EntraSettings, now: () => Instant): Tokens {
  let current: ReturnType<typeof ask> | undefined;
  return {
    get: async (renew = false) => {
      const before = current;
      const token = before === undefined || renew ? undefined : await before.catch(() => undefined);
      if (token !== undefined && epochMs(now()) < token.until) return token;
      // Whoever else found it over has asked already.
      if (current === undefined || current === before) current = ask(wire, settings, now);
      return current;
    },
  };
}

async function ask(wire: Wire, settings: EntraSettings, now: () => Instant): Promise<Token & { readonly until: number }> {
  const endpoint = `${settings.loginUrl}/${settings.tenantId}/oauth2/v2.0/token`;
  const form = new URLSearchParams({
    client_id: settings.clientId,
    grant_type: "client_credentials",
    scope: `${new URL(settings.graphUrl).origin}/.default`,
    ...proof(settings, endpoint, now()),
  });
  const answer = await wire.send({
    method: "POST",
    url: new URL(endpoint),
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: form.toString(),
  });
  const json = jsonOf(answer.text);
  if (answer.status !== 200) throw refusalOf(settings, answer, json, now());
  const read = answered.safeParse(json);
  if (!read.success) throw new ProviderFault("fault", `${settings.loginUrl} gave no token.`);
  const { access_token: bearer, expires_in: seconds } = read.data;
  return { bearer, ...claimsOf(bearer), until: epochMs(now()) + seconds * 1000 - SPARE_MS };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Microsoft's words of a refusal are left out: they may repeat what was sent. */
function refusalOf({ loginUrl, secret }: EntraSettings, answer: WireAnswer, json: unknown, now: Instant): ProviderFault {
  const { status } = answer;
  const { data } = refused.safeParse(json);
  const code =
    data === undefined ? "" : ` (${[tellable(data.error, [secret]), ...(data.error_codes ?? []).map((one) => `AADSTS${one}`)].join(", ")})`;
  const words = `${loginUrl} answered ${status} to the request for a token${code}.`;
  const trouble = troubleOfSignIn(answer, words, now);
  return trouble ?? new ProviderFault(status === 400 || status === 401 || status === 403 ? "denied" : "fault", words);
}

function proof(settings: EntraSettings, audience: string, now: Instant): Readonly<Record<string, string>> {
  if (settings.certificatePem === undefined) return { client_secret: settings.secret };
  return {
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    client_assertion: assertion(settings, settings.certificatePem, audience, now),
  };
}

/** RFC 7523, as Microsoft asks for it: PS256, and the certificate by its SHA-256. */
function assertion({ clientId, secret }: EntraSettings, certificatePem: string, audience: string, now: Instant): string {
  const seconds = Math.floor(epochMs(now) / 1000);
  const thumbprint = createHash("sha256").update(new X509Certificate(certificatePem).raw).digest("base64url");
  const head = part({ alg: "PS256", typ: "JWT", "x5t#S256": thumbprint });
  const times = { iat: seconds, nbf: seconds, exp: seconds + ASSERTION_SECONDS };
  const body = part({ aud: audience, iss: clientId, sub: clientId, jti: randomUUID(), ...times });
  // RSA_PKCS1_PSS_PADDING, with salt as long as the digest.
  const key = { key: createPrivateKey(secret), padding: 6, saltLength: 32 };
  return `${head}.${body}.${sign("sha256", Buffer.from(`${head}.${body}`), key).toString("base64url")}`;
}

function part(json: object): string {
  return Buffer.from(JSON.stringify(json)).toString("base64url");
}

function claimsOf(bearer: string): Pick<Token, "roles" | "servicePrincipalId"> {
  const payload = bearer.split(".")[1];
  const { data } = claims.safeParse(payload === undefined ? undefined : jsonOf(Buffer.from(payload, "base64url").toString("utf8")));
  return { roles: data === undefined ? undefined : new Set(data.roles), servicePrincipalId: data?.oid };
}
