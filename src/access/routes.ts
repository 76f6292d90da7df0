import { refusal, Refused } from "../kernel/problem.ts";
import type { Instant } from "../kernel/time.ts";
import { type Call, type Caller, callerOf, type Route, route } from "../platform/http.ts";
import * as contract from "./contract.ts";
import { companyRoutes } from "./company-routes.ts";
import { setCookie } from "./cookie.ts";
import { type Invitation, isUsable } from "./invitation.ts";
import { limitTries, personAsked } from "./public-calls.ts";
import { ACCESS_ACTIONS, type Access } from "./service.ts";
import { idleEnd, type Session } from "./session.ts";
import type { StoredPasskey } from "./store.ts";

export function accessRoutes(access: Access): readonly Route[] {
  return [
    ...publicRoutes(access),
    ...sessionRoutes(access),
    ...passkeyRoutes(access),
    ...invitationRoutes(access),
    ...signingRoutes(access),
    ...companyRoutes(access),
  ];
}

/** What a stranger may call: limited per address, and worded alike whatever is the matter. */
function publicRoutes(access: Access): readonly Route[] {
  const limited = (call: Call): void => limitTries(access, call);
  return [
    route(contract.beginSignIn, async (_, call) => {
      limited(call);
      return asQuestion(await access.signIn.begin(call.now));
    }),
    route(contract.finishSignIn, async ({ body }, call) => {
      limited(call);
      const opened = await access.signIn.finish({ ...body, address: call.remoteAddress }, call.now);
      // The browser has one session; the one it had before would go on unseen.
      if (call.caller !== undefined) await access.sessions.end({ id: call.caller.sessionId }, "replaced", call.now);
      call.setHeader("Set-Cookie", setCookie(access.rp.origin, opened.token, opened.maxAgeSeconds));
      return meOf(access, opened.session);
    }),
    route(contract.beginEnrolment, async ({ body }, call) => {
      limited(call);
      const { name, isFirstRun, ...question } = await access.enrolment.begin(body.secret, body.name, call.now);
      return { ...asQuestion(question), name, isFirstRun };
    }),
    route(contract.finishEnrolment, async ({ body }, call) => {
      limited(call);
      return access.enrolment.finish(body, call.now);
    }),
    route(contract.exchangeCliCode, async ({ body }, call) => {
      limited(call);
      const { token, session } = await access.cliGrants.exchange({ ...body, address: call.remoteAddress }, call.now);
      return { token, person: session.person, expiresAt: session.expiresAt };
    }),
  ];
}

function sessionRoutes(access: Access): readonly Route[] {
  return [
    route(contract.readSession, async (_, call) => meOf(access, await access.sessions.load(callerOf(call).sessionId))),
    route(contract.signOut, async (_, call) => {
      await access.sessions.end({ id: callerOf(call).sessionId }, "signed_out", call.now);
      call.setHeader("Set-Cookie", setCookie(access.rp.origin, undefined));
      return {};
    }),
    route(contract.listSessions, async ({ query }, call) => {
      const caller = callerOf(call);
      const sessions = await access.sessions.liveOf(personAsked(caller, query.person), call.now);
      return { items: sessions.map((session) => sessionView(session, caller.sessionId)) };
    }),
    route(contract.revokeSession, async ({ params }, call) => {
      await access.sessions.revoke(callerOf(call), params.id, call.now);
      return {};
    }),
    route(contract.endSessions, async ({ body }, call) => {
      const caller = callerOf(call);
      return { ended: await access.sessions.endOthers(personAsked(caller, body.person), caller.sessionId, call.now) };
    }),
    route(contract.grantCli, async ({ body }, call) =>
      // A Response is not kept for repeated requests: the code in it is a secret, and kept nowhere.
      Response.json({ redirect: await access.cliGrants.grant(callerOf(call), body, call.now) }, NOT_KEPT),
    ),
  ];
}

function passkeyRoutes(access: Access): readonly Route[] {
  return [
    route(contract.listPasskeys, async ({ query }, call) => ({
      items: (await access.passkeys.listOf(personAsked(callerOf(call), query.person))).map(passkeyView),
    })),
    route(contract.beginPasskey, async ({ body }, call) => asQuestion(await access.beginAdding(callerOf(call), body.assertion, call.now))),
    route(contract.addPasskey, async ({ body }, call) =>
      passkeyView(await access.passkeys.load(await access.finishAdding(callerOf(call), body, call.now))),
    ),
    route(contract.removePasskey, async ({ params, body }, call) => {
      const caller = callerOf(call);
      const { passkey } = await access.passkeys.load(params.id);
      if (passkey.person !== caller.personId && !isAdministrator(caller)) {
        throw new Refused([refusal("access.passkeyNotFound", "There is no such passkey of yours.")], 404);
      }
      const { digest } = await access.assertions.verifySubject(caller, body.assertion, ACCESS_ACTIONS.removePasskey, params.id, call.now);
      await access.passkeys.remove(caller, params.id, digest, call.now);
      return {};
    }),
  ];
}

function invitationRoutes(access: Access): readonly Route[] {
  return [
    route(contract.listInvitations, async ({ query }, call) => {
      const found = await access.enrolment.list(query.limit + 1, query.cursor);
      const shown = found.slice(0, query.limit);
      const items = await Promise.all(shown.map(async (each) => ({ ...invitationView(each, call.now), ...(await nameOf(access, each)) })));
      return { items, ...(found.length > query.limit && { next: items.at(-1)!.id }) };
    }),
    route(contract.invite, async ({ body }, call) => {
      const caller = callerOf(call);
      const { digest } = await access.assertions.verifySubject(caller, body.assertion, ACCESS_ACTIONS.invite, body.person, call.now);
      const { invitation, link } = await access.enrolment.invite(
        body.person,
        { administrator: caller.personId, assertion: digest },
        call.now,
      );
      return Response.json({ invitation: invitationView(invitation, call.now), link }, NOT_KEPT);
    }),
    route(contract.revokeInvitation, async ({ params }, call) => {
      await access.enrolment.revoke(params.id, callerOf(call).personId, call.now);
      return {};
    }),
  ];
}

function signingRoutes(access: Access): readonly Route[] {
  return [
    route(contract.beginAssertion, async ({ body }, call) => asQuestion(await access.assertions.begin(callerOf(call), body, call.now))),
    route(contract.readAssertion, async ({ params }) => {
      const record = await access.assertions.find(params.digest);
      if (record === undefined) throw new Refused([refusal("http.notFound", "There is nothing here, or nothing you may know of.")], 404);
      return { record: { ...record } };
    }),
  ];
}

const NOT_KEPT: ResponseInit = { status: 201, headers: { "Cache-Control": "no-store" } };

function asQuestion(question: { challengeId: string; options: object }): { challengeId: string; options: Record<string, unknown> } {
  return { challengeId: question.challengeId, options: { ...question.options } };
}

function isAdministrator(caller: Caller): boolean {
  return caller.roles.includes("administrator");
}

async function meOf(access: Access, session: Session) {
  const person = await access.directory.loadCaller(session.person);
  return {
    person: { id: session.person, name: person?.name ?? session.person },
    roles: [...(person?.roles ?? [])],
    session: sessionView(session, session.id),
  };
}

function sessionView(session: Session, current: string) {
  const { id, kind, opener, label, address, openedAt, seenAt, expiresAt } = session;
  return {
    id,
    kind,
    openedBy: opener.kind,
    label,
    address,
    openedAt,
    seenAt,
    expiresAt,
    idleUntil: idleEnd(session),
    isThis: id === current,
  };
}

function passkeyView({ passkey, usedAt }: StoredPasskey) {
  const { id, label, state, deviceType, backedUp, transports, registeredAt } = passkey;
  return {
    id,
    label,
    state,
    deviceType,
    backedUp,
    transports: [...transports],
    registeredAt,
    ...(usedAt !== null && { usedAt }),
    ...(passkey.state === "suspended" && { why: passkey.why }),
  };
}

async function nameOf(access: Access, { person }: Invitation): Promise<{ name?: string }> {
  const invited = person === null ? undefined : await access.directory.loadCaller(person);
  return invited === undefined ? {} : { name: invited.name };
}

function invitationView(invitation: Invitation, now: Instant) {
  const { id, purpose, person, invitedAt, expiresAt } = invitation;
  const state = invitation.state === "open" && !isUsable(invitation, now) ? ("ended" as const) : invitation.state;
  return { id, purpose, state, invitedAt, expiresAt, ...(person !== null && { person }) };
}
