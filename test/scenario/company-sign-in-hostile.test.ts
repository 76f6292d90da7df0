/** What a hostile page, a hostile colleague and a hostile provider try with the company sign-in, against a real OpenID provider. */
import { createHmac, generateKeyPairSync, sign as signBytes } from "node:crypto";

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { addDuration, duration } from "../../src/kernel/time.ts";
import type { OpenAccess } from "../support/access.ts";
import { type Answer, codeOf, succeeded } from "../support/browser.ts";
import { type CompanyStory, isIn, openCompanyStory } from "../support/company-story.ts";
import { type Claims, type Forge, type OpenIdProvider, unsigned } from "../support/openid-provider.ts";

const wordsOf = (answer: Answer): string => answer.body["detail"] as string;

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

describe("refused is", () => {
  test("an answer that is used a second time", async () => {
    const browser = at.browser();
    const answer = await provider.signIn(await story.begin(browser), "sub-ada");
    const cookie = browser.cookie();
    succeeded(await story.finish(browser, answer));
    browser.setCookie(cookie);
    const asked = provider.asked.length;
    expect(codeOf(await story.finish(browser, answer))).toBe("access.challengeInvalid");
    expect(provider.asked).toHaveLength(asked);
  });

  test("a code of an earlier answer, in an answer of its own", async () => {
    const browser = at.browser();
    const code = new URLSearchParams(await provider.signIn(await story.begin(browser), "sub-ada")).get("code")!;
    const answer = new URLSearchParams(await provider.signIn(await story.begin(browser), "sub-ada"));
    answer.set("code", code);
    const refused = await story.finish(browser, answer.toString());
    expect([codeOf(refused), wordsOf(refused)]).toEqual(["access.companyRefused", expect.stringContaining("invalid_grant")]);
  });

  test("an answer in another browser, also in one that has begun a sign-in of its own; the answer is used up", async () => {
    const browser = at.browser();
    const answer = await provider.signIn(await story.begin(browser), "sub-ada");
    const other = at.browser();
    await story.begin(other);
    expect(codeOf(await story.finish(other, answer))).toBe("access.challengeInvalid");
    expect(codeOf(await story.finish(browser, answer))).toBe("access.challengeInvalid");
    expect([await isIn(other), await isIn(browser)]).toEqual([false, false]);
  });

  test("a state nobody here gave out, none, or two; and what such an answer says is not shown", async () => {
    const browser = at.browser();
    const state = new URL(await story.begin(browser)).searchParams.get("state")!;
    for (const answer of [
      "code=1&state=unknown",
      "code=1",
      "",
      "error=access_denied&error_description=Call%20555",
      `state=x&state=${state}`,
    ]) {
      const refused = await story.finish(browser, answer);
      expect([answer, codeOf(refused)]).toEqual([answer, "access.challengeInvalid"]);
      expect(wordsOf(refused)).not.toContain("555");
    }
    expect(codeOf(await story.finish(browser, `code=1&state=${state}&state=x`))).toBe("access.companyAnswerInvalid");
  });

  test("an answer after five minutes", async () => {
    const browser = at.browser();
    const answer = await provider.signIn(await story.begin(browser), "sub-ada");
    at.clock.set(addDuration(at.clock.now(), duration("PT5M")));
    expect(codeOf(await story.finish(browser, answer))).toBe("access.challengeInvalid");
  });

  test("an account that was signed for in another session than the one it comes back to", async () => {
    const browser = await at.signedIn("per_gil", []);
    const assertion = await browser.sign("access.connectAccount", "per_gil");
    const begun = succeeded(await browser.ask("POST", "/api/v1/company-accounts", { assertion }));
    const answer = await provider.signIn(begun.body["redirect"] as string, "sub-eve");
    succeeded(await browser.signIn());
    expect(codeOf(await story.finish(browser, answer))).toBe("access.challengeInvalid");
    expect(await story.accountsOf("per_gil")).toEqual([]);
  });

  test("a sign-in by password, and one of which nothing is said, in words that say what was demanded and what came", async () => {
    const byPassword = await story.through(at.browser(), "sub-ada", "password");
    expect([byPassword.status, codeOf(byPassword)]).toEqual([403, "access.companySignInWeak"]);
    expect(wordsOf(byPassword)).toContain("Demanded: acr phr. What came: acr 1; amr pwd.");
    const unsaid = await story.through(at.browser(), "sub-ada", "unsaid");
    expect(wordsOf(unsaid)).toContain("What came: acr none; amr none.");
  });

  test("the right acr without the amr that is demanded as well", async () => {
    const stricter = story.open({ amr: [["hwk", "pin"], ["sc"]] });
    const browser = stricter.browser();
    const refused = await story.through(browser, "sub-ada");
    expect(codeOf(refused)).toBe("access.companySignInWeak");
    expect(wordsOf(refused)).toContain("amr hwk and pin, or sc. What came: acr phr; amr hwk and user.");
  });

  test("a cancelled sign-in, in the provider's own word and in none of its sentences", async () => {
    const refused = await story.through(at.browser(), "");
    expect([codeOf(refused), refused.body["detail"]]).toEqual(["access.companyRefused", expect.stringMatching(/: access_denied\.$/)]);
  });

  test("a path to go on with that leads to another site", async () => {
    for (const to of ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "/a\\b", "/\tx"]) {
      expect([to, (await at.browser().ask("POST", "/api/v1/company-sign-in/begin", { to })).status]).toEqual([to, 400]);
    }
  });

  test("beginning or finishing from a page of another origin", async () => {
    const foreign = { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" };
    for (const step of ["begin", "finish"]) {
      const refused = await at.browser().ask("POST", `/api/v1/company-sign-in/${step}`, step === "begin" ? {} : { answer: "" }, foreign);
      expect(codeOf(refused)).toBe("http.foreignOrigin");
    }
  });
});

describe("nobody comes in as somebody else", () => {
  test("by naming, at the provider, an account that is another person's and connected", async () => {
    succeeded(await story.through(at.browser(), "sub-ada"));
    provider.forge((claims, sign) => sign({ ...claims, guid: "guid-ada" }));
    const refused = await story.through(at.browser(), "sub-mallory");
    expect([refused.status, codeOf(refused)]).toEqual([409, "access.companyAccountTaken"]);
  });

  test("by a connected account that is given to another person at the provider", async () => {
    succeeded(await story.through(at.browser(), "sub-ada"));
    provider.forge((claims, sign) => sign({ ...claims, guid: "guid-ben" }));
    expect(codeOf(await story.through(at.browser(), "sub-ada"))).toBe("access.companyAccountTaken");
  });

  test("by an e-mail address, a name, or a claim that is no text", async () => {
    for (const more of [{ email: "ada@example.com", email_verified: true, name: "per_ada" }, { guid: ["guid-ada"] }, { guid: "" }]) {
      provider.forge((claims, sign) => sign({ ...claims, guid: undefined, ...more }));
      expect(codeOf(await story.through(at.browser(), "sub-mallory"))).toBe("access.companyAccountUnknown");
    }
  });

  test("by connecting an account that lets another person in", async () => {
    succeeded(await story.through(at.browser(), "sub-ada"));
    const browser = await at.signedIn("per_hugo", []);
    expect(codeOf(await story.connect(browser, "per_hugo", "sub-ada"))).toBe("access.companyAccountTaken");
  });

  test("nor by the directory again, once it was disconnected; an administrator disconnects, others do not know of it", async () => {
    await at.persons.add("per_ina", []);
    await at.persons.link("per_ina", "ad", "guid-ina");
    const browser = at.browser();
    succeeded(await story.through(browser, "sub-ina"));
    const { id } = (await at.access.companyAccounts.listOf("per_ina"))[0]!;
    const stranger = await at.signedIn("per_jack", ["iam"]);
    const tried = await stranger.ask("POST", `/api/v1/company-accounts/${id}/disconnect`, {
      assertion: await stranger.sign("access.disconnectAccount", id),
    });
    expect([tried.status, codeOf(tried)]).toEqual([404, "access.companyAccountNotFound"]);
    const admin = await at.signedIn("per_admin", ["administrator"]);
    const assertion = await admin.sign("access.disconnectAccount", id);
    succeeded(await admin.ask("POST", `/api/v1/company-accounts/${id}/disconnect`, { assertion }));
    expect(await isIn(browser)).toBe(false);
    expect(codeOf(await story.through(at.browser(), "sub-ina"))).toBe("access.companyAccountUnknown");
  });

  test("who left does not come in, connected or not", async () => {
    await at.persons.add("per_kim", []);
    await at.persons.link("per_kim", "ad", "guid-kim");
    succeeded(await story.through(at.browser(), "sub-kim"));
    await at.persons.leave("per_kim");
    expect(codeOf(await story.through(at.browser(), "sub-kim"))).toBe("access.companyAccountUnknown");
  });
});

const now = () => Math.floor(Date.now() / 1000);
const changed =
  (change: Claims): Forge =>
  (claims, sign) =>
    sign({ ...claims, ...change });

describe("an ID token is not believed", () => {
  const stranger = generateKeyPairSync("rsa", { modulusLength: 2048 });

  test.each([
    ["for another client", changed({ aud: "another" }), "aud"],
    ["for several, of which another one is meant", changed({ aud: ["postern", "another"], azp: "another" }), "azp"],
    ["of another issuer", changed({ iss: "https://evil.example" }), "iss"],
    ["with the nonce of another sign-in", changed({ nonce: "another" }), "nonce"],
    ["without a nonce", changed({ nonce: undefined }), "nonce"],
    ["without a subject", changed({ sub: undefined }), "sub"],
    ["that has ended", changed({ exp: now() - 3600, iat: now() - 7200 }), "exp"],
    ["that begins in an hour", changed({ nbf: now() + 3600 }), "nbf"],
  ])("%s", async (_, forge, claim) => {
    provider.forge(forge);
    const refused = await story.through(at.browser());
    expect([codeOf(refused), refused.status]).toEqual(["access.companyAnswerInvalid", 403]);
    expect(wordsOf(refused)).toContain(claim);
  });

  test("signed by nobody, though discovery allows it", async () => {
    provider.describe((metadata) => ({ ...metadata, id_token_signing_alg_values_supported: ["none", "HS256", "RS256"] }));
    provider.forge((claims) => `${unsigned({ alg: "none" }, claims)}.`);
    expect(codeOf(await story.through(at.browser()))).toBe("access.companyAnswerInvalid");
  });

  test("signed with the public key as if it were a secret, though discovery allows it", async () => {
    provider.describe((metadata) => ({ ...metadata, id_token_signing_alg_values_supported: ["none", "HS256", "RS256"] }));
    provider.forge((claims) => {
      const text = unsigned({ alg: "HS256" }, claims);
      return `${text}.${createHmac("sha256", provider.publicPem()).update(text).digest("base64url")}`;
    });
    expect(codeOf(await story.through(at.browser()))).toBe("access.companyAnswerInvalid");
  });

  test("signed with another key, or changed after it was signed", async () => {
    provider.forge((claims) => {
      const text = unsigned({ alg: "RS256" }, claims);
      return `${text}.${signBytes("sha256", Buffer.from(text), stranger.privateKey).toString("base64url")}`;
    });
    expect(codeOf(await story.through(at.browser()))).toBe("access.companyAnswerInvalid");
    provider.forge((claims, sign) => {
      const [header, , signature] = sign(claims).split(".");
      return `${header}.${Buffer.from(JSON.stringify({ ...claims, sub: "sub-ben" })).toString("base64url")}.${signature}`;
    });
    expect(codeOf(await story.through(at.browser()))).toBe("access.companyAnswerInvalid");
  });

  test("an answer that names another issuer, or none where one is promised (RFC 9207)", async () => {
    for (const change of [
      (answer: URLSearchParams) => answer.set("iss", "https://evil.example"),
      (answer: URLSearchParams) => answer.delete("iss"),
    ]) {
      const browser = at.browser();
      const answer = new URLSearchParams(await provider.signIn(await story.begin(browser), "sub-ada"));
      expect(answer.get("iss")).toBe(provider.settings.issuer);
      change(answer);
      expect(codeOf(await story.finish(browser, answer.toString()))).toBe("access.companyAnswerInvalid");
    }
  });

  test("a discovery that speaks for another issuer", async () => {
    provider.describe((metadata) => ({ ...metadata, issuer: "https://evil.example" }));
    const refused = await at.browser().ask("POST", "/api/v1/company-sign-in/begin", {});
    expect(codeOf(refused)).toBe("access.companyAnswerInvalid");
  });

  test("a sign-in there that is older than is demanded, or whose time is not said; its clock may differ by half a minute", async () => {
    const fresh = story.open({ maxAgeSeconds: 60 });
    const signedInAt = async (change: Claims) => {
      provider.forge(changed(change));
      return codeOf(await story.through(fresh.browser()));
    };
    expect(await signedInAt({ auth_time: now() - 120 })).toBe("access.companyAnswerInvalid");
    expect(await signedInAt({ auth_time: undefined })).toBe("access.companyAnswerInvalid");
    expect(await signedInAt({ auth_time: now() + 20, iat: now() + 20 })).toBeUndefined();
    expect(new URL(await story.begin(fresh.browser())).searchParams.get("max_age")).toBe("60");
  });

  test("after the key was taken back; signed with the new one it is, at once", async () => {
    succeeded(await story.through(at.browser()));
    const kept: ((claims: Claims) => string)[] = [];
    provider.forge((claims, sign) => {
      kept.push(sign);
      return sign(claims);
    });
    succeeded(await story.through(at.browser()));
    provider.rotate();
    provider.forge((claims) => kept[0]!(claims));
    expect(codeOf(await story.through(at.browser()))).toBe("access.companyAnswerInvalid");
    provider.forge(undefined);
    succeeded(await story.through(at.browser()));
  });
});
