/** Reads what lets people and machines in beside the sign-in page. */
import {
  letsPeopleIn,
  type BesideFacts,
  type ImpersonatorFacts,
  isImpersonation,
  type SecretFacts,
  signsInBySecret,
} from "./map-beside.ts";
import type { Context } from "./context.ts";
import { containing, type RoleGraph } from "./exemptions.ts";
import { rolesIn } from "./map-findings.ts";
import { readFlow, roleLookup } from "./realm-facts.ts";
import { client, group, identityProvider, user } from "./shapes.ts";

export async function readBeside(
  context: Context,
  graph: RoleGraph,
  { realm, requiredActions, mayRegister }: Pick<BesideFacts, "realm" | "requiredActions" | "mayRegister">,
): Promise<BesideFacts> {
  return {
    realm,
    requiredActions,
    mayRegister,
    ...(await readIdentityProviders(context)),
    secrets: await readSecrets(context),
    impersonators: await readImpersonators(context, realm, graph),
  };
}

async function readIdentityProviders(context: Context): Promise<Pick<BesideFacts, "identityProviders" | "roleExists">> {
  const { realm } = context;
  const identityProviders = [];
  for await (const each of realm.list("/identity-provider/instances", identityProvider)) {
    if (!letsPeopleIn(each)) continue;
    const { alias, postBrokerLoginFlowAlias: flow } = each;
    identityProviders.push({ alias, afterwards: flow ? await readFlow(realm, flow) : undefined });
  }
  const roles = identityProviders.flatMap(({ afterwards }) => (afterwards === undefined ? [] : rolesIn(afterwards)));
  return { identityProviders, roleExists: await roleLookup(context, roles) };
}

async function readSecrets({ realm }: Context): Promise<readonly SecretFacts[]> {
  const secrets: SecretFacts[] = [];
  for await (const each of realm.list("/clients", client)) {
    if (!signsInBySecret(each)) continue;
    const account = await realm.find(`/clients/${each.id}/service-account-user`, user);
    secrets.push({ client: each, account: account && { key: account.id, name: account.username } });
  }
  return secrets;
}

/** A role that nobody holds lets nobody in. */
async function readImpersonators({ realm }: Context, name: string, graph: RoleGraph): Promise<readonly ImpersonatorFacts[]> {
  const found: ImpersonatorFacts[] = [];
  for (const root of graph.roles.values()) {
    if (root.clientId === undefined || !isImpersonation(name, root.clientId, root.role.name)) continue;
    const heldBy: string[] = [];
    for (const { role, path, name: known } of containing(graph, root)) {
      const holders = [
        realm.listOf(`/roles-by-id/${role.id}`, `${path}/users`, user),
        realm.listOf(`/roles-by-id/${role.id}`, `${path}/groups`, group),
      ];
      for (const some of holders) if ((await some.next()).done !== true) heldBy.push(known);
    }
    if (heldBy.length > 0) found.push({ role: root.name, heldBy: [...new Set(heldBy)] });
  }
  return found;
}
