/** What the fake does under each path. */
import { type App, type Group, type GroupRule, type Json, type Org, type Policy, type User } from "./org.ts";
import { type Answer, type Call, failure, type Route } from "./answer.ts";
import { simulate } from "./simulate.ts";

const NOT_FOUND = failure(404, "E0000007", "Not found: Resource not found");
const FORBIDDEN = failure(403, "E0000006", "You do not have permission to perform the requested action");

export const routes: readonly Route[] = [
  { method: "GET", path: "/api/v1/users", scope: "okta.users.read", answer: listUsers },
  {
    method: "GET",
    path: "/api/v1/users/{id}/groups",
    scope: "okta.users.read",
    answer: ofUser((call, user) => list(call, groupsWith(call.org, user).map(groupShown))),
  },
  {
    method: "GET",
    path: "/api/v1/users/{id}",
    scope: "okta.users.read",
    answer: ofUser((_, user) => ({ status: 200, body: userShown(user) })),
  },
  { method: "DELETE", path: "/api/v1/users/{userId}/sessions", scope: "okta.users.manage", answer: ofUser(endSessions) },
  {
    method: "GET",
    path: "/api/v1/groups/rules",
    scope: "okta.groups.read",
    answer: (call) => list(call, call.org.groupRules.map(groupRuleShown)),
  },
  { method: "GET", path: "/api/v1/groups", scope: "okta.groups.read", answer: listGroups },
  { method: "POST", path: "/api/v1/groups", scope: "okta.groups.manage", answer: addGroup },
  {
    method: "GET",
    path: "/api/v1/groups/{groupId}",
    scope: "okta.groups.read",
    answer: ofGroup((_, group) => ({ status: 200, body: groupShown(group) })),
  },
  { method: "DELETE", path: "/api/v1/groups/{groupId}", scope: "okta.groups.manage", answer: ofGroup(deleteGroup) },
  {
    method: "GET",
    path: "/api/v1/groups/{groupId}/users",
    scope: "okta.groups.read",
    answer: ofGroup((call, group) => list(call, membersOf(call.org, group).map(userShown))),
  },
  {
    method: "PUT",
    path: "/api/v1/groups/{groupId}/users/{userId}",
    scope: "okta.groups.manage",
    answer: ofMember((call, group, user) => call.org.putIn(group, user, call.actor)),
  },
  {
    method: "DELETE",
    path: "/api/v1/groups/{groupId}/users/{userId}",
    scope: "okta.groups.manage",
    answer: ofMember((call, group, user) => call.org.takeOut(group, user, call.actor)),
  },
  { method: "POST", path: "/api/v1/policies/simulate", scope: "okta.policies.read", answer: simulated },
  { method: "GET", path: "/api/v1/policies", scope: "okta.policies.read", answer: listPolicies },
  {
    method: "GET",
    path: "/api/v1/policies/{policyId}",
    scope: "okta.policies.read",
    answer: ofPolicy((_, policy) => ({ status: 200, body: policyShown(policy) })),
  },
  {
    method: "GET",
    path: "/api/v1/policies/{policyId}/rules",
    scope: "okta.policies.read",
    answer: ofPolicy((_, { rules }) => ({ status: 200, body: rules })),
  },
  { method: "GET", path: "/api/v1/policies/{policyId}/mappings", scope: "okta.policies.read", answer: ofPolicy(mappings) },
  {
    method: "GET",
    path: "/api/v1/apps",
    scope: "okta.apps.read",
    answer: (call) =>
      list(
        call,
        call.org.apps.map((app) => appShown(app, call.url)),
      ),
  },
  {
    method: "GET",
    path: "/api/v1/authenticators",
    scope: "okta.authenticators.read",
    answer: ({ org }) => ({ status: 200, body: org.authenticators }),
  },
  { method: "GET", path: "/api/v1/logs", scope: "okta.logs.read", answer: listLog },
];

function ofUser(answer: (call: Call, user: User) => Answer) {
  return (call: Call): Answer => {
    const asked = call.ids[0]!;
    const user =
      call.org.users.get(asked) ?? [...call.org.users.values()].find(({ profile }) => profile.login.toLowerCase() === asked.toLowerCase());
    return user === undefined ? NOT_FOUND : answer(call, user);
  };
}

function ofGroup(answer: (call: Call, group: Group) => Answer) {
  return (call: Call): Answer => {
    const group = call.org.groups.get(call.ids[0]!);
    return group === undefined ? NOT_FOUND : answer(call, group);
  };
}

function ofPolicy(answer: (call: Call, policy: Policy) => Answer) {
  return (call: Call): Answer => {
    const policy = call.org.policies.get(call.ids[0]!);
    return policy === undefined ? NOT_FOUND : answer(call, policy);
  };
}

/** Members of imported and built-in groups are nobody's to change. Adding twice and removing who is absent are no errors. */
function ofMember(change: (call: Call, group: Group, user: User) => void) {
  return ofGroup((call, group) => {
    const user = call.org.users.get(call.ids[1]!);
    if (user === undefined) return NOT_FOUND;
    if (group.type !== "OKTA_GROUP") return FORBIDDEN;
    change(call, group, user);
    return { status: 204 };
  });
}

/** Pages go by a place in the list that only the fake understands. */
function list(call: Call, items: readonly unknown[]): Answer {
  const { searchParams } = call.url;
  const from = Number(Buffer.from(searchParams.get("after") ?? "", "base64url").toString() || "0");
  const limit = Number(searchParams.get("limit") ?? 200);
  const more = from + limit < items.length;
  return { status: 200, body: items.slice(from, from + limit), next: more ? pageAt(call.url, from + limit) : undefined };
}

function pageAt(url: URL, at: number): string {
  const next = new URL(url);
  next.searchParams.set("after", Buffer.from(String(at)).toString("base64url"));
  return next.href;
}

const FIELD = /profile\.(\w+) eq ("(?:[^"\\]|\\.)*")/g;

function found(search: string, fields: Readonly<Record<string, string>>): boolean {
  return [...search.matchAll(FIELD)].some(
    ([, field, value]) => fields[field!]?.toLowerCase() === (JSON.parse(value!) as string).toLowerCase(),
  );
}

/** There is no "ne". */
const NOT_STATUS = / and \(status lt "(\w+)" or status gt "\1"\)$/;

/** A list leaves deactivated accounts out, a search does not. Their groups keep them, and list them among their members. */
function listUsers(call: Call): Answer {
  const search = call.url.searchParams.get("search");
  const leftOut = search === null ? "DEPROVISIONED" : NOT_STATUS.exec(search)?.[1];
  const users = [...call.org.users.values()].filter(({ status }) => status !== leftOut);
  const fitting =
    search === null
      ? users
      : users.filter(({ profile }) => found(search, { ...profile, displayName: `${profile.firstName} ${profile.lastName}` }));
  return list(call, fitting.map(userShown));
}

/** A search does not know a new group at first. */
const searchedFor = new WeakMap<Group, number>();

function listGroups(call: Call): Answer {
  const { searchParams } = call.url;
  const [search, filter] = [searchParams.get("search"), searchParams.get("filter")];
  const type = /^type eq "(\w+)"$/.exec(filter ?? "")?.[1];
  const groups = [...call.org.groups.values()].filter((group) => {
    if (search === null) return type === undefined || group.type === type;
    if (!found(search, { name: group.name })) return false;
    const times = searchedFor.get(group) ?? 0;
    searchedFor.set(group, times + 1);
    return times > 0 || !group.name.startsWith("Postern ");
  });
  return list(call, groups.map(groupShown));
}

function addGroup({ org, actor, body }: Call): Answer {
  const { name, description = "" } = (body as { profile: { name: string; description?: string } }).profile;
  if ([...org.groups.values()].some((group) => group.name === name))
    return failure(400, "E0000001", "Api validation failed: name", [
      "name: An object with this field already exists in the current organization",
    ]);
  return { status: 200, body: groupShown(org.addGroup(name, "OKTA_GROUP", actor, description)) };
}

function deleteGroup({ org, actor }: Call, group: Group): Answer {
  if (group.type !== "OKTA_GROUP") return FORBIDDEN;
  org.deleteGroup(group, actor);
  return { status: 204 };
}

function endSessions({ org, url }: Call, user: User): Answer {
  const is = (name: string, otherwise: boolean) => (url.searchParams.get(name) ?? String(otherwise)) === "true";
  org.endedSessions.push({ user: user.id, tokens: is("oauthTokens", false), devices: is("forgetDevices", true) });
  return { status: 204 };
}

function listPolicies(call: Call): Answer {
  const type = call.url.searchParams.get("type");
  return list(call, [...call.org.policies.values()].filter((policy) => policy.type === type).map(policyShown));
}

function mappings({ org, url }: Call, policy: Policy): Answer {
  const body = org.apps
    .filter(({ policyId }) => policyId === policy.id)
    .map(({ id }) => ({
      id: `map${id}`,
      _links: { application: { href: `${url.origin}/api/v1/apps/${id}` }, policy: { href: `${url.origin}/api/v1/policies/${policy.id}` } },
    }));
  return { status: 200, body };
}

/** One simulation at a time, of a person or of groups: a list of them, as the description and the SDKs have it, is refused. */
function simulated({ org, body }: Call): Answer {
  if (Array.isArray(body)) return failure(400, "E0000003", "The request body was not well-formed.");
  const { appInstance, policyContext } = body as { appInstance: string; policyContext?: { user?: { id: string }; groups?: unknown } };
  const { user, groups } = policyContext ?? {};
  if (user === undefined || groups !== undefined) return failure(400, "E0000001", "Api validation failed: policyContext");
  const result = simulate(org, appInstance, user.id);
  if (result === undefined) return NOT_FOUND;
  const { policyId, match } = result;
  const rules = [{ id: match.id, name: match["name"], status: "MATCH", conditions: [] }];
  const policies = [{ id: policyId, name: org.policies.get(policyId)!.name, status: "MATCH", conditions: [], rules }];
  const nothing = { policies: [] };
  const evaluation = { status: null, policyType: "ACCESS_POLICY", result: { policies }, undefined: nothing, evaluated: nothing };
  return { status: 200, body: { evaluation: [evaluation] } };
}

/** Going forward in time, a log always has a next page: what comes later. Not where it is asked for until when. */
function listLog(call: Call): Answer {
  const { searchParams } = call.url;
  const types = new Set([...(searchParams.get("filter") ?? "").matchAll(/eventType eq "([^"]+)"/g)].map(([, type]) => type));
  const [since, until] = [searchParams.get("since") ?? "", searchParams.get("until")];
  const target = / and target\.id eq "([^"]+)"$/.exec(searchParams.get("filter") ?? "")?.[1];
  const from = Number(Buffer.from(searchParams.get("after") ?? "", "base64url").toString() || "0");
  const limit = Number(searchParams.get("limit") ?? 100);
  const all = call.org.log
    .map((entry, at) => ({ entry, at }))
    .filter(({ entry, at }) => at >= from && isBetween(String(entry["published"]), since, until))
    .filter(({ entry }) => types.size === 0 || types.has(String(entry["eventType"])))
    .filter(({ entry }) => target === undefined || (entry["target"] as readonly Json[]).some(({ id }) => id === target));
  const fitting = all.slice(0, limit);
  const last = fitting.at(-1);
  const isOver = until !== null && fitting.length === all.length;
  const next = isOver ? undefined : pageAt(call.url, last === undefined ? from : last.at + 1);
  return { status: 200, body: fitting.map(({ entry }) => entry), next };
}

function isBetween(published: string, since: string, until: string | null): boolean {
  return published >= since && (until === null || published <= until);
}

function groupsWith(org: Org, { id }: User): readonly Group[] {
  return [...org.groups.values()].filter(({ members }) => members.has(id));
}

function membersOf(org: Org, { members }: Group): readonly User[] {
  return [...members].flatMap((id) => org.users.get(id) ?? []);
}

function userShown({ id, profile, status, created }: User): Json {
  return {
    id,
    status,
    created,
    profile: { ...profile, mobilePhone: null },
    credentials: { provider: { type: "OKTA", name: "OKTA" } },
    _links: {},
  };
}

function groupShown({ id, type, name, description, created }: Group): Json {
  return { id, type, created, objectClass: ["okta:user_group"], profile: { name, description } };
}

function groupRuleShown({ id, name, status, groupId }: GroupRule): Json {
  return {
    id,
    name,
    status,
    type: "group_rule",
    conditions: { expression: { type: "urn:okta:expression:1.0", value: "user.department" } },
    actions: { assignUserToGroups: { groupIds: [groupId] } },
  };
}

function policyShown({ id, type, name, status, more }: Policy): Json {
  const embedded = type === "ACCESS_POLICY" ? { _embedded: { resourceType: "APP" } } : {};
  return { id, type, name, status, priority: 1, system: false, ...embedded, ...more };
}

function appShown({ id, label, policyId, signOnMode }: App, { origin }: URL): Json {
  return {
    id,
    label,
    name: signOnMode.toLowerCase(),
    status: "ACTIVE",
    signOnMode,
    settings: {},
    _links: { accessPolicy: { href: `${origin}/api/v1/policies/${policyId}` } },
  };
}
