/** Somebody on leave: Okta leaves a deactivated account in its groups, and it goes through them again on the day it is reactivated. */
import { expect, onTestFinished, test } from "vitest";

import { accessRule } from "../../../test/support/okta/org.ts";
import { addGoverned, CLIENT, settingsFor, START } from "../../../test/support/okta/harness.ts";
import { startFakeOkta } from "../../../test/support/okta/server.ts";
import { addDuration, duration } from "../../kernel/time.ts";
import { collect } from "../contract-harness.suite.ts";
import type { GrantOrder } from "../port.ts";
import { createOktaConnector } from "./connector.ts";
import { SCOPES } from "./sign-in.ts";

async function begin() {
  const fake = await startFakeOkta(() => START);
  const { org } = fake;
  const { pem } = fake.clients.add(CLIENT, SCOPES);
  const user = org.addUser("ann.one");
  const named = accessRule(
    "Named",
    false,
    { users: { include: [user.id], exclude: [] } },
    { network: { connection: "ZONE", include: ["nz1"] } },
  );
  const governed = { vpn: addGoverned(org, "vpn"), finance: addGoverned(org, "finance", { before: [named] }) };
  const connector = createOktaConnector(settingsFor(fake, pem, governed, { timeoutMs: 30_000 }), { now: () => START });
  onTestFinished(async () => {
    await connector.close();
    await fake.stop();
    expect(fake.misfits).toEqual([]);
  });
  const subject = { kind: "user", key: user.id, name: user.profile.login } as const;
  const order: GrantOrder = {
    ref: "EXC-2026-0001",
    policy: "vpn",
    subject,
    validFrom: START,
    validUntil: addDuration(START, duration("PT1H")),
  };
  const found = async () => (await collect(connector.discover())).filter(({ policy }) => policy === "vpn");
  return { fake, org, user, connector, order, subject, found, exemptions: governed.vpn.exemptions };
}

test("an exception that ends during the leave is taken away, and nobody is let through afterwards", async () => {
  const { org, user, connector, order, exemptions } = await begin();
  await connector.grant(order);
  user.status = "DEPROVISIONED";
  expect(await connector.read(order)).toMatchObject({ configured: true, effective: true });
  expect(await connector.revoke(order)).toEqual({ outcome: "removed" });
  expect(exemptions.members.size).toBe(0);
  expect([...org.groups.values()].filter(({ name }) => name.startsWith("Postern "))).toEqual([]);
  expect(await connector.read(order)).toMatchObject({ configured: false, effective: false });
  user.status = "ACTIVE";
  expect(await connector.read(order)).toMatchObject({ configured: false, effective: false });
});

test("what was made by hand is told and not called closed, and can be removed", async () => {
  const { org, user, connector, order, found, exemptions } = await begin();
  org.putIn(exemptions, user);
  user.status = "DEPROVISIONED";
  const [bypass, ...more] = await found();
  expect(more).toEqual([]);
  expect(bypass).toMatchObject({ subject: { key: user.id }, evidence: { status: "DEPROVISIONED" } });
  expect(await connector.read(order)).toMatchObject({ configured: false, effective: true, otherWays: [{ key: bypass!.key }] });
  expect(await connector.remove(bypass!)).toEqual({ outcome: "removed" });
  expect(await found()).toEqual([]);
});

test("a rule that names the account is not said to name nobody", async () => {
  const { user, connector } = await begin();
  user.status = "DEPROVISIONED";
  const bypasses = (await collect(connector.discover())).filter(({ policy }) => policy === "finance");
  expect(bypasses).toMatchObject([{ form: "condition_exempt", subject: { name: user.profile.login } }]);
});

test("nothing new is granted, and the name means whoever else has it", async () => {
  const { org, user, connector, order, subject } = await begin();
  const other = org.addUser("ann.other", { firstName: user.profile.firstName, lastName: user.profile.lastName });
  const fullName = `${user.profile.firstName} ${user.profile.lastName}`;
  expect(await connector.findSubject(fullName)).toBeUndefined();
  user.status = "DEPROVISIONED";
  expect(await connector.findSubject(fullName)).toMatchObject({ key: other.id });
  expect(await connector.findSubject(user.profile.login)).toBeUndefined();
  expect(await connector.grant(order)).toMatchObject({ outcome: "not_supported", reason: `${subject.name} is no longer active in Okta.` });
});
