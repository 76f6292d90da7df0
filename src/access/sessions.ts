/** Opening, recognising and ending sessions. */
import type { Ids } from "../kernel/id.ts";
import { refusal, Refused } from "../kernel/problem.ts";
import { duration, earliest, epochMs, type Instant, subtractDuration } from "../kernel/time.ts";
import type { Caller } from "../platform/http.ts";
import { readCookie } from "./cookie.ts";
import type { PersonDirectory } from "./person-directory.ts";
import { CLI_TOKEN_PREFIX, hashSecret, newSecret } from "./secret.ts";
import { isLive, isWorthTouching, type Opener, rolesKey, type Session, type SessionEnd, sessionEnd, type SessionKind } from "./session.ts";
import type { SessionsOf, SessionStore } from "./session-store.ts";

/** Ended sessions stay visible this long, so that a person can look up where they were signed in. */
const KEPT = duration("P30D");

export interface Opened {
  /** Given out here once; only its hash is kept. */
  readonly token: string;
  readonly session: Session;
  readonly maxAgeSeconds: number;
}

export interface SessionDependencies {
  readonly store: SessionStore;
  readonly directory: PersonDirectory;
  readonly ids: Ids;
  readonly origin: string;
  /** The company provider that is configured; without it what it opened ends. */
  readonly companyIssuer: string | undefined;
}

export type Sessions = ReturnType<typeof createSessions>;

export function createSessions(deps: SessionDependencies) {
  const { store } = deps;
  return {
    open: (asked: OpenRequest, now: Instant) => open(deps, asked, now),

    /** Who is calling, by cookie or by `Authorization: Bearer`. A header, once sent, is not rescued by a cookie. */
    authenticate: (request: Request, now: Instant) => authenticate(deps, request, now),

    /** Who a session stands for now, without counting as use of it: what only listens keeps no session alive. */
    recall: (id: string, now: Instant) => recall(deps, id, now),

    find: (id: string): Promise<Session | undefined> => store.find(id),

    async load(id: string): Promise<Session> {
      const session = await store.find(id);
      if (session === undefined) throw notFound();
      return session;
    },

    async liveOf(person: string, now: Instant): Promise<Session[]> {
      return (await store.openOf(person)).filter((session) => isLive(session, now));
    },

    /** Ends a session of one's own; an administrator, anybody's. */
    async revoke(caller: Caller, id: string, now: Instant): Promise<void> {
      const session = await store.find(id);
      const isTheirs = session?.person === caller.personId || caller.roles.includes("administrator");
      if (session === undefined || session.endedAt !== null || !isTheirs) throw notFound();
      await store.end({ id }, "revoked", now);
    },

    /** Ends every session of a person but the one that asks, command lines too; returns how many. */
    async endOthers(person: string, asking: string, now: Instant): Promise<number> {
      const live = (await store.openOf(person)).filter((session) => session.id !== asking && isLive(session, now));
      await store.endOthers(person, asking, "revoked", now);
      return live.length;
    },

    end: (which: SessionsOf, why: SessionEnd, now: Instant): Promise<void> => store.end(which, why, now),

    forget: (now: Instant): Promise<void> => store.forget(now, subtractDuration(now, KEPT)),
  };
}

export interface OpenRequest {
  readonly kind: SessionKind;
  readonly person: string;
  readonly opener: Opener;
  readonly roles: readonly string[];
  readonly label: string;
  readonly address: string;
  /** Ends then at the latest: what a session lets in does not outlive it. */
  readonly notAfter?: Instant;
}

async function open(deps: SessionDependencies, { roles, notAfter, ...facts }: OpenRequest, now: Instant): Promise<Opened> {
  const token = facts.kind === "cli" ? CLI_TOKEN_PREFIX + newSecret() : newSecret();
  const end = sessionEnd(facts.kind, facts.opener, now);
  const session: Session = {
    ...facts,
    id: deps.ids.next("session"),
    rolesAtSignIn: rolesKey(roles),
    openedAt: now,
    seenAt: now,
    expiresAt: notAfter === undefined ? end : earliest(end, notAfter),
    endedAt: null,
    endedWhy: null,
  };
  await deps.store.insert(session, hashSecret(token));
  return { token, session, maxAgeSeconds: (epochMs(session.expiresAt) - epochMs(now)) / 1000 };
}

async function authenticate(deps: SessionDependencies, request: Request, now: Instant): Promise<Caller | undefined> {
  const header = request.headers.get("Authorization");
  const kind: SessionKind = header === null ? "browser" : "cli";
  const token = header === null ? readCookie(deps.origin, request.headers.get("Cookie")) : /^Bearer (\S+)$/i.exec(header)?.[1];
  const session = token === undefined ? undefined : await deps.store.findByToken(hashSecret(token), deps.companyIssuer);
  if (session === undefined || session.kind !== kind || session.endedAt !== null) return undefined;
  const roles = await standing(deps, session, now);
  if (typeof roles === "string") {
    await deps.store.end({ id: session.id }, roles, now);
    return undefined;
  }
  if (isWorthTouching(session, now)) await deps.store.touch(session.id, now);
  return callerBy(session, roles);
}

async function recall(deps: SessionDependencies, id: string, now: Instant): Promise<Caller | undefined> {
  const session = await deps.store.find(id);
  if (session === undefined || session.endedAt !== null) return undefined;
  const roles = await standing(deps, session, now);
  return typeof roles === "string" ? undefined : callerBy(session, roles);
}

function callerBy({ id, person, opener }: Session, roles: readonly string[]): Caller {
  return { personId: person, roles, sessionId: id, byPasskey: opener.kind === "passkey" };
}

/** The person's roles, or why the session cannot go on. Read every time: what a session remembers of roles opens nothing. */
async function standing(deps: SessionDependencies, session: Session, now: Instant): Promise<readonly string[] | SessionEnd> {
  if (!isLive(session, now)) return "idle";
  const person = await deps.directory.loadCaller(session.person);
  if (person === undefined || !person.active) return "person_left";
  return rolesKey(person.roles) === session.rolesAtSignIn ? person.roles : "roles_changed";
}

function notFound(): Refused {
  return new Refused([refusal("access.sessionNotFound", "There is no such session of yours.")], 404);
}
