/** The tenant's own settings, read live into the same shape as files are, so that both are judged by the same rules. */
import { z } from "zod";

import { ProviderFault } from "../port.ts";
import { type Context, findOne } from "./graph.ts";
import { type Exclusion, exclusionsOf } from "./map-exclusions.ts";
import { ALL_USERS, type MethodsPolicy, methodsPolicyOf } from "./map-methods.ts";
import type { AccessPolicy } from "./map-policies.ts";
import type { Tenant } from "./map-tenant.ts";
import { policiesOf } from "./policies.ts";
import { findGroup, findUser } from "./subjects.ts";

export interface LiveTenant extends Tenant {
  readonly policies: readonly AccessPolicy[];
  /** Ids that policies leave out by name, and that nobody and no group has. */
  readonly dangling: ReadonlySet<string>;
}

export async function tenantOf(context: Context): Promise<LiveTenant> {
  const policies: AccessPolicy[] = [];
  for await (const policy of policiesOf(context)) policies.push(policy);
  const methods = await methodsOf(context);
  const defaults = await findOne(
    context.graph,
    "/policies/identitySecurityDefaultsEnforcementPolicy",
    undefined,
    z.object({ isEnabled: z.boolean() }),
  );
  return {
    policies,
    isWhole: true,
    methods,
    securityDefaults: defaults?.isEnabled,
    people: [],
    isEverybody: false,
    groups: new Map(),
    locations: [],
    passes: [],
    ...(await namesOf(context, policies, methods)),
    odd: [],
  };
}

const methodsPolicy = z.looseObject({
  id: z.string(),
  authenticationMethodConfigurations: z.array(z.looseObject({ id: z.string(), state: z.string() })),
});

async function methodsOf({ graph }: Context): Promise<MethodsPolicy> {
  const json = await findOne(graph, "/policies/authenticationMethodsPolicy", undefined, methodsPolicy);
  if (json === undefined) throw new ProviderFault("fault", "Graph knows of no authentication-methods policy, and every tenant has one.");
  const odd: string[] = [];
  const read = methodsPolicyOf(json, [], odd);
  if (odd.length > 0)
    throw new ProviderFault("fault", `The authentication-methods policy is not of the shape expected: ${odd.join(", ")}.`);
  return read;
}

/** Names of whom policies and methods name by id. */
async function namesOf(context: Context, policies: readonly AccessPolicy[], methods: MethodsPolicy) {
  const names = new Map<string, string>();
  const dangling = new Set<string>();
  const look = async (kind: "user" | "group", id: string) => {
    if (names.has(id) || dangling.has(id) || !/^[0-9a-f-]{36}$/.test(id)) return;
    const name = kind === "user" ? (await findUser(context, id))?.userPrincipalName : (await findGroup(context, id))?.displayName;
    if (name === undefined) dangling.add(id);
    else names.set(id, name);
  };
  for (const policy of policies) {
    for (const { condition, value } of exclusionsOf(policy, names)) {
      const kind = KINDS[condition];
      if (kind !== undefined) await look(kind, value.toLowerCase());
    }
  }
  const targets = [...methods.campaignExcludes, ...methods.methods.flatMap(({ include, exclude }) => [...include, ...exclude])];
  for (const { kind, id } of targets) if (id !== ALL_USERS) await look(kind, id.toLowerCase());
  return { names, dangling };
}

const KINDS: Readonly<Record<Exclusion["condition"], "user" | "group" | undefined>> = { excludeUsers: "user", excludeGroups: "group" };
