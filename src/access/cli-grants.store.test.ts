import { beforeAll, expect, test } from "vitest";

import { dumpOf, type OpenAccess, openAccess, STARTED } from "../../test/support/access.ts";
import { type Answer, type Browser, codeOf, succeeded } from "../../test/support/browser.ts";
import { describeOnBothDatabases } from "../../test/support/databases.ts";
import { addDuration, duration } from "../kernel/time.ts";
import type { Database } from "../platform/db.ts";
import { newSecret, pkceChallenge } from "./secret.ts";

const later = (length: string) => addDuration(STARTED, duration(length));

const grant = async (browser: Browser, verifier: string, headers = {}, label = "laptop") => {
  const body = { port: 50_000, challenge: pkceChallenge(verifier), state: "s".repeat(16), label };
  return browser.ask("POST", "/api/v1/cli-grants", body, headers);
};
const codeIn = (granted: Answer) => new URL(succeeded(granted).body["redirect"] as string).searchParams.get("code")!;
const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

describeOnBothDatabases("the command line's token", (open) => {
  let database: Database;
  let at: OpenAccess;
  let counter = 0;
  beforeAll(async () => {
    database = await open();
    at = openAccess(database);
  });

  const newcomer = (roles: readonly string[] = ["iam"]) => at.signedIn(`per_${++counter}`, roles);
  const exchange = (code: string, verifier: string) => at.browser().ask("POST", "/api/v1/cli-tokens", { code, verifier });
  const tokenOf = async (browser: Browser, label = "laptop") => {
    const verifier = newSecret();
    return succeeded(await exchange(codeIn(await grant(browser, verifier, {}, label)), verifier)).body["token"] as string;
  };
  const isIn = async (token: string) => (await at.browser().ask("GET", "/api/v1/session", undefined, bearer(token))).status === 200;

  test("201: the code goes to the loopback address with its state, and buys a token of eight hours", async () => {
    const browser = await newcomer();
    const verifier = newSecret();
    const granted = await grant(browser, verifier);
    const redirect = new URL(granted.body["redirect"] as string);
    expect([granted.status, redirect.origin, redirect.searchParams.get("state")]).toEqual([201, "http://127.0.0.1:50000", "s".repeat(16)]);
    const bought = await exchange(redirect.searchParams.get("code")!, verifier);
    expect(bought).toMatchObject({ status: 201, body: { person: `per_${counter}`, expiresAt: later("PT8H") } });
    const token = bought.body["token"] as string;
    expect(token).toMatch(/^postern_cli_[\w-]{43}$/);
    expect(await isIn(token)).toBe(true);
  });

  test("422: a code is good once, for two minutes, and for whoever knows the verifier", async () => {
    const browser = await newcomer();
    const verifier = newSecret();
    const used = codeIn(await grant(browser, verifier));
    succeeded(await exchange(used, verifier));
    expect(codeOf(await exchange(used, verifier))).toBe("access.cliCodeInvalid");
    const stolen = codeIn(await grant(browser, verifier));
    expect(codeOf(await exchange(stolen, newSecret()))).toBe("access.cliCodeInvalid");
    expect(codeOf(await exchange(stolen, verifier))).toBe("access.cliCodeInvalid");
    const late = codeIn(await grant(browser, verifier));
    at.clock.set(later("PT2M"));
    expect(codeOf(await exchange(late, verifier))).toBe("access.cliCodeInvalid");
    at.clock.set(STARTED);
  });

  test("422: a code of a session that ended buys nothing", async () => {
    const browser = await newcomer();
    const verifier = newSecret();
    const code = codeIn(await grant(browser, verifier));
    await browser.ask("DELETE", "/api/v1/session");
    expect(codeOf(await exchange(code, verifier))).toBe("access.cliCodeInvalid");
  });

  test("a token ends after an idle hour, after eight hours of use, when revoked, and when its person leaves", async () => {
    const browser = await newcomer();
    const [idle, busy, revoked] = [await tokenOf(browser), await tokenOf(browser), await tokenOf(browser, "lost")];
    const listed = (await browser.ask("GET", "/api/v1/sessions")).body["items"] as { id: string; kind: string; label: string }[];
    expect(listed.filter(({ kind }) => kind === "cli")).toHaveLength(3);
    succeeded(await browser.ask("DELETE", `/api/v1/sessions/${listed.find(({ label }) => label === "lost")!.id}`));
    expect(await isIn(revoked)).toBe(false);
    for (let minutes = 50; minutes < 480; minutes += 50) {
      at.clock.set(later(`PT${minutes}M`));
      expect(await isIn(busy)).toBe(true);
    }
    expect(await isIn(idle)).toBe(false);
    at.clock.set(later("PT8H"));
    expect(await isIn(busy)).toBe(false);
    at.clock.set(STARTED);
    const leaver = await newcomer();
    const left = await tokenOf(leaver);
    await at.persons.leave(`per_${counter}`);
    expect(await isIn(left)).toBe(false);
  });

  test("403: a token makes no decision and breeds no token: those need the browser", async () => {
    const browser = await newcomer(["administrator"]);
    const token = await tokenOf(browser);
    const decision = { action: "exceptions.approve", subject: "exc_1", contentHash: "sha256:x" };
    const cli = at.browser();
    const asked = await cli.ask("POST", "/api/v1/assertions", decision, bearer(token));
    expect([asked.status, codeOf(asked)]).toEqual([403, "access.browserNeeded"]);
    expect(codeOf(await grant(cli, newSecret(), bearer(token)))).toBe("access.browserNeeded");
    const person = await at.persons.add("per_invited", ["iam"]);
    const assertion = await browser.sign("access.invite", person);
    const invited = await cli.ask("POST", "/api/v1/invitations", { person, assertion }, bearer(token));
    expect([invited.status, codeOf(invited)]).toEqual([403, "access.browserNeeded"]);
  });

  test("neither code nor token is at rest", async () => {
    const browser = await newcomer();
    const verifier = newSecret();
    const body = { port: 50_000, challenge: pkceChallenge(verifier), state: "s".repeat(16) };
    const code = codeIn(await browser.ask("POST", "/api/v1/cli-grants", body, { "Idempotency-Key": "once" }));
    const before = await dumpOf(database);
    const token = succeeded(await exchange(code, verifier)).body["token"] as string;
    const after = await dumpOf(database);
    expect(after).toContain(`per_${counter}`);
    for (const secret of [code, token, token.slice("postern_cli_".length)]) expect(before + after).not.toContain(secret);
  });
});
