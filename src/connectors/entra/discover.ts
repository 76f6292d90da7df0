/** Every bypass that exists in the tenant now: through the pools, past the governed policies, by passes. */
import { z } from "zod";

import { addDuration, durationOfMs, parseInstant } from "../../kernel/time.ts";
import { readOn } from "../http/long-lists.ts";
import { type Bypass, type Progress, ProviderFault } from "../port.ts";
import type { EntraPolicy } from "./config.ts";
import { poolOf } from "./exemptions.ts";
import { type Context, itemsOf, pathId } from "./graph.ts";
import { bypassKey, subjectOf } from "./map.ts";
import { EVERYBODY, policyBypasses } from "./map-bypasses.ts";
import { shortfallsOf } from "./map-governed.ts";
import { methodBypasses } from "./map-method-bypasses.ts";
import { type LiveTenant, tenantOf } from "./settings-of-tenant.ts";
import { type Let, letThrough } from "./ways.ts";

export async function* discover(context: Context, progress?: Progress): AsyncGenerator<Bypass> {
  const { policies } = context.settings;
  const tenant = await tenantOf(context);
  const ofPolicies = policyBypasses(tenant);
  const shortfalls = policies.flatMap((policy) => shortfallsIn(tenant, policy));
  // What is told of any policy is told with more weight of one that exceptions rest on.
  const told = new Set(shortfalls.map(({ key }) => key));
  for (const bypass of ofPolicies) if (!told.has(bypass.key)) yield* asGoverned(policies, tenant, bypass);
  yield* methodBypasses(tenant);
  // Where others hold everybody it gets nobody in, and exceptions cannot be proved closed all the same.
  const held = new Set(ofPolicies.filter(({ opens }) => opens === false).map(({ key }) => key));
  for (const bypass of shortfalls) yield held.has(bypass.key) ? { ...bypass, opens: false } : bypass;
  const pools = policies.map((policy) => ({
    key: `pool ${policy.key} ${policy.poolId}`,
    read: (place?: Progress) => throughPool(context, policy, opensPool(policy, ofPolicies), place),
  }));
  const lists = (await readsPasses(context)) ? [...pools, { key: "passes", read: (place?: Progress) => passes(context, place) }] : pools;
  yield* readOn(lists, progress);
}

/** Past the policy nobody gets in whom another holds: so it is with the pool as a whole. */
function opensPool({ policyId, poolId }: EntraPolicy, ofPolicies: readonly Bypass[]): boolean {
  const isPool = ({ evidence: { condition, value, policyId: of } }: Bypass) =>
    condition === "excludeGroups" && value?.toLowerCase() === poolId && of?.toLowerCase() === policyId;
  return ofPolicies.find(isPool)?.opens !== false;
}

async function* throughPool(context: Context, policy: EntraPolicy, opens: boolean, progress?: Progress): AsyncGenerator<Bypass> {
  // Two groups for one grant, made at the same moment, are one bypass.
  const given = new Set<string>();
  for await (const member of poolOf(context, policy, progress)) {
    for await (const one of letThrough(context, policy, member)) {
      if (given.has(one.key)) continue;
      given.add(one.key);
      const bypass = bypassThrough(policy, member.object.name, one);
      yield opens ? bypass : { ...bypass, opens, critical: false };
    }
  }
}

function bypassThrough(policy: EntraPolicy, name: string, { key, object, groupId, mark }: Let): Bypass {
  return {
    key,
    form: "governed_group_member",
    policy: policy.key,
    subject: subjectOf(object),
    object: groupId,
    ...(mark !== undefined && { grantRef: mark.ref }),
    // A group that nobody granted lets in whoever is put into it elsewhere.
    critical: mark === undefined && object.type === "group",
    evidence: { memberOf: groupId === policy.poolId ? `the pool ${groupId}` : name, member: object.id },
  };
}

/** What the tenant's policies leave open, told of the policy that is governed; the pools apart, which were read one by one. */
function* asGoverned(policies: readonly EntraPolicy[], { dangling }: LiveTenant, bypass: Bypass): Generator<Bypass> {
  const { condition, value, policyId } = bypass.evidence;
  const governed = policies.find((policy) => policy.policyId === policyId?.toLowerCase());
  const id = value?.toLowerCase() ?? "";
  if (condition === "excludeGroups" && governed?.poolId === id) return;
  const nobody = (condition === "excludeGroups" || condition === "excludeUsers") && dangling.has(id);
  yield {
    ...bypass,
    ...(governed !== undefined && { policy: governed.key }),
    ...(nobody && { form: "dangling_condition" }),
  };
}

function shortfallsIn({ policies }: LiveTenant, governed: EntraPolicy): readonly Bypass[] {
  const policy = policies.find(({ id }) => id.toLowerCase() === governed.policyId);
  return policy === undefined ? [withoutPolicy(governed)] : shortfallsOf(governed, policy).map(({ bypass }) => bypass);
}

function withoutPolicy({ key, title, policyId }: EntraPolicy): Bypass {
  return {
    key: `policy:${policyId}:gone`,
    form: "policy_not_enforced",
    policy: key,
    subject: EVERYBODY,
    object: title,
    critical: true,
    evidence: { policyId, state: "there is no such policy" },
  };
}

const PASSES = "UserAuthenticationMethod.Read.All";
const registration = z.object({ id: z.string().min(1), userPrincipalName: z.string(), methodsRegistered: z.array(z.string()).nullish() });
const pass = z.object({
  id: z.string().min(1),
  isUsable: z.boolean().nullish(),
  isUsableOnce: z.boolean().nullish(),
  lifetimeInMinutes: z.number().nullish(),
  methodUsabilityReason: z.string().nullish(),
  startDateTime: z.string().nullish(),
});

/** Without the right passes stay unseen, and health says so; with it, not being let is a fault. */
async function readsPasses({ settings, tokens }: Context): Promise<boolean> {
  return settings.readsPasses && (await tokens.get()).roles?.has(PASSES) !== false;
}

/** Who has a pass the registration report tells for all at once; what became of it, each account for itself. */
async function* passes(context: Context, progress?: Progress): AsyncGenerator<Bypass> {
  const { graph, settings } = context;
  const query = { $filter: "methodsRegistered/any(m:m eq 'temporaryAccessPass')", $top: settings.pageSize };
  for await (const user of itemsOf(graph, "/reports/authenticationMethods/userRegistrationDetails", query, registration, progress)) {
    if (user.methodsRegistered?.includes("temporaryAccessPass") !== true)
      throw new ProviderFault("fault", "The registration report is not filtered as was asked for.");
    const path = `/users/${pathId(user.id)}/authentication/temporaryAccessPassMethods`;
    for await (const one of itemsOf(graph, path, undefined, pass)) {
      if (one.methodUsabilityReason !== "Expired" && one.methodUsabilityReason !== "OneTimeUsed") yield passBypass(user, one);
    }
  }
}

function passBypass({ id, userPrincipalName }: z.infer<typeof registration>, one: z.infer<typeof pass>): Bypass {
  const since = parseInstant(one.startDateTime ?? "");
  const until = since === undefined ? undefined : addDuration(since, durationOfMs((one.lifetimeInMinutes ?? 0) * 60_000));
  return {
    key: bypassKey.pass(id, one.id),
    form: "temporary_pass",
    subject: { kind: "user", key: id.toLowerCase(), name: userPrincipalName },
    object: one.id,
    critical: false,
    evidence: {
      usable: one.isUsable === null || one.isUsable === undefined ? "unknown" : String(one.isUsable),
      once: one.isUsableOnce === true ? "yes" : "no",
      ...(until !== undefined && { until }),
    },
    ...(since !== undefined && { since }),
  };
}
