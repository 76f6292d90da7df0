/** Signing in through the company's OpenID provider: a real one, over HTTP, up and down. */
import { randomBytes } from "node:crypto";

import { serve, type ServerType } from "@hono/node-server";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { accessReplays } from "../../src/access/index.ts";
import { newSecret, pkceChallenge } from "../../src/access/secret.ts";
import { addDuration, duration } from "../../src/kernel/time.ts";
import { executeSql } from "../../src/platform/db.ts";
import { createSeal, type Seal } from "../../src/platform/seal.ts";
import { dumpOf, type OpenAccess, openAccess } from "../support/access.ts";
import { type Browser, codeOf, succeeded } from "../support/browser.ts";
import { type CompanyStory, isIn, openCompanyStory, ORIGIN } from "../support/company-story.ts";
import { freePort } from "../support/free-port.ts";
import { openProvider, type OpenIdProvider } from "../support/openid-provider.ts";
import { replayAll } from "../support/replayed.ts";

let story: CompanyStory;
let at: OpenAccess;
let provider: OpenIdProvider;
beforeAll(async () => {
  story = await openCompanyStory();
  ({ at, provider } = story);
});
afterAll(async () => {
  await story.close();
});
beforeEach(() => {
  story.reset();
});

describe("on a good day", () => {
  test("whose account the directory knows is signed in, for eight hours, and the list of sessions says by what", async () => {
    const browser = at.browser();
    const done = await story.through(browser);
    expect([done.status, done.body]).toEqual([200, { to: "/register?view=open", outcome: "signedIn" }]);
    const cookies = done.headers.getSetCookie();
    expect(cookies[0]).toBe("postern-8080-company=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
    expect(cookies[1]).toMatch(/^postern-8080=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=28800$/);
    const { body } = await browser.ask("GET", "/api/v1/session");
    expect(body).toMatchObject({ person: { id: "per_ada" }, roles: ["iam"], session: { openedBy: "company_account", isThis: true } });
  });

  test("the address sends the browser to the provider with a challenge, a nonce and the strength asked for, and nothing of ours", async () => {
    const url = new URL(await story.begin(at.browser()));
    expect(url.origin).toBe(provider.settings.issuer);
    const { state, nonce, code_challenge, ...rest } = Object.fromEntries(url.searchParams);
    expect([state, nonce, code_challenge].map((each) => each?.length)).toEqual([22, 43, 43]);
    expect(rest).toEqual({
      client_id: "postern",
      redirect_uri: `${ORIGIN}/sign-in/company`,
      response_mode: "fragment",
      response_type: "code",
      scope: "openid",
      code_challenge_method: "S256",
      acr_values: "phr",
    });
  });

  test("an account is connected once; later sign-ins are entries of it that say how strong they were", async () => {
    succeeded(await story.through(at.browser()));
    succeeded(await story.through(at.browser()));
    const connected = await story.accountsOf("per_ada");
    expect(connected).toMatchObject([{ state: "connected", issuer: provider.settings.issuer, subject: "sub-ada" }]);
    const { rows } = await executeSql(story.database.db, "select body from journal_entry where subject = $1 order by position", [
      connected[0]!.id,
    ]);
    const entries = rows.map((row) => JSON.parse((row as { body: string }).body) as { type: string; data: object });
    expect(entries[0]).toMatchObject({ type: "connected", data: { via: { kind: "directory", connection: "ad", key: "guid-ada" } } });
    expect(entries.at(-1)).toMatchObject({ type: "signedIn", data: { acr: "phr", amr: ["hwk", "user"] } });
    expect(entries.map(({ type }) => type).filter((type) => type === "connected")).toHaveLength(1);
  });

  test("two first sign-ins at the same moment connect one account", async () => {
    await at.persons.add("per_cleo", []);
    await at.persons.link("per_cleo", "ad", "guid-cleo");
    const browsers = [at.browser(), at.browser(), at.browser()];
    const answers = await Promise.all(browsers.map(async (browser) => provider.signIn(await story.begin(browser), "sub-cleo")));
    const done = await Promise.all(browsers.map((browser, i) => story.finish(browser, answers[i]!)));
    expect(done.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await story.accountsOf("per_cleo")).toHaveLength(1);
  });

  test("a person with a passkey connects an account by signing for it, and is not signed in anew by that", async () => {
    const browser = await at.signedIn("per_dora", []);
    const before = browser.cookie();
    const done = await story.connect(browser, "per_dora", "sub-eve");
    expect(done.body).toEqual({ to: "/access", outcome: "connected" });
    expect(browser.cookie()).toBe(before);
    const { items } = (await browser.ask("GET", "/api/v1/company-accounts")).body as { items: { id: string; subject: string }[] };
    expect(items).toMatchObject([{ issuer: provider.settings.issuer, subject: "sub-eve" }]);
    const other = at.browser();
    succeeded(await story.through(other, "sub-eve"));
    expect((await other.ask("GET", "/api/v1/session")).body).toMatchObject({ person: { id: "per_dora" } });

    const assertion = await browser.sign("access.disconnectAccount", items[0]!.id);
    succeeded(await browser.ask("POST", `/api/v1/company-accounts/${items[0]!.id}/disconnect`, { assertion }));
    expect([await isIn(other), await isIn(browser)]).toEqual([false, true]);
    expect(codeOf(await story.through(at.browser(), "sub-eve"))).toBe("access.companyAccountUnknown");
  });

  test("what the journal says of company accounts folds to what is stored", async () => {
    const { faults, states } = await replayAll(story.database, accessReplays);
    expect(faults).toEqual([]);
    expect(states).toBeGreaterThanOrEqual(5);
  });

  test("no verifier, code or token is in the database or the log", async () => {
    const browser = at.browser();
    const redirect = await story.begin(browser);
    const verifier = /company=([\w-]{43})/.exec(browser.cookie())![1]!;
    expect(await dumpOf(story.database)).not.toContain(verifier);
    const answer = await provider.signIn(redirect, "sub-ada");
    succeeded(await story.finish(browser, answer));
    const code = new URLSearchParams(answer).get("code")!;
    for (const secret of [verifier, code]) expect((await dumpOf(story.database)) + at.logged.join("")).not.toContain(secret);
  });
});

describe("a session that the provider opened", () => {
  test("signs nothing: whoever has no passkey is told to ask for an invitation, and cannot make one by themselves", async () => {
    const browser = at.browser();
    succeeded(await story.through(browser, "sub-ben"));
    const asked = await browser.ask("POST", "/api/v1/assertions", {
      action: "exceptions.approve",
      subject: "exc_1",
      contentHash: "sha256:0",
    });
    expect([asked.status, codeOf(asked)]).toEqual([403, "access.passkeyNeeded"]);
    expect(asked.body["detail"]).toContain("Ask an administrator for an invitation");
    const forged = { challengeId: "x", response: {} };
    expect(codeOf(await browser.ask("POST", "/api/v1/passkeys/begin", { assertion: forged }))).toBe("access.challengeInvalid");
    expect(codeOf(await browser.ask("POST", "/api/v1/passkeys", forged))).toBe("access.challengeInvalid");
    expect(await at.access.passkeys.activeOf("per_ben")).toEqual([]);
  });

  test("takes the passkey of whoever has one, for the decision and for nothing longer", async () => {
    const first = await at.signedIn("per_emil", []);
    succeeded(await story.connect(first, "per_emil", "sub-emil"));
    succeeded(await story.through(first, "sub-emil"));
    expect((await first.ask("GET", "/api/v1/session")).body).toMatchObject({ session: { openedBy: "company_account" } });
    const { id } = (await at.access.companyAccounts.listOf("per_emil"))[0]!;
    const assertion = await first.sign("access.disconnectAccount", id);
    expect((await first.ask("POST", `/api/v1/company-accounts/${id}/disconnect`, { assertion })).status).toBe(200);
    // What it disconnected was its own way in.
    expect(await isIn(first)).toBe(false);
  });

  test("ends after eight hours whatever happens in it, with the token of the command line it let in", async () => {
    const browser = at.browser();
    succeeded(await story.through(browser, "sub-ben"));
    const start = at.clock.now();
    const later = (length: string) => at.clock.set(addDuration(start, duration(length)));
    later("PT10M");
    const verifier = newSecret();
    const body = { port: 4000, challenge: pkceChallenge(verifier), state: "s".repeat(16) };
    const granted = succeeded(await browser.ask("POST", "/api/v1/cli-grants", body));
    const code = new URL(granted.body["redirect"] as string).searchParams.get("code");
    const bought = await at.browser().ask("POST", "/api/v1/cli-tokens", { code, verifier });
    expect(bought.body["expiresAt"] ?? codeOf(bought)).toBe(addDuration(start, duration("PT8H")));
    for (let minutes = 20; minutes < 480; minutes += 20) {
      later(`PT${minutes}M`);
      expect(await isIn(browser)).toBe(true);
    }
    later("PT480M");
    expect(await isIn(browser)).toBe(false);
    at.clock.set(start);
  });

  test("ends when the provider is no longer the configured one; passkeys go on", async () => {
    const browser = at.browser();
    succeeded(await story.through(browser, "sub-ben"));
    const holder = await at.signedIn("per_fred", []);
    for (const other of [openAccess(story.database, { start: at.clock.now() }), story.open({ issuer: "https://elsewhere.example" })]) {
      const asks = async (of: Browser) =>
        (await other.app.fetch(new Request(`${ORIGIN}/api/v1/session`, { headers: { Cookie: of.cookie() } }))).status;
      expect([await asks(browser), await asks(holder)]).toEqual([401, 200]);
    }
  });

  test("takes the place of the session this browser had", async () => {
    const browser = at.browser();
    succeeded(await story.through(browser, "sub-ben"));
    const before = browser.cookie();
    succeeded(await story.through(browser, "sub-ada"));
    const old = at.browser();
    old.setCookie(before);
    expect([await isIn(old), await isIn(browser)]).toEqual([false, true]);
  });
});

describe("while the provider is down", () => {
  test("its button says so, passkeys work, and it is asked at most once in ten seconds; back up, it lets people in", async () => {
    const holder = await at.signedIn("per_lea", []);
    await provider.stop();
    const silent = await at.browser().ask("POST", "/api/v1/company-sign-in/begin", {});
    expect([silent.status, codeOf(silent)]).toEqual([409, "access.companyProviderSilent"]);
    expect(silent.body["detail"]).toContain("Sign in with your passkey");
    succeeded(await holder.signIn());
    expect(await isIn(holder)).toBe(true);
    expect((await at.browser().ask("GET", "/api/v1/company-sign-in")).body).toEqual({ name: "Northwind ID" });
    await provider.start();
    const asked = provider.asked.length;
    expect(codeOf(await at.browser().ask("POST", "/api/v1/company-sign-in/begin", {}))).toBe("access.companyProviderSilent");
    expect(provider.asked).toHaveLength(asked);
    at.clock.set(addDuration(at.clock.now(), duration("PT10S")));
    succeeded(await story.through(at.browser()));
  });

  test("an answer that was begun before finds it silent; who was in stays in", async () => {
    const inside = at.browser();
    succeeded(await story.through(inside));
    const browser = at.browser();
    const answer = await provider.signIn(await story.begin(browser), "sub-ada");
    await provider.stop();
    expect(codeOf(await story.finish(browser, answer))).toBe("access.companyProviderSilent");
    expect(await isIn(inside)).toBe(true);
    await provider.start();
  });
});

describe("as a client that shows itself by a key of its own", () => {
  let own: OpenIdProvider;
  let server: ServerType;
  let replicaOf: (seal?: Seal) => OpenAccess;
  beforeAll(async () => {
    const port = await freePort();
    const origin = `http://localhost:${port}`;
    own = await openProvider(`${origin}/sign-in/company`, { clientAuth: "private_key_jwt" }, `${origin}/api/v1/company-sign-in/jwks`);
    const seal = createSeal([randomBytes(32)]);
    let answering: OpenAccess;
    replicaOf = (sealer = seal) => {
      answering = openAccess(story.database, { origin, company: own.settings, start: at.clock.now(), sealer });
      return answering;
    };
    server = serve({ fetch: (request, env) => answering.app.fetch(request, env), port, hostname: "localhost" });
  });
  afterAll(async () => {
    await own.stop();
    server.close();
  });

  async function connectAndComeIn(access: OpenAccess, person: string, account: string): Promise<string> {
    const browser = await access.signedIn(person, []);
    const assertion = await browser.sign("access.connectAccount", person);
    const begun = succeeded(await browser.ask("POST", "/api/v1/company-accounts", { assertion }));
    succeeded(await story.finish(browser, await own.signIn(begun.body["redirect"] as string, account)));
    const { keys } = succeeded(await browser.ask("GET", "/api/v1/company-sign-in/jwks")).body as { keys: Record<string, string>[] };
    expect(keys.map((key) => Object.keys(key).toSorted())).toEqual([["alg", "crv", "kid", "kty", "use", "x", "y"]]);
    return keys[0]!["kid"]!;
  }

  test("it is let in by the key it publishes, the same after a restart; the private half is nowhere in the clear", async () => {
    const first = await connectAndComeIn(replicaOf(), "per_nora", "sub-nora");
    expect(await connectAndComeIn(replicaOf(), "per_olga", "sub-olga")).toBe(first);
    expect(await dumpOf(story.database)).not.toMatch(/"d\\?":/);
  });

  test("replicas that need it at the same moment make one", async () => {
    await executeSql(story.database.db, "delete from company_client_key");
    const replica = replicaOf();
    const published = await Promise.all(
      Array.from({ length: 5 }, async () => (await replica.browser().ask("GET", "/api/v1/company-sign-in/jwks")).body["keys"]),
    );
    expect(new Set(published.map((keys) => JSON.stringify(keys))).size).toBe(1);
  });

  test("where the seal does not open it any more it makes another one", async () => {
    const before = (await replicaOf().browser().ask("GET", "/api/v1/company-sign-in/jwks")).body;
    const after = (
      await replicaOf(createSeal([randomBytes(32)]))
        .browser()
        .ask("GET", "/api/v1/company-sign-in/jwks")
    ).body;
    expect(after).not.toEqual(before);
  });

  test("a public client publishes none", async () => {
    expect((await at.browser().ask("GET", "/api/v1/company-sign-in/jwks")).body).toEqual({ keys: [] });
  });
});

test("where no provider is configured the page offers none, and its endpoints say so", async () => {
  const without = openAccess(story.database, { start: at.clock.now() });
  expect((await without.browser().ask("GET", "/api/v1/company-sign-in")).body).toEqual({});
  expect(codeOf(await without.browser().ask("POST", "/api/v1/company-sign-in/begin", {}))).toBe("access.companySignInOff");
  expect(codeOf(await without.browser().ask("POST", "/api/v1/company-sign-in/finish", { answer: "" }))).toBe("access.companySignInOff");
});
