/** The exempting roles one person holds: given to them, to a group they are in, or to everybody. Asked from the person's side, so that it costs little. */
import { z } from "zod";

import { type BypassSubject, ProviderFault, type ProviderSubject } from "../port.ts";
import type { KeycloakPolicy } from "./config.ts";
import { type Context, exemptionsOf, subjectOfGroup } from "./context.ts";
import { type ExemptingRole, withGrant } from "./exemptions.ts";
import { readSettings } from "./realm-facts.ts";
import { group, type KeycloakGroup, type KeycloakRole, role, roleMappings } from "./shapes.ts";

export interface Holding {
  readonly holding: ExemptingRole;
  /** Who was given the role: the person, a group, or everybody. */
  readonly holder: BypassSubject;
}

export async function holdingsOf(context: Context, policy: KeycloakPolicy, subject: ProviderSubject): Promise<readonly Holding[]> {
  const { realm, settings } = context;
  const { path } = await exemptionsOf(context);
  const exemption = await realm.find(`${path}/roles/${encodeURIComponent(policy.role)}`, role);
  if (exemption === undefined) return [];
  const leads = leadsTo(context, exemption.id);
  const { defaultRole } = await readSettings(realm);
  const everyone = { kind: "everyone", key: `realm:${settings.realm}`, name: `everyone in ${settings.realm}` } as const;
  const found: Holding[] = [];
  const add = async (roles: readonly KeycloakRole[], holder: BypassSubject) => {
    for (const each of roles) {
      if (!(await leads(each))) continue;
      // A list of mappings leaves out what is written on a role.
      const whole = await realm.find(`/roles-by-id/${each.id}`, role);
      if (whole !== undefined)
        found.push({ holding: holdingOf(context, whole, policy), holder: each.id === defaultRole?.id ? everyone : holder });
    }
  };
  const id = encodeURIComponent(subject.key);
  await add(await rolesGiven(context, `/users/${id}`), subject);
  for (const each of await groupsAround(context, id)) await add(await rolesGiven(context, `/groups/${each.id}`), subjectOfGroup(each));
  return found;
}

function holdingOf({ settings }: Context, each: KeycloakRole, policy: KeycloakPolicy): ExemptingRole {
  return withGrant(
    { role: each, path: `/roles-by-id/${each.id}`, name: each.clientRole ? `${settings.exemptionsClient}.${each.name}` : each.name },
    policy,
  );
}

/** Whether a role is the exemption role or contains it. What a role contains is asked once; roles may contain each other in a circle. */
function leadsTo({ realm }: Context, exemptionId: string) {
  const known = new Map<string, readonly KeycloakRole[]>();
  const within = async ({ id, composite }: KeycloakRole): Promise<readonly KeycloakRole[]> => {
    if (!composite) return [];
    const roles = known.get(id) ?? (await realm.find(`/roles-by-id/${id}/composites`, z.array(role))) ?? [];
    known.set(id, roles);
    return roles;
  };
  return async (start: KeycloakRole): Promise<boolean> => {
    const reached = new Map([[start.id, start]]);
    // Grows while it is walked.
    for (const each of reached.values()) {
      if (each.id === exemptionId) return true;
      for (const inner of await within(each)) reached.set(inner.id, inner);
    }
    return false;
  };
}

async function rolesGiven({ realm }: Context, holder: string): Promise<readonly KeycloakRole[]> {
  const { realmMappings, clientMappings } = await realm.get(`${holder}/role-mappings`, roleMappings);
  return [...realmMappings, ...Object.values(clientMappings).flatMap(({ mappings }) => mappings)];
}

/** The groups a person is in, and every group those are in. */
export async function groupsAround({ realm }: Context, userId: string): Promise<readonly KeycloakGroup[]> {
  const around = new Map<string, KeycloakGroup>();
  const visit = async (each: KeycloakGroup): Promise<void> => {
    if (around.has(each.id)) return;
    around.set(each.id, each);
    if (each.parentId === undefined) return;
    const parent = await realm.find(`/groups/${each.parentId}`, group);
    if (parent === undefined) throw new ProviderFault("fault", `The group ${each.path} is in a group that cannot be read.`);
    await visit(parent);
  };
  for await (const each of realm.list(`/users/${userId}/groups`, group)) {
    // The list of a person's groups may leave out what each is in.
    await visit((await realm.find(`/groups/${each.id}`, group)) ?? each);
  }
  return [...around.values()];
}
