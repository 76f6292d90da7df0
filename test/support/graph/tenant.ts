/**
 * A Microsoft Entra tenant in memory, as far as Postern has to do with it: people, groups and who is in them, Conditional Access
 * policies, PIM for Groups, passes, logs. It knows nothing of HTTP. Rules of Entra ID that bite are kept, each named where it stands.
 */
import { randomUUID } from "node:crypto";

import { type Clock, type Instant } from "../../../src/kernel/time.ts";

export interface User {
  readonly id: string;
  readonly userPrincipalName: string;
  readonly displayName: string;
  readonly mail: string | null;
  readonly accountEnabled: boolean;
  readonly userType: "Member" | "Guest";
  /** `Invitation`: of another tenant, whatever the type. */
  readonly creationType: string | null;
}

export interface Group {
  readonly id: string;
  readonly displayName: string;
  readonly description: string | null;
  readonly mailEnabled: boolean;
  readonly mailNickname: string;
  readonly securityEnabled: boolean;
  readonly groupTypes: readonly string[];
  readonly onPremisesSyncEnabled: boolean | null;
  readonly isAssignableToRole: boolean | null;
  readonly membershipRule: string | null;
  readonly createdDateTime: Instant;
}

export interface DirectoryRole {
  readonly id: string;
  readonly roleTemplateId: string;
  readonly displayName: string;
}

export interface Application {
  readonly clientId: string;
  readonly secret: string;
  readonly servicePrincipalId: string;
  readonly displayName: string;
  /** With one, no secret is taken. */
  certificatePem?: string;
  roles: readonly string[];
}

export interface Schedule {
  readonly id: string;
  readonly groupId: string;
  readonly principalId: string;
  readonly createdAt: Instant;
  endDateTime: Instant | null;
}

/** What PIM does instead of what it is asked. */
export interface PimTrouble {
  /** Answered to whatever is asked. */
  down?: Refusal | undefined;
  /** Answered to orders, by their actions. */
  readonly refuses: Map<string, Refusal>;
  /** How many more orders find PIM ignorant of the group or the person: it hears of new ones after seconds, or minutes. */
  ordersUnknown: number;
  /** How many more requests a removal is left waiting, once it was taken. */
  removalsWait: number;
  readonly waiting: { readonly groupId: string; readonly principalId: string; requests: number }[];
}

export interface Pass {
  readonly id: string;
  readonly userId: string;
  readonly startDateTime: Instant;
  readonly lifetimeInMinutes: number;
  readonly isUsableOnce: boolean;
}

export type Json = Record<string, unknown>;
export type Author =
  | { readonly app: { readonly appId: string; readonly servicePrincipalId: string; readonly displayName: string } }
  | { readonly user: { readonly id: string; readonly userPrincipalName: string } };
export type Memberships = ReadonlyMap<string, ReadonlySet<string>>;

export interface Tenant {
  readonly id: string;
  readonly clock: Clock;
  hasPim: boolean;
  readonly pim: PimTrouble;
  /** How many objects an application may have made that has no role exempt from it. */
  quota: number;
  /** How many each has, by its own id; those that were deleted, and can be restored, among them. */
  readonly made: Map<string, number>;
  /** Whether the tenant's licence lets policies be evaluated. */
  canEvaluate: boolean;
  /** Whether an evaluation tells what a strength allows, which is another object than the policy, or its id only. */
  tellsStrengths: boolean;
  /** Answered to whoever puts a member into a group. */
  refusesMembers: Refusal | undefined;
  readonly users: Map<string, User>;
  /** Who is whose manager, by id. */
  readonly managers: Map<string, string>;
  readonly groups: Map<string, Group>;
  readonly roles: Map<string, DirectoryRole>;
  /** Who is in a group or holds a role. */
  readonly members: Map<string, Set<string>>;
  readonly policies: Map<string, Json>;
  methodsPolicy: Json;
  readonly apps: Map<string, Application>;
  readonly schedules: Map<string, Schedule>;
  readonly passes: Map<string, Pass>;
  readonly audits: Json[];
  readonly signIns: Json[];
  /** Whose sessions were revoked, in order. */
  readonly sessionsRevoked: string[];
  /** What readers are shown instead of the memberships, for so many more reads. */
  lag: { readonly shown: Memberships; reads: number };
}

const method = (id: string, state: string, includeTargets: readonly Json[] = []): Json => ({
  "@odata.type": `#microsoft.graph.${id[0]!.toLowerCase()}${id.slice(1)}AuthenticationMethodConfiguration`,
  id,
  state,
  excludeTargets: [],
  includeTargets,
});

const METHODS: Json = {
  id: "authenticationMethodsPolicy",
  displayName: "Authentication Methods Policy",
  description: "Which methods may be used in the tenant",
  lastModifiedDateTime: "2026-10-01T08:00:00Z",
  policyVersion: "1.5",
  policyMigrationState: "migrationComplete",
  reconfirmationInDays: null,
  registrationEnforcement: { authenticationMethodsRegistrationCampaign: { state: "default", excludeTargets: [], includeTargets: [] } },
  authenticationMethodConfigurations: [
    {
      ...method("Fido2", "enabled", [{ targetType: "group", id: "all_users", isRegistrationRequired: false }]),
      isAttestationEnforced: true,
    },
    method("Sms", "disabled"),
    method("Voice", "disabled"),
    method("Email", "disabled"),
  ],
};

/** What the tenant refuses, as Graph answers it. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export function createTenant(clock: Clock, { hasPim = true } = {}): Tenant {
  return {
    id: randomUUID(),
    clock,
    hasPim,
    pim: { refuses: new Map(), ordersUnknown: 0, removalsWait: 0, waiting: [] },
    refusesMembers: undefined,
    quota: 250,
    made: new Map(),
    canEvaluate: true,
    tellsStrengths: true,
    users: new Map(),
    managers: new Map(),
    groups: new Map(),
    roles: new Map(),
    members: new Map(),
    policies: new Map(),
    methodsPolicy: METHODS,
    apps: new Map(),
    schedules: new Map(),
    passes: new Map(),
    audits: [],
    signIns: [],
    sessionsRevoked: [],
    lag: { shown: new Map(), reads: 0 },
  };
}

export function load<T>(from: ReadonlyMap<string, T>, key: string): T {
  const found = from.get(key);
  if (found !== undefined) return found;
  throw new Refusal(
    404,
    "Request_ResourceNotFound",
    `Resource '${key}' does not exist or one of its queried reference-property objects are not present.`,
  );
}

export function createUser({ users }: Tenant, name: string, more: Partial<User> = {}): User {
  const user: User = {
    id: randomUUID(),
    userPrincipalName: `${name}@postern.test`,
    displayName: name,
    mail: null,
    accountEnabled: true,
    userType: "Member",
    creationType: null,
    ...more,
  };
  users.set(user.id, user);
  return user;
}

export function createGroup(tenant: Tenant, more: Partial<Group> & { readonly displayName: string }, by?: Author): Group {
  const group: Group = {
    id: randomUUID(),
    description: null,
    mailEnabled: false,
    mailNickname: "group",
    securityEnabled: true,
    groupTypes: [],
    onPremisesSyncEnabled: null,
    isAssignableToRole: null,
    membershipRule: null,
    createdDateTime: tenant.clock.now(),
    ...more,
  };
  tenant.groups.set(group.id, group);
  tenant.members.set(group.id, new Set());
  const { id, displayName } = group;
  if (by !== undefined)
    audit(tenant, by, "Add group", [{ id, type: "Group", displayName, userPrincipalName: null, modifiedProperties: [] }]);
  return group;
}

export function createRole(tenant: Tenant, roleTemplateId: string, displayName: string, holders: readonly string[]): DirectoryRole {
  const role = { id: randomUUID(), roleTemplateId, displayName };
  tenant.roles.set(role.id, role);
  tenant.members.set(role.id, new Set(holders));
  return role;
}

export function register({ apps }: Tenant, displayName: string, roles: readonly string[]): Application {
  const app: Application = {
    clientId: randomUUID(),
    secret: `secret-${randomUUID()}`,
    servicePrincipalId: randomUUID(),
    displayName,
    roles,
  };
  apps.set(app.clientId, app);
  return app;
}

export function deleteObject({ users, groups, members, schedules }: Tenant, key: string): void {
  if (!users.delete(key)) groups.delete(key);
  members.delete(key);
  for (const set of members.values()) set.delete(key);
  for (const [id, one] of schedules) if (one.principalId === key || one.groupId === key) schedules.delete(id);
}

export function audit(
  { audits, clock }: Tenant,
  by: Author,
  activity: string,
  targets: readonly Json[],
  category = "GroupManagement",
): void {
  audits.push({
    id: `Directory_${randomUUID()}`,
    category,
    correlationId: randomUUID(),
    result: "success",
    resultReason: "",
    activityDisplayName: activity,
    activityDateTime: clock.now(),
    loggedByService: "Core Directory",
    operationType: activity.split(" ")[0],
    initiatedBy: { user: null, app: null, ...by },
    targetResources: targets,
    additionalDetails: [],
  });
}
