/** A fake organisation of Okta prepared for the contract suite. What happens behind the connector's back goes through the organisation itself. */
import { expect } from "vitest";

import type { ContractHarness, Planted } from "../../../src/connectors/contract-harness.suite.ts";
import { type OktaSettings, oktaConfig } from "../../../src/connectors/okta/config.ts";
import { createOktaConnector } from "../../../src/connectors/okta/connector.ts";
import { SCOPES } from "../../../src/connectors/okta/sign-in.ts";
import type { ProviderSubject } from "../../../src/connectors/port.ts";
import { instant } from "../../../src/kernel/time.ts";
import { manualClock } from "../../../src/platform/clock.ts";
import { openNetwork } from "../breakable-network.ts";
import { accessRule, ADMIN, forGroups, type Group, type Json, type Org, type Policy, type User } from "./org.ts";
import { type FakeOkta, startFakeOkta } from "./server.ts";
import { letsThroughWeakly, simulate } from "./simulate.ts";

export const START = instant("2026-11-21T08:00:00Z");
export const CLIENT = "0oaposternservice0g7";
const READER = "0oaposternreader00g7";
export const POLICIES = ["vpn", "finance"];

export interface Governed {
  readonly policy: Policy;
  readonly exemptions: Group;
}

/** An access policy that demands phishing resistance of all but its exemption group, and an application that goes by it. */
export function addGoverned(
  org: Org,
  name: string,
  more: { readonly before?: readonly Json[]; readonly strict?: Json; readonly type?: Group["type"] } = {},
): Governed {
  const exemptions = org.addGroup(`${name}-exempt`, more.type);
  const rules = [
    ...(more.before ?? []),
    accessRule("Exempt", false, forGroups(exemptions.id)),
    more.strict ?? accessRule("Everybody", true, undefined),
    accessRule("Catch-all Rule", "deny", undefined),
  ];
  const policy = org.addPolicy("ACCESS_POLICY", name, rules);
  org.addApp(`${name} application`, policy);
  return { policy, exemptions };
}

export function settingsFor(
  fake: FakeOkta,
  secret: string,
  governed: Readonly<Record<string, Governed>>,
  more: Partial<OktaSettings> = {},
): OktaSettings {
  const policies = Object.entries(governed).map(([key, { policy, exemptions }]) => {
    return { key, title: policy.name, policyId: policy.id, exemptionGroupId: exemptions.id };
  });
  const config = oktaConfig.parse({ orgUrl: fake.url, clientId: CLIENT, keyId: "key-1", policies, pageSize: 3, timeoutMs: 2000 });
  return { ...config, secret, ...more };
}

export async function startOkta(): Promise<ContractHarness> {
  const clock = manualClock(START);
  const fake = await startFakeOkta(() => clock.now());
  const { org, clients } = fake;
  const network = await openNetwork(fake.host, fake.port);
  const { pem, key } = clients.add(CLIENT, SCOPES);
  // Of those there were before proofs of possession.
  const reading = SCOPES.filter((scope) => !scope.endsWith(".manage"));
  clients.add(READER, reading, { key, isProving: false });
  const governed: Record<string, Governed> = {};
  for (const name of POLICIES) governed[name] = addGoverned(org, name);
  const planted = plantAll(org, governed);
  const open = (more: Partial<OktaSettings> = {}) =>
    createOktaConnector(settingsFor(fake, pem, governed, { orgUrl: `http://${fake.host}:${network.port}`, ...more }), {
      now: () => clock.now(),
      firstPauseMs: 10,
    });
  const connector = open();
  let persons = 0;
  const userOf = ({ key: id }: ProviderSubject): User => org.users.get(id)!;

  return {
    connector,
    clock,
    get secrets() {
      return [pem, ...clients.secrets()];
    },
    planted,
    people: async () => [...org.users.keys()],
    reopen: () => open(),
    withSecret: (secret) => open({ secret }),
    withReadOnlyAccount: () => open({ clientId: READER }),
    freshPerson: async () => {
      persons += 1;
      const { id, profile } = org.addUser(`person.${persons}`);
      return { kind: "user", key: id, name: profile.login };
    },
    deletePerson: async (subject) => org.deleteUser(subject.key),
    bypassByHand: async (policy, subject) => org.putIn(governed[policy]!.exemptions, userOf(subject)),
    undoByHand: async ({ policy, subject }) => org.takeOut(governed[policy]!.exemptions, userOf(subject)),
    letsThrough: async (policy, subject) => {
      const app = org.apps.find(({ policyId }) => policyId === governed[policy]!.policy.id)!;
      const result = simulate(org, app.id, subject.key);
      return result !== undefined && letsThroughWeakly(result);
    },
    typed: { key: typedUser(org).id, names: ["ty.ped@postern.test", "TY.PED@POSTERN.TEST", "ty@mail.postern.test", "Ty Ped"] },
    administrator: ADMIN.alternateId,
    refused: [
      { policy: "vpn", name: "imported", words: /APP_GROUP/ },
      { policy: "vpn", name: "Everyone", words: /BUILT_IN/ },
      { policy: "finance", name: "by-rule", words: /group rule fills/ },
      { policy: "finance", name: "team", words: /cannot hold groups/ },
    ],
    group: { name: "team", people: 5 },
    down: () => fake.stop(),
    up: () => fake.start(),
    network,
    close: async () => {
      await connector.close();
      await network.close();
      await fake.stop();
      expect(fake.misfits).toEqual([]);
    },
  };
}

function typedUser(org: Org): User {
  return org.addUser("ty.ped", { email: "ty@mail.postern.test", firstName: "Ty", lastName: "Ped" });
}

/** More than a page of each kind, with every form there is. */
function plantAll(org: Org, governed: Readonly<Record<string, Governed>>): readonly Planted[] {
  const planted: Planted[] = [];
  for (const [policy, { exemptions }] of Object.entries(governed)) {
    for (let n = 0; n < 4; n += 1) {
      const user = org.addUser(`${policy}.stranger${n}`);
      org.putIn(exemptions, user);
      planted.push({ form: "governed_group_member", subject: user.profile.login, policy });
    }
  }
  const weak = org.addPolicy("ACCESS_POLICY", "Any two factors", [accessRule("Catch-all Rule", false, undefined)]);
  for (let n = 0; n < 4; n += 1) planted.push({ form: "application_exempt", subject: org.addApp(`Old application ${n}`, weak).label });
  org.addApp("A link", weak, "BOOKMARK");
  const imported = org.addGroup("imported", "APP_GROUP");
  const byRule = org.addGroup("by-rule");
  org.groupRules.push({
    id: "0pr00000000000000ru1",
    name: "Everybody new",
    status: "ACTIVE",
    groupId: byRule.id,
    appliesTo: ({ profile }) => profile.login.startsWith("person.1"),
  });
  const team = org.addGroup("team");
  for (let n = 0; n < 5; n += 1) org.putIn(team, org.addUser(`team.member${n}`));
  const session = {
    type: "SIGN_ON",
    name: "No second factor",
    actions: { signon: { access: "ALLOW", primaryFactor: "PASSWORD_IDP", requireFactor: false } },
  };
  org.addPolicy("OKTA_SIGN_ON", "Partners", [session], { conditions: { people: { groups: { include: [imported.id] } } } });
  planted.push({ form: "policy_demands_less", subject: "imported" });
  const grace = { type: "BY_DATE_TIME", expiry: "2026-12-01T00:00:00.000Z" };
  const over = { type: "BY_DATE_TIME", expiry: "2026-11-01T00:00:00.000Z" };
  const authenticators = [
    { key: "webauthn", enroll: { self: "REQUIRED", gracePeriod: grace } },
    { key: "okta_verify", enroll: { self: "REQUIRED", gracePeriod: over } },
  ];
  org.addPolicy("MFA_ENROLL", "Passkeys", [], { settings: { type: "AUTHENTICATORS", authenticators } });
  planted.push({ form: "enrolment_open", subject: "everyone" });
  org.authenticators.push(
    { id: "aut00000000000000wa1", key: "webauthn", name: "Passkeys", status: "ACTIVE", type: "security_key" },
    {
      id: "aut00000000000000ta1",
      key: "tac",
      name: "Temporary code",
      status: "ACTIVE",
      type: "tac",
      provider: {
        type: "tac",
        configuration: { minTtl: 10, maxTtl: 480, defaultTtl: 60, length: 16, complexity: { numbers: true }, multiUseAllowed: false },
      },
    },
  );
  planted.push({ form: "temporary_pass", subject: "everyone" });
  return planted;
}
