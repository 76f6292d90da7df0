import { beforeAll, expect, test } from "vitest";

import { type OpenAccess, openAccess, STARTED } from "../../test/support/access.ts";
import { type Browser, codeOf, createBrowser, questionOf } from "../../test/support/browser.ts";
import { describeOnBothDatabases } from "../../test/support/databases.ts";
import { faultsOf, runMatrix } from "../../test/support/matrix.ts";
import { addDuration, duration } from "../kernel/time.ts";
import { createRateLimit } from "./rate-limit.ts";
import { accessRoutes } from "./routes.ts";
import { type Database, executeSql } from "../platform/db.ts";

const later = (length: string) => addDuration(STARTED, duration(length));

const isIn = async (browser: Browser) => (await browser.ask("GET", "/api/v1/session")).status === 200;

describeOnBothDatabases("sessions", (open) => {
  let database: Database;
  let at: OpenAccess;
  let counter = 0;
  beforeAll(async () => {
    database = await open();
    at = openAccess(database);
  });
  const newcomer = (roles: readonly string[] = ["iam"], kind?: "synced" | "device_bound") => at.signedIn(`per_${++counter}`, roles, kind);
  const headersOf = async (role: string) => ({ Cookie: (await newcomer([role])).cookie(), Origin: at.origin });
  const atTime = async (length: string, run: () => Promise<void>) => {
    at.clock.set(later(length));
    await run().finally(() => at.clock.set(STARTED));
  };

  test("200: the cookie is HttpOnly and SameSite=Strict, and signing out takes it back and ends the session", async () => {
    const browser = await newcomer();
    const cookie = browser.cookie();
    expect(cookie).toMatch(/^postern-8080=[A-Za-z0-9_-]{43}$/);
    const out = await browser.ask("DELETE", "/api/v1/session");
    expect(out.headers.get("Set-Cookie")).toBe("postern-8080=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
    browser.setCookie(cookie);
    expect(await isIn(browser)).toBe(false);
  });

  test("over https the cookie is bound to the host and to TLS", async () => {
    const secure = openAccess(await open(), { origin: "https://postern.example" });
    const browser = secure.browser();
    await secure.persons.add("per_a", ["iam"]);
    const me = await browser.enrol((await secure.access.enrolment.invite("per_a", undefined, STARTED)).link);
    expect(me.headers.get("Set-Cookie")).toMatch(/^__Host-postern=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure; Max-Age=43200$/);
  });

  test("a session ends after 30 idle minutes, not before, and stays ended", async () => {
    const browser = await newcomer();
    await atTime("PT29M59S", async () => expect(await isIn(browser)).toBe(true));
    await atTime("PT59M59S", async () => expect(await isIn(browser)).toBe(false));
    expect(await isIn(browser)).toBe(false);
  });

  test("a session in constant use ends after 12 hours", async () => {
    const browser = await newcomer();
    for (let minutes = 20; minutes < 720; minutes += 20) await atTime(`PT${minutes}M`, async () => expect(await isIn(browser)).toBe(true));
    await atTime("PT719M", async () => expect(await isIn(browser)).toBe(true));
    await atTime("PT720M", async () => expect(await isIn(browser)).toBe(false));
  });

  test("roles are read at every request: a change of them ends the session, and the next one has the new roles", async () => {
    const browser = await newcomer(["iam"]);
    const person = `per_${counter}`;
    await at.persons.setRoles(person, ["auditor"]);
    expect(await isIn(browser)).toBe(false);
    expect((await browser.signIn()).body).toMatchObject({ roles: ["auditor"] });
  });

  test("a person who left is out at once and does not get in again", async () => {
    const browser = await newcomer();
    await at.persons.leave(`per_${counter}`);
    expect(await isIn(browser)).toBe(false);
    expect(codeOf(await browser.signIn())).toBe("access.signInRefused");
  });

  test("404: one sees and ends one's own sessions; somebody else's only as an administrator", async () => {
    const [mine, other, admin] = [await newcomer(), await newcomer(), await newcomer(["administrator"])];
    const listed = await mine.ask("GET", "/api/v1/sessions");
    const [session] = listed.body["items"] as { id: string; isThis: boolean }[];
    expect(session!.isThis).toBe(true);
    expect(codeOf(await other.ask("DELETE", `/api/v1/sessions/${session!.id}`))).toBe("access.sessionNotFound");
    expect(codeOf(await other.ask("GET", `/api/v1/sessions?person=per_${counter - 2}`))).toBe("access.personUnknown");
    expect(await isIn(mine)).toBe(true);
    expect((await admin.ask("GET", `/api/v1/sessions?person=per_${counter - 2}`)).body["items"]).toHaveLength(1);
    expect((await admin.ask("DELETE", `/api/v1/sessions/${session!.id}`)).status).toBe(200);
    expect(await isIn(mine)).toBe(false);
  });

  test("200: one ends all one's other sessions at once; an administrator those of somebody else, and nobody else does", async () => {
    const first = await newcomer(["iam"]);
    const person = `per_${counter}`;
    const second = createBrowser(at.app, at.origin, first.authenticator);
    await second.signIn();
    expect([await isIn(first), await isIn(second)]).toEqual([true, true]);
    expect((await second.ask("POST", "/api/v1/sessions/end-others", {})).body).toEqual({ ended: 1 });
    expect([await isIn(first), await isIn(second)]).toEqual([false, true]);
    const outsider = await newcomer(["iam"]);
    expect((await outsider.ask("POST", "/api/v1/sessions/end-others", { person })).status).toBe(404);
    expect(await isIn(second)).toBe(true);
    const administrator = await newcomer(["administrator"]);
    expect((await administrator.ask("POST", "/api/v1/sessions/end-others", { person })).body).toEqual({ ended: 1 });
    expect([await isIn(second), await isIn(administrator), await isIn(outsider)]).toEqual([false, true, true]);
  });

  test("signing in again in the same browser ends the session before", async () => {
    const browser = await newcomer();
    const before = browser.cookie();
    await browser.signIn();
    expect(browser.cookie()).not.toBe(before);
    browser.setCookie(before);
    expect(await isIn(browser)).toBe(false);
  });

  test("403: a page of another origin changes nothing, even with the cookie", async () => {
    const browser = await newcomer();
    for (const headers of [{ Origin: "https://evil.example" }, { Origin: "http://localhost:9090" }, { "Sec-Fetch-Site": "cross-site" }]) {
      const answer = await browser.ask("DELETE", "/api/v1/session", undefined, headers);
      expect([answer.status, codeOf(answer)]).toEqual([403, "http.foreignOrigin"]);
    }
    expect(await isIn(browser)).toBe(true);
  });

  test("a cookie's token is no bearer token, and a wrong bearer token is not rescued by the cookie", async () => {
    const browser = await newcomer();
    const token = browser.cookie().split("=")[1]!;
    expect((await browser.ask("GET", "/api/v1/session", undefined, { Authorization: `Bearer ${token}` })).status).toBe(401);
    expect((await browser.ask("GET", "/api/v1/session", undefined, { Authorization: "Basic YTpi" })).status).toBe(401);
    expect(await isIn(browser)).toBe(true);
  });

  test("401: unknown passkey, foreign signature and unverified person are refused in the same words", async () => {
    const known = await newcomer();
    const stranger = at.browser();
    stranger.authenticator.create({ challenge: "", user: { id: "cGVyX3g" } });
    const answers = [await stranger.signIn(), await known.signIn({ foreignKey: true }), await known.signIn({ userVerified: false })];
    const seen = answers.map(({ status, body }) => JSON.stringify([status, body["reasons"]]));
    expect(new Set(seen).size).toBe(1);
    expect(codeOf(answers[0]!)).toBe("access.signInRefused");
  });

  test("a sign-in answer is good once, and for five minutes", async () => {
    const browser = await newcomer();
    const begin = async () => questionOf(await browser.ask("POST", "/api/v1/sign-in/begin", {}));
    const finish = (body: unknown) => browser.ask("POST", "/api/v1/sign-in/finish", body);
    const first = await begin();
    const body = { challengeId: first.challengeId, response: browser.authenticator.get(first.options) };
    expect((await finish(body)).status).toBe(200);
    expect(codeOf(await finish(body))).toBe("access.challengeInvalid");
    const late = await begin();
    const lateBody = { challengeId: late.challengeId, response: browser.authenticator.get(late.options) };
    await atTime("PT5M", async () => expect(codeOf(await finish(lateBody))).toBe("access.challengeInvalid"));
  });

  test("every sign-in is in the journal, in the history of the passkey that made it", async () => {
    await newcomer();
    const { rows } = await executeSql(
      database.db,
      "select type, body from journal_entry where subject_kind = 'passkey' and actor = $1 order by position",
      [`per_${counter}`],
    );
    expect(rows.map((row) => (row as { type: string }).type)).toEqual(["registered", "signedIn"]);
  });

  test("what is over is forgotten, and nothing that still opens something", async () => {
    const browser = await newcomer();
    await browser.ask("POST", "/api/v1/sign-in/begin", {});
    await at.access.forget(STARTED);
    expect(await isIn(browser)).toBe(true);
    await at.access.forget(later("P31D"));
    const left = await executeSql(database.db, "select (select count(*) from session) + (select count(*) from challenge) as n");
    expect(left.rows).toEqual([{ n: 0 }]);
  });

  test("429 with Retry-After: strangers are slowed down per address", async () => {
    const limited = { ...at.access, publicLimit: createRateLimit({ burst: 2, perSecond: 0.1, addresses: 10 }) };
    const handle = accessRoutes(limited).find(({ endpoint }) => endpoint.id === "beginSignIn")!.handle;
    const call = { now: STARTED, remoteAddress: "192.0.2.1" } as Parameters<typeof handle>[1];
    await handle({ params: {}, query: {}, body: {} }, call);
    await handle({ params: {}, query: {}, body: {} }, call);
    await expect(handle({ params: {}, query: {}, body: {} }, call)).rejects.toMatchObject({
      status: 429,
      reasons: [{ code: "access.tooManyTries", facts: { retryAfterSeconds: 10 } }],
    });
  });

  test("every endpoint of access lets in exactly whom its contract names", async () => {
    const endpoints = accessRoutes(at.access).map(({ endpoint }) => endpoint);
    const roles = ["administrator", "iam", "help_desk", "auditor"];
    const rows = await runMatrix({ server: at.app, origin: at.origin, endpoints, roles, headersOf });
    expect(rows).toHaveLength(endpoints.length * 5);
    expect(new Set(rows.map(({ seen }) => seen))).toEqual(new Set(["let in", "sign in first", "nothing here"]));
    expect(faultsOf(rows)).toEqual([]);
  });

  test("the matrix itself sees an endpoint that is more open, and one that is more closed, than its contract", async () => {
    const endpoints = accessRoutes(at.access).map(({ endpoint }) => endpoint);
    const wrong = endpoints.map((each) => {
      if (each.id === "listInvitations") return { ...each, access: ["auditor"] };
      return each.id === "beginSignIn" ? { ...each, access: "signedIn" as const } : each;
    });
    const rows = await runMatrix({ server: at.app, origin: at.origin, endpoints: wrong, roles: ["administrator", "auditor"], headersOf });
    expect(faultsOf(rows)).toEqual([
      "nobody × beginSignIn: let in, expected sign in first",
      "administrator × listInvitations: let in, expected nothing here",
      "auditor × listInvitations: nothing here, expected let in",
    ]);
  });

  test("a browser of another origin cannot use the question of ours", async () => {
    const browser = await newcomer();
    const evil = createBrowser(at.app, at.origin, browser.authenticator);
    expect(codeOf(await evil.signIn({ origin: "https://evil.example" }))).toBe("access.signInRefused");
  });
});
