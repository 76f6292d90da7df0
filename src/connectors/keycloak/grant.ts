/** Makes the realm allow exactly what was granted, and takes it away again. */
import { z } from "zod";

import { type Bypass, governable, type GrantOrder, type GrantOutcome, ProviderFault, type RevokeOutcome } from "../port.ts";
import type { Realm } from "./client.ts";
import { type Context, exemptionsOf, findPolicy } from "./context.ts";
import { grantRepresentation, nameOfGrant } from "./grant-role.ts";
import { isOursToGive, readBypassKey } from "./holders.ts";
import { holdingsOf } from "./holdings.ts";
import { refusalOf } from "./subjects.ts";
import { type KeycloakRole, role, roleMappings } from "./shapes.ts";

export async function grant(context: Context, order: GrantOrder): Promise<GrantOutcome> {
  const policy = findPolicy(context, order.policy);
  if (policy === undefined)
    return { outcome: "not_supported", reason: `The policy ${order.policy} is not governed through this connection.` };
  if (order.validUntil <= context.now()) return { outcome: "not_supported", reason: `The order ended at ${order.validUntil}.` };
  const reason = await refusalOf(context, order.policy, order.subject);
  if (reason !== undefined) return { outcome: "not_supported", reason };
  return give(context, order, policy.role);
}

async function give(context: Context, order: GrantOrder, exemptionRole: string): Promise<GrantOutcome> {
  const { realm, settings } = context;
  const holder = await exemptionsOf(context);
  const roles = `${holder.path}/roles`;
  const exemption = await realm.find(`${roles}/${encodeURIComponent(exemptionRole)}`, role);
  if (exemption === undefined)
    throw new ProviderFault(
      "fault",
      `The exemption role ${exemptionRole} does not exist: while it is gone the flow's condition is false for everybody.`,
    );
  const path = `${roles}/${encodeURIComponent(nameOfGrant(order))}`;
  const representation = grantRepresentation(order);
  // Already there: from before a crash, or with an end that has moved since.
  if ((await realm.send("POST", roles, representation)) === 409)
    await demand(() => realm.send("PUT", path, representation), "be written on its role");
  await demand(() => realm.send("POST", `${path}/composites`, [exemption]), "be given the exemption role");
  const made = await realm.get(path, role);
  await demand(() => realm.send("POST", `${mappings(order.subject.key)}/clients/${holder.id}`, [made]), "be given to the person");
  const given = await realm.get(`${mappings(order.subject.key)}/clients/${holder.id}`, z.array(role));
  if (!given.some(({ id }) => id === made.id)) throw new ProviderFault("fault", "The grant was not there when it was read back.");
  return { outcome: "applied", object: `role ${settings.exemptionsClient}.${made.name}` };
}

function mappings(userId: string): string {
  return `/users/${encodeURIComponent(userId)}/role-mappings`;
}

const TRIES = 3;

/**
 * 409 is what Keycloak says to one of two that write the same at the same moment: written again, it is there already and that is no fault.
 * 404 means that somebody takes it away meanwhile: for whoever gave the order to try again.
 */
async function demand(send: () => Promise<number>, words: string): Promise<void> {
  for (let left = TRIES; ; left--) {
    const status = await send();
    if (status < 300) return;
    if (status !== 409 || left === 1) throw new ProviderFault("fault", `The grant could not ${words}: the server answered ${status}.`);
  }
}

/** The grant's role is one person's alone: with it goes the mapping and the exemption, at once. */
export async function revoke(context: Context, order: GrantOrder): Promise<RevokeOutcome> {
  if (findPolicy(context, order.policy) === undefined)
    return { outcome: "not_supported", reason: `The policy ${order.policy} is not governed through this connection.` };
  const path = `${(await exemptionsOf(context)).path}/roles/${encodeURIComponent(nameOfGrant(order))}`;
  const status = await context.realm.send("DELETE", path);
  if ((await context.realm.find(path, role)) !== undefined)
    throw new ProviderFault("fault", "The grant's role was still there after it was removed.");
  return { outcome: status === 404 ? "already_absent" : "removed" };
}

/** Takes away a bypass that discovery found: an exempting role from a person. All else is an administrator's to change. */
export async function remove(context: Context, bypass: Bypass): Promise<RevokeOutcome> {
  const key = readBypassKey(bypass.key);
  const policy = findPolicy(context, key?.policy);
  const subject = governable(bypass.subject);
  if (key === undefined || policy === undefined)
    return { outcome: "not_supported", reason: `${bypass.object} is the realm's own setting: an administrator has to change it.` };
  if (subject?.kind !== "user" && subject?.kind !== "service")
    return { outcome: "not_supported", reason: `${bypass.subject.name} has ${bypass.object}: an administrator has to take it away there.` };
  const held = (await holdingsOf(context, policy, subject)).find(
    ({ holding, holder }) => holding.role.id === key.roleId && holder.key === subject.key,
  );
  if (held === undefined) return { outcome: "already_absent" };
  if (!isOursToGive(held.holding)) {
    const reason = `The role ${held.holding.name} gives more than the exemption: an administrator has to take the exemption out of it, or it from ${subject.name}.`;
    return { outcome: "not_supported", reason };
  }
  return takeRole(context, subject.key, key.roleId);
}

async function takeRole({ realm }: Context, userId: string, roleId: string): Promise<RevokeOutcome> {
  const found = await heldRole(realm, userId, roleId);
  if (found === undefined) return { outcome: "already_absent" };
  const where = found.clientRole ? `clients/${found.containerId ?? ""}` : "realm";
  await realm.send("DELETE", `${mappings(userId)}/${where}`, [found]);
  if ((await heldRole(realm, userId, roleId)) !== undefined)
    throw new ProviderFault("fault", "The person still had the role after it was taken away.");
  return { outcome: "removed" };
}

async function heldRole(realm: Realm, userId: string, roleId: string): Promise<KeycloakRole | undefined> {
  const held = await realm.find(mappings(userId), roleMappings);
  const all = [...(held?.realmMappings ?? []), ...Object.values(held?.clientMappings ?? {}).flatMap(({ mappings: some }) => some)];
  return all.find(({ id }) => id === roleId);
}
