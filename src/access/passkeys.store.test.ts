import { beforeAll, expect, test } from "vitest";

import { type OpenAccess, openAccess } from "../../test/support/access.ts";
import { createAuthenticator, type Tweaks } from "../../test/support/authenticator.ts";
import { type Browser, codeOf, questionOf, succeeded } from "../../test/support/browser.ts";
import { describeOnBothDatabases } from "../../test/support/databases.ts";
import { type Database, executeSql } from "../platform/db.ts";

interface View {
  readonly id: string;
  readonly label: string;
  readonly state: string;
  readonly why?: string;
}

const listOf = async (browser: Browser) => succeeded(await browser.ask("GET", "/api/v1/passkeys")).body["items"] as View[];
const personOf = async (browser: Browser) => ((await browser.ask("GET", "/api/v1/session")).body["person"] as { id: string }).id;
const remove = async (browser: Browser, id: string) =>
  browser.ask("POST", `/api/v1/passkeys/${id}/remove`, { assertion: await browser.sign("access.removePasskey", id) });
const registration = async (browser: Browser) => {
  const assertion = await browser.sign("access.addPasskey", await personOf(browser));
  return questionOf(await browser.ask("POST", "/api/v1/passkeys/begin", { assertion }));
};

describeOnBothDatabases("passkeys", (open) => {
  let database: Database;
  let at: OpenAccess;
  let counter = 0;
  beforeAll(async () => {
    database = await open();
    at = openAccess(database);
  });

  const newcomer = (roles: readonly string[] = ["iam"], kind?: "synced" | "device_bound") => at.signedIn(`per_${++counter}`, roles, kind);
  const add = async (
    browser: Browser,
    authenticator = createAuthenticator({ origin: at.origin }),
    label = "Second",
    tweaks: Tweaks = {},
  ) => {
    const assertion = await browser.sign("access.addPasskey", await personOf(browser));
    const { challengeId, options } = questionOf(await browser.ask("POST", "/api/v1/passkeys/begin", { assertion }));
    return browser.ask("POST", "/api/v1/passkeys", { challengeId, response: authenticator.create(options, tweaks), label });
  };

  test("a device-bound and a synced passkey are recorded as what they are", async () => {
    for (const kind of ["device_bound", "synced"] as const) {
      const [view] = await listOf(await newcomer(["iam"], kind));
      expect(view).toMatchObject({ deviceType: kind, backedUp: kind === "synced", state: "active" });
    }
  });

  test("201: a further passkey is signed for with a working one, and signs in by itself", async () => {
    const browser = await newcomer();
    const authenticator = createAuthenticator({ origin: at.origin, kind: "device_bound" });
    expect(await add(browser, authenticator)).toMatchObject({ status: 201, body: { label: "Second", deviceType: "device_bound" } });
    expect((await listOf(browser)).map(({ label }) => label).sort()).toEqual(["Passkey", "Second"]);
    const elsewhere = at.browser();
    const { challengeId, options } = questionOf(await elsewhere.ask("POST", "/api/v1/sign-in/begin", {}));
    const answer = await elsewhere.ask("POST", "/api/v1/sign-in/finish", { challengeId, response: authenticator.get(options) });
    expect(answer.body).toMatchObject({ person: { id: await personOf(browser) } });
  });

  test("422: an open session alone plants no key: without the signature there is no question to answer", async () => {
    const browser = await newcomer();
    const assertion = await browser.sign("access.removePasskey", await personOf(browser));
    expect(codeOf(await browser.ask("POST", "/api/v1/passkeys/begin", { assertion }))).toBe("access.assertionElsewhere");
    const signIn = questionOf(await browser.ask("POST", "/api/v1/sign-in/begin", {}));
    const response = createAuthenticator({ origin: at.origin }).create({ ...signIn.options, user: { id: "cGVy" } });
    const planted = await browser.ask("POST", "/api/v1/passkeys", { challengeId: signIn.challengeId, response });
    expect(codeOf(planted)).toBe("access.challengeInvalid");
  });

  test("409: the same credential is registered once", async () => {
    const [mine, other] = [await newcomer(), await newcomer()];
    const first = await registration(mine);
    const second = await registration(other);
    const response = createAuthenticator({ origin: at.origin }).create(first.options);
    succeeded(await mine.ask("POST", "/api/v1/passkeys", { challengeId: first.challengeId, response }));
    const data = JSON.parse(
      Buffer.from((response["response"] as { clientDataJSON: string }).clientDataJSON, "base64url").toString(),
    ) as object;
    const clientDataJSON = Buffer.from(JSON.stringify({ ...data, challenge: second.options["challenge"] })).toString("base64url");
    const copied = { ...response, response: { ...(response["response"] as object), clientDataJSON } };
    expect(codeOf(await other.ask("POST", "/api/v1/passkeys", { challengeId: second.challengeId, response: copied }))).toBe(
      "access.passkeyKnown",
    );
  });

  test("409: the last working passkey is not removed by its owner; with another one it is, and its sessions end", async () => {
    const browser = await newcomer();
    const [first] = await listOf(browser);
    expect(codeOf(await remove(browser, first!.id))).toBe("access.lastPasskey");
    const second = createAuthenticator({ origin: at.origin });
    succeeded(await add(browser, second));
    succeeded(await remove(browser, first!.id));
    expect((await browser.ask("GET", "/api/v1/session")).status).toBe(401);
    expect(codeOf(await browser.signIn())).toBe("access.signInRefused");
  });

  test("two passkeys removed at the same moment leave one", async () => {
    const browser = await newcomer();
    const person = await personOf(browser);
    succeeded(await add(browser));
    const [one, two] = await listOf(browser);
    const caller = { personId: person, roles: ["iam"], sessionId: "", byPasskey: true };
    const both = [one!, two!].map(({ id }) => at.access.passkeys.remove(caller, id, "sha256:x", at.clock.now()));
    const outcomes = await Promise.allSettled(both);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await at.access.passkeys.activeOf(person)).toHaveLength(1);
  });

  test("404: nobody removes another person's passkey; an administrator removes a lost one, signed for", async () => {
    const [mine, other, admin] = [await newcomer(), await newcomer(), await newcomer(["administrator"])];
    const [passkey] = await listOf(mine);
    expect(codeOf(await remove(other, passkey!.id))).toBe("access.passkeyNotFound");
    succeeded(await remove(admin, passkey!.id));
    expect((await mine.ask("GET", "/api/v1/session")).status).toBe(401);
    const person = `per_${counter - 2}`;
    await expect(at.access.enrolment.invite(person, undefined, at.clock.now())).resolves.toMatchObject({ invitation: { person } });
  });

  test("403: a counter that goes back suspends the passkey and ends every session it opened", async () => {
    const browser = await newcomer(["iam"], "device_bound");
    await browser.signIn();
    const cookie = browser.cookie();
    browser.authenticator.rewind(0);
    expect(codeOf(await browser.signIn())).toBe("access.passkeySuspended");
    browser.setCookie(cookie);
    expect((await browser.ask("GET", "/api/v1/session")).status).toBe(401);
    // As if it had been opened at the very moment the passkey fell.
    await executeSql(database.db, "update session set ended_at = null, ended_why = null where person = $1", [`per_${counter}`]);
    expect((await browser.ask("GET", "/api/v1/session")).status).toBe(401);
    browser.authenticator.rewind(1000);
    expect(codeOf(await browser.signIn())).toBe("access.passkeySuspended");
    const { rows } = await executeSql(database.db, "select state from passkey where person = $1", [`per_${counter}`]);
    expect(rows).toMatchObject([{ state: { state: "suspended", why: expect.stringContaining("went back") } }]);
  });

  test("a low counter without the key's signature suspends nobody: strangers cannot lock a person out", async () => {
    const browser = await newcomer(["iam"], "device_bound");
    await browser.signIn();
    expect(codeOf(await browser.signIn({ counter: 1, foreignKey: true }))).toBe("access.signInRefused");
    expect((await browser.signIn()).status).toBe(200);
  });

  test("the same signature cannot advance the counter twice, however many arrive at once", async () => {
    const browser = await newcomer(["iam"], "device_bound");
    const [stored] = await at.access.passkeys.listOf(`per_${counter}`);
    const challenge = "A".repeat(43);
    const answer = browser.authenticator.get({ challenge });
    const proofs = await Promise.allSettled(Array.from({ length: 10 }, () => at.access.passkeys.prove(answer, challenge, at.clock.now())));
    expect(proofs.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect((await at.access.passkeys.load(stored!.passkey.id)).passkey.state).toBe("suspended");
  });

  test("a credential of another kind than was registered is not believed", async () => {
    const browser = await newcomer(["iam"], "synced");
    await executeSql(database.db, `update passkey set state = state || '{"deviceType": "device_bound"}' where person = $1`, [
      `per_${counter}`,
    ]);
    expect(codeOf(await browser.signIn())).toBe("access.signInRefused");
  });
});
