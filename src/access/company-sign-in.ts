/**
 * Signing in through the company's provider, and connecting an account there to a person here: the same round trip. What it ends
 * in is a session, and nothing that decides: a decision takes a passkey, and a passkey takes an invitation or another passkey.
 */
import { refusal, Refused } from "../kernel/problem.ts";
import type { Instant } from "../kernel/time.ts";
import type { Caller } from "../platform/http.ts";
import type { Challenges } from "./challenges.ts";
import type { CompanyClientKey } from "./company-client-key.ts";
import type { CompanyAccounts } from "./company-accounts.ts";
import type { CompanyIdentity, CompanyProvider, CompanySettings } from "./company-provider.ts";
import { weaknessOf } from "./company-strength.ts";
import type { PersonDirectory } from "./person-directory.ts";
import { newSecret, pkceChallenge } from "./secret.ts";
import type { Opened, Sessions } from "./sessions.ts";

/** Where the provider sends the browser back to: a page of the console, which hands the answer over. */
export const COMPANY_RETURN_PATH = "/sign-in/company";

interface Facts {
  readonly nonce: string;
  readonly challenge: string;
  readonly label: string;
  /** Path of the console to go on with. */
  readonly to: string;
  /** Who connects an account, in which session, and by which signature; null where somebody signs in. */
  readonly connecting: { readonly person: string; readonly session: string; readonly assertion: string } | null;
}

export interface Begun {
  readonly redirect: string;
  /** For a cookie of this browser: PKCE's verifier, so that nobody else can redeem the answer, neither here nor at the provider. */
  readonly verifier: string;
}

export interface Came {
  /** What stands behind the # of the address the provider sent the browser to: `code=…&state=…`. */
  readonly answer: string;
  readonly verifier: string | undefined;
  readonly caller: Caller | undefined;
  readonly address: string;
}

export interface Finished {
  readonly to: string;
  /** Undefined where an account was connected: the session goes on. */
  readonly opened: Opened | undefined;
}

export interface CompanySignInDependencies {
  /** Undefined where none is configured. */
  readonly provider: CompanyProvider | undefined;
  readonly accounts: CompanyAccounts;
  readonly clientKey: CompanyClientKey;
  readonly challenges: Challenges;
  readonly sessions: Sessions;
  readonly directory: PersonDirectory;
}

export type CompanySignIn = ReturnType<typeof createCompanySignIn>;

export function createCompanySignIn(deps: CompanySignInDependencies) {
  return {
    /** As the button calls the provider. */
    name: deps.provider?.settings.name,

    /** What the provider knows us by; nothing where we are a public client. */
    publishedKeys: async (now: Instant) =>
      deps.provider?.settings.clientAuth === "private_key_jwt" ? deps.clientKey.published(now) : { keys: [] },

    begin: (asked: { to: string; label: string }, now: Instant) => begin(deps, { ...asked, connecting: null }, now),

    beginConnecting: (caller: Caller, assertion: string, asked: { to: string; label: string }, now: Instant) =>
      begin(deps, { ...asked, connecting: { person: caller.personId, session: caller.sessionId, assertion } }, now),

    finish: (came: Came, now: Instant) => finish(deps, came, now),
  };
}

async function begin({ provider, challenges }: CompanySignInDependencies, asked: Omit<Facts, "nonce" | "challenge">, now: Instant) {
  const company = configured(provider);
  const verifier = newSecret();
  const question = { nonce: newSecret(), challenge: pkceChallenge(verifier) };
  const state = await challenges.put("company_sign_in", { ...asked, ...question } satisfies Facts, now);
  return { redirect: await company.addressFor({ ...question, state }, now), verifier } satisfies Begun;
}

/**
 * Refuses `access.challengeInvalid` for an answer nobody here asked for, that was used, is late, or came to another browser, before
 * the provider or the words in the answer are looked at.
 */
async function finish(deps: CompanySignInDependencies, came: Came, now: Instant): Promise<Finished> {
  const provider = configured(deps.provider);
  const state = new URLSearchParams(came.answer).get("state") ?? "";
  const facts = await deps.challenges.take<Facts>(state, "company_sign_in", now);
  const { verifier } = came;
  const { connecting, nonce, to, label } = facts;
  const isTheirs = connecting === null || connecting.session === came.caller?.sessionId;
  if (verifier === undefined || pkceChallenge(verifier) !== facts.challenge || !isTheirs) {
    const detail = "This sign-in was begun in another browser or another session. Start again in this one.";
    throw new Refused([refusal("access.challengeInvalid", detail)]);
  }
  const identity = await provider.redeem(came.answer, { state, nonce, verifier }, now);
  refuseWeak(provider.settings, identity);
  if (connecting !== null) {
    await deps.accounts.connect(identity, connecting.person, connecting.assertion, now);
    return { to, opened: undefined };
  }
  return { to, opened: await openFor(deps, identity, provider.settings, { label, address: came.address }, now) };
}

function refuseWeak(settings: CompanySettings, identity: CompanyIdentity): void {
  const weakness = weaknessOf(settings, identity);
  if (weakness === undefined) return;
  const detail = `${settings.name} did not say that you signed in strongly enough. ${weakness}`;
  throw new Refused([refusal("access.companySignInWeak", detail)], 403);
}

async function openFor(
  deps: CompanySignInDependencies,
  identity: CompanyIdentity,
  settings: CompanySettings,
  from: { label: string; address: string },
  now: Instant,
): Promise<Opened> {
  const { id, person } = await deps.accounts.signInAs(identity, settings, now);
  const roles = (await deps.directory.loadCaller(person))?.roles ?? [];
  const opened = await deps.sessions.open({ kind: "browser", person, opener: { kind: "company_account", id }, roles, ...from }, now);
  await deps.accounts.noteSignIn(id, identity, opened.session.id, now);
  return opened;
}

function configured(provider: CompanyProvider | undefined): CompanyProvider {
  if (provider !== undefined) return provider;
  throw new Refused([refusal("access.companySignInOff", "No company provider is configured here. Sign in with your passkey.")], 409);
}
