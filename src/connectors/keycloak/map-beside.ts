/**
 * Ways in that no flow of the sign-in page asks about: other identity providers, accounts that people make by themselves, secrets of
 * applications' own accounts, and signing in as somebody else. The same for a running server and an export.
 */
import { type Instant, instantOfEpochMs } from "../../kernel/time.ts";
import type { Bypass, BypassSubject } from "../port.ts";
import { verdictOf, type Way, waysIn, waysWithoutKey } from "./evaluate.ts";
import { anybody, finding, type RealmFacts, registersKeys, wordsOf } from "./map-findings.ts";
import type { Flow } from "./map-flow.ts";

export interface BesideFacts {
  readonly realm: string;
  readonly roleExists: RealmFacts["roleExists"];
  readonly requiredActions: RealmFacts["requiredActions"];
  readonly identityProviders: readonly IdentityProviderFacts[];
  /** Whether anybody may make an account for themselves. */
  readonly mayRegister: boolean;
  readonly secrets: readonly SecretFacts[];
  readonly impersonators: readonly ImpersonatorFacts[];
}

export interface IdentityProviderFacts {
  readonly alias: string;
  /** What this realm asks for after the provider has let somebody in. */
  readonly afterwards: Flow | undefined;
}

export interface SecretFacts {
  readonly client: ClientOfItsOwn;
  /** The account the client signs in as; undefined where it is not told. */
  readonly account: { readonly key: string; readonly name: string } | undefined;
}

export interface ImpersonatorFacts {
  readonly role: string;
  /** Roles that somebody holds, and that contain it or are it. */
  readonly heldBy: readonly string[];
}

/** What both an export and a running server say of a client. */
export interface ClientOfItsOwn {
  readonly clientId: string;
  readonly enabled: boolean;
  readonly publicClient: boolean;
  readonly bearerOnly: boolean;
  readonly serviceAccountsEnabled: boolean;
  readonly clientAuthenticatorType?: string | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface ListedIdentityProvider {
  readonly enabled: boolean;
  readonly linkOnly?: boolean | null | undefined;
  /** What it is there for, where the server tells: some only vouch for clients. */
  readonly types?: readonly string[] | null | undefined;
}

export function letsPeopleIn({ enabled, linkOnly, types }: ListedIdentityProvider): boolean {
  return enabled && linkOnly !== true && (types ?? [PEOPLE]).includes(PEOPLE);
}

const PEOPLE = "USER_AUTHENTICATION";
/** Both prove a secret that lies at the application and at the server. */
const BY_SECRET: ReadonlySet<string | undefined> = new Set(["client-secret", "client-secret-jwt"]);

/** Whether a secret is all that the client's own account signs in with, and nothing ends it. */
export function signsInBySecret(client: ClientOfItsOwn): boolean {
  const { enabled, publicClient, bearerOnly, serviceAccountsEnabled, clientAuthenticatorType: by } = client;
  if (!enabled || publicClient || bearerOnly || !serviceAccountsEnabled) return false;
  return BY_SECRET.has(by) && secondsIn(client, "client.secret.expiration.time") === undefined;
}

/** The role by which people sign in as somebody else: of a realm in itself, of every realm in that of the whole server. */
export function isImpersonation(realm: string, clientId: string, role: string): boolean {
  return role === "impersonation" && (clientId === "realm-management" || (realm === "master" && clientId.endsWith("-realm")));
}

export function besideIn(facts: BesideFacts): readonly Bypass[] {
  return [
    ...facts.identityProviders.flatMap((each) => ofIdentityProvider(facts, each)),
    ...(facts.mayRegister ? [ofRegistration(facts.realm)] : []),
    ...facts.secrets.map(ofSecret),
    ...facts.impersonators.map(ofImpersonator),
  ];
}

/** Who comes through one is asked for nothing of the browser flow. What is asked of them there is not known: it may be a password. */
function ofIdentityProvider(facts: BesideFacts, { alias, afterwards }: IdentityProviderFacts): readonly Bypass[] {
  const ways = afterwards === undefined ? undefined : waysAfter(facts, afterwards);
  if (ways?.every((way) => verdictOf(way) === "resistant") === true) return [];
  const whoever: BypassSubject = { kind: "everyone", key: `identity-provider:${alias}`, name: `whoever signs in through ${alias}` };
  const evidence = {
    asksFirst: `what ${alias} asks for: it is decided there, and not known here`,
    asksThen: afterwards === undefined ? "nothing" : (ways?.map(wordsOf).join("; ") ?? "more ways than can be told apart"),
  };
  return [finding("ungoverned_exemption", whoever, `identity provider ${alias}`, evidence, { critical: true })];
}

/** Somebody who comes for the first time has nothing set up here. */
function waysAfter({ roleExists, requiredActions }: BesideFacts, flow: Flow): readonly Way[] | undefined {
  const who = anybody(roleExists);
  const ways = waysIn(flow, who);
  return ways && [...ways, ...((registersKeys(requiredActions) && waysWithoutKey(flow, who)) || [])];
}

function ofRegistration(realm: string): Bypass {
  const whoever: BypassSubject = { kind: "everyone", key: `registration:${realm}`, name: `whoever registers in ${realm}` };
  const evidence = { registrationAllowed: "on", letsInWith: "what they make up: nobody vouches for who they are" };
  return finding("enrolment_open", whoever, "registration of accounts", evidence);
}

function ofSecret({ client, account }: SecretFacts): Bypass {
  const { clientId, clientAuthenticatorType = "" } = client;
  const subject: BypassSubject =
    account === undefined ? { kind: "application", key: `client:${clientId}`, name: clientId } : { kind: "service", ...account };
  const since = secondsIn(client, "client.secret.creation.time");
  const evidence = { serviceAccount: "on", signsInWith: clientAuthenticatorType, secretEnds: "never" };
  return {
    ...finding("static_secret", subject, `client ${clientId}`, evidence),
    ...(since !== undefined && { since }),
  };
}

function ofImpersonator({ role, heldBy }: ImpersonatorFacts): Bypass {
  const evidence = { lets: "sign in as anybody, without anything of theirs", heldBy: [...heldBy].sort().join(", ") };
  return finding("ungoverned_exemption", { kind: "role", key: `role:${role}`, name: role }, `role ${role}`, evidence);
}

/** Written as seconds since 1970; zero where there is none. */
function secondsIn({ attributes }: ClientOfItsOwn, name: string): Instant | undefined {
  const text = Object.hasOwn(attributes, name) ? String(attributes[name]) : "";
  return /^[1-9]\d{0,10}$/.test(text) ? instantOfEpochMs(Number(text) * 1000) : undefined;
}
