/** A tenant prepared for the contract suite, on the fake Graph. What happens behind the connector's back goes to the tenant itself. */
import { randomUUID } from "node:crypto";

import { openNetwork } from "../../../test/support/breakable-network.ts";
import { startGraph } from "../../../test/support/graph/server.ts";
import { addMember, removeMember } from "../../../test/support/graph/memberships.ts";
import { sweep } from "../../../test/support/graph/pim.ts";
import {
  type Author,
  createGroup,
  createTenant,
  createUser,
  deleteObject,
  type Json,
  register,
  type Tenant,
  type User,
} from "../../../test/support/graph/tenant.ts";
import { reasonAgainst } from "../../../test/support/graph/what-if.ts";
import { duration, instant } from "../../kernel/time.ts";
import { manualClock } from "../../platform/clock.ts";
import type { ContractHarness, Planted } from "../contract-harness.suite.ts";
import { createRateLimiter } from "../http/limiter.ts";
import type { ProviderSubject } from "../port.ts";
import { entraConfig } from "./config.ts";
import { createEntraConnector } from "./connector.ts";
import { neededBy } from "./permissions.ts";

export type { Json } from "../../../test/support/graph/tenant.ts";

export const START = instant("2026-11-21T08:00:00Z");
export const APPLICATION = "00000003-0000-0ff1-ce00-000000000000";
const ADMINISTRATOR = "admin@postern.test";
const BY_HAND: Author = { user: { id: randomUUID(), userPrincipalName: ADMINISTRATOR } };
/** Microsoft's own strength: methods resistant to phishing. */
const RESISTANT = {
  id: "00000000-0000-0000-0000-000000000004",
  displayName: "Phishing-resistant MFA",
  description: "Methods that cannot be phished",
  policyType: "builtIn",
  requirementsSatisfied: "mfa",
  allowedCombinations: ["windowsHelloForBusiness", "fido2", "x509CertificateMultiFactor"],
  createdDateTime: "2021-12-01T00:00:00Z",
  modifiedDateTime: "2021-12-01T00:00:00Z",
};

export type Prepared = ReturnType<typeof prepareTenant>;

/** A policy for everybody, its pool, and an application with the rights that Postern asks for. */
export function prepareTenant(more: { readonly hasPim?: boolean } = {}) {
  const clock = manualClock(START);
  const tenant = createTenant(clock, more);
  const governed = ["everyone", "admins"].map((key) => govern(tenant, key));
  const base = { tenantId: tenant.id, clientId: randomUUID(), policies: governed };
  const rights = neededBy(entraConfig.parse(base)).map(({ name }) => name);
  const app = register(tenant, "Postern", rights);
  /** The configuration, with what a test wants otherwise. */
  const settings = (port: number, given: Record<string, unknown> = {}) => {
    const { secret = app.secret, ...rest } = given;
    const origin = `http://127.0.0.1:${port}`;
    const urls = { graphUrl: `${origin}/v1.0`, loginUrl: origin };
    const config = entraConfig.parse({ ...base, clientId: app.clientId, ...urls, pageSize: 3, timeoutMs: 2000, settleMs: 0, ...rest });
    return { ...config, secret: String(secret) };
  };
  return { clock, tenant, governed, app, settings };
}

function govern(tenant: Tenant, key: string) {
  const pool = createGroup(tenant, { displayName: `Exempt from ${key}` });
  const policyId = randomUUID();
  const none = {
    includeGroups: [],
    includeRoles: [],
    excludeRoles: [],
    includeGuestsOrExternalUsers: null,
    excludeGuestsOrExternalUsers: null,
  };
  tenant.policies.set(policyId, {
    id: policyId,
    displayName: `Require a passkey: ${key}`,
    description: null,
    createdDateTime: START,
    modifiedDateTime: null,
    templateId: null,
    state: "enabled",
    sessionControls: null,
    conditions: {
      clientAppTypes: ["all"],
      signInRiskLevels: [],
      userRiskLevels: [],
      servicePrincipalRiskLevels: [],
      insiderRiskLevels: null,
      platforms: null,
      locations: null,
      devices: null,
      clientApplications: null,
      authenticationFlows: null,
      applications: {
        includeApplications: ["All"],
        excludeApplications: [],
        includeUserActions: [],
        includeAuthenticationContextClassReferences: [],
        applicationFilter: null,
      },
      users: { ...none, includeUsers: ["All"], excludeUsers: [], excludeGroups: [pool.id] },
    },
    grantControls: {
      operator: "OR",
      builtInControls: [],
      customAuthenticationFactors: [],
      termsOfUse: [],
      authenticationStrength: RESISTANT,
    },
  });
  return { key, title: `Passkeys for ${key}`, policyId, poolId: pool.id, applicationId: APPLICATION };
}

/** Adds to whom a policy leaves out. */
export function leaveOut(tenant: Tenant, policyId: string, list: "excludeUsers" | "excludeGroups" | "excludeRoles", id: string): void {
  const policy = tenant.policies.get(policyId) as { conditions: { users: Record<string, string[]> } };
  policy.conditions.users[list]!.push(id);
}

export async function startEntra(more: { readonly hasPim?: boolean } = {}): Promise<ContractHarness> {
  const { clock, tenant, governed, app, settings } = prepareTenant(more);
  const graph = await startGraph(tenant);
  const network = await openNetwork(graph.host, graph.port);
  const reader = register(
    tenant,
    "Reader",
    ["User", "GroupMember", "Policy", "AuditLog"].map((name) => `${name}.Read.All`),
  );
  const planted = plantAll(tenant, governed);
  const open = (given: Record<string, unknown> = {}) =>
    createEntraConnector(settings(network.port, given), { now: () => clock.now(), limiter: createRateLimiter(1000), firstPauseMs: 10 });
  const connector = open();
  const policyOf = (key: string) => governed.find((policy) => policy.key === key)!;
  let persons = 0;

  return {
    connector,
    clock,
    get secrets() {
      return [app.secret, reader.secret, ...graph.tokens()];
    },
    planted,
    people: async () => [...tenant.users.keys()],
    reopen: () => open(),
    withSecret: (secret) => open({ secret }),
    withReadOnlyAccount: () => open({ clientId: reader.clientId, secret: reader.secret }),
    async freshPerson(): Promise<ProviderSubject> {
      persons += 1;
      const { id, userPrincipalName } = createUser(tenant, `person-${persons}`);
      return { kind: "user", key: id, name: userPrincipalName };
    },
    deletePerson: async ({ key }) => deleteObject(tenant, key),
    bypassByHand: async (policy, { key }) => addMember(tenant, policyOf(policy).poolId, key, BY_HAND),
    async undoByHand({ ref, subject }) {
      for (const { id, description } of tenant.groups.values())
        if (description === `Postern grant ${ref} for ${subject.key}`) removeMember(tenant, id, subject.key, BY_HAND);
    },
    letsThrough: async (policy, { key }) => {
      sweep(tenant);
      return reasonAgainst(tenant, tenant.policies.get(policyOf(policy).policyId)!, key, APPLICATION) === "users";
    },
    expiry: { term: duration("PT1H"), pass: async (end) => clock.set(end) },
    typed: { key: typedOf(tenant), names: ["ty.ped@postern.test", "TY.PED@postern.test", "ty.mail@postern.test", "Ty O'Ped"] },
    administrator: ADMINISTRATOR,
    refused: [
      { policy: "everyone", name: "by-rule", words: /dynamic/ },
      { policy: "everyone", name: "from-site", words: /synced/ },
      { policy: "admins", name: "by-mail", words: /mail-enabled/ },
      { policy: "everyone", name: "for-roles", words: /role/ },
      { policy: "admins", name: "nesting", words: /contains groups/ },
      { policy: "everyone", name: "Exempt from everyone", words: /exemption group itself/ },
    ],
    group: { name: "nesting", people: 5 },
    down: () => graph.stop(),
    up: () => graph.start(),
    network,
    close: async () => {
      await connector.close();
      await network.close();
      await graph.stop();
    },
  };
}

/** A tenant with everything planted in it that there is. */
export function createPrepared() {
  const prepared = prepareTenant();
  plantAll(prepared.tenant, prepared.governed);
  return prepared;
}

function typedOf(tenant: Tenant): string {
  return createUser(tenant, "ty.ped", { mail: "ty.mail@postern.test", displayName: "Ty O'Ped" }).id;
}

/** More than a page of each kind of reading. */
function plantAll(tenant: Tenant, [everyone, admins]: Prepared["governed"]): readonly Planted[] {
  const planted: Planted[] = [];
  for (let n = 0; n < 4; n++) {
    const stray = createUser(tenant, `stray-${n}`);
    addMember(tenant, everyone!.poolId, stray.id, BY_HAND);
    planted.push({ form: "governed_group_member", subject: stray.userPrincipalName, policy: "everyone" });
    const named = createUser(tenant, `left-out-${n}`);
    leaveOut(tenant, admins!.policyId, "excludeUsers", named.id);
    planted.push({ form: "ungoverned_exemption", subject: named.userPrincipalName, policy: "admins" });
    const holder = createUser(tenant, `pass-holder-${n}`);
    const id = randomUUID();
    tenant.passes.set(id, { id, userId: holder.id, startDateTime: START, lifetimeInMinutes: 60_000, isUsableOnce: false });
    planted.push({ form: "temporary_pass", subject: holder.userPrincipalName });
  }
  for (let n = 0; n < 4; n++) tenant.signIns.push(signInOf(createUser(tenant, `signed-in-${n}`), n === 3));
  const old = createUser(tenant, "old-pass-holder");
  tenant.passes.set("old", {
    id: "old",
    userId: old.id,
    startDateTime: instant("2026-11-20T08:00:00Z"),
    lifetimeInMinutes: 60,
    isUsableOnce: true,
  });
  const team = createGroup(tenant, { displayName: "team" });
  for (let n = 0; n < 5; n++) addMember(tenant, team.id, createUser(tenant, `team-${n}`).id, BY_HAND);
  const nesting = createGroup(tenant, { displayName: "nesting" });
  addMember(tenant, nesting.id, team.id, BY_HAND);
  createGroup(tenant, { displayName: "by-rule", groupTypes: ["DynamicMembership"], membershipRule: "user.department -eq 'x'" });
  createGroup(tenant, { displayName: "from-site", onPremisesSyncEnabled: true });
  createGroup(tenant, { displayName: "by-mail", mailEnabled: true, groupTypes: ["Unified"] });
  createGroup(tenant, { displayName: "for-roles", isAssignableToRole: true });
  const loose = createGroup(tenant, { displayName: "loose" });
  addMember(tenant, everyone!.poolId, loose.id, BY_HAND);
  const legacy = createGroup(tenant, { displayName: "legacy" });
  leaveOut(tenant, admins!.policyId, "excludeGroups", legacy.id);
  tenant.methodsPolicy = withMethod(tenant, "Voice", legacy.id);
  const gone = randomUUID();
  leaveOut(tenant, admins!.policyId, "excludeGroups", gone);
  return [
    ...planted,
    { form: "governed_group_member", subject: "loose", policy: "everyone" },
    { form: "ungoverned_exemption", subject: "legacy", policy: "admins" },
    { form: "dangling_condition", subject: gone, policy: "admins" },
    { form: "weak_method_allowed", subject: "legacy" },
    // As everywhere where there are policies: the two exclude each other.
    { form: "policy_not_enforced", subject: "everybody" },
  ];
}

function withMethod({ methodsPolicy }: Tenant, id: string, groupId: string): Json {
  const methods = methodsPolicy["authenticationMethodConfigurations"] as readonly Json[];
  const target = { targetType: "group", id: groupId, isRegistrationRequired: false };
  const changed = methods.map((one) => (one["id"] === id ? { ...one, state: "enabled", includeTargets: [target] } : one));
  return { ...methodsPolicy, authenticationMethodConfigurations: changed };
}

function signInOf({ id, userPrincipalName, displayName }: User, isRefused: boolean): Json {
  return {
    id: randomUUID(),
    createdDateTime: START,
    userId: id,
    userPrincipalName,
    userDisplayName: displayName,
    appId: APPLICATION,
    appDisplayName: "Office 365 SharePoint Online",
    clientAppUsed: "Browser",
    conditionalAccessStatus: isRefused ? "failure" : "success",
    appliedConditionalAccessPolicies: [],
    correlationId: randomUUID(),
    ipAddress: "203.0.113.7",
    isInteractive: true,
    status: {
      errorCode: isRefused ? 53003 : 0,
      failureReason: isRefused ? "Blocked by Conditional Access" : "Other.",
      additionalDetails: null,
    },
  };
}
