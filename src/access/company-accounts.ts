/** Which account of the company's provider is whose: connected once, by the person's passkey or by what a directory knows. */
import { commit, type CommitContext, retryOnConflict, VersionConflict } from "../journal/append.ts";
import type { Actor } from "../journal/entry.ts";
import { refusal, Refused } from "../kernel/problem.ts";
import type { Instant } from "../kernel/time.ts";
import { isDuplicate } from "../platform/db.ts";
import type { Caller } from "../platform/http.ts";
import type { Authentication, CompanyAccount, ConnectedVia } from "./company-account.ts";
import { companyAccountChange, type CompanyAccountStore, type StoredCompanyAccount } from "./company-account-store.ts";
import type { CompanyIdentity, CompanySettings } from "./company-provider.ts";
import type { PersonDirectory } from "./person-directory.ts";
import type { Sessions } from "./sessions.ts";

export interface CompanyAccountDependencies extends CommitContext {
  readonly store: CompanyAccountStore;
  readonly directory: PersonDirectory;
  readonly sessions: Sessions;
}

export type CompanyAccounts = ReturnType<typeof createCompanyAccounts>;

export function createCompanyAccounts(deps: CompanyAccountDependencies) {
  return {
    listOf: async (person: string): Promise<CompanyAccount[]> => (await deps.store.connectedOf(person)).map(({ account }) => account),

    load: (id: string) => load(deps, id),

    signInAs: (identity: CompanyIdentity, settings: CompanySettings, now: Instant) => signInAs(deps, identity, settings, now),

    /** Connects an account to the person who signed for it. Refuses `access.companyAccountTaken`. */
    connect: (identity: CompanyIdentity, person: string, assertion: string, now: Instant): Promise<CompanyAccount> =>
      connect(deps, identity, person, { kind: "passkey", assertion }, now),

    /** The entry a sign-in leaves: in the account's own history. */
    async noteSignIn(id: string, { acr, amr }: Authentication, session: string, now: Instant): Promise<void> {
      await retryOnConflict(async () => {
        const before = await load(deps, id);
        const change = companyAccountChange(before, { type: "signedIn", data: { session, acr, amr: [...amr] } });
        await commit(deps, { at: now, actor: { kind: "person", id: before.account.person }, changes: [change] });
      });
    },

    /** Ends a connection, and with it every session it opened. `assertion` is the digest of whoever ends it. */
    async disconnect(caller: Caller, id: string, assertion: string, now: Instant): Promise<void> {
      await retryOnConflict(async () => {
        const before = await load(deps, id);
        const change = companyAccountChange(before, { type: "disconnected", data: { at: now, assertion } });
        await commit(deps, { at: now, actor: { kind: "person", id: caller.personId }, changes: [change] });
      });
      await deps.sessions.end({ companyAccount: id }, "account_disconnected", now);
    },
  };
}

async function load({ store }: CompanyAccountDependencies, id: string): Promise<StoredCompanyAccount> {
  const found = await store.find(id);
  if (found?.account.state === "connected") return found;
  throw new Refused([refusal("access.companyAccountNotFound", "There is no such company account of yours.")], 404);
}

/**
 * The connection an identity signs in with. An account nobody connected is connected here only where the provider names an
 * account that a directory says is an active person's, and never a second time: what was disconnected stays so until its person
 * signs for it. Names and addresses are not looked at: people can change them at the provider.
 */
async function signInAs(
  deps: CompanyAccountDependencies,
  identity: CompanyIdentity,
  settings: CompanySettings,
  now: Instant,
): Promise<CompanyAccount> {
  const history = await deps.store.ofSubject(identity.issuer, identity.subject);
  const connected = history.find(({ account }) => account.state === "connected")?.account;
  const named = await personNamed(deps, identity, settings);
  if (connected === undefined) {
    if (named === undefined || history.length > 0) throw unknown();
    await refuseGone(deps, named.person);
    return connect(deps, identity, named.person, named.via, now);
  }
  if (named !== undefined && named.person !== connected.person) {
    throw taken("Your provider says now that this account is another person's than the one it was connected to.");
  }
  await refuseGone(deps, connected.person);
  return connected;
}

async function refuseGone({ directory }: CompanyAccountDependencies, person: string): Promise<void> {
  if ((await directory.loadCaller(person))?.active !== true) throw unknown();
}

interface Named {
  readonly person: string;
  readonly via: ConnectedVia;
}

async function personNamed(
  { directory }: CompanyAccountDependencies,
  { accountKey: key }: CompanyIdentity,
  { account }: CompanySettings,
): Promise<Named | undefined> {
  if (account === undefined || key === undefined) return undefined;
  const person = await directory.findByAccount(account.connection, key);
  return person === undefined ? undefined : { person, via: { kind: "directory", connection: account.connection, key } };
}

async function connect(
  deps: CompanyAccountDependencies,
  { issuer, subject }: CompanyIdentity,
  person: string,
  via: ConnectedVia,
  now: Instant,
): Promise<CompanyAccount> {
  return retryOnConflict(async () => {
    const [mine] = (await deps.store.connectedOf(person)).filter(({ account }) => account.issuer === issuer);
    const theirs = (await deps.store.ofSubject(issuer, subject)).find(({ account }) => account.state === "connected");
    if (mine !== undefined && mine.account.subject === subject) return mine.account;
    if (mine !== undefined) throw taken("Another account of this provider is connected to this person. It has to be disconnected first.");
    if (theirs !== undefined) throw taken("This account is connected to another person. It has to be disconnected there first.");
    const id = deps.ids.next("companyAccount");
    const change = companyAccountChange(undefined, { type: "connected", data: { id, person, issuer, subject, connectedAt: now, via } });
    const actor: Actor = via.kind === "passkey" ? { kind: "person", id: person } : { kind: "system", id: "access" };
    await commit(deps, { at: now, actor, changes: [change] }).catch(decideAgain);
    return change.state as CompanyAccount;
  });
}

/** Two sign-ins connected at the same moment: the second one decides again with what the first one did. */
function decideAgain(error: unknown): never {
  throw isDuplicate(error) ? new VersionConflict("the account was connected meanwhile") : error;
}

function taken(detail: string): Refused {
  return new Refused([refusal("access.companyAccountTaken", detail)], 409);
}

/** Unknown, disconnected, and of somebody who left: the same words for all of it. */
function unknown(): Refused {
  const detail =
    "This company account is connected to nobody here. Sign in with your passkey and connect it under Your access. Without a passkey, ask an administrator for an invitation.";
  return new Refused([refusal("access.companyAccountUnknown", detail)], 403);
}
