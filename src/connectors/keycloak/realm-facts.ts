/** Reads how a realm lets people in: its flows, its clients and the roles that conditions ask about. */
import { z } from "zod";

import { ProviderFault } from "../port.ts";
import type { Realm } from "./client.ts";
import { type Context, findClient } from "./context.ts";
import { flowOfList, type Flow, missingFlow } from "./map-flow.ts";
import { type ClientFacts, type RealmFacts, rolesIn } from "./map-findings.ts";
import { client, execution, executionConfig, flowSummary, type KeycloakRole, realmSettings, requiredAction, role } from "./shapes.ts";

/** The realm's own settings. Who may not see them is answered with less, and not refused. */
export async function readSettings(realm: Realm) {
  const { browserFlow, ...rest } = await realm.get("", realmSettings);
  if (browserFlow === undefined)
    throw new ProviderFault("denied", "The account may not read the settings of the realm: it needs view-realm.");
  return { ...rest, browserFlow };
}

/** One flow as it is now. */
export async function readFlow(realm: Realm, alias: string): Promise<Flow> {
  const list = await realm.get(`/authentication/flows/${encodeURIComponent(alias)}/executions`, z.array(execution));
  const configs = new Map<string, Readonly<Record<string, string>>>();
  for (const { authenticationConfig: id } of list) {
    if (id === undefined) continue;
    const { config } = await realm.get(`/authentication/config/${id}`, executionConfig);
    configs.set(id, Object.fromEntries(Object.entries(config).flatMap(([name, value]) => (value === null ? [] : [[name, value]]))));
  }
  return flowOfList(alias, list, configs);
}

export async function readRealmFacts(context: Context): Promise<RealmFacts> {
  const { realm } = context;
  const settings = await readSettings(realm);
  const flowById = await flowReader(realm);
  const read = async (alias: string | undefined) => (alias === undefined || alias === "" ? undefined : await flowById.byAlias(alias));
  const browserFlow = await flowById.byAlias(settings.browserFlow);
  const clients: ClientFacts[] = [];
  for await (const each of realm.list("/clients", client)) {
    const { browser, direct_grant: directGrant } = each.authenticationFlowBindingOverrides;
    clients.push({
      clientId: each.clientId,
      enabled: each.enabled,
      directGrants: each.directAccessGrantsEnabled,
      browserFlow: await flowById.byId(browser),
      directGrantFlow: await flowById.byId(directGrant),
    });
  }
  const directGrantFlow = await read(settings.directGrantFlow);
  const resetFlow = settings.resetPasswordAllowed ? await read(settings.resetCredentialsFlow) : undefined;
  const flows = [browserFlow, directGrantFlow, resetFlow, ...clients.flatMap((each) => [each.browserFlow, each.directGrantFlow])];
  return {
    realm: settings.realm,
    browserFlow,
    directGrantFlow,
    resetFlow,
    clients,
    roleExists: await roleLookup(
      context,
      flows.flatMap((flow) => (flow === undefined ? [] : rolesIn(flow))),
    ),
    requiredActions: await realm.get("/authentication/required-actions", z.array(requiredAction)),
  };
}

/** Reads each flow once. Clients name flows by id, the realm by alias. */
async function flowReader(realm: Realm) {
  const aliases = new Map<string, string>();
  for (const { id, alias } of await realm.get("/authentication/flows", z.array(flowSummary))) aliases.set(id, alias);
  const flows = new Map<string, Flow>();
  const byAlias = async (alias: string): Promise<Flow> => {
    const known = flows.get(alias) ?? (await readFlow(realm, alias));
    flows.set(alias, known);
    return known;
  };
  return {
    byAlias,
    byId: async (id: string | undefined): Promise<Flow | undefined> => {
      if (id === undefined || id === "") return undefined;
      const alias = aliases.get(id);
      return alias === undefined ? missingFlow(id) : byAlias(alias);
    },
  };
}

/** Whether the roles of these names are there; of others nothing is said. */
export async function roleLookup(context: Context, names: readonly string[]): Promise<RealmFacts["roleExists"]> {
  const known = new Map<string, boolean>();
  for (const name of new Set(names)) known.set(name, (await findRole(context, name)) !== undefined);
  return (name) => known.get(name);
}

/** A role by what a condition says. The longest beginning that is a client's name is the client, as the server has it. */
export async function findRole(
  context: Context,
  text: string,
): Promise<(KeycloakRole & { readonly container: string | undefined }) | undefined> {
  for (let at = text.lastIndexOf("."); at > 0; at = text.lastIndexOf(".", at - 1)) {
    const holder = await findClient(context, text.slice(0, at));
    if (holder === undefined) continue;
    const found = await context.realm.find(`/clients/${holder.id}/roles/${encodeURIComponent(text.slice(at + 1))}`, role);
    return found && { ...found, container: holder.id };
  }
  const found = await context.realm.find(`/roles/${encodeURIComponent(text)}`, role);
  return found && { ...found, container: undefined };
}
