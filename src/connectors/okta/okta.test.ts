/** How the connector behaves towards Okta: signing in, keeping to limits, believing nothing it has not read. */
import { createServer } from "node:http";
import { inspect } from "node:util";

import { describe, expect, onTestFinished, test } from "vitest";

import { addGoverned, CLIENT, settingsFor, START } from "../../../test/support/okta/harness.ts";
import { ADMIN } from "../../../test/support/okta/org.ts";
import { startFakeOkta } from "../../../test/support/okta/server.ts";
import { addDuration, duration } from "../../kernel/time.ts";
import { manualClock } from "../../platform/clock.ts";
import { collect } from "../contract-harness.suite.ts";
import type { Connector, GrantOrder } from "../port.ts";
import { oktaConfig } from "./config.ts";
import { createOktaConnector } from "./connector.ts";
import { SCOPES } from "./sign-in.ts";

async function begin(scopes: readonly string[] = SCOPES) {
  const [clock, theirs] = [manualClock(START), manualClock(START)];
  const fake = await startFakeOkta(() => theirs.now());
  const { pem } = fake.clients.add(CLIENT, scopes);
  const governed = addGoverned(fake.org, "vpn");
  const user = fake.org.addUser("ann.one");
  const subject = { kind: "user", key: user.id, name: user.profile.login } as const;
  const order: GrantOrder = {
    ref: "EXC-2026-0001",
    policy: "vpn",
    subject,
    validFrom: START,
    validUntil: addDuration(START, duration("PT1H")),
  };
  const connector = createOktaConnector(settingsFor(fake, pem, { vpn: governed }, { timeoutMs: 30_000 }), {
    now: () => clock.now(),
    firstPauseMs: 1,
  });
  onTestFinished(async () => {
    await connector.close();
    await fake.stop();
    expect(fake.misfits).toEqual([]);
  });
  return { fake, org: fake.org, clock, theirs, pem, connector, user, subject, order, ...governed };
}

describe("signing in", () => {
  test("says how long a sign-in was asked to wait, by the window's end, and that a server is not well", async () => {
    const { fake, connector, subject } = await begin();
    let headers: Record<string, string> | undefined = { date: "Sat, 21 Nov 2026 08:00:00 GMT", "x-rate-limit-reset": "1795248055" };
    fake.tamper(({ url }, sent) =>
      url.pathname === "/oauth2/v1/token"
        ? { ...sent, status: headers === undefined ? 500 : 429, headers: headers ?? {}, text: "{}" }
        : sent,
    );
    await expect(connector.accountsBehind(subject)).rejects.toMatchObject({ kind: "throttled", retryAfterMs: 55_000 });
    headers = undefined;
    await expect(connector.accountsBehind(subject)).rejects.toMatchObject({ kind: "unreachable" });
  });

  test("asks for one token, renews it before it ends and when Okta takes it back, and sends no key", async () => {
    const { fake, clock, theirs, connector, subject, pem } = await begin();
    const tokens = () => fake.requests.filter(({ path }) => path === "/oauth2/v1/token").length;
    await connector.accountsBehind(subject);
    await connector.accountsBehind(subject);
    // The first time Okta gives the nonce that the proof has to hold.
    expect(tokens()).toBe(2);
    for (const one of [clock, theirs]) one.set(addDuration(START, duration("PT59M30S")));
    await connector.accountsBehind(subject);
    expect(tokens()).toBe(3);
    fake.clients.endTokens();
    expect(await connector.accountsBehind(subject)).toEqual([subject.key]);
    expect(tokens()).toBe(4);
    expect(inspect(fake.requests)).not.toContain(pem.split("\n")[1]);
  });

  test("binds its token to a key: whoever picks it up on the way can do nothing with it", async () => {
    const { fake, connector, subject } = await begin();
    expect(await connector.accountsBehind(subject)).toEqual([subject.key]);
    const { authorization } = fake.requests.at(-1)!;
    expect(authorization).toMatch(/^DPoP /);
    for (const taken of [authorization, authorization.replace("DPoP", "Bearer")])
      expect((await fetch(`${fake.url}/api/v1/users/${subject.key}`, { headers: { authorization: taken } })).status).toBe(401);
  });

  test.each(SCOPES)("says that %s is missing, of all of them that one only, and goes on with the others", async (missing) => {
    const { connector } = await begin(SCOPES.filter((scope) => scope !== missing));
    const { reachable, permissions } = await connector.health();
    expect(reachable).toBe(true);
    expect(permissions.filter(({ held }) => held !== true).map(({ name }) => name)).toEqual([missing]);
  });

  const NEEDS: readonly (readonly [string, (connector: Connector, order: GrantOrder) => Promise<unknown>])[] = [
    ["okta.users.read", (connector, order) => connector.read(order)],
    ["okta.users.manage", (connector, order) => connector.endSessions(order.subject)],
    ["okta.groups.read", (connector, order) => connector.grant(order)],
    ["okta.groups.manage", (connector, order) => connector.grant(order)],
    ["okta.policies.read", (connector, order) => connector.read(order)],
    ["okta.apps.read", (connector) => collect(connector.discover())],
    ["okta.authenticators.read", (connector) => collect(connector.discover())],
    ["okta.logs.read", (connector) => connector.changes(undefined)],
  ];
  test.each(NEEDS)("says denied for what needs %s, and has every other right it names a use for", async (missing, work) => {
    const { connector, order } = await begin(SCOPES.filter((scope) => scope !== missing));
    await expect(work(connector, order)).rejects.toMatchObject({ name: "ProviderFault", kind: "denied" });
    expect(NEEDS.map(([name]) => name)).toEqual([...SCOPES]);
  });

  test("takes a scope whose administrator role is missing for a right that is not held", async () => {
    const { fake, connector } = await begin();
    const refusal = { status: 403, text: '{"errorCode":"E0000006","errorSummary":"You do not have permission"}' };
    fake.tamper(({ url }, sent) => (url.pathname === "/api/v1/apps" ? { ...sent, ...refusal } : sent));
    const { permissions } = await connector.health();
    expect(permissions.filter(({ held }) => held === false).map(({ name }) => name)).toEqual(["okta.apps.read"]);
  });

  test("counts which of the governed policies it can read, and names the others", async () => {
    const { fake, connector, policy } = await begin();
    const coverage = async () => (await connector.health()).coverage;
    expect(await coverage()).toEqual([{ of: "governed policies", total: 1, readable: 1, unreadable: [] }]);
    fake.org.policies.delete(policy.id);
    expect(await coverage()).toEqual([{ of: "governed policies", total: 1, readable: 0, unreadable: ["vpn: there is none"] }]);
    const refusal = { status: 403, text: '{"errorCode":"E0000006","errorSummary":"You do not have permission"}' };
    fake.tamper(({ url }, sent) => (url.pathname.startsWith("/api/v1/policies/") ? { ...sent, ...refusal } : sent));
    expect(await coverage()).toMatchObject([{ readable: 0, unreadable: ["vpn: may not be read"] }]);
  });

  test("tells how far the clocks are apart", async () => {
    const { clock, connector } = await begin();
    clock.set(addDuration(START, duration("PT90S")));
    expect((await connector.health()).clockSkewMs).toBe(-90_000);
  });
});

describe("limits", () => {
  test("waits as long as Okta's window says, by Okta's clock, and then goes on", async () => {
    const { fake, clock, connector, subject } = await begin();
    // Our clock is wrong: it does not matter.
    clock.set(addDuration(START, duration("PT4M")));
    await connector.accountsBehind(subject);
    Object.assign(fake.limits, { throttled: 1, resetSeconds: 1 });
    expect(await connector.accountsBehind(subject)).toEqual([subject.key]);
    expect(fake.limits.throttled).toBe(0);
  });

  test("leaves a tenth of the window to others: it waits for the next one before it is told to", async () => {
    const { fake, connector, subject } = await begin();
    const calls = () => fake.requests.filter(({ path }) => path.endsWith(subject.key)).length;
    Object.assign(fake.limits, { remaining: 59, resetSeconds: 2 });
    await connector.accountsBehind(subject);
    // Who does not wait is refused, and has to ask twice.
    Object.assign(fake.limits, { remaining: 600, throttled: 1 });
    setTimeout(() => Object.assign(fake.limits, { throttled: 0 }), 500);
    await connector.accountsBehind(subject);
    expect(calls()).toBe(2);
  });

  test("passes a pause on that is longer than its patience", async () => {
    const { fake, connector, subject } = await begin();
    Object.assign(fake.limits, { throttled: 1, resetSeconds: 55 });
    await expect(connector.accountsBehind(subject)).rejects.toMatchObject({ kind: "throttled", retryAfterMs: 55_000 });
  });
});

describe("what is not believed", () => {
  test("that somebody was taken out, or put in, who is not", async () => {
    const { fake, connector, order, exemptions, org, user } = await begin();
    const nothingDone = (method: string) => {
      fake.tamper((request, sent) => {
        if (request.method === method && request.url.pathname.includes(exemptions.id)) {
          if (method === "PUT") org.takeOut(exemptions, user);
          else org.putIn(exemptions, user);
        }
        return sent;
      });
    };
    nothingDone("PUT");
    await expect(connector.grant(order)).rejects.toMatchObject({ kind: "fault" });
    fake.tamper(undefined);
    await connector.grant(order);
    nothingDone("DELETE");
    await expect(connector.revoke(order)).rejects.toMatchObject({ kind: "fault" });
    expect((await connector.read(order)).effective).toBe(true);
  });

  test("a next page on another server, to which nothing is sent", async () => {
    const { fake, connector } = await begin();
    let asked = 0;
    const stranger = createServer((_, response) => {
      asked += 1;
      response.end("[]");
    });
    await new Promise<void>((resolve) => stranger.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void stranger.close());
    const { port } = stranger.address() as { port: number };
    fake.tamper(({ url }, sent) => {
      const link = `<http://127.0.0.1:${port}/api/v1/users?after=x>; rel="next"`;
      return url.pathname === "/api/v1/users" ? { ...sent, headers: { ...sent.headers, link } } : sent;
    });
    await expect(collect(connector.people())).rejects.toMatchObject({
      kind: "fault",
      message: expect.stringContaining("another server") as string,
    });
    expect(asked).toBe(0);
  });

  test("that nobody is there because a proxy says 404", async () => {
    const { fake, connector, order } = await begin();
    expect((await connector.read(order)).effective).toBe(false);
    fake.tamper(({ url }, sent) =>
      url.pathname.startsWith("/api/v1/users/") ? { ...sent, status: 404, text: '{"message":"no route"}' } : sent,
    );
    await expect(connector.read(order)).rejects.toMatchObject({ kind: "fault" });
  });

  test("that whoever asks for 'me' means somebody: it would be whoever is signed in", async () => {
    const { connector } = await begin();
    for (const name of ["me", " me ", "..", "", "../groups"]) expect(await connector.findSubject(name)).toBeUndefined();
  });
});

/** Three entries to a page, the foreign ones among them. */
async function toTheEnd(connector: Connector, cursor: string | undefined): ReturnType<Connector["changes"]> {
  const items = [];
  for (let page = await connector.changes(cursor); ; page = await connector.changes(page.cursor)) {
    items.push(...page.items);
    if (!page.more) return { ...page, items };
  }
}

function policyTarget({ id, name }: { readonly id: string; readonly name: string }) {
  return [{ id, type: "PolicyEntity", displayName: name, alternateId: "unknown" }];
}

describe("drift", () => {
  test("names who changed a governed policy, its group or a group of ours, and passes over what failed or is nobody's concern", async () => {
    const { connector, org, policy, exemptions, order } = await begin();
    await connector.grant(order);
    const other = org.addPolicy("ACCESS_POLICY", "Other", []);
    const ours = [...org.groups.values()].find(({ name }) => name.startsWith("Postern "))!;
    const { cursor } = await toTheEnd(connector, undefined);
    org.record(ADMIN, "policy.rule.update", policyTarget(policy));
    org.record(ADMIN, "policy.rule.update", policyTarget(other));
    org.record(ADMIN, "policy.lifecycle.deactivate", policyTarget(policy), { outcome: { result: "FAILURE" } });
    org.deleteGroup(ours, ADMIN);
    org.deleteGroup(exemptions, ADMIN);
    const { items } = await toTheEnd(connector, cursor);
    const by = ADMIN.alternateId;
    expect(items).toMatchObject([
      { action: "modified", object: `vpn (${policy.id})`, by, ours: false },
      { action: "deleted", object: `Postern vpn ${order.ref} (${ours.id})`, by, ours: false },
      { action: "deleted", object: `vpn-exempt (${exemptions.id})`, by, ours: false },
    ]);
    expect((await connector.changes(cursor)).items).toHaveLength(1);
  });
});

describe("sessions and sign-ins", () => {
  test("ends sessions, tokens and remembered devices, and says what applications may keep", async () => {
    const { connector, subject, org, clock } = await begin();
    const outcome = await connector.endSessions(subject);
    expect(org.endedSessions).toEqual([{ user: subject.key, tokens: true, devices: true }]);
    expect(outcome).toMatchObject({ ended: true, residual: { until: addDuration(clock.now(), duration("PT12H")) } });
    expect(await connector.endSessions({ kind: "group", key: org.everyone.id, name: "Everyone" })).toMatchObject({ ended: false });
  });

  test("tells the method that was really used, and whether it was proven to resist phishing", async () => {
    const { connector, org, user } = await begin();
    org.signIn(user, "Use Okta FastPass", "[USER_PRESENCE, PHISHING_RESISTANT, HARDWARE_PROTECTED]");
    org.signIn(user, "Enter a code", "[USER_PRESENCE]");
    const first = await connector.signIns(undefined);
    // Three to a page.
    const items = [...first.items, ...(await connector.signIns(first.cursor)).items];
    expect(items.filter(({ raw }) => raw["eventType"] === "user.authentication.auth_via_mfa")).toMatchObject([
      { subject: user.id, succeeded: true, method: "Use Okta FastPass", raw: { phishingResistant: true, factor: "SIGNED_NONCE" } },
      { method: "Enter a code", raw: { phishingResistant: false } },
    ]);
    expect(items).toHaveLength(4);
    expect(new Set(items.map(({ raw }) => raw["session"])).size).toBe(2);
  });

  test("refuses a cursor that would send the token somewhere else", async () => {
    const { connector } = await begin();
    for (const cursor of ["https://evil.test/api/v1/logs?after=1", "//evil.test/api/v1/logs?after=1", "/api/v1/users?after=1"])
      await expect(connector.signIns(cursor)).rejects.toMatchObject({ kind: "fault" });
  });
});

describe("the configuration", () => {
  const whole = {
    orgUrl: "https://acme.okta.com",
    clientId: "0oa1234567890abcdefg",
    keyId: "k1",
    policies: [{ key: "vpn", title: "VPN", policyId: "00p1234567890abcdefg", exemptionGroupId: "00g1234567890abcdefg" }],
  };

  test("takes an organisation's address, and nothing that is not encrypted or goes further than it", () => {
    expect(oktaConfig.safeParse(whole).success).toBe(true);
    for (const orgUrl of [
      "http://acme.okta.com",
      "https://acme.okta.com/",
      "https://acme.okta.com/api",
      "http://127.0.0.1.evil.test",
      "acme.okta.com",
    ])
      expect(oktaConfig.safeParse({ ...whole, orgUrl }).success, orgUrl).toBe(false);
  });

  test("refuses one group for two policies, an id that is none, and a secret in it", () => {
    const [policy] = whole.policies;
    const twice = { ...whole, policies: [policy, { ...policy, key: "b", policyId: "00p0000000000abcdefg" }] };
    expect(oktaConfig.safeParse(twice).error?.issues).toMatchObject([{ path: ["policies", 1, "exemptionGroupId"] }]);
    expect(oktaConfig.safeParse({ ...whole, clientId: "../../x" }).success).toBe(false);
    expect(oktaConfig.safeParse({ ...whole, secret: "x" }).success).toBe(false);
  });
});
