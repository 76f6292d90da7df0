/** An OpenID provider that asks before it takes less than a passkey, by the gate of docs/enforce, and the real decision point. */
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";

import { opensslMissing } from "../support/certificates.ts";
import { type Enforcement, openEnforcement } from "../support/enforcement.ts";
import {
  type Arrived,
  type GuardedProvider,
  NEEDED,
  openGuardedProvider,
  SECRET,
  type Visitor,
  type Way,
} from "../support/guarded-provider.ts";
import { LIES, MISTYPED } from "../support/lying-front.ts";
import { slapdMissing } from "../support/slapd.ts";
import { tempFolders } from "../support/temp-folders.ts";
import type { Shown } from "../support/whole-app.ts";

const missing = opensslMissing() ?? slapdMissing();
const folder = tempFolders("enforce");
const RESOURCE = { type: "policy", id: "vpn" } as const;
const isIn = (arrived: Arrived): boolean => "query" in arrived && arrived.query.has("code");

describe("an OpenID provider", () => {
  let world: Enforcement;
  let provider: GuardedProvider;
  let shown: Shown;
  beforeEach((ctx) => {
    if (missing !== undefined) ctx.skip(missing);
  });
  beforeAll(async () => {
    if (missing !== undefined) return;
    vi.spyOn(console, "error").mockReturnValue();
    world = await openEnforcement(folder(), { name: "provider", resource: RESOURCE }, ["alice", "bob"]);
    provider = await openGuardedProvider({ url: `http://127.0.0.1:${world.byToken.port}`, token: world.token }, RESOURCE);
  });
  afterAll(async () => {
    await provider?.close();
    await world?.close();
  });

  const fresh = async (account: string, acr: Way, secret?: string): Promise<Arrived> => {
    const browser = provider.browser();
    return browser.signIn(await browser.enter(), account, acr, secret);
  };
  /** On a machine that is busy an answer may come late, which is a no. */
  const until = (ask: () => Promise<Arrived>, holds: (arrived: Arrived) => boolean) => world.story.until(ask, holds, "signed in");
  const entered = (browser: Visitor) => until(async () => browser.signIn(await browser.enter(), "alice", "pwd"), isIn);

  test("a passkey signs in without a question; a password only by an exception in force, and is told what would be needed", async () => {
    const browser = provider.browser();
    const arrived = await browser.signIn(await browser.enter(), "bob", "phr");
    expect(await browser.claims(arrived)).toMatchObject({ sub: "bob", acr: "phr", amr: ["hwk", "user"] });
    expect(world.asked).toEqual([]);
    await until(
      () => fresh("alice", "pwd"),
      (said) => "page" in said && said.page.endsWith(`is known. ${NEEDED}`),
    );
    shown = await world.grant("alice", "PT3H");
    await until(() => fresh("alice", "pwd"), isIn);
    expect(isIn(await fresh("bob", "pwd"))).toBe(false);
  });

  test("the token says by what they signed in, and the session is over when the exception is", async () => {
    const browser = provider.browser();
    const arrived = await entered(browser);
    expect(await browser.claims(arrived)).toMatchObject({ sub: "alice", acr: "pwd", amr: ["pwd"] });
    const seconds = browser.sessionSeconds()!;
    expect(seconds).toBeGreaterThan(10_000);
    expect(seconds).toBeLessThanOrEqual(10_800);
    await until(() => browser.enter(), isIn);
    expect(browser.sessionSeconds()!).toBeLessThanOrEqual(seconds);
  });

  test("a denied sign-in leaves no session behind, and a wrong secret is no question", async () => {
    const browser = provider.browser();
    await browser.signIn(await browser.enter(), "bob", "pwd");
    const silent = await browser.enter("vpn", { prompt: "none" });
    expect("query" in silent && silent.query.get("error")).toBe("login_required");
    const before = world.asked.length;
    expect(await fresh("alice", "pwd", "wrong")).toMatchObject({ page: "That is not right." });
    expect(world.asked).toHaveLength(before);
  });

  test("an exception for a password is none for a one-time code, for another application, or for a way nobody has named", async () => {
    expect(isIn(await fresh("alice", "otp"))).toBe(false);
    expect(await fresh("alice", "tattoo")).toMatchObject({ page: NEEDED });
    const browser = provider.browser();
    await entered(browser);
    const other = await browser.enter("other");
    expect(other).toMatchObject({ page: expect.stringContaining("Sign in.") });
    expect(isIn(await browser.signIn(other, "alice", "pwd"))).toBe(false);
    expect(isIn(await browser.signIn(other, "alice", "phr"))).toBe(true);
  });

  test.each(Object.entries({ ...LIES, "a permit that says it is HTML": MISTYPED }))(
    "%s signs nobody in, and what is true then does",
    async (_, lie) => {
      world.byToken.tell(lie);
      expect(isIn(await fresh("alice", "pwd"))).toBe(false);
      world.byToken.heal();
      await until(() => fresh("alice", "pwd"), isIn);
    },
  );

  test("while the decision point is away or silent a passkey signs in and a password does not, not even by a session there was", async () => {
    world.byToken.heal();
    const browser = provider.browser();
    await entered(browser);
    world.byToken.lead("silent");
    expect(isIn(await fresh("alice", "pwd"))).toBe(false);
    world.byToken.lead("down");
    expect(isIn(await fresh("alice", "pwd"))).toBe(false);
    expect(isIn(await browser.enter())).toBe(false);
    expect(isIn(await fresh("bob", "phr"))).toBe(true);
    world.byToken.heal();
    expect(isIn(await until(() => browser.enter(), isIn))).toBe(true);
  });

  test("revoked, the session of before opens nothing more, and says why", async () => {
    const browser = provider.browser();
    await entered(browser);
    await world.revoke(shown);
    const turned = await until(
      () => browser.enter(),
      (arrived) => !isIn(arrived),
    );
    expect("page" in turned && turned.page).toContain("It has ended.");
    const silent = await browser.enter("vpn", { prompt: "none" });
    expect("query" in silent && silent.query.get("error")).toBe("login_required");
    expect(isIn(await browser.signIn(turned, "alice", "pwd"))).toBe(false);
    expect(isIn(await browser.signIn(turned, "alice", "phr"))).toBe(true);
  });

  test("no secret reached the decision point", () => {
    expect(world.asked.length).toBeGreaterThan(5);
    expect(JSON.stringify([world.asked, world.story.logged])).not.toContain(SECRET);
  });
});
