/** Access, wired: who somebody is, and that it was they who decided. */
import type { CommitContext } from "../journal/append.ts";
import type { Instant } from "../kernel/time.ts";
import type { AssertionBody } from "../kernel/contract.ts";
import type { Caller } from "../platform/http.ts";
import type { Seal } from "../platform/seal.ts";
import { createAssertions } from "./assertions.ts";
import { createCompanyAccountStore } from "./company-account-store.ts";
import { createCompanyAccounts } from "./company-accounts.ts";
import { createCompanyClientKey } from "./company-client-key.ts";
import { createCompanyClientKeyStore } from "./company-client-key-store.ts";
import { type CompanySettings, createCompanyProvider } from "./company-provider.ts";
import { COMPANY_RETURN_PATH, createCompanySignIn } from "./company-sign-in.ts";
import { type Bound, createChallengeStore } from "./challenge-store.ts";
import { createSessionStore } from "./session-store.ts";
import { createChallenges, freshChallenge } from "./challenges.ts";
import { createCliGrants } from "./cli-grants.ts";
import { createEnrolment } from "./enrolment.ts";
import type { RegisteredVia } from "./passkey.ts";
import { createPasskeys } from "./passkeys.ts";
import type { PersonDirectory } from "./person-directory.ts";
import { createRateLimit, PUBLIC_LIMIT, type RateLimitSettings } from "./rate-limit.ts";
import { askForRegistration, readRegistration, relyingPartyOf } from "./relying-party.ts";
import { createSessions } from "./sessions.ts";
import { createSignIn } from "./sign-in.ts";
import { createAccessStore } from "./store.ts";

export interface AccessDependencies extends CommitContext {
  /** Address people type: `https://postern.example`, or `http://localhost:8080`. */
  readonly origin: string;
  readonly directory: PersonDirectory;
  readonly publicLimit?: RateLimitSettings;
  /** The company's OpenID provider, where people may also sign in through it. */
  readonly company?: CompanySettings | undefined;
  readonly sealer: Seal;
}

export type Access = ReturnType<typeof createAccess>;

/** What callers sign to add a passkey, remove one, invite somebody, connect a company account or end that. Their content is their subject. */
export const ACCESS_ACTIONS = {
  addPasskey: "access.addPasskey",
  removePasskey: "access.removePasskey",
  invite: "access.invite",
  connectAccount: "access.connectAccount",
  disconnectAccount: "access.disconnectAccount",
} as const;

interface AddingFacts {
  readonly challenge: string;
  readonly assertion: string;
}

export function createAccess(deps: AccessDependencies) {
  const rp = relyingPartyOf(deps.origin);
  const store = createAccessStore(deps.db);
  const challengeStore = createChallengeStore(deps.db);
  const challenges = createChallenges(challengeStore);
  const sessions = createSessions({
    store: createSessionStore(deps.db),
    directory: deps.directory,
    ids: deps.ids,
    origin: rp.origin,
    companyIssuer: deps.company?.issuer,
  });
  const shared = { db: deps.db, ids: deps.ids, rp, store, challenges, sessions, directory: deps.directory };
  const passkeys = createPasskeys(shared);
  const assertions = createAssertions({ ...shared, passkeys });
  const companyAccounts = createCompanyAccounts({ ...shared, store: createCompanyAccountStore(deps.db) });
  const clientKey = createCompanyClientKey({ store: createCompanyClientKeyStore(deps.db), sealer: deps.sealer });
  const provider = deps.company && createCompanyProvider(deps.company, `${rp.origin}${COMPANY_RETURN_PATH}`, clientKey);

  return {
    rp,
    sessions,
    passkeys,
    assertions,
    directory: deps.directory,
    signIn: createSignIn({ ...shared, passkeys }),
    enrolment: createEnrolment({ ...shared, passkeys }),
    cliGrants: createCliGrants({ store: challengeStore, sessions, directory: deps.directory }),
    companyAccounts,
    companySignIn: createCompanySignIn({ ...shared, provider, accounts: companyAccounts, clientKey }),
    publicLimit: createRateLimit(deps.publicLimit ?? PUBLIC_LIMIT),
    authenticate: (request: Request, now: Instant) => sessions.authenticate(request, now),

    /** A further passkey of one's own: signed for with one that works, so that an open session alone cannot plant a key. */
    async beginAdding(caller: Caller, body: AssertionBody, now: Instant) {
      const { digest } = await assertions.verifySubject(caller, body, ACCESS_ACTIONS.addPasskey, caller.personId, now);
      const name = (await deps.directory.loadCaller(caller.personId))?.name ?? caller.personId;
      const challenge = freshChallenge();
      const challengeId = await challenges.put("add_passkey", { challenge, assertion: digest } satisfies AddingFacts, now, boundTo(caller));
      const options = await askForRegistration(rp, challenge, { id: caller.personId, name }, await passkeys.activeOf(caller.personId));
      return { challengeId, options };
    },

    async finishAdding(caller: Caller, given: { challengeId: string; response: unknown; label: string }, now: Instant): Promise<string> {
      const { challenge, assertion } = await challenges.take<AddingFacts>(given.challengeId, "add_passkey", now, boundTo(caller));
      const credential = await readRegistration(rp, challenge, given.response);
      const via: RegisteredVia = { kind: "passkey", assertion };
      const { passkey, change } = passkeys.newChange({ person: caller.personId, label: given.label, via }, credential, now);
      await passkeys.register({ kind: "person", id: caller.personId }, [change], now);
      return passkey;
    },

    /** Ends every session of a person at once: the people module says when they leave. */
    endSessionsOf: (person: string, now: Instant): Promise<void> => sessions.end({ person }, "person_left", now),

    /** Deletes what is over; called by the tick. */
    forget: (now: Instant): Promise<void> => sessions.forget(now),
  };
}

function boundTo(caller: Caller): Bound {
  return { person: caller.personId, session: caller.sessionId };
}
