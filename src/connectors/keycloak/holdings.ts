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

/** Whether a role is the exemption role or contains it; each role is asked about once. */
function leadsTo({ realm }: Context, exemptionId: string) {
  const known = new Map<string, Promise<boolean>>();
  const leads = (each: KeycloakRole): Promise<boolean> => {
    const answer =
      known.get(each.id) ?? (each.id === exemptionId ? Promise.resolve(true) : each.composite ? inside(each) : Promise.resolve(false));
    known.set(each.id, answer);
    return answer;
  };
  const inside = async ({ id }: KeycloakRole): Promise<boolean> => {
    // While it is looked into, a role that contains itself leads nowhere new.
    known.set(id, Promise.resolve(false));
    for (const inner of (await realm.find(`/roles-by-id/${id}/composites`, z.array(role))) ?? []) if (await leads(inner)) return true;
    return false;
  };
  return leads;
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
