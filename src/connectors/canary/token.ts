/** Gets a token at an OpenID provider as an account that exists to be tried, and takes it back there (RFC 6749, 7009). */
import { type GuardedWireSettings, guardedUrl, openGuardedWire } from "../http/guarded.ts";
import type { WireAnswer } from "../http/wire.ts";
import { plainWords, ProviderFault } from "../port.ts";
import { isLoopback } from "../../platform/addresses.ts";
import { type Attempt, attemptOfTokenError, letIn, notAsked } from "./map.ts";

export const GRANTS = ["client_credentials", "refresh_token", "password"] as const;
export type Grant = (typeof GRANTS)[number];

export interface TokenSettings extends GuardedWireSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret?: string | undefined;
  readonly grant: Grant;
  /** Of a password grant, who. */
  readonly account: string;
  /** The password or the refresh token; of a client its own secret. */
  readonly secret: string;
  readonly scope?: string | undefined;
}

export interface TokenTried {
  readonly attempt: Attempt;
  /** Where it was let in. Not to be logged, shown or kept. */
  readonly accessToken?: string;
  /** Where the provider gave another in place of the one that was used: the old one is dead. */
  readonly newRefreshToken?: string;
}

interface Metadata {
  readonly tokenEndpoint: string;
  readonly revocationEndpoint: string | undefined;
}

/** Never throws for what the provider or the network does. */
export async function tryToken(settings: TokenSettings): Promise<TokenTried> {
  try {
    const { tokenEndpoint } = await discover(settings);
    const answer = await post(tokenEndpoint, grantOf(settings), settings);
    const said = jsonOf(answer);
    if (answer.status !== 200) {
      const refusal = { status: answer.status, error: textOf(said["error"]), words: textOf(said["error_description"]) };
      return { attempt: attemptOfTokenError(refusal, isClient(settings)) };
    }
    const accessToken = textOf(said["access_token"]);
    if (accessToken === undefined) return { attempt: notAsked("The token endpoint gave no token.") };
    const newRefreshToken = textOf(said["refresh_token"]);
    return { attempt: letIn("The provider gave it a token."), accessToken, ...(newRefreshToken !== undefined && { newRefreshToken }) };
  } catch (error) {
    if (error instanceof ProviderFault) return { attempt: notAsked(plainWords(error)) };
    throw error;
  }
}

/** Undefined: the provider took the token back; else why that is not known. */
export async function takeBack(settings: TokenSettings, accessToken: string): Promise<string | undefined> {
  try {
    const { revocationEndpoint } = await discover(settings);
    if (revocationEndpoint === undefined) return "The provider has no address at which a token is taken back.";
    const { status } = await post(revocationEndpoint, { token: accessToken, token_type_hint: "access_token" }, settings);
    return status === 200 ? undefined : `The provider answered ${status} when the token was taken back.`;
  } catch (error) {
    if (error instanceof ProviderFault) return plainWords(error);
    throw error;
  }
}

const isClient = ({ grant }: TokenSettings) => grant === "client_credentials";

function grantOf({ grant, account, secret, scope }: TokenSettings): Record<string, string> {
  const own: Record<Grant, Record<string, string>> = {
    client_credentials: {},
    refresh_token: { refresh_token: secret },
    password: { username: account, password: secret },
  };
  return { grant_type: grant, ...own[grant], ...(scope !== undefined && { scope }) };
}

/** What it says of itself has to be about the issuer that was asked: another's endpoints are not asked with our secrets. */
async function discover(settings: TokenSettings): Promise<Metadata> {
  const url = guardedUrl(`${settings.issuer.replace(/\/$/, "")}/.well-known/openid-configuration`);
  const wire = openGuardedWire(url, settings);
  try {
    const answer = await wire.send({ method: "GET", url, headers: {} });
    const said = jsonOf(answer);
    const tokenEndpoint = textOf(said["token_endpoint"]);
    if (answer.status !== 200 || said["issuer"] !== settings.issuer || tokenEndpoint === undefined)
      throw new ProviderFault("fault", `${url.origin} does not describe the issuer that was asked for.`);
    return { tokenEndpoint, revocationEndpoint: textOf(said["revocation_endpoint"]) };
  } finally {
    wire.close();
  }
}

async function post(address: string, fields: Record<string, string>, settings: TokenSettings): Promise<WireAnswer> {
  const url = guardedUrl(address);
  // An issuer elsewhere names no address on this machine.
  if (isLoopback(url.hostname) && !isLoopback(new URL(settings.issuer).hostname))
    throw new ProviderFault("denied", `${settings.issuer} names an endpoint on this machine.`);
  const wire = openGuardedWire(url, settings);
  const clientSecret = isClient(settings) ? settings.secret : settings.clientSecret;
  const known = { ...fields, ...(clientSecret === undefined && { client_id: settings.clientId }) };
  const headers = {
    "content-type": "application/x-www-form-urlencoded",
    ...(clientSecret !== undefined && { authorization: basic(settings.clientId, clientSecret) }),
  };
  try {
    return await wire.send({ method: "POST", url, headers, body: new URLSearchParams(known).toString() });
  } finally {
    wire.close();
  }
}

/** Both halves are form-encoded before they are joined (RFC 6749, 2.3.1). */
function basic(id: string, secret: string): string {
  const encoded = [id, secret].map((part) => new URLSearchParams({ x: part }).toString().slice(2)).join(":");
  return `Basic ${Buffer.from(encoded).toString("base64")}`;
}

function jsonOf({ text }: WireAnswer): Readonly<Record<string, unknown>> {
  try {
    const parsed = JSON.parse(text) as unknown;
    return typeof parsed === "object" && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
