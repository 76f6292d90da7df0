/**
 * How the connector signs in: OAuth 2.0 client credentials with a signed assertion (RFC 7523). The key never leaves this machine, and
 * what is sent lives for minutes.
 */
import { createPrivateKey, randomUUID, sign, type KeyObject } from "node:crypto";

import { epochMs, type Instant } from "../../kernel/time.ts";
import { tellable, troubleOfSignIn } from "../http/trouble.ts";
import type { Wire, WireAnswer } from "../http/wire.ts";
import { ProviderFault } from "../port.ts";
import { read, tokenAnswer } from "./answers.ts";
import type { OktaSettings } from "./config.ts";
import { objectOf } from "./map.ts";
import { DPOP, type Prove } from "./possession.ts";
import { untilResetMs } from "./reset.ts";

/** What the connector asks for. Each is explained in permissions.ts. */
export const SCOPES = [
  "okta.users.read",
  "okta.users.manage",
  "okta.groups.read",
  "okta.groups.manage",
  "okta.policies.read",
  "okta.apps.read",
  "okta.authenticators.read",
  "okta.logs.read",
] as const;
export type Scope = (typeof SCOPES)[number];

const ASSERTION_SECONDS = 300;
/** A token is renewed this long before its end, so that it does not end on the way. */
const EARLY_MS = 60_000;

export interface SignIn {
  readonly authorization: (renew: boolean) => Promise<string>;
  /** Which of the scopes Okta grants this application. */
  readonly scopes: () => Promise<ReadonlySet<string>>;
}

interface Token {
  /** With the scheme before it. */
  readonly authorization: string;
  readonly endsMs: number;
  readonly scopes: ReadonlySet<string>;
}

export function createSignIn(wire: Wire, settings: OktaSettings, now: () => Instant, prove: Prove): SignIn {
  let nonce: string | undefined;
  let current: Promise<Token> | undefined;

  function token(renew: boolean): Promise<Token> {
    if (renew || current === undefined) {
      const asked = requestToken();
      current = asked;
      // A failure is not kept: the next call asks again.
      asked.catch(() => {
        if (current === asked) current = undefined;
      });
    }
    return current;
  }

  async function valid(renew: boolean): Promise<Token> {
    const held = await token(renew);
    return held.endsMs - EARLY_MS > epochMs(now()) ? held : token(true);
  }

  /** Okta refuses the whole request for one scope it does not grant: then each is asked for alone, and what is granted is taken. */
  async function requestToken(): Promise<Token> {
    const whole = await request(SCOPES);
    if (whole !== undefined) return whole;
    const granted: Scope[] = [];
    for (const scope of SCOPES) if ((await request([scope])) !== undefined) granted.push(scope);
    const partial = granted.length === 0 ? undefined : await request(granted);
    if (partial === undefined) throw new ProviderFault("denied", "Okta grants this application none of the scopes it needs.");
    return partial;
  }

  /** Undefined: a scope is not granted. */
  async function request(scopes: readonly string[], mayAskAgain = true): Promise<Token | undefined> {
    const answer = await send(scopes);
    const { status, text, headers } = answer;
    const json = parse(text);
    if (status === 200) {
      const { access_token, token_type, expires_in, scope } = read(tokenAnswer, json, "the request for a token");
      const scheme = token_type.toLowerCase() === "dpop" ? DPOP : "Bearer ";
      return { authorization: `${scheme}${access_token}`, endsMs: epochMs(now()) + expires_in * 1000, scopes: new Set(scope.split(" ")) };
    }
    const error = objectOf(json)["error"];
    const given = headers["dpop-nonce"];
    if (error === "use_dpop_nonce" && typeof given === "string" && mayAskAgain) {
      nonce = given;
      return request(scopes, false);
    }
    if (status === 400 && error === "invalid_scope") return undefined;
    throw refusal(answer, typeof error === "string" ? tellable(error.slice(0, 60), []) : undefined, now());
  }

  function send(scopes: readonly string[]) {
    const url = new URL(`${settings.orgUrl}/oauth2/v1/token`);
    const body = new URLSearchParams({
      grant_type: "client_credentials",
      scope: scopes.join(" "),
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      client_assertion: assertion(settings, url, now()),
    }).toString();
    const headers = { "content-type": "application/x-www-form-urlencoded", dpop: prove({ method: "POST", url }, { nonce }) };
    return wire.send({ method: "POST", url, headers, body });
  }

  return {
    authorization: async (renew) => (await valid(renew)).authorization,
    scopes: async () => (await valid(false)).scopes,
  };
}

/** The description beside the code is not told: it may repeat what was sent. */
function refusal(answer: WireAnswer, error: string | undefined, now: Instant): ProviderFault {
  const { status } = answer;
  const words = `Okta refused the sign-in with ${status}${error === undefined ? "" : ` (${error})`}.`;
  const trouble = troubleOfSignIn(answer, words, now, untilResetMs(answer));
  return trouble ?? new ProviderFault(status === 400 || status === 401 || status === 403 ? "denied" : "fault", words);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function assertion({ clientId, keyId, secret }: OktaSettings, audience: URL, now: Instant): string {
  const key = keyOf(secret);
  const issued = Math.floor(epochMs(now) / 1000);
  const alg = key.asymmetricKeyType === "ec" ? "ES256" : "RS256";
  const claims = { iss: clientId, sub: clientId, aud: audience.href, iat: issued, exp: issued + ASSERTION_SECONDS, jti: randomUUID() };
  const signed = [{ alg, kid: keyId }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  const signature = sign("sha256", Buffer.from(signed), { key, dsaEncoding: "ieee-p1363" });
  return `${signed}.${signature.toString("base64url")}`;
}

/** The library's own words could show a piece of the key: they are not passed on. */
function keyOf(secret: string): KeyObject {
  try {
    const key = createPrivateKey(secret);
    if (key.asymmetricKeyType === "rsa" || key.asymmetricKeyType === "ec") return key;
  } catch {
    // Told below.
  }
  throw new ProviderFault("denied", "The secret is not a private key (RSA, or EC on P-256) in PEM.");
}
