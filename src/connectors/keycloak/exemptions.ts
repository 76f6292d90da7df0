/** Which roles let people do without what a policy demands: the exemption role itself, the roles of our grants, and whatever else contains one. */
import { z } from "zod";

import { ProviderFault } from "../port.ts";
import type { KeycloakPolicy } from "./config.ts";
import { type Context, exemptionsOf } from "./context.ts";
import { type GrantRole, grantOf } from "./grant-role.ts";
import { client, type KeycloakRole, role } from "./shapes.ts";

/** A role that exempts, and where it is asked about. */
export interface ExemptingRole {
  readonly role: KeycloakRole;
  /** Path of the role by its container and name: its users and groups are listed below it. */
  readonly path: string;
  /** For people: `client.role`, or the realm's role. */
  readonly name: string;
  /** Present when it is the role of a grant of ours, for this policy. */
  readonly grant?: GrantRole;
}

interface Known {
  readonly role: KeycloakRole;
  readonly path: string;
  readonly name: string;
  /** The client whose role it is; undefined for one of the realm. */
  readonly clientId?: string;
}

const anyRole = z.object({ id: z.string(), name: z.string() });

/** All roles of the realm and of its clients, with their attributes. */
async function* allRoles({ realm }: Context): AsyncGenerator<Known> {
  for await (const each of realm.list("/roles", role, { briefRepresentation: false })) {
    yield { role: each, path: `/roles/${encodeURIComponent(each.name)}`, name: each.name };
  }
  for await (const { id, clientId } of realm.list("/clients", client)) {
    for await (const each of realm.list(`/clients/${id}/roles`, role, { briefRepresentation: false })) {
      yield { role: each, path: `/clients/${id}/roles/${encodeURIComponent(each.name)}`, name: `${clientId}.${each.name}`, clientId };
    }
  }
}

/** Which roles a role contains, read once for all policies. */
export interface RoleGraph {
  readonly roles: ReadonlyMap<string, Known>;
  readonly containers: ReadonlyMap<string, readonly string[]>;
}

export async function readRoleGraph(context: Context): Promise<RoleGraph> {
  const roles = new Map<string, Known>();
  const containers = new Map<string, string[]>();
  for await (const known of allRoles(context)) roles.set(known.role.id, known);
  for (const { role: each } of roles.values()) {
    if (!each.composite) continue;
    for await (const inner of context.realm.listOf(`/roles-by-id/${each.id}`, `/roles-by-id/${each.id}/composites`, anyRole)) {
      containers.set(inner.id, [...(containers.get(inner.id) ?? []), each.id]);
    }
  }
  return { roles, containers };
}

/** The exemption role and every role that contains it, through roles in roles. Empty when the exemption role is not there. */
export async function exemptingRoles(context: Context, policy: KeycloakPolicy, graph: RoleGraph): Promise<readonly ExemptingRole[]> {
  const path = `${(await exemptionsOf(context)).path}/roles/${encodeURIComponent(policy.role)}`;
  const root = [...graph.roles.values()].find((known) => known.path === path);
  if (root !== undefined) return containing(graph, root).map((known) => withGrant(known, policy));
  if ((await context.realm.find(path, role)) === undefined) return [];
  throw new ProviderFault("fault", `The exemption role ${policy.role} is there, and in no list of roles.`);
}

/** The role and every role that contains it, through roles in roles. */
export function containing(graph: RoleGraph, root: Known): readonly Known[] {
  const found = new Map<string, Known>();
  const visit = (known: Known | undefined): void => {
    if (known === undefined) throw new ProviderFault("fault", `A role contains ${root.name} and is in no list of roles.`);
    if (found.has(known.role.id)) return;
    found.set(known.role.id, known);
    for (const id of graph.containers.get(known.role.id) ?? []) visit(graph.roles.get(id));
  };
  visit(root);
  return [...found.values()];
}

export function withGrant(known: Known, policy: KeycloakPolicy): ExemptingRole {
  const grant = grantOf(known.role);
  return grant?.policy === policy.key ? { ...known, grant } : known;
}
