/**
 * The company's OpenID provider, as a client that trusts it for one thing: who somebody is there, and how they showed it. It is
 * asked when somebody asks for it and at no other time, so that Postern starts, and works by passkey, while it is down.
 */
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  AuthorizationResponseError,
  buildAuthorizationUrl,
  type ClientAuth,
  ClientError,
  clockTolerance,
  Configuration,
  customFetch,
  type CustomFetch,
  discovery,
  enableNonRepudiationChecks,
  type IDToken,
  None,
  PrivateKeyJwt,
  ResponseBodyError,
  type ServerMetadata,
} from "openid-client";

import { refusal, Refused } from "../kernel/problem.ts";
import { addDuration, duration, type Instant } from "../kernel/time.ts";
import type { Authentication } from "./company-account.ts";
import type { CompanyClientKey } from "./company-client-key.ts";
import type { DemandedStrength } from "./company-strength.ts";

export interface CompanySettings extends DemandedStrength {
  readonly issuer: string;
  readonly clientId: string;
  /** A public client, or one that signs with a key of its own. There is no secret that both sides know. */
  readonly clientAuth: "none" | "private_key_jwt";
  /** As people call it: "Sign in with …". */
  readonly name: string;
  readonly scope: string;
  /** How long ago somebody may have signed in there; undefined for as long as the provider likes. */
  readonly maxAgeSeconds: number | undefined;
  /** Claim that holds the unchanging key of the person's account in a directory; undefined where accounts are connected by hand. */
  readonly account: { readonly claim: string; readonly connection: string } | undefined;
}

/** What one sign-in is told apart by; all of it is random and used once. */
export interface SignInQuestion {
  readonly state: string;
  readonly nonce: string;
  /** PKCE, S256 of what only the browser has. */
  readonly challenge: string;
}

/** Who the provider says it was. */
export interface CompanyIdentity extends Authentication {
  readonly issuer: string;
  readonly subject: string;
  /** Key of the account in the directory, where a claim for it is set and came. */
  readonly accountKey: string | undefined;
}

const TIMEOUT_SECONDS = 5;
/** Clocks of two machines differ a little; more than this is a fault of one of them. */
const CLOCK_TOLERANCE_SECONDS = 30;
const MAX_ANSWER_BYTES = 1_048_576;
/**
 * A provider that did not answer is not asked again for this long, however often strangers press the button. Nothing else is kept:
 * discovery and keys are read anew for each sign-in, so that one that is down is noticed, and a key taken back is worth nothing.
 */
const SILENCE_LIFE = duration("PT10S");

export type CompanyProvider = ReturnType<typeof createCompanyProvider>;

export function createCompanyProvider(settings: CompanySettings, redirectUri: string, clientKey: CompanyClientKey) {
  const authentication = async (now: Instant): Promise<ClientAuth> =>
    settings.clientAuth === "none" ? None() : PrivateKeyJwt(await clientKey.forSigning(now));
  let silence: { readonly until: Instant; readonly error: unknown } | undefined;

  const discover = async (now: Instant): Promise<ServerMetadata> => {
    if (silence !== undefined && now < silence.until) throw silence.error;
    try {
      return await readMetadata(settings).catch((error: unknown) => refuse(settings.name, error));
    } catch (error) {
      silence = { until: addDuration(now, SILENCE_LIFE), error };
      throw error;
    }
  };

  return {
    settings,

    /** Where to send the browser. Refuses `access.companyProviderSilent`, `access.companyAnswerInvalid`. */
    async addressFor({ state, nonce, challenge }: SignInQuestion, now: Instant): Promise<string> {
      const config = configurationOf(settings, await discover(now), None());
      const parameters: Record<string, string> = {
        redirect_uri: redirectUri,
        // Behind the # the answer is in no access log, neither ours nor that of a proxy.
        response_mode: "fragment",
        scope: settings.scope,
        state,
        nonce,
        code_challenge: challenge,
        code_challenge_method: "S256",
        ...(settings.acr.length > 0 && { acr_values: settings.acr.join(" ") }),
        ...(settings.maxAgeSeconds !== undefined && { max_age: String(settings.maxAgeSeconds) }),
      };
      try {
        return buildAuthorizationUrl(config, parameters).href;
      } catch (error) {
        return refuse(settings.name, error);
      }
    },

    /**
     * Exchanges what the browser brought back (`code=…&state=…`) for an identity. Refuses also `access.companyRefused`: the
     * provider said no.
     */
    async redeem(answer: string, question: { state: string; nonce: string; verifier: string }, now: Instant): Promise<CompanyIdentity> {
      const config = configurationOf(settings, await discover(now), await authentication(now));
      try {
        const tokens = await authorizationCodeGrant(config, new URL(`?${answer}`, redirectUri), {
          expectedState: question.state,
          expectedNonce: question.nonce,
          pkceCodeVerifier: question.verifier,
          idTokenExpected: true,
          ...(settings.maxAgeSeconds !== undefined && { maxAge: settings.maxAgeSeconds }),
        });
        return identityOf(settings, tokens.claims()!);
      } catch (error) {
        return refuse(settings.name, error);
      }
    },
  };
}

function readMetadata(settings: CompanySettings): Promise<ServerMetadata> {
  const execute = isPlain(settings) ? [allowInsecureRequests] : [];
  const options = { execute, timeout: TIMEOUT_SECONDS, [customFetch]: fetchWhole };
  return discovery(new URL(settings.issuer), settings.clientId, {}, None(), options).then((config) => config.serverMetadata());
}

/** A fresh one each time: the library keeps the provider's keys with it. */
function configurationOf(settings: CompanySettings, metadata: ServerMetadata, authentication: ClientAuth): Configuration {
  const config = new Configuration(metadata, settings.clientId, { [clockTolerance]: CLOCK_TOLERANCE_SECONDS }, authentication);
  config.timeout = TIMEOUT_SECONDS;
  config[customFetch] = fetchWhole;
  if (isPlain(settings)) allowInsecureRequests(config);
  // Else the library would believe an ID token for having come over TLS, whoever signed it.
  enableNonRepudiationChecks(config);
  return config;
}

/** The configuration lets plain http through for localhost only. */
function isPlain({ issuer }: CompanySettings): boolean {
  return issuer.startsWith("http:");
}

function identityOf(settings: CompanySettings, claims: IDToken): CompanyIdentity {
  const { acr, amr, iss, sub } = claims;
  const account = settings.account === undefined ? undefined : claims[settings.account.claim];
  return {
    issuer: iss,
    subject: sub,
    acr: typeof acr === "string" ? acr : null,
    amr: Array.isArray(amr) ? amr.filter((each): each is string => typeof each === "string") : [],
    accountKey: typeof account === "string" && account !== "" ? account : undefined,
  };
}

class ProviderSilent extends Error {
  override readonly name = "ProviderSilent";
}

/** Reads an answer to its end, up to a limit, so that one cut off half-way is silence too and not a broken answer. */
const fetchWhole: CustomFetch = async (url, options) => {
  try {
    const response = await fetch(url, options as RequestInit);
    if (response.status >= 500) throw new ProviderSilent(`it answered ${response.status}`);
    const body = await bytesOf(response);
    return new Response(body.length === 0 ? null : body, { status: response.status, headers: response.headers });
  } catch (error) {
    throw error instanceof ProviderSilent ? error : new ProviderSilent("it did not answer", { cause: error });
  }
};

async function bytesOf(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += part.length;
    if (size > MAX_ANSWER_BYTES) throw new ProviderSilent("its answer has no end");
    parts.push(part);
  }
  return new Uint8Array(Buffer.concat(parts));
}

/** Turns what the library throws into a refusal. What a token or an answer holds is never repeated; what was checked is. */
function refuse(name: string, error: unknown): never {
  const chain = causesOf(error);
  if (error instanceof Refused) throw error;
  if (chain.some((each) => each instanceof ProviderSilent || each.name === "TimeoutError")) {
    const detail = `${name} does not answer. Sign in with your passkey: that does not need it. Or try again later.`;
    throw new Refused([refusal("access.companyProviderSilent", detail)], 409);
  }
  if (error instanceof AuthorizationResponseError || error instanceof ResponseBodyError) {
    const words = /^[a-z_]{1,40}$/.test(error.error) ? error.error : "an error";
    throw new Refused([refusal("access.companyRefused", `${name} did not let you in: ${words}.`, { facts: { error: words } })], 403);
  }
  if (!(error instanceof ClientError) && !chain.some((each) => each.name === "OperationProcessingError")) throw error;
  const why = chain.at(-1)!.message;
  throw new Refused([refusal("access.companyAnswerInvalid", `What ${name} answered is not believed: ${why}.`)], 403);
}

function causesOf(error: unknown): Error[] {
  const found: Error[] = [];
  for (let each = error; each instanceof Error && found.length < 10; each = each.cause) found.push(each);
  return found;
}
