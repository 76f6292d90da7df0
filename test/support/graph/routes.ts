/** Microsoft Graph v1.0 as the fake answers it: which permission each call asks for, and what it gives. */
import { randomUUID } from "node:crypto";

import { addDuration, duration } from "../../../src/kernel/time.ts";
import { addMember, around, removeMember, shown, within } from "./memberships.ts";
import { demandPim, order } from "./pim.ts";
import {
  type Application,
  type Author,
  createGroup,
  deleteObject,
  type Group,
  type Json,
  load,
  Refusal,
  type Schedule,
  type Tenant,
  type User,
} from "./tenant.ts";
import { reasonAgainst } from "./what-if.ts";

export interface Call {
  readonly tenant: Tenant;
  readonly app: Application;
  readonly by: Author;
  /** What the pattern caught. */
  readonly ids: readonly string[];
  readonly query: URLSearchParams;
  readonly body: Json;
}

/** A list is filtered, ordered and paged by the server. */
export type Reply = { readonly list: readonly Json[]; readonly context: string } | { readonly status: number; readonly json?: Json };

export interface Route {
  readonly method: string;
  readonly path: RegExp;
  /** Any one of them is enough. */
  readonly needs: readonly string[];
  readonly run: (call: Call) => Reply;
}

const ID = "([0-9a-f-]{36})";
const TYPE = "@odata.type";
const READ_USERS = ["User.Read.All", "Directory.Read.All"];
const READ_GROUPS = ["GroupMember.Read.All", "Group.Read.All", "GroupMember.ReadWrite.All", "Directory.Read.All"];
const READ_ROLES = ["RoleManagement.Read.Directory", "Directory.Read.All"];
const READ_PIM = ["PrivilegedAssignmentSchedule.Read.AzureADGroup", "PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup"];
const READ_POLICIES = ["Policy.Read.All", "Policy.Read.ConditionalAccess"];
const PIM_PATH = "/identityGovernance/privilegedAccess/group/";

const route = (method: string, path: string, needs: readonly string[], run: Route["run"]): Route => ({
  method,
  path: new RegExp(`^${path.replaceAll("$", "\\$")}$`),
  needs,
  run,
});
const list = (items: Iterable<object>, context: string): Reply => ({ list: [...items] as readonly Json[], context });
const found = (json: object): Reply => ({ status: 200, json: json as Json });

/** A directory object in a mixed list: with its type, and only the properties that its type has. */
function directoryObject(tenant: Tenant, id: string): Json | undefined {
  const user = tenant.users.get(id);
  if (user !== undefined) return { [TYPE]: "#microsoft.graph.user", ...user };
  const group = tenant.groups.get(id);
  if (group !== undefined) return { [TYPE]: "#microsoft.graph.group", ...group };
  const role = tenant.roles.get(id);
  return role === undefined ? undefined : { [TYPE]: "#microsoft.graph.directoryRole", ...role };
}

const objects = ({ tenant, app }: Pick<Call, "tenant" | "app">, ids: Iterable<string>): readonly Json[] =>
  [...ids]
    .map((id) => directoryObject(tenant, id))
    .filter((one) => one !== undefined)
    .map((one) =>
      one[TYPE] === "#microsoft.graph.directoryRole" && !READ_ROLES.some((name) => app.roles.includes(name)) ? bare(one) : one,
    );

/** What may not be read is in a list all the same, without anything but its type and its id. */
const bare = (one: Json): Json =>
  Object.fromEntries(Object.entries(one).map(([name, value]) => [name, name === TYPE || name === "id" ? value : null]));

function byName(tenant: Tenant, key: string): User {
  return [...tenant.users.values()].find(({ userPrincipalName }) => userPrincipalName === key) ?? load(tenant.users, key);
}

function idIn({ body }: Call): string {
  const id = /\/(?:directoryObjects|users|groups)\/([0-9a-f-]{36})$/.exec(String(body["@odata.id"]))?.[1];
  if (id === undefined) throw new Refusal(400, "Request_BadRequest", "Invalid URL format specified in @odata.id.");
  return id;
}

/** Of `$expand` only the manager is known here; who has none has no such property. */
function withManager({ managers }: Tenant, user: User): object {
  const id = managers.get(user.id);
  return id === undefined ? user : { ...user, manager: { [TYPE]: "#microsoft.graph.user", id } };
}

const DIRECTORY: readonly Route[] = [
  route("GET", "/users", READ_USERS, ({ tenant, query }) =>
    list(
      [...tenant.users.values()].map((user) => (query.has("$expand") ? withManager(tenant, user) : user)),
      "users",
    ),
  ),
  route("GET", "/users/([^/]+)", READ_USERS, ({ tenant, ids }) => found(byName(tenant, decodeURIComponent(ids[0]!)))),
  route("GET", "/groups", READ_GROUPS, ({ tenant }) => list(tenant.groups.values(), "groups")),
  route("GET", `/groups/${ID}`, READ_GROUPS, ({ tenant, ids }) => found(load(tenant.groups, ids[0]!))),
  route("GET", `/groups/${ID}/members`, READ_GROUPS, ({ tenant, app, ids }) => {
    load(tenant.groups, ids[0]!);
    return list(objects({ tenant, app }, shown(tenant).get(ids[0]!) ?? []), "directoryObjects");
  }),
  route("GET", `/groups/${ID}/transitiveMembers`, READ_GROUPS, ({ tenant, app, ids }) => {
    load(tenant.groups, ids[0]!);
    return list(objects({ tenant, app }, within(shown(tenant), ids[0]!)), "directoryObjects");
  }),
  route("GET", `/(users|groups)/${ID}/transitiveMemberOf`, READ_GROUPS, ({ tenant, app, ids: [kind, id] }) => {
    load<object>(kind === "users" ? tenant.users : tenant.groups, id!);
    return list(objects({ tenant, app }, around(shown(tenant), id!)), "directoryObjects");
  }),
  route("GET", "/directoryRoles", READ_ROLES, ({ tenant }) => list(tenant.roles.values(), "directoryRoles")),
  route("POST", "/groups", ["Group.Create", "Group.ReadWrite.All"], ({ tenant, app, body, by }) => {
    for (const name of ["displayName", "mailEnabled", "mailNickname", "securityEnabled"])
      if (!(name in body)) throw new Refusal(400, "Request_BadRequest", `A value is required for property '${name}' of resource 'Group'.`);
    countMade(tenant, app);
    return { status: 201, json: { ...createGroup(tenant, body as Partial<Group> & { displayName: string }, by) } };
  }),
  route("POST", `/groups/${ID}/members/$ref`, ["GroupMember.ReadWrite.All", "Group.ReadWrite.All"], (call) => {
    checkWritable(call);
    if (call.tenant.refusesMembers !== undefined) throw call.tenant.refusesMembers;
    addMember(call.tenant, call.ids[0]!, idIn(call), call.by);
    return { status: 204 };
  }),
  route("DELETE", `/groups/${ID}/members/${ID}/$ref`, ["GroupMember.ReadWrite.All", "Group.ReadWrite.All"], (call) => {
    checkWritable(call);
    removeMember(call.tenant, call.ids[0]!, call.ids[1]!, call.by);
    return { status: 204 };
  }),
  // The trap: without /$ref it is the object that goes, not its membership.
  route("DELETE", `/groups/${ID}/members/${ID}`, ["User.ReadWrite.All", "Directory.ReadWrite.All"], ({ tenant, ids }) => {
    deleteObject(tenant, ids[1]!);
    return { status: 204 };
  }),
  route("POST", `/users/${ID}/revokeSignInSessions`, ["User.RevokeSessions.All", "User.ReadWrite.All"], ({ tenant, ids }) => {
    tenant.sessionsRevoked.push(load(tenant.users, ids[0]!).id);
    return found({ "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#Edm.Boolean", value: true });
  }),
  route("GET", `/users/${ID}/authentication/temporaryAccessPassMethods`, ["UserAuthenticationMethod.Read.All"], ({ tenant, ids }) => {
    load(tenant.users, ids[0]!);
    return list(
      [...tenant.passes.values()].filter(({ userId }) => userId === ids[0]).map((pass) => passOf(tenant, pass.id)),
      "temporaryAccessPassMethods",
    );
  }),
];

function countMade({ made, quota }: Tenant, { servicePrincipalId }: Application): void {
  const before = made.get(servicePrincipalId) ?? 0;
  if (before >= quota)
    throw new Refusal(403, "Directory_QuotaExceeded", "The directory object quota limit for the Principal has been exceeded.");
  made.set(servicePrincipalId, before + 1);
}

/** Memberships of groups that can be assigned to a role take a right of their own. */
function checkWritable({ tenant, app, ids }: Call): void {
  const group = load(tenant.groups, ids[0]!);
  if (group.isAssignableToRole === true && !app.roles.includes("RoleManagement.ReadWrite.Directory"))
    throw new Refusal(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.");
  if (group.onPremisesSyncEnabled === true)
    throw new Refusal(
      400,
      "Request_BadRequest",
      "Unable to update the specified properties for on-premises mastered Directory Sync objects.",
    );
}

function passOf(tenant: Tenant, id: string): Json {
  const { userId: _, ...pass } = load(tenant.passes, id);
  const now = tenant.clock.now();
  const isOver = addDuration(pass.startDateTime, duration(`PT${pass.lifetimeInMinutes}M`)) <= now;
  const isEarly = now < pass.startDateTime;
  return {
    ...pass,
    createdDateTime: pass.startDateTime,
    isUsable: !isOver && !isEarly,
    methodUsabilityReason: isOver ? "Expired" : isEarly ? "NotYetValid" : "EnabledByPolicy",
    temporaryAccessPass: null,
  };
}

function withStrengthById(policy: Json): Json {
  const grantControls = policy["grantControls"] as Json | null;
  const strength = grantControls?.["authenticationStrength"] as Json | null | undefined;
  return { ...policy, grantControls: grantControls && { ...grantControls, authenticationStrength: strength && { id: strength["id"] } } };
}

const ACCESS: readonly Route[] = [
  route("GET", "/identity/conditionalAccess/policies", READ_POLICIES, ({ tenant }) =>
    list(tenant.policies.values(), "identity/conditionalAccess/policies"),
  ),
  route("GET", `/identity/conditionalAccess/policies/${ID}`, READ_POLICIES, ({ tenant, ids }) => found(load(tenant.policies, ids[0]!))),
  route("POST", "/identity/conditionalAccess/evaluate", READ_POLICIES, ({ tenant, body }) => {
    if (!tenant.canEvaluate) throw new Refusal(403, "AccessDenied", "The tenant has no licence for Conditional Access.");
    const { signInIdentity, signInContext, appliedPoliciesOnly } = body as Record<string, Json>;
    const application = (signInContext?.["includeApplications"] as readonly string[] | undefined)?.[0];
    if (signInIdentity?.["@odata.type"] !== "#microsoft.graph.userSignIn" || application === undefined)
      throw new Refusal(400, "BadRequest", "signInIdentity and signInContext are required.");
    const user = load(tenant.users, String(signInIdentity["userId"]));
    const results = [...tenant.policies.values()].map((policy) => {
      const analysisReasons = reasonAgainst(tenant, policy, user.id, application);
      return {
        ...(tenant.tellsStrengths ? policy : withStrengthById(policy)),
        policyApplies: analysisReasons === "notSet",
        analysisReasons,
      };
    });
    return found({
      "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#Collection(microsoft.graph.whatIfAnalysisResult)",
      value: results.filter(({ policyApplies }) => policyApplies || appliedPoliciesOnly !== (true as unknown)),
    });
  }),
  route("GET", "/policies/authenticationMethodsPolicy", READ_POLICIES, ({ tenant }) => found(tenant.methodsPolicy)),
  route("GET", "/policies/identitySecurityDefaultsEnforcementPolicy", ["Policy.Read.All"], ({ tenant }) =>
    found({ id: "00000000-0000-0000-0000-000000000005", displayName: "Security Defaults", isEnabled: tenant.policies.size === 0 }),
  ),
  route("GET", `${PIM_PATH}assignmentSchedules`, READ_PIM, ({ tenant, query }) => {
    demandPim(tenant);
    if (!/(groupId|principalId) eq /.test(query.get("$filter") ?? ""))
      throw new Refusal(400, "MissingFilter", "The $filter has to name a groupId or a principalId.");
    return list([...tenant.schedules.values()].map(scheduleOf), "identityGovernance/privilegedAccess/group/assignmentSchedules");
  }),
  route("POST", `${PIM_PATH}assignmentScheduleRequests`, ["PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup"], ({ tenant, body }) => {
    const schedule = order(tenant, body);
    const expiration = { type: "afterDateTime", endDateTime: schedule?.endDateTime ?? null, duration: null };
    return {
      status: 201,
      json: {
        id: randomUUID(),
        status: "Provisioned",
        completedDateTime: tenant.clock.now(),
        createdDateTime: tenant.clock.now(),
        targetScheduleId: schedule?.id ?? null,
        ...body,
        scheduleInfo: { startDateTime: tenant.clock.now(), recurrence: null, expiration },
      },
    };
  }),
];

function scheduleOf({ id, groupId, principalId, createdAt, endDateTime }: Schedule): Json {
  const expiration = { type: endDateTime === null ? "noExpiration" : "afterDateTime", endDateTime, duration: null };
  return {
    id: `${groupId}_member_${id}`,
    groupId,
    principalId,
    accessId: "member",
    assignmentType: "assigned",
    memberType: "direct",
    status: "Provisioned",
    createdDateTime: createdAt,
    scheduleInfo: { startDateTime: createdAt, recurrence: null, expiration },
  };
}

const REPORTS: readonly Route[] = [
  route("GET", "/auditLogs/directoryAudits", ["AuditLog.Read.All"], ({ tenant }) => list(tenant.audits, "auditLogs/directoryAudits")),
  route("GET", "/auditLogs/signIns", ["AuditLog.Read.All"], ({ tenant }) => list(tenant.signIns, "auditLogs/signIns")),
  route("GET", "/reports/authenticationMethods/userRegistrationDetails", ["AuditLog.Read.All"], ({ tenant }) =>
    list(
      [...tenant.users.values()].map((user) => registrationOf(tenant, user)),
      "reports/authenticationMethods/userRegistrationDetails",
    ),
  ),
];

function registrationOf(tenant: Tenant, { id, userPrincipalName, displayName, userType }: User): Json {
  const hasPass = [...tenant.passes.values()].some(({ userId }) => userId === id);
  return {
    id,
    userPrincipalName,
    userDisplayName: displayName,
    userType: userType.toLowerCase(),
    isAdmin: false,
    isMfaCapable: true,
    isMfaRegistered: true,
    isPasswordlessCapable: true,
    isSsprCapable: false,
    isSsprEnabled: false,
    isSsprRegistered: false,
    isSystemPreferredAuthenticationMethodEnabled: true,
    systemPreferredAuthenticationMethods: [],
    userPreferredMethodForSecondaryAuthentication: "none",
    lastUpdatedDateTime: tenant.clock.now(),
    methodsRegistered: ["passKeyDeviceBound", ...(hasPass ? ["temporaryAccessPass"] : [])],
  };
}

export const ROUTES: readonly Route[] = [...DIRECTORY, ...ACCESS, ...REPORTS];
