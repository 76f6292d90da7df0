/** What is found in an organisation that holds one door of each kind, and what is said of somebody who goes through. */
import { describe, expect, onTestFinished, test } from "vitest";

import { accessRule, ADMIN, forGroups, type Group, type Json } from "../../../test/support/okta/org.ts";
import { addGoverned, CLIENT, settingsFor, START } from "../../../test/support/okta/harness.ts";
import { startFakeOkta } from "../../../test/support/okta/server.ts";
import { addDuration, duration } from "../../kernel/time.ts";
import { collect } from "../contract-harness.suite.ts";
import type { GrantOrder } from "../port.ts";
import { createOktaConnector } from "./connector.ts";
import { SCOPES } from "./sign-in.ts";

function orderFor(user: { readonly id: string; readonly profile: { readonly login: string } }): GrantOrder {
  const subject = { kind: "user", key: user.id, name: user.profile.login } as const;
  return { ref: "EXC-2026-0001", policy: "vpn", subject, validFrom: START, validUntil: addDuration(START, duration("PT1H")) };
}

async function begin(
  prepare: (org: Awaited<ReturnType<typeof startFakeOkta>>["org"]) => {
    before?: readonly Json[];
    strict?: Json;
    type?: Group["type"];
  } = () => ({}),
) {
  const fake = await startFakeOkta(() => START);
  const { pem } = fake.clients.add(CLIENT, SCOPES);
  const governed = addGoverned(fake.org, "vpn", prepare(fake.org));
  const connector = createOktaConnector(settingsFor(fake, pem, { vpn: governed }, { timeoutMs: 30_000 }), { now: () => START });
  onTestFinished(async () => {
    await connector.close();
    await fake.stop();
    expect(fake.misfits).toEqual([]);
  });
  const told = async () =>
    (await collect(connector.discover())).map(({ form, subject, critical }) =>
      [form, subject.name, ...(critical ? ["critical"] : [])].join(" "),
    );
  return { fake, org: fake.org, connector, told, ...governed };
}

const ZONE = { network: { connection: "ZONE", include: ["nzoffice"] } };

describe("discovery", () => {
  test("tells people, groups, places and devices that a weaker rule before the strict one lets through", async () => {
    const { told } = await begin((org) => {
      const [group, ann, loaned] = [org.addGroup("old-phones"), org.addUser("ann.one"), org.addGroup("loaned")];
      return {
        before: [
          accessRule("Named", false, { users: { include: [ann.id], exclude: [] }, ...forGroups(group.id) }),
          accessRule("Office", false, undefined, ZONE),
          accessRule("Managed", false, forGroups(loaned.id), { device: { registered: true, managed: true } }),
        ],
      };
    });
    expect(await told()).toEqual([
      "ungoverned_exemption ann.one@postern.test",
      "ungoverned_exemption old-phones",
      "condition_exempt everyone",
      "condition_exempt loaned",
    ]);
  });

  test("tells whom the strict rule leaves out, and a last rule that is content with less", async () => {
    const { told, policy } = await begin((org) => {
      const left = org.addGroup("left-out");
      return { strict: accessRule("Everybody", true, { groups: { include: [], exclude: [left.id] } }) };
    });
    expect(await told()).toEqual([]);
    policy.rules = policy.rules.map((rule) =>
      rule.name === "Catch-all Rule"
        ? { ...accessRule(rule.name, false, undefined), id: rule.id, name: rule.name, priority: rule.priority, status: "ACTIVE" }
        : rule,
    );
    expect(await told()).toEqual(["ungoverned_exemption left-out"]);
    policy.rules = policy.rules.filter(({ name }) => name !== "Everybody");
    expect(await told()).toEqual(["policy_demands_less everyone critical"]);
  });

  test("marks critical what it cannot read, and a rule that names a group which is gone", async () => {
    const { told } = await begin(() => ({
      before: [
        accessRule("Expression", false, undefined, { elCondition: { condition: "user.department == 'Sales'" } }),
        accessRule("Gone", false, forGroups("00gthisgroupisgone00")),
      ],
    }));
    expect(await told()).toEqual(["condition_exempt everyone critical", "dangling_condition group group:00gthisgroupisgone00 critical"]);
  });

  test("says that a governed policy is switched off, or gone", async () => {
    const { org, told, policy } = await begin();
    policy.status = "INACTIVE";
    expect(await told()).toEqual(["policy_not_enforced everyone critical"]);
    org.policies.delete(policy.id);
    // The application that went by it goes by nobody knows what.
    expect(await told()).toEqual(["policy_not_enforced everyone critical"]);
  });

  test("tells an application that goes by a weaker policy, or by one that is not listed, but not one that goes by a strict one", async () => {
    const { org, told } = await begin();
    org.addApp("Weak", org.addPolicy("ACCESS_POLICY", "Any two", [accessRule("Catch-all Rule", false, undefined)]));
    org.addApp("Strict", org.addPolicy("ACCESS_POLICY", "Strict", [accessRule("Catch-all Rule", true, undefined)]));
    const gone = org.addPolicy("ACCESS_POLICY", "Gone", []);
    org.addApp("Unknown", gone);
    org.policies.delete(gone.id);
    expect(await told()).toEqual(["application_exempt Weak", "application_exempt Unknown critical"]);
  });
});

describe("the policy by which people change their own accounts", () => {
  const ACCOUNTS = { _embedded: { resourceType: "END_USER_ACCOUNT_MANAGEMENT" } };

  test("is told where it lets anybody enrol a passkey, or reset a password, with less", async () => {
    const { org, told } = await begin();
    const loaned = org.addGroup("loaned");
    const policy = org.addPolicy(
      "ACCESS_POLICY",
      "Okta Account Management Policy",
      [accessRule("New phones", false, forGroups(loaned.id)), accessRule("Catch-all Rule", true, undefined)],
      ACCOUNTS,
    );
    expect(await told()).toEqual(["enrolment_open loaned"]);
    policy.rules = policy.rules.map((rule) => ({ ...rule, ...accessRule(rule.name, rule.name === "New phones", undefined) }));
    policy.rules.shift();
    expect(await told()).toEqual(["enrolment_open everyone critical"]);
    policy.status = "INACTIVE";
    expect(await told()).toEqual([]);
  });

  test("is told as critical where an expression says when", async () => {
    const { org, told } = await begin();
    const rules = [
      accessRule("Recovery", false, undefined, { elCondition: { condition: "accessRequest.operation == 'recover'" } }),
      accessRule("Catch-all Rule", "deny", undefined),
    ];
    org.addPolicy("ACCESS_POLICY", "Okta Account Management Policy", rules, ACCOUNTS);
    expect(await told()).toEqual(["enrolment_open everyone critical"]);
  });
});

describe("who put somebody into the exemption group", () => {
  test("is told out of Okta's log, over many pages, and of the last time", async () => {
    const { org, connector, exemptions } = await begin();
    const [boss, people] = [
      { ...ADMIN, id: "00uboss", alternateId: "boss@postern.test" },
      Array.from({ length: 7 }, (_, n) => org.addUser(`p.${n}`)),
    ];
    for (const user of people) org.putIn(exemptions, user);
    org.takeOut(exemptions, people[0]!);
    org.putIn(exemptions, people[0]!, boss);
    org.putIn(org.addGroup("another"), people[1]!, boss);
    const found = await collect(connector.discover());
    expect(new Set(found.map(({ subject, addedBy, since }) => [subject.name, addedBy, since]))).toEqual(
      new Set(people.map(({ profile }, n) => [profile.login, (n === 0 ? boss : ADMIN).alternateId, START])),
    );
  });

  test("is left out where the log may not be read, or is too old for it", async () => {
    const { org, fake, connector, exemptions } = await begin();
    org.putIn(exemptions, org.addUser("ann.one"));
    const refusal = { status: 403, text: '{"errorCode":"E0000006","errorSummary":"You do not have permission"}' };
    fake.tamper(({ url }, sent) => (url.pathname === "/api/v1/logs" ? { ...sent, ...refusal } : sent));
    const [refused] = await collect(connector.discover());
    fake.tamper(undefined);
    org.log.splice(0);
    const [old] = await collect(connector.discover());
    for (const bypass of [refused, old]) {
      expect(bypass).toMatchObject({ form: "governed_group_member" });
      expect(bypass).not.toHaveProperty("addedBy");
      expect(bypass).not.toHaveProperty("since");
    }
  });
});

describe("the read-back", () => {
  test("names every way somebody goes by, with the keys that discovery gives them", async () => {
    const { org, connector, exemptions } = await begin(() => ({ before: [accessRule("Office", false, undefined, ZONE)] }));
    const user = org.addUser("ann.one");
    org.putIn(exemptions, user);
    const read = await connector.read(orderFor(user));
    expect(read).toMatchObject({ configured: false, effective: true });
    expect(read.otherWays.map(({ key }) => key).sort()).toEqual((await collect(connector.discover())).map(({ key }) => key).sort());
  });

  test("says unknown where a rule cannot be read, and where Okta's own simulation contradicts", async () => {
    const { org, fake, connector, policy } = await begin();
    const user = org.addUser("ann.one");
    expect(await connector.read(orderFor(user))).toMatchObject({
      effective: false,
      evidence: { simulation: expect.stringContaining("agrees") as string },
    });
    fake.tamper(({ url }, sent) =>
      url.pathname.endsWith("/simulate") ? { ...sent, text: sent.text.replace(/"id":"0pr\w+"/, '"id":"0prsomethingelse0000"') } : sent,
    );
    expect(await connector.read(orderFor(user))).toMatchObject({
      effective: "unknown",
      evidence: { simulation: expect.stringContaining("does not apply by our reading") as string },
    });
    fake.tamper(undefined);
    policy.rules[0] = { ...policy.rules[0]!, conditions: { elCondition: { condition: "user.department == 'Sales'" } } };
    expect(await connector.read(orderFor(user))).toMatchObject({ effective: "unknown" });
  });

  test.each([
    ["an organisation has no simulation", 404, "E0000022"],
    ["the person is not assigned to the application", 400, "E0000001"],
  ])("stands by its own evaluation where %s, and says so", async (_, status, errorCode) => {
    const { org, fake, connector } = await begin();
    fake.tamper(({ url }, sent) => (url.pathname.endsWith("/simulate") ? { ...sent, status, text: JSON.stringify({ errorCode }) } : sent));
    expect(await connector.read(orderFor(org.addUser("ann.one")))).toMatchObject({
      effective: false,
      evidence: { simulation: `not answered (${status} ${errorCode})` },
    });
  });

  test("understands a simulation that is answered by a list, as Okta's description has it", async () => {
    const { org, fake, connector } = await begin();
    fake.tamper(({ url }, sent) =>
      url.pathname.endsWith("/simulate")
        ? { ...sent, text: JSON.stringify((JSON.parse(sent.text) as { evaluation: unknown }).evaluation) }
        : sent,
    );
    expect(await connector.read(orderFor(org.addUser("ann.one")))).toMatchObject({
      evidence: { simulation: expect.stringContaining("agrees") as string },
    });
  });
});

describe("a grant", () => {
  test.each([
    ["APP_GROUP", /kept by an application/],
    ["BUILT_IN", /Okta itself keeps/],
  ] as const)("is refused where the exemption group is %s", async (type, words) => {
    const { org, connector } = await begin(() => ({ type }));
    expect(await connector.grant(orderFor(org.addUser("ann.one")))).toMatchObject({
      outcome: "not_supported",
      reason: expect.stringMatching(words) as string,
    });
  });

  test("is refused where a group rule would put a removed member in again, or no rule honours the group", async () => {
    const { org, connector, policy, exemptions } = await begin();
    const user = org.addUser("ann.one");
    org.groupRules.push({
      id: "0prrule00000000000r1",
      name: "All of sales",
      status: "ACTIVE",
      groupId: exemptions.id,
      appliesTo: () => true,
    });
    expect(await connector.grant(orderFor(user))).toMatchObject({
      outcome: "not_supported",
      reason: expect.stringContaining("All of sales") as string,
    });
    org.groupRules.pop();
    policy.rules = policy.rules.filter(({ name }) => name !== "Exempt");
    expect(await connector.grant(orderFor(user))).toMatchObject({
      outcome: "not_supported",
      reason: expect.stringContaining("without effect") as string,
    });
    expect(exemptions.members.size).toBe(0);
  });

  test("that a group rule undid the revocation of is seen, not called closed", async () => {
    const { org, connector, exemptions } = await begin();
    const user = org.addUser("ann.one");
    await connector.grant(orderFor(user));
    org.groupRules.push({
      id: "0prrule00000000000r1",
      name: "All of sales",
      status: "ACTIVE",
      groupId: exemptions.id,
      appliesTo: ({ id }) => id === user.id,
    });
    expect(await connector.revoke(orderFor(user))).toEqual({ outcome: "removed" });
    org.runGroupRules();
    expect(await connector.read(orderFor(user))).toMatchObject({ configured: false, effective: true });
  });

  test("leaves nothing behind: its group goes with its last member, and no other group is ever deleted", async () => {
    const { org, connector } = await begin();
    const [ann, bob] = [org.addUser("ann.one"), org.addUser("bob.two")];
    const before = [...org.groups.keys()];
    await connector.grant(orderFor(ann));
    await connector.grant(orderFor(bob));
    await connector.revoke(orderFor(ann));
    expect(org.groups.size).toBe(before.length + 1);
    await connector.revoke(orderFor(bob));
    expect([...org.groups.keys()]).toEqual(before);
    // One of the same name that an administrator made is not ours.
    const stranger = org.addGroup("Postern vpn EXC-2026-0001");
    org.putIn(stranger, ann);
    await connector.revoke(orderFor(ann));
    expect(org.groups.has(stranger.id)).toBe(true);
  });

  test("that could be revoked by half only leaves the door closed and the reason there, and is finished by doing it again", async () => {
    const { fake, org, connector, exemptions } = await begin();
    const user = org.addUser("ann.one");
    await connector.grant(orderFor(user));
    const refusal = { status: 403, text: '{"errorCode":"E0000006","errorSummary":"You do not have permission"}' };
    fake.tamper(({ method, url }, sent) => {
      if (method !== "DELETE" || url.pathname.includes(exemptions.id)) return sent;
      org.putIn(
        [...org.groups.values()].find(({ name }) => name.startsWith("Postern "))!,
        user,
      );
      return { ...sent, ...refusal };
    });
    await expect(connector.revoke(orderFor(user))).rejects.toMatchObject({ kind: "denied" });
    expect(exemptions.members.size).toBe(0);
    fake.tamper(undefined);
    expect(await connector.revoke(orderFor(user))).toEqual({ outcome: "removed" });
    expect([...org.groups.values()].filter(({ name }) => name.startsWith("Postern "))).toEqual([]);
  });

  test("is taken away although another instance ends another exception of the same person at the same time", async () => {
    const { org, connector, exemptions } = await begin();
    const user = org.addUser("ann.one");
    const [first, second] = [orderFor(user), { ...orderFor(user), ref: "EXC-2026-0002" }];
    await connector.grant(first);
    await connector.grant(second);
    await Promise.all([connector.revoke(first), connector.revoke(second)]);
    expect(exemptions.members.size).toBe(0);
  });
});
