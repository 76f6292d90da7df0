/** PIM for Groups: memberships with an end, ordered by administrators and applications, written by PIM in its own name. */
import { randomUUID } from "node:crypto";

import { type Instant, msBetween, parseInstant } from "../../../src/kernel/time.ts";
import { addMember, membersOf, removeMember } from "./memberships.ts";
import { type Author, type Json, load, Refusal, type Schedule, type Tenant } from "./tenant.ts";

export const PIM: Author = {
  app: {
    appId: "01fc33a7-78ba-4d2f-a4b7-768e336e890e",
    servicePrincipalId: "5d2f8a52-8c4b-4a5e-9a53-4b9d52a3f3d1",
    displayName: "MS-PIM",
  },
};

const MINUTES_5 = 300_000;
const LONGEST = 180 * 86_400_000;

export function demandPim({ hasPim, pim }: Tenant): void {
  if (pim.down !== undefined) throw pim.down;
  if (!hasPim) throw new Refusal(400, "AadPremiumLicenseRequired", "The tenant needs a Microsoft Entra ID Governance licence.");
}

interface Order {
  readonly tenant: Tenant;
  readonly groupId: string;
  readonly principalId: string;
  readonly end: string | undefined;
  readonly found: Schedule | undefined;
}

export function order(tenant: Tenant, request: Json): Schedule | undefined {
  demandPim(tenant);
  const { groupId, principalId, action } = request as { groupId: string; principalId: string; action: string };
  load(tenant.groups, groupId);
  const refusal = tenant.pim.refuses.get(action);
  if (refusal !== undefined) throw refusal;
  if (tenant.pim.ordersUnknown > 0) {
    tenant.pim.ordersUnknown -= 1;
    throw new Refusal(400, "SubjectNotFound", "The subject is not found.");
  }
  const info = request["scheduleInfo"] as { readonly expiration?: { readonly endDateTime?: string } } | undefined;
  const found = [...tenant.schedules.values()].find((one) => one.groupId === groupId && one.principalId === principalId);
  const act = ACTIONS[action];
  if (act === undefined) throw new Refusal(400, "InvalidAction", `The action ${action} is not supported here.`);
  return act({ tenant, groupId, principalId, end: info?.expiration?.endDateTime, found });
}

const ACTIONS: Readonly<Record<string, (order: Order) => Schedule | undefined>> = {
  adminAssign: ({ tenant, groupId, principalId, end, found }) => {
    if (found !== undefined || membersOf(tenant, groupId).has(principalId))
      throw new Refusal(400, "RoleAssignmentExists", "The role assignment already exists.");
    const endDateTime = checkedEnd(tenant, end);
    addMember(tenant, groupId, principalId, PIM);
    return keep(tenant, { id: randomUUID(), groupId, principalId, createdAt: tenant.clock.now(), endDateTime });
  },
  adminUpdate: ({ tenant, groupId, principalId, end, found }) => {
    if (!membersOf(tenant, groupId).has(principalId))
      throw new Refusal(400, "RoleAssignmentDoesNotExist", "The role assignment does not exist.");
    const endDateTime = checkedEnd(tenant, end);
    return keep(tenant, { id: randomUUID(), groupId, principalId, createdAt: tenant.clock.now(), ...found, endDateTime });
  },
  adminRemove: ({ tenant, groupId, principalId, found }) => {
    if (found === undefined) throw new Refusal(400, "RoleAssignmentDoesNotExist", "The role assignment does not exist.");
    // Not within five minutes of being assigned.
    if (msBetween(found.createdAt, tenant.clock.now()) < MINUTES_5)
      throw new Refusal(400, "ActiveDurationTooShort", "The active duration is too short: the minimum is five minutes.");
    tenant.pim.waiting.push({ groupId, principalId, requests: tenant.pim.removalsWait });
    sweep(tenant);
    return undefined;
  },
};

/** No assignment is shorter than five minutes, none longer than the group's policy allows. */
function checkedEnd({ clock }: Tenant, text: string | undefined): Instant | null {
  if (text === undefined) return null;
  const end = parseInstant(text);
  if (end === undefined) throw new Refusal(400, "InvalidScheduleInfo", "The expiration has no readable end.");
  const term = msBetween(clock.now(), end);
  if (term >= MINUTES_5 && term <= LONGEST) return end;
  throw new Refusal(400, "RoleAssignmentRequestPolicyValidationFailed", 'The following policy rules failed: ["ExpirationRule"]');
}

function keep({ schedules }: Tenant, one: Schedule): Schedule {
  schedules.set(one.id, one);
  return one;
}

/** What the passing of time did. */
export function sweep(tenant: Tenant): void {
  const { waiting } = tenant.pim;
  for (const one of waiting.splice(0)) {
    if (one.requests > 0) waiting.push({ ...one, requests: one.requests - 1 });
    else if (membersOf(tenant, one.groupId).has(one.principalId)) removeMember(tenant, one.groupId, one.principalId, PIM);
  }
  for (const { id, groupId, principalId, endDateTime } of tenant.schedules.values()) {
    if (endDateTime === null || endDateTime > tenant.clock.now()) continue;
    if (membersOf(tenant, groupId).has(principalId)) removeMember(tenant, groupId, principalId, PIM);
    tenant.schedules.delete(id);
  }
}
