/** An organisation of Okta in memory: accounts, groups, rules, policies, the System Log, and what an administrator does to them. */
import type { Instant } from "../../../src/kernel/time.ts";

export type Json = Record<string, unknown>;

export interface User {
  readonly id: string;
  readonly profile: { login: string; email: string; firstName: string; lastName: string };
  status: "ACTIVE" | "SUSPENDED" | "DEPROVISIONED";
  readonly created: Instant;
}

export interface Group {
  readonly id: string;
  readonly type: "OKTA_GROUP" | "APP_GROUP" | "BUILT_IN";
  readonly name: string;
  readonly description: string;
  readonly members: Set<string>;
  readonly created: Instant;
}

export interface GroupRule {
  readonly id: string;
  readonly name: string;
  readonly status: "ACTIVE" | "INACTIVE";
  readonly groupId: string;
  readonly appliesTo: (user: User) => boolean;
}

export interface Policy {
  readonly id: string;
  readonly type: "ACCESS_POLICY" | "OKTA_SIGN_ON" | "MFA_ENROLL";
  readonly name: string;
  status: "ACTIVE" | "INACTIVE";
  readonly more: Json;
  rules: (Json & { id: string; name: string; priority: number; status: string })[];
}

export interface App {
  readonly id: string;
  readonly label: string;
  readonly policyId: string;
  readonly signOnMode: string;
}

export interface Actor {
  readonly id: string;
  readonly type: string;
  readonly alternateId: string;
}

export const ADMIN: Actor = { id: "00uadmin0000000000g7", type: "User", alternateId: "admin@postern.test" };

export type Org = ReturnType<typeof createOrg>;

export function createOrg(now: () => Instant) {
  let made = 0;
  const users = new Map<string, User>();
  const groups = new Map<string, Group>();
  const groupRules: GroupRule[] = [];
  const policies = new Map<string, Policy>();
  const apps: App[] = [];
  const authenticators: Json[] = [];
  const log: Json[] = [];
  const endedSessions: { readonly user: string; readonly tokens: boolean; readonly devices: boolean }[] = [];

  const id = (prefix: string) => `${prefix}${String((made += 1)).padStart(20 - prefix.length, "0")}`;
  const everyone: Group = { id: id("00g"), type: "BUILT_IN", name: "Everyone", description: "", members: new Set(), created: now() };
  groups.set(everyone.id, everyone);

  function record(actor: Actor, eventType: string, target: readonly Json[], more: Json = {}): void {
    const uuid = `00000000-0000-4000-8000-${String(log.length).padStart(12, "0")}`;
    const who = { ...actor, displayName: actor.alternateId, detailEntry: null };
    const common = { uuid, published: now(), eventType, version: "0", severity: "INFO", displayMessage: eventType };
    log.push({ ...common, actor: { ...who, detailEntry: {} }, outcome: { result: "SUCCESS" }, target, ...more });
  }
  const userTarget = ({ id: key, profile }: User) => ({ id: key, type: "User", alternateId: profile.login, displayName: profile.login });
  const groupTarget = ({ id: key, name }: Group) => ({ id: key, type: "UserGroup", alternateId: "unknown", displayName: name });

  return {
    now,
    id,
    users,
    groups,
    groupRules,
    policies,
    apps,
    authenticators,
    log,
    endedSessions,
    everyone,
    record,

    addUser(name: string, more: Partial<User["profile"]> = {}, status: User["status"] = "ACTIVE"): User {
      const [firstName = name, lastName = "Test"] = name.split(".");
      const profile = { login: `${name}@postern.test`, email: `${name}@postern.test`, firstName, lastName, ...more };
      const user: User = { id: id("00u"), profile, status, created: now() };
      users.set(user.id, user);
      everyone.members.add(user.id);
      for (const rule of groupRules) if (rule.status === "ACTIVE" && rule.appliesTo(user)) groups.get(rule.groupId)!.members.add(user.id);
      record(ADMIN, "user.lifecycle.create", [userTarget(user)]);
      return user;
    },
    deleteUser(key: string): void {
      users.delete(key);
      for (const group of groups.values()) group.members.delete(key);
    },
    addGroup(name: string, type: Group["type"] = "OKTA_GROUP", actor = ADMIN, description = ""): Group {
      const group: Group = { id: id("00g"), type, name, description, members: new Set(), created: now() };
      groups.set(group.id, group);
      record(actor, "group.lifecycle.create", [groupTarget(group)]);
      return group;
    },
    deleteGroup(group: Group, actor: Actor): void {
      groups.delete(group.id);
      record(actor, "group.lifecycle.delete", [groupTarget(group)]);
    },
    putIn(group: Group, user: User, actor = ADMIN): void {
      if (group.members.has(user.id)) return;
      group.members.add(user.id);
      record(actor, "group.user_membership.add", [userTarget(user), groupTarget(group)]);
    },
    takeOut(group: Group, user: User, actor = ADMIN): void {
      if (!group.members.delete(user.id)) return;
      record(actor, "group.user_membership.remove", [userTarget(user), groupTarget(group)]);
    },
    /** What Okta does by itself a moment later. */
    runGroupRules(): void {
      for (const rule of groupRules) {
        if (rule.status !== "ACTIVE") continue;
        for (const user of users.values()) if (rule.appliesTo(user)) groups.get(rule.groupId)!.members.add(user.id);
      }
    },
    addPolicy(type: Policy["type"], name: string, rules: readonly Json[], more: Json = {}): Policy {
      const policy: Policy = { id: id("00p"), type, name, status: "ACTIVE", more, rules: [] };
      policies.set(policy.id, policy);
      policy.rules = rules.map((rule, at) => ({
        ...rule,
        id: id("0pr"),
        name: String(rule["name"]),
        priority: at + 1,
        status: rule["status"] === "INACTIVE" ? "INACTIVE" : "ACTIVE",
      }));
      return policy;
    },
    addApp(label: string, policy: Policy, signOnMode = "SAML_2_0"): App {
      const app = { id: id("0oa"), label, policyId: policy.id, signOnMode };
      apps.push(app);
      return app;
    },
    /** Somebody signs in: a session, and the method on its enrolment. */
    signIn(user: User, method: string, properties: string): void {
      const actor = { id: user.id, type: "User", alternateId: user.profile.login };
      const enrolment = { id: id("aut"), type: "AuthenticatorEnrollment", alternateId: "unknown", displayName: method };
      const session = { authenticationContext: { externalSessionId: id("idx") } };
      record(actor, "user.session.start", [], session);
      const detailEntry = { methodTypeUsed: method, methodUsedVerifiedProperties: properties };
      record(actor, "user.authentication.auth_via_mfa", [{ ...enrolment, detailEntry }], {
        ...session,
        debugContext: { debugData: { factor: "SIGNED_NONCE" } },
      });
    },
  };
}

/** Rules as the API writes them. */
export function accessRule(name: string, resistant: boolean | "deny", people: Json | undefined, more: Json = {}): Json {
  const constraints =
    resistant === true ? [{ possession: { required: true, phishingResistant: "REQUIRED", userPresence: "REQUIRED" } }] : [];
  const verificationMethod = { type: "ASSURANCE", factorMode: "2FA", reauthenticateIn: "PT2H", constraints };
  const appSignOn = resistant === "deny" ? { access: "DENY" } : { access: "ALLOW", verificationMethod };
  return { name, type: "ACCESS_POLICY", conditions: { ...(people !== undefined && { people }), ...more }, actions: { appSignOn } };
}

export const forGroups = (...include: readonly string[]): Json => ({ groups: { include, exclude: [] } });
