/** Who is in which group: changed, told in the audit log, and shown, if need be later than it is so. */
import { audit, type Author, type Json, load, type Memberships, Refusal, type Tenant } from "./tenant.ts";

export function addMember(tenant: Tenant, groupId: string, memberId: string, by: Author): void {
  const { groups, users, members } = tenant;
  const group = load(groups, groupId);
  if (!users.has(memberId)) load(groups, memberId);
  if (group.groupTypes.includes("DynamicMembership"))
    throw new Refusal(400, "Request_BadRequest", "The membership of a dynamic group is computed.");
  if (group.isAssignableToRole === true && groups.has(memberId))
    throw new Refusal(400, "Request_BadRequest", "Nesting is not supported for groups that can be assigned to a role.");
  if (membersOf(tenant, groupId).has(memberId))
    throw new Refusal(
      400,
      "Request_BadRequest",
      "One or more added object references already exist for the following modified properties: 'members'.",
    );
  members.get(groupId)!.add(memberId);
  audit(tenant, by, "Add member to group", targetsOf(tenant, groupId, memberId, true));
}

export function removeMember(tenant: Tenant, groupId: string, memberId: string, by: Author): void {
  const { groups, members, schedules } = tenant;
  load(groups, groupId);
  if (members.get(groupId)?.delete(memberId) !== true) load(new Map<string, never>(), memberId);
  for (const [key, one] of schedules) if (one.groupId === groupId && one.principalId === memberId) schedules.delete(key);
  audit(tenant, by, "Remove member from group", targetsOf(tenant, groupId, memberId, false));
}

/** The member, with the group among its properties as JSON in text; then the group. */
function targetsOf({ groups, users }: Tenant, groupId: string, memberId: string, isAdded: boolean): readonly Json[] {
  const property = (displayName: string, text: string) => {
    const value = JSON.stringify(text);
    return { displayName, oldValue: isAdded ? null : value, newValue: isAdded ? value : null };
  };
  return [
    {
      id: memberId,
      type: groups.has(memberId) ? "Group" : "User",
      displayName: groups.get(memberId)?.displayName ?? null,
      userPrincipalName: users.get(memberId)?.userPrincipalName ?? null,
      modifiedProperties: [property("Group.ObjectID", groupId), property("Group.DisplayName", groups.get(groupId)?.displayName ?? "")],
    },
    { id: groupId, type: "Group", displayName: null, userPrincipalName: null, modifiedProperties: [] },
  ];
}

export function membersOf({ members }: Tenant, groupId: string): ReadonlySet<string> {
  return members.get(groupId) ?? new Set();
}

/** From now on, for so many reads, memberships are shown as they are now, whatever becomes of them. */
export function lagFor(tenant: Tenant, reads: number): void {
  tenant.lag = { shown: new Map([...tenant.members].map(([key, set]) => [key, new Set(set)])), reads };
}

/** The memberships a reader is shown. */
export function shown({ members, lag }: Tenant): Memberships {
  if (lag.reads === 0) return members;
  lag.reads -= 1;
  return lag.shown;
}

/** Groups and roles around an object, at any depth. */
export function around(memberships: Memberships, key: string, found = new Set<string>()): ReadonlySet<string> {
  for (const [group, set] of memberships) {
    if (!set.has(key) || found.has(group)) continue;
    found.add(group);
    around(memberships, group, found);
  }
  return found;
}

/** Whatever is in a group, at any depth. */
export function within(memberships: Memberships, groupId: string, found = new Set<string>()): ReadonlySet<string> {
  for (const one of memberships.get(groupId) ?? []) {
    if (found.has(one)) continue;
    found.add(one);
    within(memberships, one, found);
  }
  return found;
}
