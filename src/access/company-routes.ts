import { refusal, Refused } from "../kernel/problem.ts";
import { type Call, type Caller, callerOf, type Route, route } from "../platform/http.ts";
import type { CompanyAccount } from "./company-account.ts";
import * as contract from "./contract-company.ts";
import { readCookie, setCookie } from "./cookie.ts";
import { limitTries, personAsked } from "./public-calls.ts";
import { ACCESS_ACTIONS, type Access } from "./service.ts";

/** A person may have to find their phone first; the question itself is over after five minutes. */
const VERIFIER_SECONDS = 300;

export function companyRoutes(access: Access): readonly Route[] {
  const { companySignIn, companyAccounts, assertions, rp } = access;
  /** Not kept for repeated requests, and the verifier in a cookie that no script and no other site gets at. */
  const sent = (call: Call, { redirect, verifier }: { redirect: string; verifier: string }): Response => {
    call.setHeader("Set-Cookie", setCookie(rp.origin, verifier, VERIFIER_SECONDS, "company"));
    return Response.json({ redirect }, { headers: { "Cache-Control": "no-store" } });
  };
  return [
    route(contract.readCompanySignIn, () => Promise.resolve({ ...(companySignIn.name !== undefined && { name: companySignIn.name }) })),
    route(contract.readCompanyClientKeys, async (_, call) => {
      limitTries(access, call);
      return companySignIn.publishedKeys(call.now);
    }),
    route(contract.beginCompanySignIn, async ({ body }, call) => {
      limitTries(access, call);
      return sent(call, await companySignIn.begin(body, call.now));
    }),
    route(contract.finishCompanySignIn, async ({ body }, call) => {
      limitTries(access, call);
      return finish(access, body.answer, call);
    }),
    route(contract.listCompanyAccounts, async ({ query }, call) => {
      const accounts = await companyAccounts.listOf(personAsked(callerOf(call), query.person));
      return { items: accounts.map(accountView) };
    }),
    route(contract.connectCompanyAccount, async ({ body }, call) => {
      const caller = callerOf(call);
      const { digest } = await assertions.verifySubject(caller, body.assertion, ACCESS_ACTIONS.connectAccount, caller.personId, call.now);
      return sent(call, await companySignIn.beginConnecting(caller, digest, { to: body.to, label: "" }, call.now));
    }),
    route(contract.disconnectCompanyAccount, async ({ params, body }, call) => {
      const caller = callerOf(call);
      const { account } = await companyAccounts.load(params.id);
      refuseOthers(caller, account);
      const { digest } = await assertions.verifySubject(caller, body.assertion, ACCESS_ACTIONS.disconnectAccount, params.id, call.now);
      await companyAccounts.disconnect(caller, params.id, digest, call.now);
      return {};
    }),
  ];
}

async function finish({ companySignIn, sessions, rp }: Access, answer: string, call: Call) {
  const verifier = readCookie(rp.origin, call.cookies, "company");
  const { to, opened } = await companySignIn.finish({ answer, verifier, caller: call.caller, address: call.remoteAddress }, call.now);
  call.setHeader("Set-Cookie", setCookie(rp.origin, undefined, 0, "company"));
  if (opened === undefined) return { to, outcome: "connected" as const };
  // The browser has one session; the one it had before would go on unseen.
  if (call.caller !== undefined) await sessions.end({ id: call.caller.sessionId }, "replaced", call.now);
  call.setHeader("Set-Cookie", setCookie(rp.origin, opened.token, opened.maxAgeSeconds));
  return { to, outcome: "signedIn" as const };
}

function refuseOthers(caller: Caller, account: CompanyAccount): void {
  if (account.person === caller.personId || caller.roles.includes("administrator")) return;
  throw new Refused([refusal("access.companyAccountNotFound", "There is no such company account of yours.")], 404);
}

function accountView({ id, issuer, subject, connectedAt }: CompanyAccount) {
  return { id, issuer, subject, connectedAt };
}
