/** The fake as Okta's own SDK sees it, and the connector beside that SDK: both have to understand each other's writing. */
import { describe, expect, onTestFinished, test } from "vitest";

import { addGoverned, CLIENT, settingsFor } from "../../../test/support/okta/harness.ts";
import { ADMIN } from "../../../test/support/okta/org.ts";
import { descriptionMissing } from "../../../test/support/okta/schema.ts";
import { all, sdkByKey, sdkFor } from "../../../test/support/okta/sdk.ts";
import { startFakeOkta } from "../../../test/support/okta/server.ts";
import { addDuration, duration } from "../../kernel/time.ts";
import { systemClock } from "../../platform/clock.ts";
import { createOktaConnector } from "./connector.ts";
import { SCOPES } from "./sign-in.ts";

/** The machine's clock: the SDK knows no other, and signs with it. */
const now = () => systemClock.now();

async function begin() {
  const fake = await startFakeOkta(now);
  const { pem } = fake.clients.add(CLIENT, SCOPES);
  const governed = { vpn: addGoverned(fake.org, "vpn") };
  const connector = createOktaConnector(settingsFor(fake, pem, governed, { timeoutMs: 30_000 }), { now });
  onTestFinished(async () => {
    await connector.close();
    await fake.stop();
    expect(fake.misfits).toEqual([]);
  });
  return { fake, pem, connector, sdk: sdkFor(fake), ...governed.vpn };
}

describe("the fake organisation", () => {
  test("answers Okta's own SDK: accounts and members over many pages", async () => {
    const { fake, sdk, exemptions } = await begin();
    for (let n = 0; n < 25; n += 1) fake.org.putIn(exemptions, fake.org.addUser(`person.${n}`));
    const users = await all(await sdk.userApi.listUsers({ limit: 4 }));
    expect(new Set(users.map(({ id }) => id))).toEqual(new Set(fake.org.users.keys()));
    const members = await all(await sdk.groupApi.listGroupUsers({ groupId: exemptions.id, limit: 4 }));
    expect(members).toHaveLength(25);
    expect(fake.requests.filter(({ query }) => query.includes("after=")).length).toBeGreaterThan(10);
  });

  test("answers the SDK's policies, rules, mappings and log with what it holds, and refuses its simulation as Okta does", async () => {
    const { fake, sdk, policy, exemptions } = await begin();
    const user = fake.org.addUser("ann.one");
    fake.org.putIn(exemptions, user);
    const found = await all(await sdk.policyApi.listPolicies({ type: "ACCESS_POLICY" }));
    expect(found.map(({ id, name }) => [id, name])).toEqual([[policy.id, "vpn"]]);
    const rules = await all(await sdk.policyApi.listPolicyRules({ policyId: policy.id }));
    expect(rules.map(({ name }) => name)).toEqual(["Exempt", "Everybody", "Catch-all Rule"]);
    expect(await all(await sdk.policyApi.listPolicyMappings({ policyId: policy.id }))).toHaveLength(1);
    // The SDK sends a list, which Okta does not take.
    const asked = { appInstance: fake.org.apps[0]!.id, policyContext: { user: { id: user.id } } as never };
    await expect(sdk.policyApi.createPolicySimulation({ simulatePolicy: [asked] })).rejects.toMatchObject({ status: 400 });
    const log = await sdk.systemLogApi.listLogEvents({ filter: 'eventType eq "group.user_membership.add"' });
    const { value: event } = await log.next();
    expect(event).toMatchObject({ eventType: "group.user_membership.add", actor: { alternateId: ADMIN.alternateId } });
  });

  test("tells the SDK a missing permission as Okta does", async () => {
    const { fake, exemptions } = await begin();
    const { pem } = fake.clients.add("0oareadersonly0000g7", ["okta.groups.read"]);
    const reader = sdkByKey(fake, "0oareadersonly0000g7", pem, ["okta.groups.read"]);
    expect((await reader.groupApi.getGroup({ groupId: exemptions.id })).profile?.name).toBe("vpn-exempt");
    await expect(reader.groupApi.deleteGroup({ groupId: exemptions.id })).rejects.toMatchObject({ status: 403, errorCode: "E0000006" });
  });

  test("was held to the vendor's own description", async (context) => {
    const missing = descriptionMissing();
    if (missing !== undefined) context.skip(missing);
    const { fake, connector } = await begin();
    const before = fake.checked();
    await connector.health();
    expect(fake.checked() - before).toBeGreaterThan(5);
    expect(fake.isDescribed).toBe(true);
  });
});

describe("the connector and the SDK", () => {
  test("see the same: what one puts in, the other finds, and takes out again", async () => {
    const { fake, sdk, connector, exemptions } = await begin();
    const user = fake.org.addUser("ann.one");
    const subject = { kind: "user", key: user.id, name: user.profile.login } as const;
    const order = {
      ref: "EXC-2026-0001",
      policy: "vpn",
      subject,
      validFrom: systemClock.now(),
      validUntil: addDuration(systemClock.now(), duration("PT1H")),
    };
    await connector.grant(order);
    const groups = await all(await sdk.userApi.listUserGroups({ userId: user.id }));
    expect(groups.map(({ profile }) => profile?.name)).toEqual(["Everyone", "vpn-exempt", "Postern vpn EXC-2026-0001"]);
    await sdk.groupApi.unassignUserFromGroup({ groupId: exemptions.id, userId: user.id });
    expect(await connector.read(order)).toMatchObject({ configured: false, effective: false });
    await connector.revoke(order);
    await sdk.groupApi.assignUserToGroup({ groupId: exemptions.id, userId: user.id });
    expect(await connector.read(order)).toMatchObject({
      configured: false,
      effective: true,
      otherWays: [{ words: expect.stringContaining("no exception") as string }],
    });
  });
});
